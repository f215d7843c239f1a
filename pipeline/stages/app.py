"""What a stage is given: the rooms behind their ports, and the run it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from time import perf_counter

from pipeline.errors import Issue
from pipeline.ports import (
    Catalogue,
    Clock,
    CodeFinder,
    Drafter,
    Enricher,
    Extractor,
    Eye,
    Fetcher,
    Notebook,
    PaperIndex,
    Progress,
    Redraft,
    RepoIndex,
    Scorer,
    Shelf,
    Source,
    Store,
    Writer,
)
from pipeline.types import Candidate, Feed, ServiceLimit, StageReport


def _no_library() -> tuple[tuple[str, ...], tuple[Issue, ...]]:
    """No library of the reader's own."""
    return (), ()


def _unweighed() -> Mapping[str, tuple[int, int]]:
    """No service was asked."""
    return {}


def _unsaid() -> tuple[ServiceLimit, ...]:
    """No service said how much it allows."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The rooms, as `wiring` furnished them; the scorer is made on demand, for it is heavy."""

    clock: Clock
    feeds: tuple[Feed, ...]
    store: Store
    source: Source
    fetcher: Fetcher
    extractor: Extractor
    papers: PaperIndex
    repos: RepoIndex
    enricher: Enricher
    scorer: Callable[[date], Scorer]
    drafter: Drafter
    notebook: Notebook
    redraft: Redraft
    shelf: Shelf | None = None
    """Where pictures are kept beside the notes; None where notes show them from the web."""
    eye: Eye | None = None
    """Who looks at pictures before they enter a note, None where the reader wants none fetched."""
    writer: Writer | None = None
    """Who words the items, None where the sources' own words are chosen by rule."""
    catalogues: tuple[Catalogue, ...] = ()
    """Further indexes of papers, in the order in which they are asked after arXiv."""
    finders: tuple[CodeFinder, ...] = ()
    """Who looks for code that articles and authors do not give, in this order."""
    library: Callable[[], tuple[tuple[str, ...], tuple[Issue, ...]]] = _no_library
    """The arXiv ids of the reader's own library that want a title or an abstract, and what is
    wrong with its files."""
    limits: Callable[[], tuple[ServiceLimit, ...]] = _unsaid
    """How much the services asked so far still allow."""
    lookups: Callable[[], Mapping[str, tuple[int, int]]] = _unweighed
    """Requests sent to services of papers and code so far and bytes of their answers, by host."""


def _silent(stage: str, done: int, total: int) -> None:
    """No progress wanted."""


def _patient(other: Issue) -> None:
    """Nobody wants to hear of the other run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the stages: its id, the day whose note is drafted, who watches.

    `due` is when the run was wanted: a complete run of the same day that began later has done
    its work. `patience` is how long to wait for another run to end; `waiting` is told once who
    that is. Up to `catch_up` days before `day` (in `zone`) that have no note yet get theirs
    first. Only articles published from `since` on and before `until` are fetched and drafted,
    those without a date by when they were first seen; all others stay for another run.
    """

    run_id: str
    day: date
    started_at: datetime
    progress: Progress = _silent
    waiting: Callable[[Issue], None] = _patient
    due: datetime | None = None
    patience: timedelta = timedelta(0)
    catch_up: int = 0
    zone: tzinfo = UTC
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, candidate: Candidate) -> bool:
        """True where the candidate's article appeared between `since` and `until`."""
        appeared = candidate.article.published or candidate.first_seen_at
        if appeared is None:
            return True
        late = self.until is not None and appeared >= self.until
        return not late and (self.since is None or appeared >= self.since)


@dataclass(slots=True)
class Tally:
    """Counts of a stage while it works."""

    stage: str
    run: Run
    total: int = 0
    done: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    requests: int = 0
    began: float = field(default_factory=perf_counter)

    def step(self, outcome: str, *issues: Issue, count: int = 1) -> None:
        """One more thing done: `made`, `skipped` or `failed`, with what was odd about it."""
        self.done += 1
        self.counts[outcome] += count
        self.issues.extend(issues)
        self.run.progress(self.stage, self.done, self.total)

    def report(self) -> StageReport:
        """The stage's report; seconds since the tally was made."""
        return StageReport(
            stage=self.stage,
            seen=self.total,
            made=self.counts["made"],
            skipped=self.counts["skipped"],
            failed=self.counts["failed"],
            seconds=round(perf_counter() - self.began, 3),
            requests=self.requests,
            issues=tuple(self.issues),
        )
