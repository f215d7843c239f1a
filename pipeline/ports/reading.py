"""The seams from a feed to an article: time, sources, fetch, extract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol

from pipeline.errors import Issue
from pipeline.types import (
    Article,
    Entry,
    Feed,
    FeedMemory,
    Fetched,
    FetchRequest,
    Page,
    PageState,
    Poll,
)


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait that long."""


class Source(Protocol):
    """sources/: turns what a feed answered into entries. Pure but for files on disk."""

    def request(self, feed: Feed, memory: FeedMemory) -> FetchRequest | None:
        """What to ask the network for (conditional where `memory` allows), None for disk."""

    def read(self, feed: Feed, page: Page | None, memory: FeedMemory, now: datetime) -> Poll:
        """The feed's entries, newest first; a body that is no feed is an issue in the poll."""


class Fetcher(Protocol):
    """fetch/: one polite client for every URL."""

    def fetch_many(self, requests: Iterable[FetchRequest]) -> Iterator[Fetched]:
        """Yield one outcome per request as each completes; never raises for a URL."""

    def block_host(self, host: str, issue: Issue) -> None:
        """Answer everything still queued for `host` with `issue` instead of asking it."""

    def bytes_per_host(self) -> Mapping[str, tuple[int, int]]:
        """Requests and decoded bytes per host since the client was made."""


class Extractor(Protocol):
    """extract/: reads a page. Pure; no input makes it raise."""

    def classify(self, page: Page) -> PageState:
        """What the page is, cheaply (WeChat answers its error pages with HTTP 200)."""

    def extract(self, page: Page, entry: Entry | None = None) -> Article:
        """The article with its links; `entry` fills what the page does not say."""
