"""What a replay server knows: the web, arXiv's papers and GitHub's repositories of one day.

`demo/replay.py` serves any `World` over HTTP on loopback; the demo's own world is
`demo/day/`, the tests bring a second one built from recorded data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer; `delay` in seconds comes before the first byte (a hang is a long one)."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """A paper as the arXiv API tells it; `id` is bare and without version."""

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    primary_category: str = "cs.CV"
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    version: int = 1
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepoFacts:
    """A repository as the GitHub API tells it; asked under an old name it answers 301."""

    full_name: str
    description: str = ""
    stargazers: int = 0
    language: str | None = None
    licence: str | None = None
    topics: tuple[str, ...] = ()
    archived: bool = False
    pushed_at: datetime | None = None
    size: int = 100
    readme: str = ""
    fork_of: str = ""
    mirror: str = ""
    template: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFacts:
    """A paper beyond arXiv; `scheme` is `doi` (Crossref) or `openreview`, `id` bare."""

    scheme: str
    id: str
    title: str
    authors: tuple[str, ...] = ()
    venue: str = ""
    year: int = 2022
    kind: str = "proceedings-article"


class World(Protocol):
    """Everything a replayed day can be asked for."""

    def web(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        """The answer of the web to `url` (the original one, gateway prefix removed)."""

    def paper(self, arxiv_id: str) -> PaperFacts | None:
        """The paper with this id."""

    def papers(self) -> Iterable[PaperFacts]:
        """All papers, for searches."""

    def repo(self, full_name: str) -> RepoFacts | None:
        """The repository of this (perhaps old) name, None where there is none."""

    def arxiv_faults(self) -> Iterable[Answer]:
        """Answers that the arXiv API gives first, before it starts to work."""
