"""What kind of answer the arXiv API gave to one question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from pipeline.types import Paper


class ReplyState(Enum):
    """`OK` and `BAD_REQUEST` are about the question; the others are about the service."""

    OK = auto()
    EMPTY = auto()
    """A well-formed feed that says it found nothing."""
    HOLLOW = auto()
    """A feed that says it found papers and holds none: arXiv does this under load."""
    BAD_REQUEST = auto()
    BUSY = auto()
    BOOKED = auto()
    """Not sent: the limiter's next slot is too far away."""
    DOWN = auto()
    GARBAGE = auto()

    @property
    def worth_retrying(self) -> bool:
        """True where the same question may be answered in a moment."""
        return self in (ReplyState.HOLLOW, ReplyState.BUSY, ReplyState.DOWN, ReplyState.GARBAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer; `retry_after` in seconds, `total` as the feed says, `sent` requests."""

    state: ReplyState
    papers: tuple[Paper, ...] = ()
    total: int = 0
    retry_after: float | None = None
    bad_id: str | None = None
    words: str = ""
    sent: int = 0
    too_much: bool = False
    """True where the same question is worth asking again in smaller parts."""
