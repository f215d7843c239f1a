"""BibTeX and BibLaTeX, read as the files of real people are: macros, quotes, accents, damage.

Every entry that begins on a line of its own is read by itself, so that a brace forgotten in one
costs that one and no other. Time grows with the length of the file and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from pipeline.score.seeds.latex import plain

_START = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]{1,40}[ \t\r\n]*[{(]", re.MULTILINE)
_INLINE = re.compile(r"\s*+@\s*+([A-Za-z]{1,40})\s*+[{(]")
_KEY = re.compile(r"[^,={}()\"]{0,500},")
_NAME = re.compile(r"(?:[\s,]|%[^\n]*\n)*+([A-Za-z][\w:.+/-]{0,60})\s*+=\s*+")
_WORD = re.compile(r"[^\s,#{}\"()=%]{1,200}")
_JOINT = re.compile(r"\s*+#\s*+")
_AFTER = re.compile(r"\s*+(?:[,#})%]|[A-Za-z][\w:.+/-]{0,60}\s*+=|\Z)")
_OPENING = {
    "{": (re.compile(r"[{}]"), re.compile(r"\\.|[{}]", re.DOTALL)),
    '"': (re.compile(r"[{}\"]"), re.compile(r"\\.|[{}\"]", re.DOTALL)),
}
"""How a value ends, by its first character: the marks to count, in the order to try them."""
_NO_ENTRIES = frozenset({"comment", "preamble", "string"})
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_LONGEST = 20_000
"""Characters of a field that are looked at; abstracts have two thousand."""

Entry = Mapping[str, str]
"""Fields by their names in lower case, as plain text; `type` is the entry's own kind."""


def read_bibtex(text: str) -> Iterator[Entry | None]:
    """The entries in order, None for each that is damaged beyond its first fields' use."""
    macros = {month: str(n) for n, month in enumerate(_MONTHS, 1)}
    starts = [found.start() for found in _START.finditer(text)]
    for begin, end in pairwise([*starts, len(text)]):
        yield from _chunk(text[begin:end], macros)


def _chunk(text: str, macros: dict[str, str]) -> Iterator[Entry | None]:
    """The entry at the head of a text, and those behind it on the same line."""
    found = _INLINE.match(text)
    while found:
        kind, here = found.group(1).lower(), found.end()
        key = None if kind in _NO_ENTRIES else _KEY.match(text, here)
        fields, here = _fields(text, key.end() if key else here, macros)
        if kind == "string":
            macros.update(fields)
        elif kind not in _NO_ENTRIES:
            yield {**{k: plain(v) for k, v in fields.items()}, "type": kind} if fields else None
        found = _INLINE.match(text, here + 1) if text[here : here + 1] in "})" else None


def _fields(text: str, here: int, macros: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """The fields from `here`, and where they end; the first of equal names counts."""
    fields: dict[str, str] = {}
    while found := _NAME.match(text, here):
        value, here = _value(text, found.end(), macros)
        if value is None:
            break
        fields.setdefault(found.group(1).lower(), value)
    while here < len(text) and text[here] in " \t\r\n,":
        here += 1
    return fields, here


def _value(text: str, here: int, macros: Mapping[str, str]) -> tuple[str | None, int]:
    """One value, its parts joined by `#`; None where it does not end."""
    joined = ""
    while True:
        part, here = _part(text, here, macros)
        if part is None:
            return None, here
        if len(joined) < _LONGEST:  # a macro of macros may be longer than any memory
            joined = (joined + part)[:_LONGEST]
        joint = _JOINT.match(text, here)
        if not joint:
            return joined, here
        here = joint.end()


def _part(text: str, here: int, macros: Mapping[str, str]) -> tuple[str | None, int]:
    first = text[here : here + 1]
    if first in _OPENING:
        # BibTeX counts every brace; other programs' files need those behind a backslash left out.
        ends = (_end(text, here, marks, first) for marks in _OPENING[first])
        end = next((e for e in ends if e is not None and _AFTER.match(text, e + 1)), None)
        return (None, len(text)) if end is None else (text[here + 1 : end], end + 1)
    word = _WORD.match(text, here)
    if not word:
        return None, here
    return macros.get(word.group().lower(), word.group()), word.end()


def _end(text: str, here: int, marks: re.Pattern[str], first: str) -> int | None:
    """Where the value that opens at `here` closes, None where it does not."""
    depth = 0
    for found in marks.finditer(text, here + 1):
        mark = found.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            if not depth and first == "{":
                return found.start()
            depth = max(0, depth - 1)
        elif mark == '"' and not depth:
            return found.start()
    return None
