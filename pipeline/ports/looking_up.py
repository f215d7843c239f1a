"""The seams of enrichment: indexes, catalogues, finders, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from pipeline.errors import Issue
from pipeline.types import (
    Article,
    Candidate,
    CodeClue,
    Paper,
    Repo,
)

T = TypeVar("T")


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


LEAD = "lead"
"""The kind of what stages remember by article id for the desk: the address of the picture that the
article leads with after it was looked at, as JSON; empty where all are decoration."""


class Memory(Protocol):
    """store/: small texts by kind (at most 8 letters) and key, with when they were kept."""

    def recall(self, kind: str, keys: Sequence[str]) -> Mapping[str, tuple[str, datetime]]:
        """The kept ones among `keys`."""

    def remember(self, kind: str, texts: Mapping[str, str], now: datetime) -> None:
        """Keep them in place of older ones."""
