"""The run lock between machines and containers, the same on both kinds of database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from pipeline.errors import RunLockedError, RunLostError
from pipeline.store import open_store, processes
from pipeline.store.beats import SILENT
from pipeline.types import RunReport
from tests.store.samples import DAY, NOW, entry, feed, forked, killed

SECOND = timedelta(seconds=1)
_ROOT = Path(__file__).parents[2]
_APART = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


@pytest.fixture
def store(url: str) -> Iterator[Any]:
    """Ours."""
    opened = open_store(url)
    opened.sync_feeds([feed()], NOW)
    yield opened
    opened.close()


@pytest.fixture
def other(url: str) -> Iterator[Any]:
    """The same one, as another process has it open."""
    opened = open_store(url)
    yield opened
    opened.close()


@contextmanager
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is asked here is asked by another machine."""
    there = replace(processes.this_process(), host="elsewhere", boot="another")
    with monkeypatch.context() as patch:
        for module in ("runs", "processes"):
            patch.setattr(f"pipeline.store.{module}.this_process", lambda: there)
        yield


def taken(store: Any, run_id: str, start: datetime = NOW) -> int:
    """Look every second until the lock is ours; how many seconds that took."""
    for seconds in range(1000):
        try:
            store.begin_run(run_id, DAY, start + seconds * SECOND, "test")
        except RunLockedError:
            continue
        return seconds
    raise AssertionError("never taken")


def test_a_silent_run_elsewhere_is_followed_after_the_bound(
    store: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with elsewhere(monkeypatch):
        other.begin_run("1", DAY, NOW, "test")
    assert taken(store, "2") == SILENT.total_seconds()


def test_since_when_the_other_runs_is_told_in_the_readers_time(store: Any, url: str) -> None:
    store.begin_run("1", DAY, NOW, "test")
    asking = open_store(url, zone=ZoneInfo("Pacific/Kiritimati"))
    with pytest.raises(RunLockedError) as caught:
        asking.begin_run("2", DAY, NOW, "test")
    asking.close()
    there = NOW.astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert f"从 {there:%Y-%m-%d %H:%M:%S} 起正在运行" in caught.value.issues[0].sentence


def test_a_beating_run_elsewhere_is_believed_for_ever(
    store: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with elsewhere(monkeypatch):
        other.begin_run("1", DAY, NOW, "test")
    for minute in range(20):
        for second in range(0, 60, 5):
            with pytest.raises(RunLockedError) as caught:
                store.begin_run("2", DAY, NOW + (60 * minute + second) * SECOND, "test")
            assert caught.value.certain is (minute > 0)
        other.beat("1")
    other.end_run(RunReport(run_id="1", day=DAY, started_at=NOW, finished_at=NOW))
    store.begin_run("2", DAY, NOW, "test")


def test_who_was_taken_over_writes_nothing_and_ends_without_harm(
    store: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin_run("1", DAY, NOW, "test")
    store.check_run()
    with elsewhere(monkeypatch):
        taken(other, "2")
    before = other.dump()
    for write in (
        lambda: store.sync_feeds([feed("b")], NOW),
        lambda: store.put_vectors("m", {"h": b"1"}),
        lambda: store.beat("1"),
        store.check_run,
    ):
        with pytest.raises(RunLostError):
            write()
    assert other.dump() == before
    store.end_run(RunReport(run_id="1", day=DAY, started_at=NOW, finished_at=NOW))
    other.check_run()
    other.sync_feeds([feed("c")], NOW)
    with pytest.raises(RunLockedError):
        store.begin_run("3", DAY, NOW, "test")
    store.sync_feeds([feed("d")], NOW)  # who has no run, such as the review page, may write


def test_a_worker_has_no_run_and_is_not_stopped(
    store: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin_run("1", DAY, NOW, "test")
    other.check_run()
    other.sync_feeds([feed("b")], NOW)
    assert len(other.feed_health()) == 1


def test_a_killed_run_beside_us_is_followed_at_once(store: Any, url: str) -> None:
    def work() -> None:
        mine = open_store(url)
        mine.begin_run("1", DAY, NOW, "test")
        os.kill(os.getpid(), signal.SIGKILL)

    assert killed(os.waitpid(forked(work), 0)[1])
    assert taken(store, "2") == 0


# two containers on one machine: one kernel, one name, process ids that count apart

_INSIDE = """
import os, sys
from pipeline.store import open_store
from tests.contracts.test_run_lock import DAY, NOW
store = open_store(sys.argv[1])
assert os.getpid() == 1
store.begin_run("inside", DAY, NOW, "test")
leased = store.lease_pages(1, NOW)
print("begun", len(leased), flush=True)
for line in sys.stdin:
    store.beat("inside")
    print("beaten", flush=True)
"""


def unshared() -> bool:
    """Whether this machine lets us make a namespace of process ids."""
    try:
        return subprocess.run([*_APART, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def inside(store: Any, url: str) -> Iterator[tuple[Callable[[], None], Callable[[], None]]]:
    """A run as process 1 of its own namespace: make it beat; kill it."""
    if not unshared():
        pytest.skip("unshare --pid is not permitted here")
    from pipeline.types import Poll
    from tests.store.samples import page

    store.record_poll(Poll(feed_id="a", entries=(entry("1"), entry("2"))), NOW)
    for item in store.entries_to_fetch(NOW, 5):
        store.save_page(item.entry_id, page())
    command = [*_APART, sys.executable, "-c", _INSIDE, url]
    child = subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin
    assert child.stdout
    with child, child.stdin as to, child.stdout as said:

        def beat() -> None:
            to.write("\n")
            to.flush()
            assert said.readline() == "beaten\n"

        def kill() -> None:
            child.kill()
            child.wait()
            assert said.readline() == "", "all that could hold its end of the pipe are gone"

        assert said.readline() == "begun 1\n"
        yield beat, kill
        child.kill()


def test_a_run_in_another_container_is_no_dead_one_of_ours(store: Any, inside: Any) -> None:
    beat, kill = inside
    for second in range(0, 400, 5):
        with pytest.raises(RunLockedError) as caught:
            store.begin_run("2", DAY, NOW + second * SECOND, "test")
        if second % 100 == 0:
            beat()
    assert "另一个容器" in caught.value.issues[0].sentence
    kill()
    beaten = 300 * SECOND  # the last look that saw a beat
    assert taken(store, "2", NOW + 400 * SECOND) * SECOND <= SILENT - (395 * SECOND - beaten)


def test_what_another_container_leased_stays_leased_until_it_expires(
    store: Any, inside: Any
) -> None:
    assert store.leased_elsewhere("extract", NOW) == 1
    assert len(store.lease_pages(5, NOW)) == 1
    assert store.leased_elsewhere("extract", NOW) == 1
    assert len(store.lease_pages(5, NOW + timedelta(minutes=11))) == 2


def test_what_an_older_version_leased_is_still_understood(store: Any, url: str) -> None:
    me = processes.this_process()
    words = "INSERT INTO leases (kind, key, owner, until) VALUES ('embed', :k, :o, :u)"
    owners = {
        "living": f"{me.host}|{me.boot}|{me.pid}|{me.process_start}",
        "dead": f"{me.host}|{me.boot}|{me.pid}|0",
        "elsewhere": f"far|{me.boot}|{me.pid}|0",
    }
    with store.database.write() as connection:
        for name, owner in owners.items():
            row = {"k": name, "o": owner, "u": (NOW + SECOND).replace(tzinfo=None)}
            connection.execute(text(words), row)
    assert store.leased_elsewhere("embed", NOW) == 2
