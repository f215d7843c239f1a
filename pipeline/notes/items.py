"""One item of a note: its verbatim lines, cut into blocks and read.

The first line holds number, title, address and stars; below it stand labelled lines, pictures,
and whatever else the reader wrote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.notes.fields import bare_abstract, read_field
from pipeline.notes.markdown import find_links, unescape
from pipeline.text import strip_invisible
from pipeline.types import Image, NoteField, NoteItem

BlockKind = Literal["head", "field", "image", "extra", "blank"]

NUMBERED = re.compile(
    r"(?P<indent> {0,1})(?P<number>[0-9]{1,4})(?P<mark>[.)、．][ \t]*)(?P<rest>.*)"
)
_STARS = re.compile(r"(?::star:|⭐\ufe0f?|★)\s*", re.IGNORECASE)
_STARS_AT_END = re.compile(r"(?:(?::star:|⭐\ufe0f?|★)\s*)+\Z", re.IGNORECASE)
_MEDIA = re.compile(r"<(img|video)\b[^>]{0,2000}?\bsrc\s*=\s*[\"']?([^\"'\s>]{1,4000})", re.I)
_ALT = re.compile(r"\balt\s*=\s*\"([^\"]{0,300})\"", re.IGNORECASE)
_MD_IMAGE = re.compile(r"[ \t]*!\[([^\]]{0,300})\]\(([^)\s]{1,4000})[^)]{0,200}\)\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of verbatim lines of an item, line ends included, and what it was read as."""

    kind: BlockKind
    text: str
    field: NoteField | None = None
    image: Image | None = None


def lines_of(text: str) -> list[str]:
    """Lines with their ends, cut at LF only (a title may hold a U+2028)."""
    parts = text.split("\n")
    return [*(part + "\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]


def is_item(line: str) -> bool:
    """A numbered line at the margin with a link or with stars."""
    matched = NUMBERED.match(line)
    if not matched:
        return False
    rest = matched["rest"]
    return rest.startswith("[") or "](" in rest or bool(_STARS.search(rest))


def number_of(raw: str) -> int:
    """The number an item's first line begins with."""
    matched = NUMBERED.match(raw)
    return int(matched["number"]) if matched else 0


def with_number(raw: str, number: int) -> str:
    """The item's lines with another number."""
    matched = NUMBERED.match(raw)
    if not matched or int(matched["number"]) == number:
        return raw
    return f"{matched['indent']}{number}{raw[matched.start('mark') :]}"


@lru_cache(maxsize=1024)
def read_item(raw: str) -> NoteItem:
    """The item in these verbatim lines; remembered, for a review reads a note again and again."""
    found = blocks(raw)
    matched = NUMBERED.match(raw)
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
    lines = lines_of(raw)
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
    return line[0] in " \t" and words[0] not in "-*+<|`#>[" and not NUMBERED.match(words)


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
