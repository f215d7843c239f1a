"""Days off, clocks that change or jump, midnight: one note a day, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.settings import load_workspace
from pipeline.stages import Run, run_stages
from pipeline.types import RunReport
from pipeline.wiring import build, notebook
from tests.conftest import StillClock
from tests.stages.rooms import Fair, Nobody, Web

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
_BODY = "<p>本文提出了一种新的方法。</p>" + "<p>实验部分的文字。</p>" * 40


class Life:
    """A reader's weeks: articles appear, runs happen, the clock does what clocks do."""

    def __init__(self, folder: Path, clock: StillClock, zone: ZoneInfo) -> None:
        self.clock, self.zone = clock, zone
        self.web = Web(clock)
        self.articles: list[datetime] = []
        folder.joinpath("settings.toml").write_text(
            f'[reader]\ntimezone = "{zone}"\n[draft]\nmax_items = 50\nper_feed = 50\n', "utf-8"
        )
        outline = '<outline type="rss" title="小来源" xmlUrl="https://e.org/feed"/>'
        folder.joinpath("feeds.opml").write_text(f"<opml><body>{outline}</body></opml>", "utf-8")
        self.workspace = load_workspace(folder)
        self.book = notebook(self.workspace)
        self._built = build(self.workspace, clock)  # type: ignore[arg-type]
        self.app = replace(
            self._built.__enter__(),
            fetcher=self.web,
            papers=Nobody(),  # type: ignore[arg-type]
            repos=Nobody(),  # type: ignore[arg-type]
            catalogues=(),
            finders=(),
            scorer=lambda day: Fair(),
        )

    def end(self) -> None:
        """Close the store."""
        self._built.__exit__(None, None, None)

    def appears(self, local: str) -> None:
        """An article is published at this local time."""
        self.articles.append(datetime.fromisoformat(local).replace(tzinfo=self.zone))
        items = "".join(
            f"<item><title>{d.astimezone(UTC):%m-%d %H:%M}</title>"
            f"<link>https://e.org/{d.astimezone(UTC):%Y%m%d%H%M}</link>"
            f"<pubDate>{d.astimezone(UTC):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
            f"<description><![CDATA[{_BODY}]]></description></item>"
            for d in self.articles
        )
        self.web.answers["https://e.org/feed"] = (
            f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
        )
        for d in self.articles:
            name = f"{d.astimezone(UTC):%Y%m%d%H%M}"
            page = f"<html><title>{d.astimezone(UTC):%m-%d %H:%M}</title><article>{_BODY}</article></html>"
            self.web.answers[f"https://e.org/{name}"] = page

    def run(self, local: str = "", only: Sequence[str] = (), **facts: object) -> RunReport:
        """A run at this local time, as `stardraft run` makes it."""
        if local:
            when = datetime.fromisoformat(local).replace(tzinfo=self.zone)
            self.clock.time = when.astimezone(UTC)
        now = self.clock.now()
        day = now.astimezone(self.zone).date()
        run = Run(run_id=f"{now}", day=day, started_at=now, zone=self.zone, catch_up=7)
        return run_stages(self.app, replace(run, **facts), only=only)  # type: ignore[arg-type]

    def notes(self) -> dict[date, list[str]]:
        """The titles of each day's note."""
        found = {}
        for path in sorted(self.workspace.notes.rglob("*.md")):
            day = datetime.strptime(f"{path.parent.name}{path.stem[2:]}", "%Y%m%d").date()  # noqa: DTZ007
            note = self.book.parse(path.read_text("utf-8"), day)
            found[day] = sorted(item.title for item in (*note.items, *note.also_seen))
        return found

    def nothing_twice(self) -> None:
        """Every article is in exactly one note."""
        titles = [title for note in self.notes().values() for title in note]
        assert sorted(titles) == sorted(f"{d.astimezone(UTC):%m-%d %H:%M}" for d in self.articles)


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    made = Life(tmp_path, StillClock(), SHANGHAI)
    yield made
    made.end()


