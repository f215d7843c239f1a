"""A day's file with everything decided about it, as it was read under the lock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.desk.pairing import Keys
from pipeline.ports import Feedback, Step
from pipeline.types import Note

_BULLET = re.compile(r" {0,2}[-*+•][ \t]")
OUT = ("drop", "demote")
PUBLISH = "publish"
STARS = ("star", "accept")
_NO_VERDICT = (PUBLISH, "move")
"""Deeds that say nothing of the item itself: where it stands is no word on whether it is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A day's file with everything decided about it, as read under the lock.

    `there` is False for a file that was deleted; its text is empty then.
    """

    day: date
    text: str
    hash: str
    note: Note
    keys: Keys
    feedback: Sequence[Feedback]
    steps: Sequence[Step]
    there: bool = True

    def gone(self) -> dict[str, Feedback]:
        """How each key that was taken out left the note last, whether or not it is back."""
        return {f.article_id: f for f in self.feedback if f.action in OUT}

    def words(self) -> dict[str, Feedback]:
        """How each key left the note last as a whole item, not as a line of the also seen."""
        return dict(self._gone_whole())

    def _gone_whole(self) -> Iterator[tuple[str, Feedback]]:
        for said in self.feedback:
            if said.action in OUT and said.text.strip() and not is_entry(said.text):
                yield said.article_id, said

    def dropped(self) -> frozenset[str]:
        """Keys whose last word is that they are dropped."""
        return self.dropped_in(self.feedback)

    @staticmethod
    def dropped_in(feedback: Iterable[Feedback]) -> frozenset[str]:
        """Keys of which these decisions say last that they are dropped."""
        wanted = ("drop", "restore", "promote", "add")
        last = {f.article_id: f.action for f in feedback if f.action in wanted}
        return frozenset(key for key, action in last.items() if action == "drop")

    def given(self) -> dict[str, int]:
        """The stars the reader gave or accepted, by key."""
        return self.given_in(self.feedback)

    @staticmethod
    def given_in(feedback: Iterable[Feedback]) -> dict[str, int]:
        """The stars that these decisions gave last, by key."""
        return {
            f.article_id: int(f.value)
            for f in feedback
            if f.action in STARS and f.value.isdecimal()
        }

    def decided(self) -> frozenset[str]:
        """Keys on which the reader has had a word; to move an item is not to have read it."""
        return self.decided_in(self.feedback)

    @staticmethod
    def decided_in(feedback: Iterable[Feedback]) -> frozenset[str]:
        """Keys that these decisions settle."""
        return frozenset(f.article_id for f in feedback if f.action not in _NO_VERDICT)


def is_entry(raw: str) -> bool:
    """True for the one line of an also seen; an item that begins so has its stars on the line."""
    return bool(_BULLET.match(raw)) and "\n" not in raw.strip() and ":star:" not in raw


def undoable(steps: Sequence[Step]) -> Step | None:
    """The newest change of the reader that is not taken back."""
    return next(
        (s for s in reversed(steps) if s.who in ("page", "file") and s.state == "done"), None
    )


def redoable(steps: Sequence[Step]) -> Step | None:
    """The change that was taken back last."""
    return next((s for s in steps if s.who in ("page", "file") and s.state == "undone"), None)
