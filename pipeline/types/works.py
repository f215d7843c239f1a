"""What articles are about: papers and repositories as their services describe them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.errors import Issue
from pipeline.types.reading import Article


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
