"""Markdown → Note: tolerant of everything, losing nothing.

A note is cut into its head, its items, the collapsed block of what was also seen, and its tail.
Each piece keeps its verbatim lines, so that what nobody changed is written back byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from pipeline.errors import Issue, NoteError
from pipeline.notes.fields import opens_field
from pipeline.notes.items import (
    NUMBERED,
    at_margin,
    comment_end,
    is_item,
    is_starred,
    lines_of,
    number_of,
    opening,
    read_item,
    split_link,
    without_stars,
)
from pipeline.notes.layout import NoteLayout, heading_lines
from pipeline.notes.markdown import unescape
from pipeline.types import Note, NoteField, NoteItem

_DAY = re.compile(r"(20\d\d)\s*[.．。,，年/-]\s*(\d{1,2})\s*[.．。,，月/-]\s*(\d{1,2})")
_HEADING = re.compile(r"#{1,6}\s+\S")
_DETAILS = re.compile(r"\s*<details\b", re.IGNORECASE)
_DETAILS_END = re.compile(r"\s*</details>", re.IGNORECASE)
_ENTRY = re.compile(r"- | {0,2}[-*+•][ \t]+(?=[\[［【])")


def parse_note(text: str, day: date | None, layout: NoteLayout) -> Note:
    """The note in `text`; `day` is used where given, else the date of the heading."""
    lines = lines_of(text)
    shown = _shown(lines)
    tail_at = _tail_start(shown, layout)
    also_at, also_end = _also_lines(shown, tail_at, layout)
    starts = _item_starts(shown, min(also_at, tail_at))
    items_end = min(also_at, tail_at)
    head_end = starts[0] if starts else items_end
    raws = ["".join(lines[a:b]) for a, b in pairwise([*starts, items_end])]
    also = _read_also(lines[also_at:also_end])
    head = "".join(lines[:head_end])
    return Note(
        day=day or day_of(head) or _no_day(),
        items=tuple(read_item(raw) for raw in raws),
        also_seen=also.items,
        head=head,
        tail="".join(lines[tail_at:]),
        verbatim=True,
        numbers=tuple(number_of(raw) for raw in raws),
        also_head=also.head,
        also_tail=also.tail + "".join(lines[also_end:tail_at]),
    )


def day_of(text: str) -> date | None:
    """The first date in the text, in any of the usual spellings."""
    for year, month, day in _DAY.findall(text[:2000]):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _no_day() -> date:
    raise NoteError(
        Issue(
            subject="note",
            code="notes.no_day",
            sentence="这篇笔记的标题里没有日期，也没有告诉我是哪一天。",
            remedy="在第一行写上日期，例如（2022.5.5）。",
        )
    )


def _shown(lines: Sequence[str]) -> list[str]:
    """The lines with comments of several lines blank: an item in them is put out of the note."""
    shown = list(lines)
    at, fence = 0, False
    while at < len(lines):
        fence ^= lines[at].startswith(("```", "~~~"))
        end = at if fence else comment_end(lines, at)
        shown[at:end] = ["\n"] * (end - at)
        at = max(end, at + 1)
    return shown


def _tail_start(lines: Sequence[str], layout: NoteLayout) -> int:
    """Where the closing section begins: at its heading, else at the last one without items."""
    wanted = heading_lines((layout.others_heading, "Others", "其他", "其它"))
    others = [i for i, line in enumerate(lines) if line[0] in "#*" and wanted.fullmatch(line)]
    last_starred = max((i for i, line in enumerate(lines) if is_starred(line)), default=-1)
    if others and others[-1] > last_starred:
        return others[-1]
    last_item = max((i for i, line in enumerate(lines) if is_item(line)), default=None)
    if last_item is None:
        return len(lines)
    after = (i for i in range(last_item + 1, len(lines)) if _HEADING.match(lines[i]))
    return next(after, len(lines))


def _also_lines(lines: Sequence[str], end: int, layout: NoteLayout) -> tuple[int, int]:
    """First and behind-last line of the collapsed block, both `end` where there is none."""
    for start in range(end):
        if not _DETAILS.match(lines[start]):
            continue
        if layout.also_seen_label not in "".join(lines[start : start + 3]):
            continue
        ends = (i for i in range(start, end) if _DETAILS_END.match(lines[i]))
        stop = next(ends, end)
        if stop < end and not any(is_item(line) for line in lines[stop:end]):
            return start, stop + 1
    return end, end


def _item_starts(lines: Sequence[str], end: int) -> list[int]:
    starts: list[int] = []
    number = 0
    fence = False
    for at in range(end):
        line = lines[at]
        if line.startswith(("```", "~~~")):
            fence = not fence
        matched = None if fence else NUMBERED.match(line)
        if not matched:
            if not fence and is_item(line):
                starts.append(at)
                number = number_of(line)
            continue
        counted = int(matched["number"]) == number + 1 and _after_blank(lines, at)
        counted = counted and at_margin(matched)
        if is_item(line) or (counted and matched["rest"].strip()):
            starts.append(at)
            number = int(matched["number"])
    return starts


def _after_blank(lines: Sequence[str], at: int) -> bool:
    return at == 0 or not lines[at - 1].strip()


@dataclass(frozen=True, slots=True)
class _Also:
    head: str = ""
    items: tuple[NoteItem, ...] = ()
    tail: str = ""


def _read_also(lines: Sequence[str]) -> _Also:
    """The collapsed block: its opening lines, its items, its closing lines."""
    starts: list[int] = []
    for at, line in enumerate(lines):
        if _begins_entry(line) and not (starts and opens_field(line.rstrip("\r\n"))):
            starts.append(at)
    if not starts:
        return _Also(tail="".join(lines))
    closing = next(i for i in range(len(lines) - 1, -1, -1) if _DETAILS_END.match(lines[i]))
    while closing > starts[-1] + 1 and not lines[closing - 1].strip():
        closing -= 1
    edges = [*starts, closing]
    raws = ["".join(lines[a:b]) for a, b in pairwise(edges)]
    items = tuple(_read_also_item(raw) for raw in raws)
    return _Also("".join(lines[: starts[0]]), items, "".join(lines[closing:]))


def _begins_entry(line: str) -> bool:
    """A bullet, or an item that the reader moved here as it was."""
    return bool(_ENTRY.match(line)) or is_item(line)


def _read_also_item(raw: str) -> NoteItem:
    line = raw.split("\n", 1)[0]
    bullet = _ENTRY.match(line)
    opened = None if bullet else opening(line)
    line = (line[bullet.end() :] if bullet else opened["rest"] if opened else line).strip()
    start, close, url, end = split_link(line)
    title, _, remark = line.partition(" — ")
    if start >= 0:
        title, remark = line[start + 1 : close], without_stars(line[end:])
        remark = remark.strip().removeprefix("—").strip()
    fields = (NoteField(name="Remark", value=remark),) if remark else ()
    return NoteItem(title=unescape(title.strip()), url=url, stars=0, fields=fields, raw=raw)
