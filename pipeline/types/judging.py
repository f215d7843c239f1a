"""What the reader cares about, and how much an article concerns them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a score: `kind` is what pulled, `label` its words, `share` its contribution."""

    kind: Literal["interest", "mute", "past", "word", "metadata"]
    label: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How much a candidate concerns the reader, and why.

    `relevance` is in [0, 1]; `suggested_stars` in 1-5; `spread` is the half-width of the
    uncertainty of the stars; `model` and `profile` are the versions that made it.
    """

    article_id: str
    relevance: float
    suggested_stars: int
    spread: float = 1.0
    why: str = ""
    reasons: tuple[Reason, ...] = ()
    model: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """One thing the reader cares about (or, with a negative weight, mutes), in plain words."""

    phrase: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveItem:
    """An item of a note the reader published, as the past that suggestions learn from.

    `paper_ids` and `repo_ids` are canonical ids as in `Link.id`; `text` is title, abstract and
    tips joined, the text that is embedded.
    """

    day: date
    position: int
    title: str
    url: str
    stars: int
    text: str = ""
    paper_ids: tuple[str, ...] = ()
    repo_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed(ArchiveItem):
    """A paper of the reader's own library (BibTeX, Zotero, a list), as past without a note.

    `stars` is 0; `day` is when it was added, else when it appeared, `date.min` where nobody says;
    `weight` in (0, 1] is what it counts beside a noted item of the same age.
    """

    weight: float = 0.5
