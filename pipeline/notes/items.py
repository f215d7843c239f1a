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

from pipeline.notes.fields import bare_abstract, has_words, opens_field, read_field
from pipeline.notes.markdown import find_links, links_of, unescape
from pipeline.notes.media import read_image, shows_media
from pipeline.text import strip_invisible
from pipeline.types import Image, NoteField, NoteItem
from pipeline.urls import is_web_url

BlockKind = Literal["head", "field", "image", "extra", "blank"]

NUMBERED = re.compile(
    r"(?P<indent>[\u200b\ufeff]{0,2} {0,3})(?P<number>[0-9０-９]{1,4})(?P<mark>[.)、．。][ \t]*)(?P<rest>.*)"
)
_FRAMED = re.compile(
    r"(?P<indent>[\u200b\ufeff]{0,2} ?)"
    r"(?P<frame>#{1,6}[ \t]*|>[ \t]*|[-*+•][ \t]+)?(?:\*\*)?"
    r"(?:第?[(（【]?(?:(?P<number>[0-9０-９]{1,4})|[①-⑳])[)）】]?[条篇]?\\?[.)、．。:：,，]?(?:\*\*)?[ \t\u00a0\u3000]*)?"
    r"(?P<rest>(?:\*\*)?[\[［【].*)",
    re.DOTALL,
)
"""How else an item may begin: below a heading mark, a bullet or a quote, or with no mark at all."""
_STARS = re.compile(r"(?::star:|⭐\ufe0f?|★)\s*", re.IGNORECASE)
_STARS_LOOSE = re.compile(r"(?:[:：]{1,3}star2?[:：]?(?!\w)|⭐\ufe0f?|🌟|★)\s*", re.IGNORECASE)
"""Beside a link also half-typed ones (`:star:star:`) and with full-width colons; a title
without one may end in anything."""
_STAR_RUN = re.compile(rf"(?:{_STARS_LOOSE.pattern})+", re.IGNORECASE)
_LOOSE_LINK = re.compile(
    r"[\]］】][ \t\u00a0]{0,3}[(（][ \t]{0,3}(https?://[^\s)）]{1,4000})[ \t]{0,3}[)）]?"
)
_WHOLE_STARS = re.compile(r"(?:(?::star:|⭐\ufe0f?|★)\s*+)++", re.IGNORECASE)


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


def comment_end(lines: Sequence[str], at: int) -> int:
    """Behind the comment of several lines that begins here; `at` where none does, or none ends.

    It ends before the next one begins, so that a file full of beginnings is read in passing.
    """
    if not lines[at].lstrip().startswith("<!--") or "-->" in lines[at]:
        return at
    for end in range(at + 1, len(lines)):
        if "-->" in lines[end]:
            return end + 1
        if "<!--" in lines[end]:
            break
    return at


def is_item(line: str) -> bool:
    """A numbered line at the margin with a link or with stars; an indented one has both.

    Without a number, or with one in a heading, it is a link with nothing but stars behind it.
    """
    matched = NUMBERED.match(line)
    if not matched:
        return opening(line) is not None
    rest = matched["rest"]
    if not at_margin(matched):
        return rest.startswith("[") and bool(_STARS.search(rest))
    return rest.startswith("[") or "](" in rest or bool(_STARS.search(rest))


def is_starred(line: str) -> bool:
    """An item with a link and stars: nothing else looks like that."""
    return is_item(line) and "](" in line and bool(_STARS.search(line))


def at_margin(numbered: re.Match[str]) -> bool:
    """False for a number that stands as deep as a field or a nested list."""
    return numbered["indent"].count(" ") < 2


def opening(raw: str) -> re.Match[str] | None:
    """What an item's first line begins with: its `number`, None where it has none, and the `rest`.

    None for a line that is no item's first.
    """
    line = raw.split("\n", 1)[0]
    if numbered := NUMBERED.match(line):
        return numbered
    framed = _FRAMED.match(line)
    if not framed:
        return None
    start, _, url, end = split_link(framed["rest"])
    behind = strip_invisible(framed["rest"][max(end, 0) :]).strip(" \t\r\u00a0\u3000*")
    headed = framed["number"] and (framed["frame"] or "").startswith("#") and not behind
    starred = behind and not _STAR_RUN.sub("", behind, count=1)
    return framed if start >= 0 and is_web_url(url) and (headed or starred) else None


