"""The rooms that polling and fetching use: real sources and store, a web that tests write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from pipeline.errors import Issue
from pipeline.extract import PageExtractor
from pipeline.ports import Fetcher, Lookup
from pipeline.sources import Sources
from pipeline.stages.app import App, Run
from pipeline.stages.poll import poll
from pipeline.store import open_store
from pipeline.types import Candidate, Feed, Fetched, FetchRequest, Page, Score, StageReport
from tests.conftest import StillClock

DOWN = Issue(
    subject="x",
    code="fetch.refused",
    sentence="对方拒绝连接",
    remedy="下次运行会再试",
    temporary=True,
)
Answer = str | Issue


class Web:
    """Answers from a table; an address that is not in it is down. Keeps what was asked."""

    def __init__(self, clock: StillClock, answers: Mapping[str, Answer] | None = None) -> None:
        self.answers: dict[str, Answer] = dict(answers or {})
        self.clock = clock
        self.asked: list[FetchRequest] = []

    def fetch_many(self, requests: Iterable[FetchRequest]) -> Iterator[Fetched]:
        for request in requests:
            self.asked.append(request)
            answer = self.answers.get(request.url, DOWN)
            if isinstance(answer, Issue):
                yield Fetched(request=request, issue=answer)
            else:
                yield Fetched(request=request, page=self._page(request.url, answer))

    def _page(self, url: str, body: str) -> Page:
        now = self.clock.now()
        kind = "text/html; charset=utf-8"
        return Page(
            url=url,
            final_url=url,
            body=body.encode(),
            fetched_at=now,
            content_type=kind,
            etag='"e"',
        )

    def block_host(self, host: str, issue: Issue) -> None:
        raise AssertionError("no host is blocked here")

    def bytes_per_host(self) -> Mapping[str, tuple[int, int]]:
        return {}


class Nobody:
    """An index that knows nothing and is asked for nothing."""

    def by_ids(self, ids: Sequence[str]) -> Lookup[object]:
        return Lookup(missing=tuple(ids))

    by_titles = by_ids


class Fair:
    """Finds everything equally relevant."""

    def version(self) -> str:
        return "1"

    def score(self, candidates: Sequence[Candidate]) -> tuple[Score, ...]:
        ids = [c.article.id for c in candidates]
        return tuple(Score(article_id=i, relevance=0.5, suggested_stars=2) for i in ids)

    def twins(self, candidates: Sequence[Candidate]) -> tuple[tuple[int, int], ...]:
        return ()

    def remarks(self) -> tuple[Issue, ...]:
        return ()


def furnished(folder: Path, fetcher: Fetcher, clock: StillClock, *feeds: Feed) -> App:
    """An app without the rooms that come after fetching and extracting."""
    rooms = SimpleNamespace(
        clock=clock,
        feeds=feeds,
        store=open_store(f"sqlite:///{folder}/state.db"),
        source=Sources(),
        fetcher=fetcher,
        extractor=PageExtractor(),
    )
    return cast(App, rooms)


def run_at(app: App) -> Run:
    now = app.clock.now()
    return Run(run_id=now.isoformat(), day=now.date(), started_at=now)


def polled(app: App) -> StageReport:
    return poll(app, run_at(app))


def codes(report: StageReport) -> list[str]:
    return [issue.code for issue in report.issues]


def dump(app: App) -> Mapping[str, list[dict[str, Any]]]:
    """The store's rows."""
    rows: Mapping[str, list[dict[str, Any]]] = app.store.dump()  # type: ignore[attr-defined]
    return rows


def feed_of(*dates: datetime, title: str = "文章", host: str = "e.org") -> str:
    """An RSS feed with an article at each of these times, its address made from the time."""
    items = (
        f"<item><title>{title} {d:%m-%d}</title><link>https://{host}/{d:%Y%m%d%H%M}</link>"
        f"<pubDate>{d:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for d in dates
    )
    return f'<rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'


def days_before(now: datetime, *counts: int) -> list[datetime]:
    return [now - timedelta(days=count) for count in counts]
