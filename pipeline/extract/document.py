"""What every input becomes first: blocks of text with their anchors, and pictures.

HTML of all layouts and Markdown end in the same `Document`, so that links, roles, titles and the
lead picture are decided once. Offsets are characters; a block's `start` is where it begins in
`Document.text`, in which blocks are separated by one newline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.text import strip_invisible
from pipeline.types import Image

BlockKind = Literal["text", "heading", "item", "quote", "code", "caption", "row"]
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0\u3000]+")
_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_HAN_GAP = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*\n[ \t]*(?=[\u3000-\u9fff\uff00-\uffef])"
)


MAX_BLOCKS = 8_000
"""Paragraphs kept; the longest article of the corpus has 508."""
MAX_OPEN = 8
"""Hyperlinks within hyperlinks; none is meant to stand in another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A hyperlink over `text[start:end]` of its block; `href` as the page wrote it."""

    start: int
    end: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, heading, list item or piece of code; `soft` means the next one follows by a
    mere line break, so that an address may run on into it."""

    text: str
    kind: BlockKind = "text"
    level: int = 0
    anchors: tuple[Anchor, ...] = ()
    start: int = 0
    soft: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image at the place where the block with index `block` would begin."""

    image: Image
    block: int
    marks: str = ""
    """Class, id and file name, lower case: what hints at emoji, avatars and QR codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A page, reduced to what can be read."""

    blocks: tuple[Block, ...] = ()
    pictures: tuple[Picture, ...] = ()
    text: str = ""
    """All blocks, one line each (code keeps its own lines)."""


class Writer:
    """Collects text as a page is walked and cuts it into blocks."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._anchors: list[Anchor] = []
        self._open: list[tuple[int, str]] = []
        self._strong = 0
        self.blocks: list[Block] = []
        self.pictures: list[Picture] = []

    def add(self, text: str, *, strong: bool = False) -> None:
        """Append running text; white space is settled when the block ends."""
        if text and len(self.blocks) < MAX_BLOCKS:
            self._parts.append(text)
            self._length += len(text)
            self._strong += len(text.strip()) if strong else 0

    def open_anchor(self, href: str) -> None:
        """From here on text belongs to a hyperlink; of those never closed the last few count."""
        self._open = [*self._open[1 - MAX_OPEN :], (self._length, href)]

    def close_anchor(self) -> None:
        """The innermost hyperlink ends."""
        if self._open:
            start, href = self._open.pop()
            self._anchors.append(Anchor(start=start, end=self._length, href=href))

    def picture(self, image: Image, marks: str = "") -> None:
        """A picture stands here."""
        self.pictures.append(Picture(image=image, block=len(self.blocks), marks=marks))

    def end(self, kind: BlockKind = "text", level: int = 0, *, soft: bool = False) -> None:
        """Close the block in hand; one without text is dropped."""
        if not self._parts:
            self._anchors = []
            return
        raw = "".join(self._parts)
        anchors = [*self._anchors, *(Anchor(start=s, end=len(raw), href=h) for s, h in self._open)]
        strong = self._strong
        self._parts, self._anchors, self._length, self._strong = [], [], 0, 0
        self._open = [(0, href) for _, href in self._open]
        block = _settle(raw, anchors, keep_lines=kind == "code")
        if block.text:
            bold = strong >= len(block.text) * 0.8
            self.blocks.append(replace(block, kind=kind, level=level, soft=soft, bold=bold))

    def document(self) -> Document:
        """Everything written so far, with the blocks' offsets."""
        self.end()
        offset, placed = 0, []
        for block in self.blocks:
            placed.append(replace(block, start=offset))
            offset += len(block.text) + 1
        text = "\n".join(b.text for b in placed)
        return Document(blocks=tuple(placed), pictures=tuple(self.pictures), text=text)


def _settle(raw: str, anchors: list[Anchor], *, keep_lines: bool) -> Block:
    """Collapse white space piecewise, so that anchors keep their exact places."""
    cuts = sorted({0, len(raw), *(a.start for a in anchors), *(a.end for a in anchors)})
    moved: dict[int, int] = {}
    out: list[str] = []
    length = 0
    for begin, finish in zip(cuts, [*cuts[1:], len(raw)], strict=True):
        moved[begin] = length
        piece = _clean(raw[begin:finish], keep_lines)
        if not keep_lines and piece[:1] == " " and (not out or out[-1][-1:] == " "):
            piece = piece[1:]
        if piece:
            out.append(piece)
            length += len(piece)
    text = "".join(out)
    lead = len(text) - len(text.lstrip("\n" if keep_lines else None))
    text = text.strip("\n") if keep_lines else text.strip()
    kept = (
        Anchor(
            start=_within(moved[a.start] - lead, text),
            end=_within(moved[a.end] - lead, text),
            href=a.href,
        )
        for a in anchors
    )
    return Block(text=text, anchors=tuple(kept))


def _within(offset: int, text: str) -> int:
    return min(max(offset, 0), len(text))


def _clean(text: str, keep_lines: bool) -> str:
    if not text.isascii() and _INVISIBLE.search(text):
        text = strip_invisible(text)
    if keep_lines:
        return text.replace("\r\n", "\n").replace("\u00a0", " ")
    return _SPACES.sub(" ", _HAN_GAP.sub("", text) if "\n" in text else text)
