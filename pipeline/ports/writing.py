"""The seams of the note: drafting, wording, pictures, Markdown, and the lock on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pipeline.errors import Issue
from pipeline.types import (
    ArchiveItem,
    Candidate,
    CodeNews,
    FetchRequest,
    Image,
    Note,
    NoteItem,
    PictureKind,
    Score,
)


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


class Eye(Protocol):
    """pictures/: looks at a picture before it enters a note."""

    def request(self, image: Image, article: str) -> FetchRequest:
        """How to ask for the picture of the article at that address."""

    def look(self, image: Image, body: bytes) -> PictureKind:
        """What the bytes show; `image` is what the article said of it. Never raises."""


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
