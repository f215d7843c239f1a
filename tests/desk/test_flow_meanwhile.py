"""The whole job runs again while two pages and an editor work on its note: nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from demo.__main__ import DAY, NOTE, environment, prepare
from demo.day import SampleDay
from demo.replay import ReplayServer
from pipeline.desk import Change, Conflict, Desk
from pipeline.errors import Exit
from pipeline.notes import FileLock
from pipeline.settings import load_workspace
from pipeline.wiring import SystemClock, open_desk

_DAY = date.fromisoformat(DAY)
_OTHERS = "## :paperclip:  Others"
_MOST = 200


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A workspace whose sample day was drafted, with the replayed web still there."""
    with ReplayServer(SampleDay()) as server:
        prepare(tmp_path / "day", SampleDay(), server)
        assert begun(tmp_path / "day").wait(timeout=240) in (Exit.DONE, Exit.PARTLY)
        yield tmp_path / "day"


def begun(folder: Path, **extra: str) -> subprocess.Popen[bytes]:
    """The reader's command, on its way."""
    command = [sys.executable, "-m", "pipeline.cli.main", "run", "--date", DAY, "--no-prefect"]
    light = environment(os.environ) | {"STARDRAFT_MODEL__NAME": "use"} | extra
    return subprocess.Popen([*command, "--config", str(folder)], env=light)


def test_two_tabs_an_editor_and_the_whole_job_at_once(folder: Path) -> None:
    workspace = load_workspace(folder)
    last: dict[str, str] = {}
    conflicts: list[Conflict] = []
    written: list[str] = []
    over = threading.Event()

    def tab(desk: Desk, name: str, own: str, shared: str) -> None:
        """Words for an item of its own, and for one that both tabs want."""
        seen = ""
        for n in range(_MOST):
            words = f"{name} {n}"
            mine = Change(action="field", key=own, field="Tips", value=words, id=f"{name}{n}")
            assert desk.apply(_DAY, mine).applied
            last[own] = words
            both = Change(
                action="field", key=shared, field="Abstract", value=words, expected=seen or None
            )
            done = desk.apply(_DAY, both)
            if done.conflict:
                conflicts.append(done.conflict)
            seen = done.conflict.theirs if done.conflict else words
            if over.is_set() and n >= 5:
                return

    def editor() -> None:
        """Loads and saves in one go; the lock stands for the moment that takes an editor."""
        lock = FileLock(workspace.state / "notes.lock", SystemClock())
        for n in range(_MOST):
            with lock.held():
                text = (folder / NOTE).read_text(encoding="utf-8")
                (folder / NOTE).write_text(
                    text.replace(_OTHERS, f"闲话 {n}。\n\n{_OTHERS}"), "utf-8"
                )
            written.append(f"闲话 {n}。")
            if over.wait(0.05) and n >= 5:
                return

    with open_desk(workspace, SystemClock()) as left, open_desk(workspace, SystemClock()) as right:
        opened = left.open(_DAY)
        assert opened is not None
        first, second, third = (item.key for item in opened.items[:3])
        works = [
            threading.Thread(target=tab, args=(left, "左", first, third)),
            threading.Thread(target=tab, args=(right, "右", second, third)),
            threading.Thread(target=editor),
        ]
        job = begun(folder, STARDRAFT_DRAFT__MAX_ITEMS="11")
        for work in works:
            work.start()
        code = job.wait(timeout=240)
        over.set()
        for work in works:
            work.join()
        assert code in (Exit.DONE, Exit.PARTLY)
        day = left.open(_DAY)
    assert day is not None
    keys = [item.key for item in day.items]
    assert len(keys) == len(set(keys)) > len(opened.items), "newcomers came, nothing came twice"
    tips = {i.key: [f.value for f in i.item.fields if f.name == "Tips"] for i in day.items}
    assert tips[first] == [last[first]]
    assert tips[second] == [last[second]]
    assert all(day.text.count(words) == 1 for words in written)
    assert conflicts
    assert all(c.key == third and c.theirs[:1] in "左右" for c in conflicts)
