"""Footnoted links: editors for WeChat move every address to a numbered list at the end.

`论文[1]` in the text and `[1] https://…` in the list belong together: such a link stands where its
mark stands. Entries of a real bibliography (authors, venue) stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.extract.document import Block

_MARK = re.compile(r"(?<=[^\s\[,，、-])\s?\[(\d{1,3})\](?![(:：\d])")
_ENTRY = re.compile(r"^\W{0,2}\[?(\d{1,3})\]?(?=\D|$)[\s.:：\])]*")
_NUMBER = re.compile(r"\W{0,2}\[(\d{1,3})\]\W{0,2}")
_SCHOLARLY = re.compile(
    r"\bet al\b|arXiv preprint|\bProc|\bIn [A-Z]|\bpp\.|\bvol\.|\(\d{4}\)|, \d{4}\b", re.IGNORECASE
)

MAX_MARKS = 5_000
"""Calls in one block that are looked at; numbers have three digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a footnote is called: block and offset of its `[n]`."""

    block: int
    start: int
    end: int


def marks(blocks: Sequence[Block], listed: Sequence[bool]) -> Mapping[int, Mark]:
    """The first call of every number outside lists of references (`listed`) and code."""
    found: dict[int, Mark] = {}
    for number, block in enumerate(blocks):
        if listed[number] or block.kind == "code":
            continue
        for mark in islice(_MARK.finditer(block.text), MAX_MARKS):
            called = int(mark.group(1))
            if called not in found:
                found[called] = Mark(block=number, start=mark.start(), end=mark.end())
    return found


def number_of(blocks: Sequence[Block], at: int) -> int | None:
    """The number of the footnote that a block of a list of references is, if it is one."""
    text = blocks[at].text
    if _SCHOLARLY.search(text[:REACH]) or len(text) > REACH:
        return None
    entry = _ENTRY.match(text)
    if entry and "[" in entry.group():
        return int(entry.group(1))
    above = _NUMBER.fullmatch(blocks[at - 1].text) if at else None
    return int(above.group(1)) if above else None


REACH = 400
"""Characters of an entry; a longer one is prose, not a footnote."""