def number_of(raw: str) -> int:
    """The number an item's first line begins with, 0 where there is none."""
    matched = opening(raw)
    return int(matched["number"] or 0) if matched else 0


def is_numbered(raw: str) -> bool:
    """True where the item's first line begins with a number, also with 0."""
    matched = opening(raw)
    return bool(matched and matched["number"])


def with_number(raw: str, number: int) -> str:
    """The item's lines with another number; one that has none gets none."""
    matched = opening(raw)
    if not matched or not matched["number"] or int(matched["number"]) == number:
        return raw
    return f"{raw[: matched.start('number')]}{number}{raw[matched.end('number') :]}"


@lru_cache(maxsize=1024)
def read_item(raw: str) -> NoteItem:
    """The item in these verbatim lines; remembered, for a review reads a note again and again."""
    found = blocks(raw)
    matched = opening(raw)
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
        stars = _stars_at_end(rest)
        return unescape(rest[:stars].strip()), "", _count(rest[stars:])
    return unescape(rest[start + 1 : close]), url, _count(rest[:start]) + _count(rest[end:])


def _stars_at_end(text: str) -> int:
    """Where the stars that end the text begin; looked for run by run, each read once."""
    runs = list(_WHOLE_STARS.finditer(text))
    return runs[-1].start() if runs and runs[-1].end() == len(text) else len(text)


def _count(text: str) -> int:
    return min(5, len(_STARS_LOOSE.findall(text)))


def without_stars(text: str) -> str:
    """What stands beside the stars."""
    return _STARS_LOOSE.sub("", text)


def with_stars(before: str, link: str, after: str, stars: str) -> str:
    """The first line around its link with other stars, where the old ones stood, words kept."""
    before = _STARS_LOOSE.sub("", before)
    run = _STAR_RUN.search(after)
    gap = after[: len(after) - len(after.lstrip())] or " " * 7
    if run is None:
        words = after.rstrip()
        return f"{before}{link}{words}{(' ' * 7 if words else gap) if stars else ''}{stars}"
    behind = _STARS_LOOSE.sub("", after[run.end() :]).strip()
    lead = after[: run.start()] if stars else after[: run.start()].rstrip()
    return f"{before}{link}{lead}{stars}{' ' if behind else ''}{behind}"


def split_link(rest: str) -> tuple[int, int, str, int]:
    """Where the title's link opens, where its text closes, its address, and where it ends.

    A title with an unbalanced bracket is read up to the last `](`. -1 where there is no link.
    """
    links = find_links(rest)
    opened = rest.find("[")
    while opened > 0 and rest[opened - 1] == "\\":
        opened = rest.find("[", opened + 1)
    if links and (links[0].start == opened or not rest.startswith("[")):
        first = links[0]
        return first.start, first.start + 1 + len(first.text), first.url, first.end
    wide = opened < 0 and rest[:1] in ("［", "【")
    opened = 0 if wide else opened
    last = [m for m in _LOOSE_LINK.finditer(rest, max(opened, 0)) if wide or m[0][0] == "]"][-1:]
    if opened < 0 or not last:
        return (-1, -1, "", 0)
    loose = last[0]
    return opened, loose.start(), strip_invisible(loose[1]).strip(), loose.end()


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
    if (end := comment_end(lines, at)) > at:
        return Block("extra", "".join(lines[at:end])), end
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
    """Behind the deeper indented lines that belong to the field, blank ones between included.

    A deeper line with a known label is a field of its own, unless this one is only a label.
    """
    depth = _indent(lines[at])
    spoken = has_words(lines[at].rstrip("\r\n"))
    end = at + 1
    for following in range(at + 1, len(lines)):
        line = lines[following]
        if not line.strip():
            continue
        if _indent(line) < depth + 2 or shows_media(line):
            break
        if spoken and _indent(line) < 6 and opens_field(line.rstrip("\r\n")):
            break
        end = following + 1
    return end


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def other_links(item: NoteItem) -> list[str]:
    """Addresses on the item's first line beside the one of its title."""
    line = item.raw.split("\n", 1)[0]
    return [found.url for found in links_of(line) if found.url not in ("", item.url)]
