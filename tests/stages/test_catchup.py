"""Days off, days asked for, and a day done again: every article once, nothing fetched twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.cli.main import app as command
from pipeline.settings import find_config, load_workspace
from pipeline.stages import App, Run, run_stages
from pipeline.stages.run import midnight_after
from pipeline.types import Candidate, Feed, RunReport, Score
from pipeline.wiring import build
from tests.conftest import StillClock
from tests.stages.rooms import Web, days_before, feed_of

SOURCE = Feed(id="f", title="来源", url="https://a.example/feed")


class EqualScorer:
    """Finds everything equally interesting."""

    def version(self) -> str:
        return "equal"

    def score(self, candidates: Sequence[Candidate]) -> tuple[Score, ...]:
        return tuple(
            Score(article_id=c.article.id, relevance=0.5, suggested_stars=2) for c in candidates
        )


class Morning:
    """A workspace with real rooms, a web of one feed and its articles, and a clock."""

    def __init__(self, app: App, web: Web, clock: StillClock) -> None:
        self.app, self.web, self.clock = app, web, clock

    def publishes(self, *dates: datetime) -> None:
        self.web.answers[SOURCE.url] = feed_of(*dates)
        for moment in dates:
            url = f"https://e.org/{moment:%Y%m%d%H%M}"
            text = f"<p>{moment:%m月%d日}的文章，讲的是第 {moment:%j} 种检测方法。</p>" * 40
            self.web.answers[url] = (
                f"<html><title>文章 {moment:%m-%d}</title><article>"
                f"<h1>文章 {moment:%m-%d}</h1>{text}</article></html>"
            )

    def runs(self, day: date | None = None, **given: Any) -> RunReport:
        now = self.clock.now()
        run = Run(run_id=f"{now} {day} {given}", day=day or now.date(), started_at=now, **given)
        if day and day < now.date():
            run = replace(run, until=midnight_after(day, run))
        return run_stages(self.app, run)

    def note(self, day: date) -> str:
        return self.app.notebook.read(day) or ""

    def pages(self) -> list[str]:
        return [r.url for r in self.web.asked if r.purpose == "page"]


@pytest.fixture
def morning(tmp_path: Path, clock: StillClock) -> Iterator[Morning]:
    assert CliRunner().invoke(command, ["init", str(tmp_path / "w")]).exit_code == 0
    workspace = load_workspace(find_config(tmp_path / "w", Path.cwd()))
    web = Web(clock)
    with build(workspace, clock) as app:  # type: ignore[arg-type]
        app = replace(app, feeds=(SOURCE,), fetcher=web, scorer=lambda day: EqualScorer())
        yield Morning(app, web, clock)


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