def test_five_days_off_end_in_a_note_a_day(life: Life) -> None:
    life.appears("2026-09-10 06:00")
    life.run("2026-09-10 07:00")
    for n in (10, 11, 13, 14, 15):
        life.appears(f"2026-09-{n} 20:00")
    life.appears("2026-09-16 06:30")
    report = life.run("2026-09-16 07:00")
    assert life.notes() == {
        date(2026, 9, 10): ["09-09 22:00"],
        date(2026, 9, 11): ["09-10 12:00", "09-11 12:00"],
        date(2026, 9, 13): ["09-13 12:00"],
        date(2026, 9, 14): ["09-14 12:00"],
        date(2026, 9, 15): ["09-15 12:00"],
        date(2026, 9, 16): ["09-15 22:30"],
    }
    assert report.caught_up == (
        date(2026, 9, 11),
        date(2026, 9, 13),
        date(2026, 9, 14),
        date(2026, 9, 15),
    )
    life.nothing_twice()
    before = life.notes()
    assert life.run("2026-09-16 07:05").caught_up == ()
    assert life.notes() == before


def test_without_catching_up_all_of_it_is_todays(life: Life) -> None:
    life.appears("2026-09-10 06:00")
    life.run("2026-09-10 07:00")
    life.appears("2026-09-12 06:00")
    life.run("2026-09-14 07:00", catch_up=0)
    assert list(life.notes()) == [date(2026, 9, 10), date(2026, 9, 14)]
    life.nothing_twice()


@pytest.mark.parametrize("change", ["2026-03-08", "2026-11-01"])
def test_a_night_in_which_the_clocks_change(tmp_path: Path, change: str) -> None:
    life = Life(tmp_path, StillClock(), NEW_YORK)
    night = date.fromisoformat(change)
    for n in (-1, 0, 1):
        day = night + timedelta(days=n)
        life.appears(f"{day} 00:10")
        life.appears(f"{day} 03:10")
        if n != 0:  # the morning after the change is missed, and caught up
            life.run(f"{day} 07:00")
    assert [len(note) for note in life.notes().values()] == [2, 2, 2]
    life.nothing_twice()
    life.end()


def test_the_clock_jumps_ahead_and_back(life: Life) -> None:
    life.appears("2026-09-10 06:00")
    life.run("2026-09-10 07:00")
    life.web.answers["https://e.org/feed"] = ""  # fails, and is to be asked again later
    life.run("2031-01-01 07:00", catch_up=0)
    life.appears("2026-09-11 06:00")
    life.run("2026-09-11 07:00")
    assert list(life.notes()) == [date(2026, 9, 10), date(2026, 9, 11)]
    life.nothing_twice()
    life.clock.time -= timedelta(hours=30)
    life.run()
    assert list(life.notes()) == [date(2026, 9, 10), date(2026, 9, 11)]
    life.nothing_twice()


def test_runs_around_midnight(life: Life) -> None:
    life.appears("2026-09-10 23:50")
    life.run("2026-09-10 23:59")
    life.appears("2026-09-10 23:59")
    life.appears("2026-09-11 00:00")
    life.run("2026-09-11 00:00")
    life.run("2026-09-11 00:01")
    notes = life.notes()
    assert [len(notes[d]) for d in (date(2026, 9, 10), date(2026, 9, 11))] == [1, 2]
    life.nothing_twice()


def test_a_late_run_joins_one_that_did_its_work(life: Life) -> None:
    life.appears("2026-09-10 06:00")
    due = datetime(2026, 9, 10, 7, tzinfo=SHANGHAI)
    first = life.run("2026-09-10 09:00", due=due)
    asked = len(life.web.asked)
    again = life.run("2026-09-10 09:10", due=due + timedelta(hours=1))
    assert again.run_id == first.run_id
    assert len(life.web.asked) == asked
    assert life.run("2026-09-10 10:00", due=due + timedelta(hours=3)).run_id != first.run_id


def test_a_collection_is_no_days_work(life: Life) -> None:
    life.appears("2026-09-10 06:00")
    due = datetime(2026, 9, 10, 6, tzinfo=SHANGHAI)
    only = ("poll", "fetch", "extract", "enrich", "score")
    life.run("2026-09-10 06:30", due=due, only=only)
    assert life.notes() == {}
    life.run("2026-09-10 07:00", due=due)
    assert len(life.notes()) == 1
