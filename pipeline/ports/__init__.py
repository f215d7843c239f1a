"""The seams of the house: what each room offers to the stages, as documented Protocols.

Rooms implement these and never import each other; `wiring` picks the implementations; the
suites in `tests/contracts/` run every implementation against the same expectations.
"""

from __future__ import annotations

from pipeline.ports.looking_up import (
    LEAD,
    Catalogue,
    CodeFinder,
    Enricher,
    Limiter,
    Lookup,
    Memory,
    PaperIndex,
    RepoIndex,
    Wanted,
)
from pipeline.ports.reading import Clock, Extractor, Fetcher, Source
from pipeline.ports.remembering import (
    Decision,
    DraftRecord,
    Feedback,
    Hunk,
    Journal,
    KnownNote,
    NotesLock,
    Outbox,
    Outgoing,
    PendingEntry,
    PendingPage,
    Redraft,
    Step,
)
from pipeline.ports.scoring import Embedder, Scorer, Taste, VectorCache
from pipeline.ports.store import Leases, Notices, Progress, Store
from pipeline.ports.writing import ArchiveReader, Drafter, Eye, Notebook, Shelf, Wording, Writer

__all__ = [
    "LEAD",
    "ArchiveReader",
    "Catalogue",
    "Clock",
    "CodeFinder",
    "Decision",
    "DraftRecord",
    "Drafter",
    "Embedder",
    "Enricher",
    "Extractor",
    "Eye",
    "Feedback",
    "Fetcher",
    "Hunk",
    "Journal",
    "KnownNote",
    "Leases",
    "Limiter",
    "Lookup",
    "Memory",
    "Notebook",
    "NotesLock",
    "Notices",
    "Outbox",
    "Outgoing",
    "PaperIndex",
    "PendingEntry",
    "PendingPage",
    "Progress",
    "Redraft",
    "RepoIndex",
    "Scorer",
    "Shelf",
    "Source",
    "Step",
    "Store",
    "Taste",
    "VectorCache",
    "Wanted",
    "Wording",
    "Writer",
]
