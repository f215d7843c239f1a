"""What the store keeps for the desk: drafts, decisions, the journal of the note files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from pipeline.types import (
    ArchiveItem,
    Article,
    Entry,
    Note,
    Page,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """An entry waiting to be fetched, with how often that was tried."""

    entry_id: str
    entry: Entry
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPage:
    """A fetched page waiting to be extracted."""

    entry_id: str
    entry: Entry
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecord:
    """A note as we last rendered it for a day; `items` are article ids in order."""

    day: date
    revision: int
    text: str
    items: tuple[str, ...] = ()
    also_seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One change the reader made to a draft: `action` (`drop`, `restore`, `star`, `edit`, …)
    on an article of the note of `day`, with its new `value` where there is one."""

    article_id: str
    day: date
    action: str
    value: str
    at: datetime
    suggested: int | None = None
    """The stars that were suggested, the relevance, and what made them, at that time."""
    relevance: float | None = None
    model: str = ""
    profile: str = ""
    text: str = ""
    """The item's own lines, where it left the note."""
    before: tuple[str, ...] = ()
    """The keys that stood before it then, nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one candidate that the reader was shown on `day`.

    `given` are the reader's stars where any were given or accepted; `suggested`, `relevance`,
    `model` and `profile` are as they were at the decision (for `passed`: as they are now).
    `kept` was decided about or published; `passed` was shown and left alone, which is not yet
    known of a day that is still open.
    """

    article_id: str
    day: date
    outcome: Literal["kept", "dropped", "passed"]
    given: int | None
    suggested: int | None
    relevance: float | None
    at: datetime
    model: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Lines of a text replaced by others; `start` counts from 0 in the text before."""

    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNote:
    """A day's note file as it was last seen, with the keys of its items in order."""

    day: date
    text: str
    items: tuple[str, ...] = ()
    also_seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of a day's note file, by whomever: the journal that undo goes back through.

    `number` counts from 1 within the day. `before` and `after` are hashes of the whole text.
    A step is `intended` before the file is written and `done` after; `undone` can be made
    again, `gone` cannot. `target` is the step that an undo or a redo is about; `change` the
    page's own id of the change; `known` the note after it; `draft` what a run rendered.
    """

    day: date
    number: int
    who: Literal["page", "file", "run", "undo", "redo"]
    what: str
    before: str
    after: str
    at: datetime
    state: Literal["intended", "done", "undone", "gone"] = "intended"
    change: str = ""
    target: int = 0
    hunks: tuple[Hunk, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    known: KnownNote | None = None
    draft: DraftRecord | None = None


class Journal(Protocol):
    """store/: every change of the note files, and the decisions that were made by them."""

    def last_draft(self, day: date) -> DraftRecord | None:
        """The day's note as we last rendered it."""

    def known_note(self, day: date) -> KnownNote | None:
        """The day's note as it was last seen, None where it never was."""

    def steps(self, day: date) -> Sequence[Step]:
        """The day's steps in order, without hunks, feedback, known note and draft."""

    def step(self, day: date, number: int) -> Step:
        """One step with everything in it; it must exist."""

    def intended(self, day: date) -> Step | None:
        """The day's step that was intended and not settled, whole; None where there is none."""

    def last_step(self, day: date) -> int:
        """The number of the day's newest step, 0 where there is none."""

    def intend(self, step: Step) -> None:
        """Keep a step that is about to be made."""

    def forget_intended(self, day: date) -> None:
        """Remove the day's step that was intended but never made."""

    def settle(self, step: Step, now: datetime) -> None:
        """The step is made: in one transaction it counts, `known` is the note, its feedback is
        logged, its draft saved; an undo or redo moves its target and the target's feedback, any
        other step of the reader puts an end to what could be redone."""

    def feedback_of(self, day: date) -> Sequence[Feedback]:
        """The decisions on the day that were not taken back, in the order in which they fell."""

    def desk_stamp(self, day: date) -> str:
        """Changes when a run may have changed the day's candidates or scores."""

    def article(self, article_id: str) -> Article | None:
        """The article with that id, None where there is none."""

    def draft_days(self) -> Sequence[date]:
        """Every day of which a note was drafted, newest first."""

    def publications(self) -> Sequence[tuple[Outgoing, datetime]]:
        """What was published (committed or pushed) to any target, newest first."""

    def decisions(self) -> Sequence[Decision]:
        """What became of every candidate that was shown, by day; learned from and shown in charts."""

    def learned(self, day: date) -> str:
        """The hash of the published note of that day that went into the archive, else empty."""

    def learn(
        self,
        day: date,
        digest: str,
        items: Sequence[ArchiveItem],
        feedback: Sequence[Feedback],
    ) -> None:
        """Make the published note of a known day, whose hash is `digest`, part of the archive;
        `feedback` says of each of its items that it was published, in place of what did before."""


class NotesLock(Protocol):
    """notes/: one writer of note files at a time, across threads and processes."""

    def held(self) -> AbstractContextManager[None]:
        """Hold it for a block; `NoteError` where another holds it for too long."""


class Redraft(Protocol):
    """desk/: how a run brings today's draft into the reader's file."""

    def redraft(
        self,
        note: Note,
        base: DraftRecord | None,
        record: DraftRecord,
        finish: Callable[[str], str] = str,
    ) -> None:
        """Log what the reader changed in the file, merge the draft in and keep `record`.

        `finish` has the last word on the merged text of the file (its preface).
        """

    def learn(self) -> None:
        """Take published notes into the archive that suggestions learn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One revision of a day's publication on its way to a target (a path or repository).

    `files` are pairs of path and SHA-256; `state` says how far it got, the target itself
    whether it is there; `commit` is what the target calls it.
    """

    target: str
    revision: str
    day: date
    files: tuple[tuple[str, str], ...] = ()
    state: Literal["planned", "committed", "pushed"] = "planned"
    commit: str = ""


class Outbox(Protocol):
    """store/: what was published, so that a kill or a lost answer never publishes twice."""

    def save_outgoing(self, outgoing: Outgoing, now: datetime) -> None:
        """Keep it; the same revision for the same target replaces its older row."""

    def outgoing(self, target: str) -> Sequence[Outgoing]:
        """The newest publications to this target, newest first."""
