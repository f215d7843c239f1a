"""From one state of the day to the next, as the fewest elements to swap in the open page.

A note of two hundred items is a large page; a key changes one row of it. Rows carry no number
(the list counts), so that a row that only moved down stays as it is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from pipeline.desk import Day, DeskItem

LISTS = ("items", "also_seen", "dropped")
_REMEMBERED = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """Rows to put after the row of `after`, or at the start of the list where it is empty."""

    place: str
    after: str
    items: tuple[DeskItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Rows to take away (by key), to put in, and to exchange where they stand."""

    gone: tuple[str, ...] = ()
    new: tuple[Insert, ...] = ()
    changed: tuple[DeskItem, ...] = ()


def difference(old: Day, new: Day) -> Patch:
    """The patch that turns a page showing `old` into one showing `new`."""
    gone: list[str] = []
    inserts: list[Insert] = []
    changed: list[DeskItem] = []
    for place in LISTS:
        before: Sequence[DeskItem] = getattr(old, place)
        after: Sequence[DeskItem] = getattr(new, place)
        known = {item.key: item for item in before}
        for tag, a, b, c, d in _steps(before, after):
            if tag == "equal":
                changed += [item for item in after[c:d] if not _same(known[item.key], item)]
                continue
            gone += [item.key for item in before[a:b]]
            if d > c:
                last = after[c - 1].key if c else ""
                inserts.append(Insert(place=place, after=last, items=tuple(after[c:d])))
    return Patch(gone=tuple(gone), new=tuple(inserts), changed=tuple(changed))


def _steps(
    before: Sequence[DeskItem], after: Sequence[DeskItem]
) -> Sequence[tuple[str, int, int, int, int]]:
    old, new = [i.key for i in before], [i.key for i in after]
    if old == new:
        return [("equal", 0, len(old), 0, len(new))]
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _same(one: DeskItem, other: DeskItem) -> bool:
    """True where both rows read the same: the number is not part of a row."""
    if one.number != other.number:
        other = replace(other, number=one.number)
    return one == other


class Shown:
    """The days as open pages show them, by stamp; the newest few are remembered."""

    def __init__(self) -> None:
        self._days: OrderedDict[tuple[date, str], Day] = OrderedDict()

    def remember(self, day: Day, stamp: str) -> Day:
        """Keep this state and hand it back."""
        self._days[day.day, stamp] = day
        self._days.move_to_end((day.day, stamp))
        while len(self._days) > _REMEMBERED:
            self._days.popitem(last=False)
        return day

    def recall(self, day: date, stamp: str) -> Day | None:
        """The state with that stamp, None where it was forgotten."""
        return self._days.get((day, stamp))
