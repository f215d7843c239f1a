"""The seams of the house: what each room offers to the stages, as documented Protocols.

Rooms implement these and never import each other; `wiring` picks the implementations; the
suites in `tests/contracts/` run every implementation against the same expectations.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from pipeline.errors import Issue
from pipeline.types import (
    ArchiveItem,
    Article,
    Candidate,
    CodeClue,
    CodeNews,
    Entry,
    Feed,
    FeedMemory,
    Fetched,
    FetchRequest,
    Image,
    Interest,
    Note,
    NoteItem,
    Page,
    PageState,
    Paper,
    Poll,
    Repo,
    RunReport,
    Score,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Generic[T]):
    """Answers of an index, keyed as they were asked.

    `missing` are surely not there; `deferred` could not be asked now (limit, outage) and are
    asked again by a later run; `issues` say why; `requests` counts what was sent.
    """

    found: Mapping[str, T] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    requests: int = 0


class PaperIndex(Protocol):
    """enrich/: the arXiv API (ids as in `Link.id`, `arxiv:2203.15332`)."""

    def by_ids(self, ids: Sequence[str]) -> Lookup[Paper]:
        """The papers with these ids, in as few requests as the service allows."""

    def by_titles(self, titles: Sequence[str]) -> Lookup[Paper]:
        """The paper that surely has each title, keyed by the title asked; abstains in doubt."""


class Catalogue(PaperIndex, Protocol):
    """enrich/: a further index of papers (Crossref, OpenReview), asked after arXiv.

    What it does not answer never keeps a candidate pending.
    """

    @property
    def name(self) -> str:
        """Short and stable: answers are remembered under it."""

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes of the ids it knows (`doi`)."""


class CodeFinder(Protocol):
    """enrich/: looks for the code of papers that come without any."""

    @property
    def name(self) -> str:
        """Short and stable: answers are remembered under it."""

    def find(self, papers: Sequence[Paper]) -> Lookup[CodeClue]:
        """The repository that surely is each paper's, keyed by the paper's id; abstains in doubt."""


class RepoIndex(Protocol):
    """enrich/: GitHub (ids as in `Link.id`, `github.com/owner/name`)."""

    def by_ids(self, ids: Sequence[str]) -> Lookup[Repo]:
        """The repositories; gone, renamed and blocked ones are found with their state."""


class Enricher(Protocol):
    """enrich/: pure decisions about what was looked up."""

    def wanted(self, article: Article) -> Wanted:
        """Which ids and titles to look up for an article, main links only."""

    def wanted_next(
        self, article: Article, papers: Mapping[str, Paper], missing: Iterable[str] = ()
    ) -> Wanted:
        """What the first answers make worth asking: the title an article gives where its link
        leads to another paper, the repositories that its papers name."""

    def assemble(
        self,
        article: Article,
        papers: Mapping[str, Paper],
        repos: Mapping[str, Repo],
        missing: Iterable[str],
        deferred: Iterable[str],
        clues: Mapping[str, CodeClue] | None = None,
    ) -> Candidate:
        """The candidate: true papers and repositories, doubts as issues, the rest pending."""

    def without_code(self, candidate: Candidate) -> tuple[Paper, ...]:
        """The papers of a candidate for which code is worth looking for; `clues` of `assemble`
        are keyed by their ids."""

    def fold(
        self, candidates: Sequence[Candidate], keep: Sequence[str] = ()
    ) -> tuple[Candidate, ...]:
        """Merge articles on the same paper into one candidate with `covered_by`.

        Articles named in `keep` (those already in the day's draft) lead their group.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look up for one article; `titles` only where no id is given."""

    papers: tuple[str, ...] = ()
    repos: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


class Limiter(Protocol):
    """store/: politeness across processes (a `next_allowed_at` row per service)."""

    def reserve(self, name: str, interval: float, now: datetime) -> float:
        """Book the next slot of `name`, slots `interval` s apart; the seconds to wait for it."""

    def push_back(self, name: str, until: datetime) -> None:
        """Let nobody use `name` before `until` (Retry-After)."""


class Memory(Protocol):
    """store/: small texts by kind (at most 8 letters) and key, with when they were kept."""

    def recall(self, kind: str, keys: Sequence[str]) -> Mapping[str, tuple[str, datetime]]:
        """The kept ones among `keys`."""

    def remember(self, kind: str, texts: Mapping[str, str], now: datetime) -> None:
        """Keep them in place of older ones."""


class Embedder(Protocol):
    """score/: text to vectors."""

    @property
    def name(self) -> str:
        """Model, prompt and dtype, as one string: the cache key."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimensions), float32."""


