"""Runs that meet: one waits, says so, gives up in the end, or takes over from the dead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Issue, RunLockedError, RunLostError
from pipeline.stages import ORDER, Run, run_stages
from pipeline.store import processes
from pipeline.store.beats import BEAT, SILENT
from pipeline.types import RunReport, StageReport
from pipeline.wiring import open_store
from pipeline.wiring.upkeep import unfinished
from tests.conftest import StillClock
from tests.stages.test_days_off import SHANGHAI, Life

THERE = processes.Process(host="elsewhere", boot="b", pid=1, process_start="1")


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    made = Life(tmp_path, StillClock(), SHANGHAI)
    made.appears("2026-09-10 06:00")
    yield made
    made.end()


class Elsewhere:
    """Another machine with the same store."""

    def __init__(self, life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
        self.life, self._monkeypatch = life, monkeypatch
        self.store: Any = open_store(life.workspace)

    @contextmanager
    def there(self) -> Iterator[None]:
        with self._monkeypatch.context() as patch:
            patch.setattr("pipeline.store.runs.this_process", lambda: THERE)
            patch.setattr("pipeline.store.processes.this_process", lambda: THERE)
            yield

    def runs(self) -> None:
        """A run begins there."""
        now = self.life.clock.now()
        with self.there():
            self.store.begin_run("other", now.date(), now, "test")

    def takes_over(self) -> None:
        """A run that waits there has not heard of ours for long."""
        now = self.life.clock.now()
        with self.there():
            while True:
                try:
                    self.store.begin_run("other", now.date(), now, "test")
                    return
                except RunLockedError:
                    now += timedelta(seconds=1)

    def holds(self) -> bool:
        """Whether the lock is the other's, who may write."""
        self.store.check_run()
        now = self.life.clock.now()
        with pytest.raises(RunLockedError):
            self.life.app.store.begin_run("third", now.date(), now, "test")
        return True


