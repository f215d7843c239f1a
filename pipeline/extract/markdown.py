"""Markdown to a `Document`: enough of it for articles, line by line, in linear time.

Knows headings (ATX and setext), fences, quotes, lists, tables, links, images, reference
definitions, emphasis, backslash escapes and inline HTML. An exporter's header (title, style sheet
in plain text, account and date line, original address) and footer are read as metadata and cut.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import islice

from pipeline.extract.document import MAX_BLOCKS, BlockKind, Document, Writer
from pipeline.extract.exporter import Front, cut
from pipeline.extract.headers import cut_lines
from pipeline.types import Image
from pipeline.urls import is_web_url

_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s+|(?=[^#\s]))(.*)$")
_TAGS = re.compile(r"^ {0,3}#[^\s#]+(?:\s+#[^\s#]+)+\s*$|^ {0,3}#[A-Za-z][\w-]*/[\w/-]+\s*$")
"""A notebook's tags (`#model/kimi #AI`), which are no heading."""
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})\s*$")
_RULE = re.compile(r"^ {0,3}(?:[-*_] ?){3,}\s*$")
_ITEM = re.compile(r"^\s{0,12}(?:[-*+•]|\d{1,3}[.)])\s+")
_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_TABLE_RULE = re.compile(r"^\s*(?:\|\s*)?:?-{2,}[\s|:-]*$")
_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]{1,80})\]:\s*<?(\S+?)>?(?:\s+[\"'(].*)?\s*$")
_INLINE = re.compile(
    r"\\([!-/:-@\[-`{-~])"  # 1 an escape
    r"|(`+)"  # 2 a code span
    r"|(!?\[)"  # 3 an image or a link opens
    r"|(\])"  # 4 its text ends
    r"|<((?:https?://|mailto:)[^\s<>]{1,2000})>"  # 5 an autolink
    r"|(<(?:[a-zA-Z/][^<>]{0,3000}|!--[^<>]{0,3000})>)"  # 6 inline HTML
    r"|(\*\*|__)"  # 7 strong
    r"|(\*)"  # 8 emphasis
    r"|(https?://[^\s<>\[\]\u3000-\u9fff\uff00-\uffef*`]{1,2000})"  # 9 a bare address: no emphasis inside
)
_TARGET = re.compile(
    r"\(\s*(?:<([^<>\n]{0,3000})>|((?:[^()\s\\]|\\.|\([^()\s]{0,300}\)){0,3000}))(?:\s+(?:\"[^\"\n]{0,500}\"|'[^'\n]{0,500}'))?\s*\)"
)
_REFERENCE = re.compile(r"\[([^\]\n]{0,80})\]")
_IMG = re.compile(r"<img\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,30})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_BRACKET = re.compile(r"\\.|[\[\]]")
MAX_DEFINITIONS = 1_000
MAX_TOKENS = 30_000
"""Marks read in one text; the fullest of the corpus has 861. What follows is plain text."""
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def looks_like_markdown(text: str) -> bool:
    """True where nothing in the first part is an HTML page, whatever it is otherwise."""
    start = text[:2000].lstrip("\ufeff \t\r\n").lower()
    return not (
        start.startswith(("<!doctype", "<html", "<head", "<body", "<?xml"))
        or "<html" in start[:1000]
    )


def read(text: str) -> tuple[Document, Front]:
    """The document of a Markdown text and what its header says."""
    lines, front = cut(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    lines, front = cut_lines(lines, front)
    return _Reader(lines).read(), front


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self._definitions: dict[str, str] = {}
        self._lines = [line for line in lines if not self._define(line)]
        self._writer = Writer()
        self._strong = False
        self._budget = MAX_TOKENS
        self._pairs: dict[int, int] = {}

    def _define(self, line: str) -> bool:
        near = len(self._definitions) < MAX_DEFINITIONS and line.lstrip(" ")[:1] == "["
        found = _DEFINITION.match(line) if near else None
        if found and is_web_url(found.group(2)) and not line.lstrip().startswith("[^"):
            self._definitions[found.group(1).casefold()] = found.group(2)
            return not found.group(1).isdigit()
        return False

    def read(self) -> Document:
        fence = ""
        for number, line in enumerate(self._lines):
            if len(self._writer.blocks) >= MAX_BLOCKS:
                break
            opened = _FENCE.match(line)
            if opened and (not fence or opened.group(1).startswith(fence)):
                self._writer.end("code" if fence else "text")
                fence = "" if fence else opened.group(1)[:3]
            elif fence:
                self._writer.add(line + "\n")
            else:
                self._line(line, self._lines[number + 1] if number + 1 < len(self._lines) else "")
        self._writer.end("code" if fence else "text")
        return self._writer.document()

    def _line(self, line: str, following: str) -> None:
        if not line.strip():
            self._strong = False
            return
        if _UNDERLINE.match(line) or _RULE.match(line) or _TABLE_RULE.match(line):
            return
        kind, level, body = _block(line, following)
        self._inline(body)
        soft = kind != "heading" and bool(following.strip())
        self._writer.end(kind, level, soft=soft)

    def _inline(self, text: str) -> None:
        position = 0
        opened: list[tuple[bool, int]] = []
        self._pairs = _pairs(text) if "[" in text else {}
        while self._budget > 0 and (found := _INLINE.search(text, position)):
            self._budget -= 1
            self._put(text[position : found.start()])
            position = self._token(text, found, opened)
        self._put(text[position:])
        for is_image, _ in opened:
            if not is_image:
                self._writer.close_anchor()

    def _token(self, text: str, found: re.Match[str], opened: list[tuple[bool, int]]) -> int:
        escape, ticks, bracket, close, auto, tag, strong, _, bare = found.groups()
        if escape:
            self._put(escape)
        elif ticks:
            return self._code(text, found)
        elif bracket:
            return self._bracket(text, found, opened)
        elif close and opened:
            return self._close(text, found.end(), opened)
        elif tag:
            self._tag(tag)
        elif strong:
            self._strong = not self._strong
            self._put("" if strong == "**" else _underscores(text, found))
        elif auto or bare or close:
            self._put(_ESCAPE.sub(r"\1", auto or bare or close or ""))
        return found.end()

    def _put(self, text: str) -> None:
        self._writer.add(unescape(text) if "&" in text else text, strong=self._strong)

    def _code(self, text: str, found: re.Match[str]) -> int:
        ticks = found.group(2)
        end = text.find(ticks, found.end())
        if end < 0:
            return found.end()
        self._put(text[found.end() : end])
        return end + len(ticks)

    def _bracket(self, text: str, found: re.Match[str], opened: list[tuple[bool, int]]) -> int:
        """`![alt](src)` is a picture at once; `[` opens a link if an address will follow."""
        if found.group(3) == "![":
            end = self._pairs.get(found.end() - 1, -1)
            end = end if text.startswith("](", end) else -1
            if end >= 0 and text.startswith("data:", end + 2):
                return _after_data(text, end + 2)
            target = _TARGET.match(text, end + 1) if end >= 0 else None
            if target:
                self._image(_href(target), text[found.end() : end])
                return target.end()
            self._put("!")
        href = self._ahead(text, found.end())
        if href:
            self._writer.open_anchor(href)
            opened.append((False, found.start()))
        else:
            self._put("[")
        return found.end()

    def _ahead(self, text: str, start: int) -> str:
        """The address of the link whose text begins at `start`, empty where it is no link."""
        close = self._pairs.get(start - 1)
        if close is None:
            return ""
        position = close + 1
        if target := _TARGET.match(text, position):
            return _href(target)
        reference = _REFERENCE.match(text, position)
        name = (reference.group(1) if reference else "") or text[start : position - 1]
        return self._definitions.get(name.casefold(), "") if reference else ""

    def _close(self, text: str, position: int, opened: list[tuple[bool, int]]) -> int:
        target = _TARGET.match(text, position) or _REFERENCE.match(text, position)
        if not target:
            self._put("]")
            return position
        opened.pop()
        self._writer.close_anchor()
        return target.end()

    def _tag(self, tag: str) -> None:
        if _IMG.match(tag):
            given = {
                m.group(1).lower(): m.group(2) or m.group(3) or m.group(4) or ""
                for m in _ATTRIBUTE.finditer(tag)
            }
            self._image(given.get("data-src") or given.get("src", ""), given.get("alt", ""))
        elif tag[:3].lower() == "<br" or (
            tag[:2] == "</" and tag[2:4].lower() in ("p>", "di", "li", "tr")
        ):
            self._writer.end(soft=True)
        elif tag[:3].lower() == "<a ":
            given = {
                m.group(1).lower(): m.group(2) or m.group(3) or m.group(4) or ""
                for m in _ATTRIBUTE.finditer(tag)
            }
            self._writer.open_anchor(given.get("href", ""))
        elif tag[:4].lower() == "</a>":
            self._writer.close_anchor()

    def _image(self, address: str, alt: str) -> None:
        if is_web_url(address):
            self._writer.picture(Image(url=address, alt=alt[:300]))


def _pairs(text: str) -> dict[int, int]:
    """For every `[` with a partner, where its `]` is."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for found in islice(_BRACKET.finditer(text), 4 * MAX_TOKENS):
        mark = found.group()
        if mark == "[":
            opened.append(found.start())
        elif mark == "]" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


def _underscores(text: str, found: re.Match[str]) -> str:
    """`__` inside a word is part of a name (`__init__`, a channel name), not emphasis."""
    before, after = (
        text[max(found.start() - 1, 0) : found.start()],
        text[found.end() : found.end() + 1],
    )
    return "__" if before.isalnum() and after.isalnum() else ""


def _after_data(text: str, start: int) -> int:
    """Where a `data:` picture ends; drawn ones carry brackets of their own."""
    for mark in ("%3C/svg%3E)", "</svg>)", ")"):
        end = text.find(mark, start)
        if end >= 0:
            return end + len(mark)
    return len(text)


def _href(target: re.Match[str]) -> str:
    return unescape(_ESCAPE.sub(r"\1", target.group(1) or target.group(2) or ""))


def _block(line: str, following: str) -> tuple[BlockKind, int, str]:
    heading = _HEADING.match(line)
    if heading and not _TAGS.match(line):
        return "heading", len(heading.group(1)), heading.group(2).rstrip(" #")
    if _UNDERLINE.match(following) and not _RULE.match(line):
        return "heading", 1 if "=" in following else 2, line
    quote = _QUOTE.match(line)
    body = line[quote.end() :] if quote else line
    if body.lstrip()[:1] == "|":
        return "row", 0, body.strip().strip("|").replace("|", "  ")
    item = _ITEM.match(body)
    if item:
        marked = item.group().strip()[0] in "-*+•"
        return "item", 0, body[item.end() :] if marked else body
    return ("quote" if quote else "text"), 0, body