class VectorCache(Protocol):
    """store/: embeddings by model name and content hash; values are raw float32 bytes."""

    def get_vectors(self, model: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        """The cached ones among `hashes`."""

    def put_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Keep them; the same key twice is not an error."""


class Scorer(Protocol):
    """score/: relevance and stars with reasons."""

    def version(self) -> str:
        """Changes when model, interests, archive or decisions do: scores are remade then."""

    def score(self, candidates: Sequence[Candidate]) -> tuple[Score, ...]:
        """One score per candidate, in the same order."""

    def remarks(self) -> tuple[Issue, ...]:
        """What the reader should know of how the scores were made; empty where all is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What the scorer knows of the reader."""

    interests: tuple[Interest, ...] = ()
    archive: tuple[ArchiveItem, ...] = ()
    dropped: tuple[ArchiveItem, ...] = ()
    """Candidates the reader was shown and dropped; `stars` is 0."""


class Drafter(Protocol):
    """draft/: which, in what order, with what words. Pure."""

    def draft(
        self,
        day: date,
        candidates: Sequence[Candidate],
        scores: Mapping[str, Score],
        keep: Sequence[str] = (),
        news: Sequence[CodeNews] = (),
    ) -> Note:
        """The note of `day`. `news` come first of what is also seen. `keep` are article ids already in the day's draft, in order:
        they stay where they are, better newcomers fill up to the limit, the rest is also seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words for an item, each with its evidence in the sources; empty where there are none."""

    tips: str = ""
    abstract: str = ""


class Writer(Protocol):
    """draft/: better words for an item than rules can choose, from whoever the reader trusts."""

    def version(self) -> str:
        """Changes with everything that changes the words: remembered ones are kept under it."""

    def suggest(self, candidate: Candidate) -> Wording | Issue:
        """Quoted words, or why there are none; temporary where the service itself failed."""


class Shelf(Protocol):
    """pictures/: the pictures kept beside the notes, by the address they came from."""

    def find(self, url: str, day: date) -> str | None:
        """The picture's path as the day's note says it, None where it is not kept."""

    def request(self, image: Image, article: str) -> FetchRequest:
        """How to ask for the picture of the article at that address."""

    def keep(self, image: Image, body: bytes, day: date) -> str | Issue:
        """Check the bytes and keep them; the path as the day's note says it, or why not."""


class Notebook(Protocol):
    """notes/: Note ↔ Markdown, and the folder of notes."""

    def render(self, note: Note) -> str:
        """The note as Markdown in the reader's format."""

    def parse(self, text: str, day: date | None = None) -> Note:
        """A note file, tolerantly: unknown lines are kept verbatim."""

    def merge(self, base: str | None, current: str | None, new: Note) -> str:
        """Three ways: last rendered, what the file holds now, what we would render today."""

    def path(self, day: date) -> str:
        """Where the day's note lives, relative to the notes folder (`202205/0505.md`)."""

    def read(self, day: date) -> str | None:
        """The day's file as it is now, None where there is none."""

    def write(self, day: date, text: str) -> str:
        """Write it atomically; the path written."""

    def swap(self, day: date, old: str | None, new: str) -> bool:
        """Write it where the file still holds `old` (None: is not there); False where not."""

    def days(self) -> Sequence[date]:
        """Every day that has a note file, oldest first."""

    def past(self, text: str, day: date) -> Sequence[ArchiveItem]:
        """The note's items as part of the archive."""

    def conflicts(self, lines: Iterable[str]) -> Sequence[tuple[str, str]]:
        """What reruns left undecided in these lines: what it is about, the draft's version."""

    def loose(self, item: NoteItem) -> int:
        """Where in `item.raw` prose begins that stands below the item without belonging to it."""


class ArchiveReader(Protocol):
    """notes/: the reader's existing notes as archive items."""

    def __call__(self, folder: str) -> tuple[tuple[ArchiveItem, ...], tuple[Issue, ...]]:
        """Every item of every note below `folder`, by day and position, and what was odd."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """An entry waiting to be fetched, with how often that was tried."""

    entry_id: str
    entry: Entry
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPage:
    """A fetched page waiting to be extracted."""

    entry_id: str
    entry: Entry
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecord:
    """A note as we last rendered it for a day; `items` are article ids in order."""

    day: date
    revision: int
    text: str
    items: tuple[str, ...] = ()
    also_seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One change the reader made to a draft: `action` (`drop`, `restore`, `star`, `edit`, …)
    on an article of the note of `day`, with its new `value` where there is one."""

    article_id: str
    day: date
    action: str
    value: str
    at: datetime
    suggested: int | None = None
    """The stars that were suggested, the relevance, and what made them, at that time."""
    relevance: float | None = None
    model: str = ""
    profile: str = ""
    text: str = ""
    """The item's own lines, where it left the note."""
    before: tuple[str, ...] = ()
    """The keys that stood before it then, nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one candidate that the reader was shown on `day`.

    `given` are the reader's stars where any were given or accepted; `suggested`, `relevance`,
    `model` and `profile` are as they were at the decision (for `passed`: as they are now).
    `kept` was decided about or published; `passed` was shown and left alone, which is not yet
    known of a day that is still open.
    """

    article_id: str
    day: date
    outcome: Literal["kept", "dropped", "passed"]
    given: int | None
    suggested: int | None
    relevance: float | None
    at: datetime
    model: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Lines of a text replaced by others; `start` counts from 0 in the text before."""

    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNote:
    """A day's note file as it was last seen, with the keys of its items in order."""

    day: date
    text: str
    items: tuple[str, ...] = ()
    also_seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of a day's note file, by whomever: the journal that undo goes back through.

    `number` counts from 1 within the day. `before` and `after` are hashes of the whole text.
    A step is `intended` before the file is written and `done` after; `undone` can be made
    again, `gone` cannot. `target` is the step that an undo or a redo is about; `change` the
    page's own id of the change; `known` the note after it; `draft` what a run rendered.
    """

    day: date
    number: int
    who: Literal["page", "file", "run", "undo", "redo"]
    what: str
    before: str
    after: str
    at: datetime
    state: Literal["intended", "done", "undone", "gone"] = "intended"
    change: str = ""
    target: int = 0
    hunks: tuple[Hunk, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    known: KnownNote | None = None
    draft: DraftRecord | None = None


class Journal(Protocol):
    """store/: every change of the note files, and the decisions that were made by them."""

    def last_draft(self, day: date) -> DraftRecord | None:
        """The day's note as we last rendered it."""

    def known_note(self, day: date) -> KnownNote | None:
        """The day's note as it was last seen, None where it never was."""

    def steps(self, day: date) -> Sequence[Step]:
        """The day's steps in order, without hunks, feedback, known note and draft."""

    def step(self, day: date, number: int) -> Step:
        """One step with everything in it; it must exist."""

    def intended(self, day: date) -> Step | None:
        """The day's step that was intended and not settled, whole; None where there is none."""

    def last_step(self, day: date) -> int:
        """The number of the day's newest step, 0 where there is none."""

    def intend(self, step: Step) -> None:
        """Keep a step that is about to be made."""

    def forget_intended(self, day: date) -> None:
        """Remove the day's step that was intended but never made."""

    def settle(self, step: Step, now: datetime) -> None:
        """The step is made: in one transaction it counts, `known` is the note, its feedback is
        logged, its draft saved; an undo or redo moves its target and the target's feedback, any
        other step of the reader puts an end to what could be redone."""

    def feedback_of(self, day: date) -> Sequence[Feedback]:
        """The decisions on the day that were not taken back, in the order in which they fell."""

    def desk_stamp(self, day: date) -> str:
        """Changes when a run may have changed the day's candidates or scores."""

    def article(self, article_id: str) -> Article | None:
        """The article with that id, None where there is none."""

    def draft_days(self) -> Sequence[date]:
        """Every day of which a note was drafted, newest first."""

    def publications(self) -> Sequence[tuple[Outgoing, datetime]]:
        """What was published (committed or pushed) to any target, newest first."""

    def decisions(self) -> Sequence[Decision]:
        """What became of every candidate that was shown, by day; learned from and shown in charts."""

    def learned(self, day: date) -> str:
        """The hash of the published note of that day that went into the archive, else empty."""

    def learn(
        self,
        day: date,
        digest: str,
        items: Sequence[ArchiveItem],
        feedback: Sequence[Feedback],
    ) -> None:
        """Make the published note of a known day, whose hash is `digest`, part of the archive;
        `feedback` says of each of its items that it was published, in place of what did before."""


class NotesLock(Protocol):
    """notes/: one writer of note files at a time, across threads and processes."""

    def held(self) -> AbstractContextManager[None]:
        """Hold it for a block; `NoteError` where another holds it for too long."""


class Redraft(Protocol):
    """desk/: how a run brings today's draft into the reader's file."""

    def redraft(
        self,
        note: Note,
        base: DraftRecord | None,
        record: DraftRecord,
        finish: Callable[[str], str] = str,
    ) -> None:
        """Log what the reader changed in the file, merge the draft in and keep `record`.

        `finish` has the last word on the merged text of the file (its preface).
        """

    def learn(self) -> None:
        """Take published notes into the archive that suggestions learn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One revision of a day's publication on its way to a target (a path or repository).

    `files` are pairs of path and SHA-256; `state` says how far it got, the target itself
    whether it is there; `commit` is what the target calls it.
    """

    target: str
    revision: str
    day: date
    files: tuple[tuple[str, str], ...] = ()
    state: Literal["planned", "committed", "pushed"] = "planned"
    commit: str = ""


class Outbox(Protocol):
    """store/: what was published, so that a kill or a lost answer never publishes twice."""

    def save_outgoing(self, outgoing: Outgoing, now: datetime) -> None:
        """Keep it; the same revision for the same target replaces its older row."""

    def outgoing(self, target: str) -> Sequence[Outgoing]:
        """The newest publications to this target, newest first."""


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

    def release(self, kind: Literal["extract", "score"]) -> None:
        """Hand back everything of this kind that this process has leased."""

    def leased_elsewhere(self, kind: Literal["extract", "score"], now: datetime) -> int:
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
        """When the articles of each feed were published, as far as the feed said.

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
        """Take the store's run lock; raises `RunLockedError` while a living run holds it."""

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