@pytest.fixture
def elsewhere(life: Life, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    made = Elsewhere(life, monkeypatch)
    yield made
    made.store.close()


class Waiting(StillClock):
    """A clock that beats for the other run while we wait, until that ends."""

    def __init__(self, other: Elsewhere, ends_at: int) -> None:
        super().__init__(other.life.clock.time)
        self.other, self.ends_at = other, ends_at

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if len(self.slept) == self.ends_at:
            self.other.store.let_go("other")
        elif len(self.slept) % BEAT == 0 and len(self.slept) < self.ends_at:
            self.other.store.beat("other")


def test_a_run_waits_for_another_and_says_so(life: Life, elsewhere: Elsewhere) -> None:
    elsewhere.runs()
    life.app = replace(life.app, clock=(clock := Waiting(elsewhere, ends_at=3)))
    heard: list[Issue] = []
    report = life.run(patience=timedelta(minutes=1), waiting=heard.append)
    assert report.finished_at is not None
    (other,) = heard
    assert "elsewhere" in other.sentence
    assert "进程号 1" in other.sentence
    assert clock.slept[:3] == [1.0, 1.0, 1.0]


def test_patience_ends(life: Life) -> None:
    life.app.store.begin_run("beside us", life.clock.time.date(), life.clock.time, "test")
    with pytest.raises(RunLockedError):
        life.run(patience=timedelta(seconds=5))
    assert len(life.clock.slept) == 5
    assert life.notes() == {}


def test_who_cannot_be_seen_is_watched_until_he_beats(life: Life, elsewhere: Elsewhere) -> None:
    elsewhere.runs()
    life.app = replace(life.app, clock=(clock := Waiting(elsewhere, ends_at=10_000)))
    with pytest.raises(RunLockedError):
        life.run()
    assert sum(clock.slept) == BEAT
    assert life.notes() == {}


def test_who_ends_as_long_as_he_beats_is_waited_for(life: Life, elsewhere: Elsewhere) -> None:
    elsewhere.runs()
    life.app = replace(life.app, clock=(clock := Waiting(elsewhere, ends_at=900)))
    assert life.run(patience=timedelta(minutes=30)).finished_at
    assert sum(clock.slept[:900]) == 900 > SILENT.total_seconds()


def test_the_dead_elsewhere_are_followed_whatever_the_patience(
    life: Life, elsewhere: Elsewhere
) -> None:
    elsewhere.runs()
    assert life.run().items == 1
    assert sum(life.clock.slept) == SILENT.total_seconds()
    life.nothing_twice()


def begun(life: Life, done: Any = lambda report: None) -> RunReport:
    now = life.clock.now()
    run = Run(run_id="ours", day=now.astimezone(SHANGHAI).date(), started_at=now, zone=SHANGHAI)
    return run_stages(life.app, run, done=done)


@pytest.mark.parametrize("stage", [name for name, _ in ORDER[:-1]])
def test_who_was_taken_over_stops_before_the_next_stage(
    life: Life, elsewhere: Elsewhere, stage: str
) -> None:
    ended = []

    def done(report: StageReport) -> None:
        ended.append(report.stage)
        if report.stage == stage:
            elsewhere.takes_over()

    with pytest.raises(RunLostError) as caught:
        begun(life, done)
    (issue,) = caught.value.issues
    assert (issue.code, issue.temporary) == ("store.run_lost", True)
    assert "接手" in issue.sentence
    assert ended[-1] == stage
    assert life.notes() == {}
    assert elsewhere.holds()


def test_who_was_taken_over_within_a_stage_writes_nothing_more(
    life: Life, elsewhere: Elsewhere
) -> None:
    rows: list[object] = []
    fetch = life.web.fetch_many

    def slow(*asked: Any, **how: Any) -> Any:
        for answer in fetch(*asked, **how):
            if not rows:
                elsewhere.takes_over()
                rows.append(elsewhere.store.dump())
            yield answer

    life.web.fetch_many = slow  # type: ignore[method-assign]
    with pytest.raises(RunLostError):
        begun(life)
    assert elsewhere.store.dump() == rows[0]
    assert elsewhere.holds()
    mine, theirs = sorted(elsewhere.store.last_runs(5), key=lambda run: run.run_id == "other")
    assert (mine.run_id, mine.stages, theirs.finished_at) == ("ours", (), None)


def test_who_was_taken_over_does_not_touch_the_note(life: Life, elsewhere: Elsewhere) -> None:
    begun(life)
    (path,) = life.workspace.notes.rglob("*.md")
    path.write_text(text := path.read_text("utf-8") + "\n读者写的。\n", "utf-8")
    life.appears("2026-09-10 06:30")

    class Late:
        """A desk whose machine sleeps before the draft is brought into the file."""

        def redraft(self, *facts: Any) -> None:
            elsewhere.takes_over()
            desk.redraft(*facts)

        def learn(self) -> None:
            desk.learn()

    desk = life.app.redraft
    life.app = replace(life.app, redraft=Late())
    with pytest.raises(RunLostError):
        begun(life)
    assert path.read_text("utf-8") == text
    assert elsewhere.holds()


def test_a_run_that_is_broken_off_has_no_end_and_is_done_again(life: Life) -> None:
    """By Ctrl+C, by `serve` that stops, by a fault: what ended before that is kept."""
    fetch = life.web.fetch_many

    def stopped(requests: Any, **how: Any) -> Any:
        if any(request.purpose == "page" for request in requests):
            raise KeyboardInterrupt
        return fetch(requests, **how)

    life.web.fetch_many = stopped  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        life.run()
    (broken,) = life.app.store.last_runs(5)
    assert [stage.stage for stage in broken.stages] == ["poll"]
    assert broken.finished_at is None
    assert unfinished(life.workspace, life.clock)
    life.web.fetch_many = fetch  # type: ignore[method-assign]
    life.clock.sleep(1)
    assert life.run().finished_at
    assert not unfinished(life.workspace, life.clock)
