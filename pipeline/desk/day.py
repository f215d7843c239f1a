"""A day on the desk: its items with what is known of them, and the changes one can make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from pipeline.errors import Issue
from pipeline.ports import Step
from pipeline.types import Article, Candidate, Image, NoteItem, Score

Place = Literal["items", "also_seen", "dropped"]
State = Literal["pending", "kept", "dropped"]
Action = Literal[
    "stars",  # value: 0-5
    "accept",  # the suggested stars are right
    "drop",  # out of the note
    "restore",  # a dropped item, back where it stood
    "promote",  # an also-seen item, into the note (to the end)
    "demote",  # an item of the note, into the also seen
    "move",  # value: the new number in the note, from 1
    "title",  # value: the article's title on the first line
    "field",  # field: Abstract, Paper, Code, Tips, … (with its number); value: its Markdown text
    "image",  # value: the picture's URL, empty for none
    "add",  # value: the Markdown of a new item, written by hand; key is ignored
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskItem:
    """One article on the desk.

    `key` is stable over edits and reruns: the article's id, or `hand-…` for an item the reader
    wrote. `number` counts from 1 in the note, 0 elsewhere. `item` is what the file says (where
    dropped or also seen: what the draft would write). `state` is `pending` until the reader
    decided anything about it (stars, words, promoting it; moving it decides nothing). `given` are the reader's own stars, None before a decision.
    """

    key: str
    place: Place
    number: int
    item: NoteItem
    state: State = "pending"
    candidate: Candidate | None = None
    score: Score | None = None
    given: int | None = None
    attention: tuple[Issue, ...] = ()
    """Doubts the reader should look at: wrong links, conflicts of a rerun, what is pending."""
    pictures: tuple[Image, ...] = ()
    """The article's pictures to choose the lead from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day's draft as it is now. `version` changes with every byte of the file."""

    day: date
    version: str
    path: str
    items: tuple[DeskItem, ...] = ()
    also_seen: tuple[DeskItem, ...] = ()
    dropped: tuple[DeskItem, ...] = ()
    text: str = ""
    """The file as it stands, exactly what publishing would publish."""
    undo: str = ""
    """What undo would take back, in plain words; empty where there is nothing."""
    redo: str = ""
    undo_step: int = 0
    """The number of the step that undo would take back, 0 where there is none."""
    redo_step: int = 0
    conflicts: tuple[str, ...] = ()
    """Conflicts a rerun left in the file outside of items."""
    published: date | None = None
    """Not None where this very text was published."""

    @property
    def decided(self) -> int:
        """How many of the note's items have been decided."""
        return sum(item.state == "kept" for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBrief:
    """One line of the list of days."""

    day: date
    items: int
    decided: int
    drafted: bool
    published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One decision of the reader.

    `expected` is the value that the page showed when the edit began: where the file says
    something else by now, nothing is changed and both are returned as a conflict. `id` is made
    by the page: the same change sent twice (a lost answer) is applied once.
    """

    action: Action
    key: str = ""
    value: str = ""
    field: str = ""
    expected: str | None = None
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The same thing changed in two places: `mine` was sent, `theirs` stands in the file."""

    key: str
    field: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a change: the day as it is now, and why nothing changed where so."""

    day: Day
    applied: bool = False
    conflict: Conflict | None = None
    issue: Issue | None = None


class Desk(Protocol):
    """Everything the review page (and any other door) may do with drafts.

    Every method takes the notes' lock for its duration, so that a running flow, two pages and
    this one never write over each other. What `apply`, `undo` and `redo` answer as applied is
    on disk, synced, and logged.
    """

    def days(self) -> Sequence[DayBrief]:
        """Every day that has a draft or a note file, newest first."""

    def open(self, day: date) -> Day | None:
        """The day as it is now; edits made in an editor are found and logged. None: no note."""

    def apply(self, day: date, change: Change) -> Outcome:
        """Make one change. Raises `NoteError` where the file cannot be read or written."""

    def undo(self, day: date, *, id: str = "", expected: int | None = None) -> Outcome:
        """Take back the newest change that is not taken back, whoever made it.

        `id` as in `Change`: sent twice, it is done once. `expected` is `Day.undo_step` as the page
        showed it: where another step would be taken back by now, nothing is.
        """

    def redo(self, day: date, *, id: str = "", expected: int | None = None) -> Outcome:
        """Make the newest undone change again; `id` and `expected` as for `undo`."""

    def history(self, day: date) -> Sequence[Step]:
        """Every change of the day's file, newest first, by whomever it was made."""

    def article(self, key: str) -> Article | None:
        """The article of an item, to read; its `html` is foreign and must be sanitised again."""
