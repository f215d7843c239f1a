"""The store: everything remembered, one Protocol made of its parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Literal, Protocol

from pipeline.errors import Issue
from pipeline.ports.looking_up import Limiter, Memory
from pipeline.ports.remembering import (
    DraftRecord,
    Feedback,
    Journal,
    Outbox,
    PendingEntry,
    PendingPage,
)
from pipeline.ports.scoring import VectorCache
from pipeline.types import (
    ArchiveItem,
    Article,
    Candidate,
    CodeClue,
    CodeNews,
    Feed,
    FeedMemory,
    Page,
    Paper,
    Poll,
    Repo,
    RunReport,
    Score,
)


class Notices(Protocol):
    """store/: what the reader was told, so that no message leaves twice."""

    def claim_notice(self, key: str, now: datetime) -> bool:
        """Whether this message is ours to send: nobody has sent it or is sending it."""

    def settle_notice(self, key: str, *, sent: bool, now: datetime) -> None:
        """Remember that it was sent, or let a later run try again."""


class Leases(Protocol):
    """store/: work that several workers share, in batches that expire."""

    def lease_pages(self, limit: int, now: datetime) -> Sequence[PendingPage]:
        """Fetched pages that no other living worker is reading, oldest first; ours for now."""

    def lease_candidates(self, version: str, limit: int, now: datetime) -> Sequence[Candidate]:
        """Of `candidates_to_score` those that no other living worker is scoring; ours for now."""

    def lease_texts(
        self, model: str, hashes: Sequence[str], limit: int, now: datetime
    ) -> Sequence[str]:
        """Of the texts with these content hashes up to `limit` that no other living worker is
        embedding with `model`; ours for now. They may have got their vectors meanwhile."""

    def release(self, kind: Literal["extract", "score", "embed"]) -> None:
        """Hand back everything of this kind that this process has leased."""

    def leased_elsewhere(self, kind: Literal["extract", "score", "embed"], now: datetime) -> int:
        """How much of this kind other living workers have in hand."""


class Store(Limiter, Memory, VectorCache, Outbox, Journal, Notices, Leases, Protocol):
    """store/: everything remembered. Every method is one transaction and may be repeated.

    All ids are derived from content, so that a run broken anywhere and run again ends in the
    same rows as an unbroken one.
    """

    # feeds and entries
    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the feeds known; those no longer followed are kept but not polled."""

    def memories(self, feed_ids: Sequence[str]) -> Mapping[str, FeedMemory]:
        """What is remembered of each feed; a new feed has an empty memory."""

    def record_poll(self, poll: Poll, now: datetime) -> int:
        """Store new entries with the poll's ETag in one transaction; how many were new.

        An entry whose (feed, key) or canonical URL is known is not stored again.
        """

    def record_unchanged(self, feed_ids: Sequence[str], now: datetime) -> None:
        """Remember of many feeds at once that they answered and had nothing new."""

    def record_poll_failure(
        self, feed_id: str, issue: Issue, now: datetime, next_at: datetime
    ) -> None:
        """Remember that a poll failed, why, and when to try again."""

    def feed_health(self) -> Sequence[tuple[Feed, FeedMemory, Issue | None]]:
        """Every followed feed with its memory and its last failure."""

    def published_dates(
        self, feed_ids: Sequence[str], silent_since: datetime | None = None
    ) -> Mapping[str, Sequence[datetime]]:
        """When each feed published last on each of its newest 31 days (UTC), as far as it said.

        A feed of which nothing is known is left out, and with `silent_since` every feed that
        published anything later.
        """

    # pages and articles
    def entries_to_fetch(
        self,
        now: datetime,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[PendingEntry]:
        """Entries without a page that are due, oldest first; only those published from `since`
        on (without a date: first seen) and before `until` (or without a date)."""

    def save_page(self, entry_id: str, page: Page) -> None:
        """Keep a fetched page (compressed) for extraction."""

    def fetch_failed(
        self, entry_id: str, issue: Issue, now: datetime, next_at: datetime | None
    ) -> None:
        """Remember a failed fetch; `next_at` None means it is permanent."""

    def pages_to_extract(self, limit: int) -> Sequence[PendingPage]:
        """Fetched pages without an article, oldest first."""

    def save_article(self, entry_id: str, article: Article, now: datetime) -> bool:
        """Keep the article and settle its entry; False where the article was known already."""

    # enrichment
    def articles_to_enrich(
        self, now: datetime, limit: int
    ) -> Sequence[tuple[Article, str, datetime]]:
        """Readable articles without a candidate, or with pending ids that are due: the article,
        its feed's title and when its entry was first seen."""

    def known_papers(self, ids: Sequence[str]) -> Mapping[str, Paper]:
        """The stored papers among `ids`; also found under the titles they were asked by."""

    def known_repos(self, ids: Sequence[str], not_before: datetime) -> Mapping[str, Repo]:
        """The stored repositories among `ids` that are not older than that."""

    def known_missing(self, ids: Sequence[str], not_before: datetime) -> frozenset[str]:
        """Ids and titles an index surely did not know when last asked."""

    def save_papers(
        self, papers: Mapping[str, Paper], missing: Iterable[str], now: datetime
    ) -> None:
        """Keep answers under the id or title they were asked by, and what was not there."""

    def save_repos(self, repos: Mapping[str, Repo], missing: Iterable[str], now: datetime) -> None:
        """Keep answers, and what was not there."""

    def save_candidates(
        self,
        candidates: Sequence[Candidate],
        now: datetime,
        retry_at: datetime | None,
        unfinished: Collection[str] = (),
    ) -> None:
        """Keep candidates; those with pending ids and those whose articles are `unfinished`
        are offered again from `retry_at`."""

    def save_doubts(self, candidates: Sequence[Candidate]) -> None:
        """Keep what is said of known candidates; when they are asked for again, and their
        scores, stay."""

    def known_code(self, keys: Sequence[str]) -> Mapping[str, tuple[CodeClue | None, datetime]]:
        """What was found when each key (`finder:paper`) was last looked for, and when."""

    def save_code(self, found: Mapping[str, CodeClue | None], now: datetime) -> None:
        """Keep what was found, None where nothing was."""

    def noted_candidates(self, since: date, before: date) -> Sequence[tuple[date, Candidate]]:
        """The items of the notes drafted for the days in [since, before)."""

    def save_news(self, news: Sequence[CodeNews], now: datetime) -> None:
        """Keep news of code; a later one on the same article replaces an earlier one."""

    def news(self) -> Sequence[CodeNews]:
        """All news of code, by article."""

    # scores
    def candidates_to_score(self, version: str) -> Sequence[Candidate]:
        """Candidates not yet settled in a published past note that lack a score of `version`."""

    def save_scores(self, scores: Sequence[Score], version: str) -> None:
        """Keep scores under the version that made them."""

    # drafts
    def candidates_for(self, day: date) -> Sequence[tuple[Candidate, Score | None]]:
        """Candidates drafted or shown on `day`, and those never drafted or shown at all."""

    def last_draft(self, day: date) -> DraftRecord | None:
        """The day's note as we last rendered it."""

    def save_draft(self, record: DraftRecord, now: datetime) -> None:
        """Keep it; its candidates now belong to the day. Equal text keeps the revision."""

    # the past
    def import_archive(self, items: Sequence[ArchiveItem]) -> int:
        """Replace the archive of every day that occurs in `items`; how many there are now."""

    def archive(self) -> Sequence[ArchiveItem]:
        """The whole archive by day and position."""

    def record_feedback(
        self, article_id: str, day: date, action: str, value: str, now: datetime
    ) -> None:
        """Log one change the reader made; the same one at the same instant is kept once."""

    def feedback(self) -> Sequence[Feedback]:
        """Every change the reader made, oldest first."""

    def rated(self) -> Sequence[ArchiveItem]:
        """Candidates the reader gave stars to on days that are not in the archive yet."""

    def dropped(self) -> Sequence[ArchiveItem]:
        """Candidates the reader dropped in review (`drop`, not followed by `restore`)."""

    # runs
    def begin_run(self, run_id: str, day: date, now: datetime, owner: str) -> None:
        """Take the store's run lock; raises `RunLockedError` while a living run holds it.

        Where another run takes it over, every later write raises `RunLostError`.
        """

    def keep_run(self, run_id: str) -> AbstractContextManager[None]:
        """Show while the block runs that this run lives, to those who cannot see its process."""

    def check_run(self) -> None:
        """Raise `RunLostError` where another run has taken over the lock that was ours."""

    def end_run(self, report: RunReport) -> None:
        """Keep the report and give the lock back."""

    def tidy(self, now: datetime) -> None:
        """Forget what has run out, and let the database look after its own files."""

    def last_runs(self, count: int) -> Sequence[RunReport]:
        """The newest runs first."""

    def last_noted_day(self, before: date) -> date | None:
        """The newest day earlier than `before` of which a note was drafted."""

    def close(self) -> None:
        """Let go of the database."""


Progress = Callable[[str, int, int], None]
"""Told (stage, done, total) as work goes on; total 0 where it is not known."""
