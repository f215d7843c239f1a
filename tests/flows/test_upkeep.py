"""Looking after a workspace: backups that rotate and come back, past days, what is unfinished."""

from __future__ import annotations

import io
import os
import signal
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.replay import ReplayServer
from pipeline.errors import StardraftError, UsageError
from pipeline.settings import Workspace, load_workspace
from pipeline.types import RunReport, StageReport
from pipeline.wiring import SystemClock, open_store
from pipeline.wiring.backups import back_up, restore
from pipeline.wiring.upkeep import keep_house, unfinished, write_past_days
from tests.conftest import StillClock
from tests.flows.small import ZONE, Small, SmallWeb

NOW = datetime(2026, 9, 18, 1, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with ReplayServer(SmallWeb()) as replay:
        small = Small(tmp_path / "reader", replay, "[schedule]\nbackups = 2\n")
        note = small.folder / "notes" / "202609" / "0917.md"
        note.parent.mkdir(parents=True)
        note.write_text("# 公众号内容拓展学习笔记（2026.9.17）\n", "utf-8")
        yield load_workspace(small.folder)


def test_backups_rotate_and_hold_state_notes_and_settings(workspace: Workspace) -> None:
    clock = StillClock()
    for _ in range(4):
        made = keep_house(workspace, clock)
        clock.time += timedelta(days=7)
    folder = workspace.state / "backups"
    assert sorted(p.name for p in folder.iterdir()) == [
        "stardraft-20261002T010000Z.tar.gz",
        "stardraft-20261009T010000Z.tar.gz",
    ]
    assert made is not None
    with tarfile.open(made) as archive:
        names = set(archive.getnames())
    assert {"state.db", "notes/202609/0917.md"} <= names
    assert {n for n in names if n.startswith("config/")} == {
        "config/settings.toml",
        "config/interests.toml",
        "config/feeds.opml",
    }


def test_restore_overwrites_only_when_told_and_keeps_what_was_there(
    workspace: Workspace, tmp_path: Path
) -> None:
    backup = back_up(workspace, tmp_path / "b.tar.gz")
    note = workspace.notes / "202609" / "0917.md"
    old = note.read_bytes()
    note.write_text("改过的", "utf-8")
    with pytest.raises(UsageError):
        restore(workspace, backup, force=False)
    assert note.read_text("utf-8") == "改过的"
    saved = restore(workspace, backup, force=True)
    assert note.read_bytes() == old
    assert saved is not None
    with tarfile.open(saved) as archive:
        member: Any = archive.extractfile("notes/202609/0917.md")
        assert member.read().decode() == "改过的"
    note.unlink()
    with pytest.raises(UsageError):
        back_up(workspace, backup)


@pytest.mark.parametrize("name", ["../escape.md", "/tmp/escape.md", "notes/../../escape.md"])
def test_a_hostile_archive_writes_nothing_outside(
    workspace: Workspace, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "evil.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(StardraftError):
        restore(workspace, file, force=True)
    assert not list(tmp_path.rglob("escape.md"))


def test_a_backup_that_is_none_or_damaged_is_said_plainly(
    workspace: Workspace, tmp_path: Path
) -> None:
    whole = back_up(workspace, tmp_path / "b.tar.gz").read_bytes()
    for junk in (b"no archive", whole[:200], whole[:60] + bytes(60) + whole[120:]):
        (tmp_path / "junk").write_bytes(junk)
        with pytest.raises(StardraftError) as caught:
            restore(workspace, tmp_path / "junk", force=True)
        assert caught.value.issues[0].sentence.startswith("这不是 stardraft 的备份")
    with pytest.raises(FileNotFoundError):  # the command says so in the reader's words
        restore(workspace, tmp_path / "nowhere", force=True)


def test_what_is_unfinished(workspace: Workspace) -> None:
    clock = SystemClock()
    now = clock.now()
    day = (now + timedelta(hours=8)).date()  # Asia/Shanghai
    names = ("poll", "fetch", "extract", "enrich", "score", "draft")
    whole = RunReport(
        run_id="1",
        day=day,
        started_at=now,
        finished_at=now,
        stages=tuple(StageReport(stage=n) for n in names),
    )
    store = open_store(workspace)
    assert not unfinished(workspace, clock), "its time has not come"
    for report, expected in (
        (whole, False),
        (replace(whole, stages=whole.stages[:3], finished_at=None), True),
        (replace(whole, stages=(StageReport(stage="poll", failed=1), *whole.stages[1:])), True),
    ):
        store.end_run(report)
        assert unfinished(workspace, clock) is expected
    store.close()


def test_past_days_must_make_sense(workspace: Workspace) -> None:
    for first, last in (
        (date(2026, 9, 18), date(2026, 9, 17)),
        (date(2026, 9, 18), date(2999, 1, 1)),
        (date(2020, 1, 1), date(2026, 9, 18)),
    ):
        with pytest.raises(UsageError):
            write_past_days(workspace.config, first, last)


@pytest.mark.timeout(300)
def test_past_days_that_have_their_notes_are_left_alone(tmp_path: Path) -> None:
    web = SmallWeb(4, daily=True)
    with ReplayServer(web) as replay:
        small = Small(tmp_path / "reader", replay)
        last = datetime.now(ZONE).date() - timedelta(days=1)
        span = ("--from", f"{last - timedelta(days=2)}", "--to", f"{last}")
        assert small.run("backfill", *span, "--log", "text").count(f"{last}") == 1
        (newest, *_) = sorted((small.folder / "notes").rglob("*.md"), reverse=True)
        newest.unlink()
        asked = web.times
        said = small.run("backfill", *span)
        assert said.startswith("写了笔记：没有一天。")
        assert (web.times, newest.exists()) == (asked, False)


def test_who_waits_is_told_for_whom_and_may_leave(tmp_path: Path) -> None:
    with ReplayServer(SmallWeb()) as replay:
        small = Small(tmp_path / "reader", replay)
        store = open_store(load_workspace(small.folder))
        store.begin_run("other", NOW.date(), NOW, "test")
        waiting = small.start("run", "--no-prefect", "--log", "text")
        assert waiting.stdout is not None
        assert f"进程号 {os.getpid()}。等它结束再开始" in waiting.stdout.readline()
        waiting.send_signal(signal.SIGINT)
        said, _ = waiting.communicate(timeout=60)
        assert waiting.returncode == 130, said
        assert "Traceback" not in said
        assert [run.run_id for run in store.last_runs(5)] == ["other"]
        store.close()
