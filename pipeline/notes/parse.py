"""Markdown → Note: tolerant of everything, losing nothing.

A note is cut into its head, its items, the collapsed block of what was also seen, and its tail.
Each piece keeps its verbatim lines, so that what nobody changed is written back byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from pipeline.errors import Issue, NoteError
from pipeline.notes.fields import bare_abstract, read_field
from pipeline.notes.layout import NoteLayout, heading_lines
from pipeline.notes.markdown import find_links, safe_url, unescape
from pipeline.text import strip_invisible
from pipeline.types import Image, Note, NoteField, NoteItem

BlockKind = Literal["head", "field", "image", "extra", "blank"]

_NUMBERED = re.compile(
    r"(?P<indent> {0,1})(?P<number>[0-9]{1,4})(?P<mark>[.)、．][ \t]*)(?P<rest>.*)"
)
_STARS = re.compile(r"(?::star:|⭐\ufe0f?|★)\s*", re.IGNORECASE)
_STARS_AT_END = re.compile(r"(?:(?::star:|⭐\ufe0f?|★)\s*)+\Z", re.IGNORECASE)
_DAY = re.compile(r"(20\d\d)\s*[.年/-]\s*(\d{1,2})\s*[.月/-]\s*(\d{1,2})")
_MEDIA = re.compile(r"<(img|video)\b[^>]{0,2000}?\bsrc\s*=\s*[\"']?([^\"'\s>]{1,4000})", re.I)
_ALT = re.compile(r"\balt\s*=\s*\"([^\"]{0,300})\"", re.IGNORECASE)
_MD_IMAGE = re.compile(r"[ \t]*!\[([^\]]{0,300})\]\(([^)\s]{1,4000})[^)]{0,200}\)\s*")
_HEADING = re.compile(r"#{1,6}\s+\S")
_DETAILS = re.compile(r"\s*<details\b", re.IGNORECASE)
_DETAILS_END = re.compile(r"\s*</details>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of verbatim lines of an item, line ends included, and what it was read as."""

    kind: BlockKind
    text: str
    field: NoteField | None = None
    image: Image | None = None


def parse_note(text: str, day: date | None, layout: NoteLayout) -> Note:
    """The note in `text`; `day` is used where given, else the date of the heading."""
    lines = _lines(text)
    tail_at = _tail_start(lines, layout)
    also_at, also_end = _also_lines(lines, tail_at, layout)
    starts = _item_starts(lines, min(also_at, tail_at))
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


