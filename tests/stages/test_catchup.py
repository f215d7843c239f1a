"""Days off, days asked for, and a day done again: every article once, nothing fetched twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.stages.mornings import Morning
from tests.stages.rooms import days_before


def named(note: str, *dates: datetime) -> list[int]:
    """How often the note lists each day's article."""
    return [note.count(f"[文章 {d:%m-%d}]") for d in dates]


def test_one_run_after_five_days_off_brings_five_days_and_nothing_twice(morning: Morning) -> None:
    start = morning.clock.now()
    morning.publishes(start)
    morning.runs()
    morning.clock.time += timedelta(days=5)
    missed = days_before(morning.clock.now(), *range(5))
    morning.publishes(*missed, start)
    morning.runs()
    note = morning.note(morning.clock.now().date())
    assert named(note, *missed, start) == [1, 1, 1, 1, 1, 0]
    assert len(morning.pages()) == len(set(morning.pages())) == 6
    again = morning.runs()
    assert [s.made for s in again.stages if s.stage in ("poll", "fetch", "extract")] == [0, 0, 0]
    assert morning.note(morning.clock.now().date()) == note


def test_since_leaves_what_is_older_for_another_run(morning: Morning) -> None:
    now = morning.clock.now()
    dates = days_before(now, *range(5))
    morning.publishes(*dates)
    morning.runs(since=datetime(2026, 9, 17, tzinfo=UTC))
    assert named(morning.note(now.date()), *dates) == [1, 1, 0, 0, 0]
    assert len(morning.pages()) == 2
    morning.runs()
    assert named(morning.note(now.date()), *dates) == [1, 1, 1, 1, 1]
    assert len(morning.pages()) == len(set(morning.pages())) == 5


def test_a_day_done_again_is_made_of_what_was_there_then(morning: Morning) -> None:
    first = morning.clock.now()
    day = first.date()
    morning.publishes(first)
    morning.runs()
    before = morning.note(day)
    edited = before.replace(":star::star:", ":star::star::star::star:").replace(
        "Abstract: ", "Abstract: 我改过的话。"
    )
    assert edited != before
    morning.app.notebook.write(day, edited)
    morning.clock.time += timedelta(days=3)
    later = days_before(morning.clock.now(), 0, 1, 2)
    morning.publishes(*later, first)
    asked = len(morning.pages())
    morning.runs(day)
    assert morning.note(day) == edited
    assert len(morning.pages()) == asked  # later articles wait for the run of their own day
    morning.runs()
    assert named(morning.note(morning.clock.now().date()), *later, first) == [1, 1, 1, 0]
    morning.runs(day)
    assert morning.note(day) == edited
    assert len(morning.pages()) == len(set(morning.pages())) == 4


def test_a_day_off_is_drafted_later_from_its_own_articles(morning: Morning) -> None:
    now = morning.clock.now()
    dates = days_before(now, *range(4))
    morning.publishes(*dates)
    for back in (3, 2, 1, 0):
        morning.runs((now - timedelta(days=back)).date())
    for back in range(4):
        note = morning.note((now - timedelta(days=back)).date())
        assert named(note, *dates) == [int(back == n) for n in range(4)]
