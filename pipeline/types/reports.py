"""What a run did, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.errors import Issue


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
