"""The beat of a run, and whoever watches it: no clock is believed, no failure ends a run."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from pipeline.errors import RunLostError, StoreError
from pipeline.store.beats import AGAIN, BEAT, SILENT, Watch, beating, keep_on
from tests.store.samples import HOUR, ISSUE, NOW

SECOND = timedelta(seconds=1)


def heard(*outcomes: Exception | None) -> list[float]:
    """The pauses of a run whose beats end so, one after the other, and which ends then."""
    pauses: list[float] = []
    left: Iterator[Exception | None] = iter(outcomes)

    def over(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) > len(outcomes)

    def beat() -> None:
        if error := next(left):
            raise error

    keep_on(beat, over)
    return pauses


def test_it_beats_until_the_run_is_over() -> None:
    assert heard() == [BEAT]
    assert heard(None, None) == [BEAT, BEAT, BEAT]


def test_a_database_that_is_away_is_asked_again_soon_and_ends_nothing() -> None:
    away, full = StoreError(ISSUE), NoConnectionLeft()
    assert heard(away, full, None) == [BEAT, AGAIN, AGAIN, BEAT]


def test_a_lost_lock_ends_the_beat() -> None:
    assert heard(None, RunLostError(ISSUE), None) == [BEAT, BEAT]


def test_a_bug_is_not_taken_for_a_busy_database() -> None:
    with pytest.raises(ZeroDivisionError):
        heard(ZeroDivisionError())


def test_the_thread_ends_with_the_block_however_that_ends() -> None:
    def living() -> list[threading.Thread]:
        return [t for t in threading.enumerate() if t.name == "beat"]

    seen = []

    def run() -> None:
        with beating(lambda: None):
            seen.extend(living())
            raise KeyError

    with pytest.raises(KeyError):
        run()
    assert len(seen) == 1
    assert living() == []


def test_a_beat_in_hand_does_not_keep_the_process() -> None:
    code = (
        "import threading\n"
        "from pipeline.store import beats\n"
        "beats.BEAT = beats._LEAVE = 0.0\n"
        "begun = threading.Event()\n"
        "def beat():\n"
        "    begun.set()\n"
        "    threading.Event().wait()\n"
        "with beats.beating(beat):\n"
        "    begun.wait()\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, timeout=60)


def test_silence_is_only_what_was_watched() -> None:
    watch, now = Watch(), NOW
    watch.look("a", 0, now)
    for jump in (HOUR, -2 * HOUR, 100 * HOUR):
        now += jump
        watch.look("a", 0, now)
    assert watch.silence == timedelta(seconds=10), "a jump ahead counts as one long look"
    assert not watch.moved


def test_whoever_is_silent_is_dead_after_a_bound() -> None:
    watch, looks = Watch(), 0
    while watch.silence < SILENT:
        watch.look("a", 0, NOW + looks * SECOND)
        looks += 1
    assert (looks - 1) * SECOND == SILENT
    assert SILENT.total_seconds() > 4 * BEAT


def test_a_beat_breaks_the_silence_and_another_run_begins_a_new_one() -> None:
    watch = Watch()
    for looks in range(100):
        watch.look("a", 0, NOW + looks * SECOND)
    assert watch.silence == 99 * SECOND
    watch.look("a", 1, NOW + 100 * SECOND)
    assert (watch.silence, watch.moved) == (timedelta(), True)
    watch.look("b", 1, NOW + 101 * SECOND)
    assert (watch.silence, watch.moved) == (timedelta(), False)
