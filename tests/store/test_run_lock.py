"""Whose run lock is it, and may it be taken over?"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline.errors import RunLockedError
from pipeline.store import open_store, processes
from pipeline.store.beats import SILENT
from pipeline.store.processes import this_process
from pipeline.store.runs import UNBEATEN
from pipeline.store.sql_store import SqlStore
from pipeline.store.tables import locks
from tests.store.samples import DAY, HOUR, NOW, forked

SECOND = timedelta(seconds=1)


def dead_pid() -> int:
    pid = forked(lambda: None)
    os.waitpid(pid, 0)
    return pid


@pytest.mark.parametrize("local", [True, False])
def test_this_process_lives_and_its_like_do_not(local: bool) -> None:
    me = this_process()
    assert me.lives(local=local) is True
    assert replace(me, namespace="").lives(local=local) is True, "as older versions wrote it"
    assert replace(me, process_start="an earlier user of the pid").lives(local=local) is False
    assert replace(me, pid=dead_pid(), process_start="").lives(local=local) is False


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize(
    "other",
    [
        {"host": "elsewhere"},
        {"host": "elsewhere", "boot": "other"},
        {"namespace": "pid:[1]"},
        {"boot": ""},
        {"process_start": ""},
    ],
)
def test_who_cannot_be_told_from_here(other: dict[str, str], local: bool) -> None:
    assert replace(this_process(), **other).lives(local=local) is None


def test_another_boot_is_a_reboot_only_where_all_are_on_one_machine() -> None:
    before = replace(this_process(), boot="before the reboot")
    assert before.lives(local=True) is False
    assert before.lives(local=False) is None, "or it is another machine of the same name"


def test_without_proc_a_pid_says_that_somebody_is_dead_and_never_that_he_lives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("_BOOT_ID", "_NAMESPACE"):
        monkeypatch.setattr(processes, name, tmp_path / "none")
    monkeypatch.setattr(processes, "_start_of", lambda pid: None)
    me = this_process()
    assert (me.boot, me.namespace, me.process_start) == ("", "", "")
    assert me.lives(local=True) is None
    assert replace(me, pid=dead_pid()).lives(local=True) is False
    assert replace(me, pid=dead_pid()).lives(local=False) is None


def test_a_zombie_does_not_live() -> None:
    me = this_process()
    pid = forked(lambda: None)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert replace(me, pid=pid, process_start="1").lives(local=True) is False
    os.waitpid(pid, 0)


def held(store: SqlStore, monkeypatch: pytest.MonkeyPatch, **other: str) -> None:
    """Some other process's run holds the lock."""
    holder = replace(this_process(), **other)
    with monkeypatch.context() as there:
        there.setattr("pipeline.store.runs.this_process", lambda: holder)
        store.begin_run("1", DAY, NOW, "test")
        store.database.run = None  # the other one's store has that, not ours


@pytest.mark.parametrize(
    ("change", "later", "taken"),
    [
        ({"boot": "old"}, HOUR, True),
        ({"process_start": "an earlier user of the pid"}, SECOND, True),
        ({"host": "elsewhere", "boot": "other"}, timedelta(days=400), False),
        ({"namespace": "pid:[1]"}, timedelta(days=400), False),
        ({}, timedelta(days=400), False),
    ],
)
def test_who_may_take_over_at_the_first_look(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
    later: timedelta,
    taken: bool,
) -> None:
    store = open_store(str(tmp_path / "s.db"))
    held(store, monkeypatch, **change)
    if taken:
        store.begin_run("2", DAY, NOW + later, "test")
    else:
        with pytest.raises(RunLockedError) as caught:
            store.begin_run("2", DAY, NOW + later, "test")
        assert caught.value.certain is (change == {})
    store.close()


def test_who_waits_is_told_where_the_other_is_and_how_long_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(str(tmp_path / "s.db"))
    for change, words in (
        ({"host": "elsewhere"}, "（主机 elsewhere）"),
        ({"namespace": "pid:[1]"}, "（另一个容器）"),
    ):
        held(store, monkeypatch, **change)
        with pytest.raises(RunLockedError) as caught:
            store.begin_run("2", DAY, NOW, "test")
        (issue,) = caught.value.issues
        assert f"进程号 {os.getpid()}{words}。" in issue.sentence
        assert f"{SILENT // timedelta(minutes=1)} 分钟" in issue.remedy
        store.let_go("1")
    store.close()


@pytest.mark.parametrize(("later", "taken"), [(UNBEATEN, False), (UNBEATEN + SECOND, True)])
def test_a_run_of_a_version_that_does_not_beat_is_believed_as_that_one_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: timedelta, taken: bool
) -> None:
    store = open_store(str(tmp_path / "s.db"))
    held(store, monkeypatch, host="elsewhere", namespace="")
    with store.database.write() as connection:
        connection.execute(update(locks).values(namespace=None, beats=None))
    if taken:
        store.begin_run("2", DAY, NOW + later, "test")
    else:
        with pytest.raises(RunLockedError) as caught:
            store.begin_run("2", DAY, NOW + later, "test")
        assert caught.value.certain
    store.close()
