"""The data that flows through the house, in the order in which it is made.

    Feed → Entry → Page → Article (+ Link) → Candidate (+ Paper, Repo) → Score → NoteItem → Note

All types are frozen; sequences are tuples; every datetime is aware and in UTC. Three numbers
are never mixed: `relevance` (the model's, 0-1), `suggested_stars` (ours, 1-5) and `stars` (the
reader's, 0-5). GitHub's are `stargazers`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pipeline.errors import Issue

FeedKind = Literal["feed", "wechat", "arxiv", "inbox", "files"]
LinkKind = Literal["paper", "code", "dataset", "demo", "project", "video", "other"]
LinkRole = Literal["main", "mentioned"]
PageOrigin = Literal["web", "feed", "file"]
PictureKind = Literal[
    "figure",
    "qr_code",
    "divider",
    "banner",
    "icon",
    "tracking_pixel",
    "blank",
    "stand_in",
    "unreadable",
]
"""What a picture turned out to be; `stand_in` and `unreadable` say nothing of the picture meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source the reader follows, as `feeds.opml` names it.

    `id` is stable (a slug of title and address); `url` is the first address to ask and
    `fallbacks` the next ones; `account` is the WeChat account's name where it is one.
    """

    id: str
    title: str
    url: str
    kind: FeedKind = "feed"
    account: str | None = None
    fallbacks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMemory:
    """What the store remembers of a feed between polls."""

    feed_id: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    next_poll_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item exactly as the feed said it, before anything is fetched.

    `key` identifies it inside its feed (guid, else canonical URL, else title and day);
    `content` is the HTML that the feed carried, untrusted and unsanitised.
    """

    feed_id: str
    key: str
    url: str
    title: str
    author: str | None = None
    account: str | None = None
    published: datetime | None = None
    summary: str | None = None
    content: str | None = None
    content_is_full: bool = False
    """True where `content` is the whole article, so that no page need be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one poll of one feed brought."""

    feed_id: str
    entries: tuple[Entry, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    unchanged: bool = False
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One thing to ask the network for.

    `etag` and `last_modified` make it conditional; `purpose` picks limits (a feed needs no
    robots.txt, a page does); `token` is the caller's own mark, returned untouched.
    """

    url: str
    token: str = ""
    purpose: Literal["feed", "page", "image"] = "page"
    etag: str | None = None
    last_modified: str | None = None
    referer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Raw bytes with where they came from; `content_type` as the server said it."""

    url: str
    final_url: str
    body: bytes
    fetched_at: datetime
    status: int = 200
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    origin: PageOrigin = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The outcome of one request: a page, or unchanged, or an issue; exactly one of them.

    `retry_after` is the server's own wish in seconds; `seconds` and `body_bytes` feed the report.
    """

    request: FetchRequest
    page: Page | None = None
    unchanged: bool = False
    issue: Issue | None = None
    retry_after: float | None = None
    seconds: float = 0.0
    body_bytes: int = 0


class PageState(StrEnum):
    """What a page turned out to be; only `OK` is ever scored or drafted."""

    OK = "ok"
    DELETED = "deleted"
    VIOLATION = "violation"
    UNAVAILABLE = "unavailable"
    CAPTCHA = "captcha"
    EXPIRED = "expired"
    MIGRATED = "migrated"
    BRIDGE_FAILURE = "bridge_failure"
    QUOTA = "quota"
    NO_ARTICLE = "no_article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an article; sizes in pixels where the page says them."""

    url: str
    alt: str = ""
    width: int | None = None
    height: int | None = None
    kind: Literal["image", "video"] = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A paper, repository or other resource found in an article.

    `id` is canonical (`arxiv:2203.15332`, `doi:10.…`, `openreview:…`, `cvf:…`, `acl:…`,
    `github.com/owner/name`, `huggingface.co/owner/name`, `url:…`); `url` is the canonical
    address; `evidence` is the verbatim text around it, `position` its character offset in the
    article's text and `reason` why the role was given.
    """

    id: str
    url: str
    kind: LinkKind
    role: LinkRole
    evidence: str = ""
    position: int = 0
    label: str = ""
    reason: str = ""
    title: str | None = None
    """The title that the article gives for it, where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page, read: clean text, typed links and pictures.

    `id` is derived from `identity`, the strongest identity the page offers (for WeChat
    `wechat:biz/mid/idx`, else the canonical URL). `html` is sanitised. `subjects` are titles of
    papers that the article names as its subject without giving any link.
    """

    id: str
    identity: str
    url: str
    state: PageState
    title: str
    account: str | None = None
    author: str | None = None
    published: datetime | None = None
    language: str = "zh"
    text: str = ""
    html: str = ""
    images: tuple[Image, ...] = ()
    lead_image: Image | None = None
    links: tuple[Link, ...] = ()
    subjects: tuple[str, ...] = ()
    kind: str = "article"
    issues: tuple[Issue, ...] = ()
    figures: tuple[Image, ...] = ()
    """The pictures that could lead, best first: `lead_image` and those to take in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as its index describes it; `id` as in `Link.id`."""

    id: str
    title: str
    url: str
    authors: tuple[str, ...] = ()
    abstract: str = ""
    categories: tuple[str, ...] = ()
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    venue: str | None = None
    version: int | None = None
    published: datetime | None = None
    withdrawn: bool = False


class RepoState(StrEnum):
    """Whether a repository can be recommended as it stands."""

    OK = "ok"
    RENAMED = "renamed"
    ARCHIVED = "archived"
    EMPTY = "empty"
    GONE = "gone"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repo:
    """A code repository as its host describes it; `id` is the one the article gave.

    `full_name` is today's name, which differs from `id` after a rename.
    """

    id: str
    full_name: str
    url: str
    state: RepoState = RepoState.OK
    description: str = ""
    stargazers: int | None = None
    language: str | None = None
    licence: str | None = None
    topics: tuple[str, ...] = ()
    pushed_at: datetime | None = None
    release: str | None = None
    """The tag of the newest release, where the answer said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeClue:
    """A repository found for a paper whose article gives none, with what speaks for it.

    `source` says who named it, `evidence` in which words; `confidence` is in [0, 1].
    """

    paper_id: str
    repo: Repo
    source: str
    confidence: float
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNews:
    """Code that appeared after the note of `noted` was written; `told` is the day whose note
    says so, None while no note does."""

    article_id: str
    title: str
    url: str
    noted: date
    told: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article with what is true about its papers and code.

    `papers` and `repos` hold the main ones in the order of the article; `pending` are ids that
    an index could not answer yet; `noted` is the day of the archive on which the same article
    or paper already stands; `covered_by` are other articles on the same paper.
    """

    article: Article
    papers: tuple[Paper, ...] = ()
    repos: tuple[Repo, ...] = ()
    pending: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    venue: str | None = None
    noted: date | None = None
    covered_by: tuple[Article, ...] = ()
    feed_title: str = ""
    first_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a score: `kind` is what pulled, `label` its words, `share` its contribution."""

    kind: Literal["interest", "mute", "past", "word", "metadata"]
    label: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How much a candidate concerns the reader, and why.

    `relevance` is in [0, 1]; `suggested_stars` in 1-5; `spread` is the half-width of the
    uncertainty of the stars; `model` and `profile` are the versions that made it.
    """

    article_id: str
    relevance: float
    suggested_stars: int
    spread: float = 1.0
    why: str = ""
    reasons: tuple[Reason, ...] = ()
    model: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """One thing the reader cares about (or, with a negative weight, mutes), in plain words."""

    phrase: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveItem:
    """An item of a note the reader published, as the past that suggestions learn from.

    `paper_ids` and `repo_ids` are canonical ids as in `Link.id`; `text` is title, abstract and
    tips joined, the text that is embedded.
    """

    day: date
    position: int
    title: str
    url: str
    stars: int
    text: str = ""
    paper_ids: tuple[str, ...] = ()
    repo_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed(ArchiveItem):
    """A paper of the reader's own library (BibTeX, Zotero, a list), as past without a note.

    `stars` is 0; `day` is when it was added, else when it appeared, `date.min` where nobody says;
    `weight` in (0, 1] is what it counts beside a noted item of the same age.
    """

    weight: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLink:
    """A Markdown link of a field; `url` may be empty where the note gives only a title."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteField:
    """A labelled line of an item (`Abstract`, `Paper`, `Code2`, `Tips`, …).

    `name` is the canonical English name with its number, `label` the spelling in the file;
    `value` is the verbatim text after the separator; `raw` are the verbatim lines, empty for a
    field that was not read from a file.
    """

    name: str
    value: str
    label: str = ""
    links: tuple[NoteLink, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteItem:
    """One numbered item of a note.

    `article_id` is empty for items written by hand. `raw` is the item's verbatim text where it
    was read from a file; the renderer keeps it for everything that was not changed.
    """

    title: str
    url: str
    stars: int
    fields: tuple[NoteField, ...] = ()
    image: Image | None = None
    article_id: str = ""
    extra: tuple[str, ...] = ()
    """Lines the parser does not know, verbatim."""
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A day's note. `head` and `tail` are verbatim where read from a file, else empty.

    `verbatim` is True for a note read from a file: then an empty `tail` means that there is
    none. `numbers` are the items' numbers as the file has them (one note counts 4, 4, 5);
    `also_head` and `also_tail` are the verbatim lines around the list of `also_seen`.
    """

    day: date
    items: tuple[NoteItem, ...] = ()
    also_seen: tuple[NoteItem, ...] = ()
    head: str = ""
    tail: str = ""
    verbatim: bool = False
    numbers: tuple[int, ...] = ()
    also_head: str = ""
    also_tail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """What one stage did: counts, the issues met, and how long it took in seconds."""

    stage: str
    seen: int = 0
    made: int = 0
    skipped: int = 0
    failed: int = 0
    seconds: float = 0.0
    requests: int = 0
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostUse:
    """What one host was asked for in a run: requests, and decoded bytes of its answers."""

    host: str
    requests: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimit:
    """What a service last said of how much it still allows, and how long it wants to be left alone.

    `remaining` of `limit` requests (GraphQL: points) until `resets_at`, each None where it was
    not said; `paused_until` is when it may be asked again, None where it may at once.
    """

    service: str
    remaining: int | None = None
    limit: int | None = None
    resets_at: datetime | None = None
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run: its stages in order, the note it wrote, and whether anything failed."""

    run_id: str
    day: date
    started_at: datetime
    finished_at: datetime | None = None
    stages: tuple[StageReport, ...] = field(default=())
    note_path: str | None = None
    items: int = 0
    also_seen: int = 0
    caught_up: tuple[date, ...] = ()
    """Earlier days that had no note and got theirs in this run."""
    hosts: tuple[HostUse, ...] = ()
    """Every host that was asked, services of papers and code too, the most bytes first."""
    limits: tuple[ServiceLimit, ...] = ()
    """How much the asked services still allowed when the run ended."""

    @property
    def partly_failed(self) -> bool:
        """True where a source or a service failed, so that the note may lack something."""
        return any(s.failed for s in self.stages)
