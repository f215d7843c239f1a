"""A workspace with every room real but the scorer, on a web of one feed and its articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pipeline.errors import Issue
from pipeline.stages import App, Run, run_stages
from pipeline.stages.run import midnight_after
from pipeline.types import Candidate, Feed, RunReport, Score
from tests.conftest import StillClock
from tests.stages.rooms import Web, feed_of

SOURCE = Feed(id="f", title="来源", url="https://a.example/feed")


class EqualScorer:
    """Finds everything equally interesting."""

    def version(self) -> str:
        return "equal"

    def score(self, candidates: Sequence[Candidate]) -> tuple[Score, ...]:
        return tuple(
            Score(article_id=c.article.id, relevance=0.5, suggested_stars=2) for c in candidates
        )

    def twins(self, candidates: Sequence[Candidate]) -> tuple[tuple[int, int], ...]:
        return ()

    def remarks(self) -> tuple[Issue, ...]:
        return ()


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
