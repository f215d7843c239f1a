"""What comes in: feeds, their entries, pages, and articles with their typed links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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

    `retry_after` is the server's own wish in seconds; `asked` is false where we refused the address
    and so asked nobody.
    """

    request: FetchRequest
    page: Page | None = None
    unchanged: bool = False
    issue: Issue | None = None
    retry_after: float | None = None
    asked: bool = True


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
