"""Telling the reader: what is said, to whom, once each, and never the token."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError, Issue
from pipeline.notify import Message, draft_ready, find_addresses, send, source_dead
from pipeline.settings import Workspace, load_workspace
from pipeline.store import open_store
from pipeline.types import RunReport, StageReport
from pipeline.wiring import tell_of_publication, tell_of_run
from tests.conftest import StillClock
from tests.postgres import database

DAY = date(2026, 9, 18)
NOW = datetime(2026, 9, 18, 1, tzinfo=UTC)
SECRET = "s3cr3t-t0ken"
STALE = Issue(subject="老账号", code="feed.stale", sentence="停更了。", remedy="换一个。")


class Receiver:
    """What arrived; answers with `status`."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(json.loads(body))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://127.0.0.1:{self.server.server_port}/{SECRET}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def workspace(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    (tmp_path / "settings.toml").write_text("", "utf-8")
    monkeypatch.setenv("STARDRAFT_NOTIFY_URLS", receiver.address)
    return load_workspace(tmp_path)


def report(items: int = 3, *issues: Issue) -> RunReport:
    return RunReport(
        run_id="1",
        day=DAY,
        started_at=NOW,
        finished_at=NOW,
        stages=(StageReport(stage="poll", issues=issues),),
        note_path="202609/0918.md",
        items=items,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "sqlite":
        opened = open_store(str(tmp_path / "s.db"))
        yield opened
        opened.close()
        return
    with database(request.getfixturevalue("postgres")) as url:
        opened = open_store(url)
        yield opened
        opened.close()


def test_a_ready_draft_is_told_once_with_count_and_link(
    workspace: Workspace, receiver: Receiver, store: Any
) -> None:
    for _ in range(2):
        told = tell_of_run(workspace, store, StillClock(), report())
    assert (told.made, told.issues) == (0, ())
    (got,) = receiver.got
    assert got["title"] == "stardraft：2026-09-18 的笔记写好了"
    assert "共 3 条" in got["message"]
    assert "http://127.0.0.1:4218/day/2026-09-18" in got["message"]


def test_nothing_is_said_of_nothing(workspace: Workspace, receiver: Receiver, store: Any) -> None:
    assert tell_of_run(workspace, store, StillClock(), report(0)).seen == 0
    assert receiver.got == []


def test_a_source_is_called_dead_once_a_month(
    workspace: Workspace, receiver: Receiver, store: Any
) -> None:
    tell_of_run(workspace, store, StillClock(), report(0, STALE))
    other = replace(STALE, subject="另一个")
    tell_of_run(workspace, store, StillClock(), report(0, STALE, other))
    assert [g["title"] for g in receiver.got] == ["stardraft：1 个来源可能停更了"] * 2
    assert "另一个" in receiver.got[1]["message"]
    assert "老账号" not in receiver.got[1]["message"]


def test_a_refused_message_is_an_issue_and_tried_again(
    workspace: Workspace, receiver: Receiver, store: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.status = 500
    told = tell_of_run(workspace, store, StillClock(), report())
    (issue,) = told.issues
    assert (told.failed, issue.code, issue.temporary) == (0, "notify.refused", True)
    assert SECRET not in str(issue)
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("urllib3")]
    assert SECRET not in "\n".join(ours)
    receiver.status = 200
    assert tell_of_run(workspace, store, StillClock(), report()).made == 1
    assert len(receiver.got) == 2


def test_two_addresses_are_told_independently(
    workspace: Workspace, receiver: Receiver, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = "json://127.0.0.1:9/x"
    monkeypatch.setenv("STARDRAFT_NOTIFY_URLS", f"{dead} {receiver.address}")
    first = tell_of_run(workspace, store, StillClock(), report())
    again = tell_of_run(workspace, store, StillClock(), report())
    assert (first.made, len(first.issues), again.made, len(again.issues)) == (1, 1, 0, 1)
    assert len(receiver.got) == 1


def test_a_publication_is_told_once_and_only_where_wanted(
    workspace: Workspace, receiver: Receiver, store: Any
) -> None:
    clock = StillClock()
    for _ in range(2):
        assert tell_of_publication(workspace, store, clock, DAY, "https://e.org/n") == ()
    assert [g["message"] for g in receiver.got] == ["https://e.org/n"]
    quiet = workspace.settings.notify.model_copy(update={"events": ("draft.ready",)})
    settings = workspace.settings.model_copy(update={"notify": quiet})
    silent = replace(workspace, settings=settings)
    assert tell_of_publication(silent, store, clock, date(2026, 9, 19), "") == ()
    assert len(receiver.got) == 1


def test_a_killed_sender_does_not_send_twice(store: Any) -> None:
    assert store.claim_notice("draft.ready x", NOW)
    assert not store.claim_notice("draft.ready x", NOW)
    store.settle_notice("draft.ready x", sent=True, now=NOW)
    store.settle_notice("draft.ready x", sent=False, now=NOW)
    assert not store.claim_notice("draft.ready x", NOW)


def test_addresses_come_from_settings_environment_and_file(tmp_path: Path) -> None:
    file = tmp_path / "urls"
    file.write_text("# mine\nntfy://b\nntfy://c ntfy://a\n", "utf-8")
    environ = {"STARDRAFT_NOTIFY_URLS": "ntfy://a", "STARDRAFT_NOTIFY_URLS_FILE": str(file)}
    found = find_addresses(environ, ["ntfy://s"])
    assert found == ("ntfy://s", "ntfy://a", "ntfy://b", "ntfy://c")
    assert find_addresses({}, []) == ()
    with pytest.raises(ConfigError):
        find_addresses({"STARDRAFT_NOTIFY_URLS_FILE": str(tmp_path / "none")}, [])


def test_an_address_nobody_understands_is_said_without_it() -> None:
    issue = send(f"nonsense://{SECRET}", Message(title="t", body="b"), 1.0)
    assert issue is not None
    assert issue.code == "notify.bad_address"
    assert SECRET not in str(issue)


def test_messages_speak_the_readers_language_and_stay_short() -> None:
    assert "6 items" in draft_ready(DAY, 6, "link", (date(2026, 9, 17),), "en").body
    assert "还补写了 09-17" in draft_ready(DAY, 6, "link", (date(2026, 9, 17),)).body
    many = source_dead([f"账号\n{n}" for n in range(40)])
    assert len(many.body.splitlines()) == 12
    assert "另有 30 个" in many.body
