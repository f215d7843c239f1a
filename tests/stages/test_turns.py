"""Runs that meet: one waits, says so, gives up in the end, or takes over from the dead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import Issue, RunLockedError
from pipeline.store import processes
from tests.conftest import StillClock
from tests.stages.test_days_off import SHANGHAI, Life


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    made = Life(tmp_path, StillClock(), SHANGHAI)
    made.appears("2026-09-10 06:00")
    yield made
    made.end()


class Other(StillClock):
    """A clock during whose third sleep the other run ends."""

    def __init__(self, life: Life) -> None:
        super().__init__(life.clock.time)
        self.life = life

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if len(self.slept) == 3:
            self.life.app.store.let_go("other")  # type: ignore[attr-defined]


def held(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine's run holds the store."""
    other = processes.Process(host="elsewhere", boot="b", pid=1, process_start="1")
    with monkeypatch.context() as there:
        there.setattr("pipeline.store.runs.this_process", lambda: other)
        life.app.store.begin_run("other", life.clock.time.date(), life.clock.time, "test")


def test_a_run_waits_for_another_and_says_so(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    held(life, monkeypatch)
    clock = Other(life)
    life.app = replace(life.app, clock=clock)
    heard: list[Issue] = []
    report = life.run(patience=timedelta(minutes=1), waiting=heard.append)
    assert report.finished_at is not None
    (other,) = heard
    assert "elsewhere" in other.sentence
    assert "进程号 1" in other.sentence
    assert clock.slept[:3] == [1.0, 1.0, 1.0]


def test_patience_ends(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    held(life, monkeypatch)
    with pytest.raises(RunLockedError):
        life.run(patience=timedelta(seconds=5))
    assert len(life.clock.slept) == 5
    assert life.notes() == {}
