"""The data that flows through the house, in the order in which it is made.

    Feed → Entry → Page → Article (+ Link) → Candidate (+ Paper, Repo) → Score → NoteItem → Note

All types are frozen; sequences are tuples; every datetime is aware and in UTC. Three numbers
are never mixed: `relevance` (the model's, 0-1), `suggested_stars` (ours, 1-5) and `stars` (the
reader's, 0-5). GitHub's are `stargazers`.
"""

from __future__ import annotations

from pipeline.types.judging import ArchiveItem, Interest, Reason, Score, Seed
from pipeline.types.notes import Note, NoteField, NoteItem, NoteLink
from pipeline.types.reading import (
    Article,
    Entry,
    Feed,
    FeedKind,
    FeedMemory,
    Fetched,
    FetchRequest,
    Image,
    Link,
    LinkKind,
    LinkRole,
    Page,
    PageOrigin,
    PageState,
    PictureKind,
    Poll,
)
from pipeline.types.reports import HostUse, RunReport, ServiceLimit, StageReport
from pipeline.types.works import Candidate, CodeClue, CodeNews, Paper, Repo, RepoState

__all__ = [
    "ArchiveItem",
    "Article",
    "Candidate",
    "CodeClue",
    "CodeNews",
    "Entry",
    "Feed",
    "FeedKind",
    "FeedMemory",
    "FetchRequest",
    "Fetched",
    "HostUse",
    "Image",
    "Interest",
    "Link",
    "LinkKind",
    "LinkRole",
    "Note",
    "NoteField",
    "NoteItem",
    "NoteLink",
    "Page",
    "PageOrigin",
    "PageState",
    "Paper",
    "PictureKind",
    "Poll",
    "Reason",
    "Repo",
    "RepoState",
    "RunReport",
    "Score",
    "Seed",
    "ServiceLimit",
    "StageReport",
]
