"""Whose run lock is it, and may it be taken over?"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import RunLockedError
from pipeline.store import open_store
from pipeline.store.processes import Process, this_process
from pipeline.store.runs import FOREIGN_LEASE
from tests.store.samples import DAY, HOUR, NOW, forked


def dead_pid() -> int:
    pid = forked(lambda: None)
    os.waitpid(pid, 0)
    return pid


def test_this_process_lives_and_its_like_do_not() -> None:
    me = this_process()
    assert me.lives() is True
    assert replace(me, boot="before the reboot").lives() is False
    assert replace(me, process_start="an earlier user of the pid").lives() is False
    assert replace(me, pid=dead_pid(), process_start="").lives() is False
    assert replace(me, host="elsewhere").lives() is None


def test_a_zombie_does_not_live() -> None:
    me = this_process()
    pid = forked(lambda: None)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert replace(me, pid=pid, process_start="1").lives() is False
    os.waitpid(pid, 0)


@pytest.mark.parametrize(
    ("change", "later", "taken"),
    [
        ({"boot": "old"}, HOUR, True),
        ({"host": "elsewhere", "boot": "other"}, HOUR, False),
        ({"host": "elsewhere", "boot": "other"}, FOREIGN_LEASE + timedelta(seconds=1), True),
        ({}, timedelta(days=400), False),
    ],
)
def test_who_may_take_over(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
    later: timedelta,
    taken: bool,
) -> None:
    me = this_process()
    holder: Process = replace(me, **change)
    store = open_store(str(tmp_path / "s.db"))
    monkeypatch.setattr("pipeline.store.runs.this_process", lambda: holder)
    store.begin_run("1", DAY, NOW, "test")
    monkeypatch.setattr("pipeline.store.runs.this_process", lambda: me)
    if taken:
        store.begin_run("2", DAY, NOW + later, "test")
    else:
        with pytest.raises(RunLockedError):
            store.begin_run("2", DAY, NOW + later, "test")
    store.close()