def _lines(text: str) -> list[str]:
    """Lines with their ends, cut at LF only (a title may hold a U+2028)."""
    parts = text.split("\n")
    return [*(part + "\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]


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


def _tail_start(lines: Sequence[str], layout: NoteLayout) -> int:
    """Where the closing section begins: at its heading, else at the last one without items."""
    wanted = heading_lines((layout.others_heading, "Others"))
    others = [i for i, line in enumerate(lines) if line[0] == "#" and wanted.fullmatch(line)]
    if others:
        return others[-1]
    last_item = max((i for i, line in enumerate(lines) if _is_item(line)), default=None)
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
        for stop in range(start, end):
            if _DETAILS_END.match(lines[stop]):
                return start, stop + 1
    return end, end


def _is_item(line: str) -> bool:
    """A numbered line at the margin with a link or with stars."""
    matched = _NUMBERED.match(line)
    if not matched:
        return False
    rest = matched["rest"]
    return rest.startswith("[") or "](" in rest or bool(_STARS.search(rest))


def _item_starts(lines: Sequence[str], end: int) -> list[int]:
    starts: list[int] = []
    number = 0
    fence = False
    for at in range(end):
        line = lines[at]
        if line.startswith(("```", "~~~")):
            fence = not fence
        matched = None if fence else _NUMBERED.match(line)
        if not matched:
            continue
        counted = int(matched["number"]) == number + 1 and _after_blank(lines, at)
        if _is_item(line) or (counted and matched["rest"].strip()):
            starts.append(at)
            number = int(matched["number"])
    return starts


def _after_blank(lines: Sequence[str], at: int) -> bool:
    return at == 0 or not lines[at - 1].strip()


def number_of(raw: str) -> int:
    """The number an item's first line begins with."""
    matched = _NUMBERED.match(raw)
    return int(matched["number"]) if matched else 0


def with_number(raw: str, number: int) -> str:
    """The item's lines with another number."""
    matched = _NUMBERED.match(raw)
    if not matched or int(matched["number"]) == number:
        return raw
    return f"{matched['indent']}{number}{raw[matched.start('mark') :]}"


def read_item(raw: str) -> NoteItem:
    """The item in these verbatim lines."""
    found = blocks(raw)
    matched = _NUMBERED.match(raw)
    title, url, stars = read_title(matched["rest"] if matched else raw.split("\n", 1)[0])
    images = [b.image for b in found if b.image]
    extra = [b.text.rstrip("\n") for b in found if b.kind == "extra"]
    return NoteItem(
        title=title,
        url=url,
        stars=stars,
        fields=tuple(b.field for b in found if b.field),
        image=images[0] if images else None,
        extra=tuple(extra),
        raw=raw,
    )


def read_title(rest: str) -> tuple[str, str, int]:
    """Title, address and number of stars of an item's first line, its number cut off."""
    rest = rest.strip()
    start, close, url, end = split_link(rest)
    if start < 0:
        stars = _STARS_AT_END.search(rest)
        title = rest[: stars.start()] if stars else rest
        return unescape(title.strip()), "", _count(stars.group() if stars else "")
    return unescape(rest[start + 1 : close]), url, _count(rest[end:])


def _count(text: str) -> int:
    return len(_STARS.findall(text))


def split_link(rest: str) -> tuple[int, int, str, int]:
    """Where the title's link opens, where its text closes, its address, and where it ends.

    A title with an unbalanced bracket is read up to the last `](`. -1 where there is no link.
    """
    links = find_links(rest)
    opening = rest.find("[")
    while opening > 0 and rest[opening - 1] == "\\":
        opening = rest.find("[", opening + 1)
    if links and (links[0].start == opening or not rest.startswith("[")):
        first = links[0]
        return first.start, first.start + 1 + len(first.text), first.url, first.end
    close = rest.rfind("](http")
    if opening < 0 or close < opening:
        return (-1, -1, "", 0)
    end = rest.find(")", close)
    end = end if end > 0 else len(rest)
    return opening, close, strip_invisible(rest[close + 2 : end]).strip(), end + 1


def blocks(raw: str) -> list[Block]:
    """The item's lines, cut into blocks; joined again they are `raw`."""
    lines = _lines(raw)
    made = [Block("head", lines[0])]
    at = 1
    abstract_seen = False
    while at < len(lines):
        block, at = _next_block(lines, at, abstract_seen)
        abstract_seen |= bool(block.field and block.field.name == "Abstract")
        made.append(block)
    return made


def _next_block(lines: Sequence[str], at: int, abstract_seen: bool) -> tuple[Block, int]:
    line = lines[at]
    if not strip_invisible(line).strip():
        return Block("blank", line), at + 1
    if image := read_image(line):
        end = at + 1
        if "</div>" not in line and end < len(lines) and lines[end].strip() == "</div>":
            end += 1
        return Block("image", "".join(lines[at:end]), image=image), end
    if field := read_field(line.rstrip("\n")):
        end = _field_end(lines, at)
        text = "".join(lines[at:end])
        whole = read_field(text.rstrip("\n")) if end > at + 1 else field
        return Block("field", text, field=whole), end
    if not abstract_seen and _is_paragraph(line):
        return Block("field", line, field=bare_abstract(line.rstrip("\n"))), at + 1
    return Block("extra", line), at + 1


def _is_paragraph(line: str) -> bool:
    """Indented words without a bullet: the abstract of the first notes."""
    words = line.strip()
    return line[0] in " \t" and words[0] not in "-*+<|`#>[" and not _NUMBERED.match(words)


def _field_end(lines: Sequence[str], at: int) -> int:
    """Behind the deeper indented lines that belong to the field, blank ones between included."""
    depth = _indent(lines[at])
    end = at + 1
    for following in range(at + 1, len(lines)):
        line = lines[following]
        if not line.strip():
            continue
        if _indent(line) < depth + 2 or _MEDIA.search(line):
            break
        end = following + 1
    return end


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def read_image(line: str) -> Image | None:
    """The picture or video that a line of its own shows."""
    if found := _MD_IMAGE.fullmatch(line):
        return Image(url=found[2], alt=found[1])
    found = _MEDIA.search(line) if line.lstrip().startswith("<") else None
    if not found:
        return None
    alt = _ALT.search(line)
    kind: Literal["image", "video"] = "video" if found[1].lower() == "video" else "image"
    return Image(url=found[2].replace("&amp;", "&"), alt=alt[1] if alt else "", kind=kind)


@dataclass(frozen=True, slots=True)
class _Also:
    head: str = ""
    items: tuple[NoteItem, ...] = ()
    tail: str = ""


def _read_also(lines: Sequence[str]) -> _Also:
    """The collapsed block: its opening lines, its items, its closing lines."""
    starts = [i for i, line in enumerate(lines) if line.startswith("- ")]
    if not starts:
        return _Also(tail="".join(lines))
    closing = next(i for i in range(len(lines) - 1, -1, -1) if _DETAILS_END.match(lines[i]))
    while closing > starts[-1] + 1 and not lines[closing - 1].strip():
        closing -= 1
    edges = [*starts, closing]
    raws = ["".join(lines[a:b]) for a, b in pairwise(edges)]
    items = tuple(_read_also_item(raw) for raw in raws)
    return _Also("".join(lines[: starts[0]]), items, "".join(lines[closing:]))


def _read_also_item(raw: str) -> NoteItem:
    line = raw.split("\n", 1)[0].removeprefix("- ").strip()
    start, close, url, end = split_link(line)
    title, _, remark = line.partition(" — ")
    if start >= 0:
        title, remark = line[start + 1 : close], line[end:].strip().removeprefix("—").strip()
    fields = (NoteField(name="Remark", value=remark),) if remark else ()
    return NoteItem(title=unescape(title.strip()), url=url, stars=0, fields=fields, raw=raw)


def web_links(note: Note) -> Iterator[str]:
    """Every web address that the note links to or shows."""
    for item in (*note.items, *note.also_seen):
        urls = [item.url, *(link.url for field in item.fields for link in field.links)]
        yield from (u for u in urls if safe_url(u))
