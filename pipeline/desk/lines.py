"""Texts by lines: what changed between two, taken back, and carried over to a third.

Differences are found between lines that stand once in both (patience diff), so that the work
stays linear and an item is not mixed up with its neighbour because of an empty line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ports import Hunk

_NUMBER = re.compile(
    r"\A([\u200b\ufeff ]{0,5}(?:[#>*(（【第]{1,6} ?)?)[0-9]{1,4}(?=[.)、．）】条:：\\*])"
)
_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `at` to `end` of one text stand where the other has `start` to `stop`."""

    at: int
    end: int
    start: int
    stop: int


def cut(text: str) -> list[str]:
    """Lines with their ends, cut at LF only."""
    parts = text.split("\n")
    return [*(part + "\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]


def hunks_between(old: str, new: str) -> tuple[Hunk, ...]:
    """What makes `new` of `old`, byte for byte."""
    before, after = cut(old), cut(new)
    return tuple(
        Hunk(start=b.at, old=tuple(before[b.at : b.end]), new=tuple(after[b.start : b.stop]))
        for b in differences(before, after)
    )


def reverted(text: str, hunks: Sequence[Hunk]) -> str:
    """The text before these hunks made it what it is."""
    lines = cut(text)
    for hunk in hunks:  # in order, so that what stands before is as it was already
        end = hunk.start + len(hunk.new)
        assert tuple(lines[hunk.start : end]) == hunk.new, "the journal fits its text"
        lines[hunk.start : end] = hunk.old
    return "".join(lines)


def reapplied(text: str, hunks: Sequence[Hunk]) -> str:
    """The text after these hunks; where they do not fit it, the text as it is."""
    lines = cut(text)
    for hunk in reversed(hunks):
        end = hunk.start + len(hunk.old)
        if tuple(lines[hunk.start : end]) != hunk.old:
            return text
        lines[hunk.start : end] = hunk.new
    return "".join(lines)


@dataclass(frozen=True, slots=True)
class Clash:
    """The lines that both sides changed to different things."""

    mine: str
    theirs: str


def merged(base: str, mine: str, theirs: str) -> str | Clash:
    """`mine` with what `theirs` changed in `base`; numbers of items do not count as changes."""
    ground, left, right = cut(base), cut(mine), cut(theirs)
    ours = differences(_keys(ground), _keys(left))
    other = [b for b in differences(_keys(ground), _keys(right)) if not _same(b, ours, left, right)]
    for block in other:
        for own in ours:
            if own.at < block.end and block.at < own.end:
                return Clash(
                    "".join(left[own.start : own.stop]), "".join(right[block.start : block.stop])
                )
    return "".join(_woven(ours, other, left, right))


def _same(block: Block, ours: Sequence[Block], left: Sequence[str], right: Sequence[str]) -> bool:
    return any(
        (own.at, own.end) == (block.at, block.end)
        and _keys(left[own.start : own.stop]) == _keys(right[block.start : block.stop])
        for own in ours
    )


def _woven(
    ours: Sequence[Block], other: Sequence[Block], left: Sequence[str], right: Sequence[str]
) -> list[str]:
    """The lines of `left` with the blocks of `right` in their places."""
    made: list[str] = []
    here = place = 0
    steps = sorted([*((b, False) for b in other), *((b, True) for b in ours)], key=_order)
    for block, own in steps:
        made += left[here : here + block.at - place]
        here += block.at - place
        if own:
            made += left[block.start : block.stop]
            here = block.stop
        else:
            made += right[block.start : block.stop]
            here += block.end - block.at
        place = block.end
    return made + list(left[here:])


def _order(step: tuple[Block, bool]) -> tuple[int, int, bool]:
    block, own = step
    return block.at, block.end, own


def _keys(lines: Sequence[str]) -> list[str]:
    """Lines without the number an item may begin with, and without their kind of line end."""
    return [_NUMBER.sub(r"\1", line, count=1).rstrip("\r\n") for line in lines]


def differences(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The blocks in which the two differ, in order."""
    found: list[Block] = []
    waiting = [(Block(0, len(old), 0, len(new)), 0)]
    while waiting:
        block, depth = waiting.pop()
        block = _trimmed(old, new, block)
        if block.at == block.end or block.start == block.stop or depth > _DEPTH:
            if block.at < block.end or block.start < block.stop:
                found.append(block)
            continue
        anchors = _anchors(old[block.at : block.end], new[block.start : block.stop])
        if not anchors:
            found.append(block)
            continue
        waiting += [(part, depth + 1) for part in _between(block, anchors)]
    return sorted(found, key=lambda b: (b.at, b.start))


def _trimmed(old: Sequence[str], new: Sequence[str], block: Block) -> Block:
    at, end, start, stop = block.at, block.end, block.start, block.stop
    while at < end and start < stop and old[at] == new[start]:
        at, start = at + 1, start + 1
    while at < end and start < stop and old[end - 1] == new[stop - 1]:
        end, stop = end - 1, stop - 1
    return Block(at, end, start, stop)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of lines that stand once in both, the longest run that rises in both."""
    counts, others = Counter(old), Counter(new)
    places = {line: at for at, line in enumerate(new) if others[line] == 1}
    pairs = [
        (at, places[line]) for at, line in enumerate(old) if counts[line] == 1 and line in places
    ]
    return [pairs[at] for at in rising([place for _, place in pairs])]


def rising(numbers: Sequence[int]) -> list[int]:
    """The places of a longest rising run of distinct numbers."""
    tops: list[int] = []
    chain: list[int] = []
    before: list[int | None] = []
    for at, number in enumerate(numbers):
        place = bisect_left(tops, number)
        before.append(chain[place - 1] if place else None)
        tops[place : place + 1] = [number]
        chain[place : place + 1] = [at]
    run: list[int] = []
    last: int | None = chain[-1] if chain else None
    while last is not None:
        run.append(last)
        last = before[last]
    return run[::-1]


def _between(block: Block, anchors: Sequence[tuple[int, int]]) -> list[Block]:
    parts = []
    at, start = block.at, block.start
    for one, other in anchors:
        parts.append(Block(at, block.at + one, start, block.start + other))
        at, start = block.at + one + 1, block.start + other + 1
    return [*parts, Block(at, block.end, start, block.stop)]
