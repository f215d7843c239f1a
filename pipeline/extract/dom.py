"""HTML to a `Document`: spans join without space, block elements begin a new paragraph.

Walks the tree iteratively (a page may nest deeply). Sizes of pictures come from WeChat's `data-w`
and `data-ratio`, else from `width` and `height`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.document import BlockKind, Document, Writer
from pipeline.types import Image
from pipeline.urls import is_web_url

_SKIP: Final = frozenset(
    "script style noscript template head svg select option textarea button form iframe object math "
    "mp-style-type mp-common-profile mpprofile canvas dialog".split()
)
_BLOCK: Final = frozenset(
    "p div section article main header footer aside nav ul ol li dl dt dd table thead tbody tfoot "
    "tr blockquote figure figcaption h1 h2 h3 h4 h5 h6 pre hr address details summary fieldset "
    "body html center".split()
)
_CELLS: Final = frozenset({"td", "th"})
_STRONG: Final = frozenset({"b", "strong"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,5}(?:\.\d+)?")


def parse(html: str) -> LexborHTMLParser:
    """The tree; call only on HTML that `guard.shape_of` found harmless."""
    return LexborHTMLParser(html)


def read(root: LexborNode, base: str) -> Document:
    """The document below `root`; relative addresses are resolved against `base`."""
    return _Reader(base).read(root)


class _Reader:
    def __init__(self, base: str) -> None:
        self._base = base
        self._writer = Writer()
        self._pre = 0
        self._strong = 0
        self._lists = 0
        self._kinds: list[tuple[BlockKind, int]] = [("text", 0)]

    def read(self, root: LexborNode) -> Document:
        stack: list[tuple[LexborNode, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node)
                continue
            children = self._enter(node)
            if children is not None:
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(children))
        return self._writer.document()

    def _enter(self, node: LexborNode) -> list[LexborNode] | None:
        """Act on a node; its children, or None where the walk does not go below it."""
        tag = node.tag or ""
        if tag == "-text":
            self._writer.add(node.text_content or "", strong=self._strong > 0)
            return None
        if tag.startswith("-") or tag in _SKIP or _is_hidden(node):
            if tag == "iframe":
                self._video(node)
            return None
        if tag == "br":
            self._break()
            return None
        if tag in ("img", "video", "mp-common-videosnap"):
            self._picture(node)
            return None
        self._open(node, tag)
        return list(_children(node))

    def _open(self, node: LexborNode, tag: str) -> None:
        if tag in _BLOCK:
            self._end()
            self._kinds.append(_kind_of(tag, self._kinds[-1]))
        elif tag in _CELLS:
            self._writer.add(" ")
        elif tag == "a":
            self._writer.open_anchor(_address(node, self._base))
        elif tag in _STRONG:
            self._strong += 1
        if tag == "pre":
            self._pre += 1

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "a":
            self._writer.close_anchor()
        elif tag in _STRONG:
            self._strong -= 1
        elif tag in _CELLS:
            self._writer.add(" ")
        if tag in _BLOCK:
            self._end()
            self._kinds.pop()
        if tag == "pre":
            self._pre -= 1

    def _break(self) -> None:
        if self._pre:
            self._writer.add("\n")
        else:
            kind, level = self._kinds[-1]
            self._writer.end(kind, level, soft=True)

    def _end(self) -> None:
        kind, level = self._kinds[-1]
        self._writer.end("code" if self._pre else kind, level)

    def _picture(self, node: LexborNode) -> None:
        image = image_of(node, self._base)
        if image is not None:
            self._writer.picture(image, _marks(node))

    def _video(self, node: LexborNode) -> None:
        cover = node.attributes.get("data-cover")
        if cover:
            from urllib.parse import unquote

            address = unquote(cover)
            if is_web_url(address):
                self._writer.picture(Image(url=address, kind="video"), _marks(node))


def image_of(node: LexborNode, base: str) -> Image | None:
    """The picture of an `img` or `video` element, None where it has no web address."""
    given = node.attributes
    names = (
        ("poster", "data-poster", "data-url")
        if node.tag != "img"
        else ("data-src", "data-original", "data-lazy-src", "src")
    )
    for name in names:
        address = _join(base, (given.get(name) or "").strip())
        if is_web_url(address):
            width, height = _size(given)
            kind: Literal["image", "video"] = "image" if node.tag == "img" else "video"
            return Image(
                url=address,
                alt=(given.get("alt") or "")[:300],
                width=width,
                height=height,
                kind=kind,
            )
    return None


def _size(given: dict[str, str | None]) -> tuple[int | None, int | None]:
    width = (
        _number(given.get("data-w"))
        or _number(given.get("data-backw"))
        or _number(given.get("width"))
    )
    ratio = _number(given.get("data-ratio"))
    height = _number(given.get("data-backh")) or _number(given.get("height"))
    if width and ratio:
        height = width * ratio
    return (round(width) if width else None), (round(height) if height else None)


def _number(text: str | None) -> float | None:
    found = _NUMBER.match((text or "").strip())
    value = float(found.group()) if found and not (text or "").strip().endswith("%") else 0.0
    return value or None


def _marks(node: LexborNode) -> str:
    """What names the picture: its own class and id, and those of the elements around it."""
    words: list[str] = []
    at: LexborNode | None = node
    for _ in range(3):
        if at is None:
            break
        words += (
            [at.attributes.get("class") or "", at.attributes.get("id") or ""]
            if at.tag and at.tag[0] != "-"
            else []
        )
        at = at.parent
    return " ".join(w for w in words if w).lower()[:400]


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _is_hidden(node: LexborNode) -> bool:
    given = node.attributes
    style = given.get("style") or ""
    return "hidden" in given or bool(style and _HIDDEN.search(style[:2000]))


def _kind_of(tag: str, outer: tuple[BlockKind, int]) -> tuple[BlockKind, int]:
    if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
        return "heading", int(tag[1])
    if tag in ("li", "dd", "dt"):
        return "item", 0
    if tag == "tr":
        return "row", 0
    if tag == "blockquote":
        return "quote", 0
    if tag == "figcaption":
        return "caption", 0
    return ("code", 0) if tag == "pre" else outer


def _address(node: LexborNode, base: str) -> str:
    given = node.attributes
    href = (given.get("href") or "").strip()
    if not href or href.startswith(("javascript:", "#")):
        href = (given.get("data-linkurl") or given.get("data-href") or href).strip()
    return _join(base, href)


def _join(base: str, address: str) -> str:
    if not address or address.startswith(("data:", "javascript:", "mailto:", "#", "about:")):
        return ""
    try:
        joined = urljoin(base, address)
        urlsplit(joined)
    except ValueError:
        return ""
    return joined
