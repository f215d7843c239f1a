"""The little Markdown that a note is made of, written safely and read tolerantly.

Whatever comes from a feed is hostile: `escape_text` and `neutral` keep it from opening links,
HTML or new lines; `safe_url` lets only web addresses become links. All scans are linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.text import squash, strip_invisible
from pipeline.types import NoteLink
from pipeline.urls import is_web_url

_SPECIAL = re.compile(r"([\\`\[\]<])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLOCK_START = re.compile(r"^([0-9]{0,9})([#>+*=~|_.)-])")
_TAG_OPEN = re.compile(r"(\\*)<(?=[A-Za-z/!?])")
_IMAGE_OPEN = re.compile(r"(\\*)!(?=\[)")
_DESTINATION = re.compile(r"(\\*)\](?=\((?!<?https?://|\./|images/|#))", re.IGNORECASE)
_BARE_URL = re.compile(
    r"https?://[^\s<>\"'`，。；、（）()\[\]{}|\\^\u200b*]{3,2000}", re.IGNORECASE
)
_STAR = re.compile(r":star:", re.IGNORECASE)
_LOCAL_PICTURE = re.compile(
    r"(?:\./)?(?:[\w%-][\w.%-]*/)*[\w%-][\w.%-]*\.(?:png|jpe?g|gif|webp|svg|bmp|mp4|webm)",
    re.IGNORECASE,
)
_MAX_DESTINATION = 4096
_MAX_NESTING = 32


@dataclass(frozen=True, slots=True)
class Found:
    """A Markdown link found in a line: where it starts and ends, its source text and address."""

    start: int
    end: int
    text: str
    url: str


def one_line(text: str) -> str:
    """The text on one line, without invisible characters, control characters or half pairs."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return squash("".join(c if c.isprintable() else " " for c in strip_invisible(whole)))


def clean_title(title: str) -> str:
    """A title as the note shows it: one line, and no `:star:` that would pass for the reader's."""
    return _STAR.sub("：star：", one_line(title))


def escape_text(text: str) -> str:
    """Text for inside `[…]`; left as it is where nothing in it could be taken for Markdown."""
    return text if _is_plain(text) else _SPECIAL.sub(r"\\\1", text)


def unescape(text: str) -> str:
    """The inverse of `escape_text`: backslashes before ASCII punctuation are taken away."""
    return _ESCAPED.sub(r"\1", text)


def _is_plain(text: str) -> bool:
    if re.search(r"[\\`]|\](?=[\[(:])|<[A-Za-z/!?]|!\[", text):
        return False
    depth = 0
    for char in text:
        depth += (char == "[") - (char == "]")
        if depth < 0:
            return False
    return depth == 0


def escape_start(text: str) -> str:
    """The text with a mark escaped that would open a heading, list, quote or rule there."""
    return _BLOCK_START.sub(r"\1\\\2", text)


def neutral(value: str) -> str:
    """Markdown of one line that opens no HTML, no picture and no link but to the web.

    Idempotent; formatting (`**bold**`, `code`, links) stays as the reader typed it.
    """
    line = one_line(value)
    line = _TAG_OPEN.sub(lambda m: _unless_escaped(m, r"\<"), line)
    line = _IMAGE_OPEN.sub(lambda m: _unless_escaped(m, r"\!"), line)
    return _DESTINATION.sub(lambda m: _unless_escaped(m, r"\]"), line)


def _unless_escaped(match: re.Match[str], made: str) -> str:
    slashes = match.group(1)
    return match.group(0) if len(slashes) % 2 else slashes + made


def safe_url(url: str) -> str:
    """The address where it may become a link, else empty."""
    url = strip_invisible(url.strip())
    return url if is_web_url(url) and url.isprintable() and _encodable(url) else ""


def _encodable(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def link(text: str, url: str) -> str:
    """`[text](url)`, or the escaped text alone where the address is not one of the web."""
    shown = clean_title(text)
    safe = safe_url(url)
    if not safe:
        return escape_start(_SPECIAL.sub(r"\\\1", shown))
    return f"[{escape_text(shown or safe)}]({_destination(safe)})"


def _destination(url: str) -> str:
    """The address as a link destination; in angle brackets where its own ones don't balance."""
    depth = nesting = 0
    for char in url:
        depth += (char == "(") - (char == ")")
        nesting = max(nesting, depth)
        if depth < 0:
            break
    return url if depth == 0 and nesting < _MAX_NESTING else f"<{url}>"


def attribute(url: str) -> str:
    """An address for inside a double-quoted HTML attribute; `&` only where it is ambiguous."""
    return re.sub(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)", "&amp;", safe_url(url) or _local(url))


def _local(path: str) -> str:
    """The relative path of a mirrored picture beside or below the note, or empty."""
    return path if len(path) < 300 and _LOCAL_PICTURE.fullmatch(path) else ""


def find_links(line: str) -> list[Found]:
    """The inline links of a line, outermost first found; one pass over the brackets."""
    found: list[Found] = []
    openers: list[int] = []
    at, size = 0, len(line)
    while at < size:
        char = line[at]
        if char == "\\":
            at += 2
            continue
        if char == "[":
            openers.append(at)
        elif char == "]" and openers:
            start = openers.pop()
            if at + 1 < size and line[at + 1] == "(":
                closed = _read_destination(line, at + 2)
                if closed:
                    end, url = closed
                    found.append(Found(start, end, line[start + 1 : at], url))
                    openers.clear()
                    at = end
                    continue
        at += 1
    return found


def _read_destination(line: str, start: int) -> tuple[int, str] | None:
    """Where the destination that starts here ends (after its bracket), and the address."""
    if line.startswith("<", start):
        close = line.find(">)", start, start + _MAX_DESTINATION)
        return (close + 2, line[start + 1 : close]) if close > 0 else None
    depth = 0
    for at in range(start, min(len(line), start + _MAX_DESTINATION)):
        char = line[at]
        if char == "(":
            depth += 1
            if depth > _MAX_NESTING:
                return None
        elif char == ")":
            if depth == 0:
                return at + 1, strip_invisible(line[start:at]).strip().split(" ")[0]
            depth -= 1
    return None


def links_of(value: str) -> tuple[NoteLink, ...]:
    """All links of a field's value in order: Markdown links, and bare addresses between them."""
    return tuple(_links(value))


def _links(value: str) -> Iterator[NoteLink]:
    at = 0
    for found in find_links(value):
        yield from _bare_links(value[at : found.start])
        yield NoteLink(text=unescape(found.text), url=found.url)
        at = found.end
    yield from _bare_links(value[at:])


def _bare_links(text: str) -> Iterator[NoteLink]:
    for match in _BARE_URL.finditer(text):
        emphasised = text[match.start() - 1 : match.start()] == "_"
        url = match.group(0).rstrip(".,;:!?*~'" + ("_" if emphasised else ""))
        yield NoteLink(text=url, url=url)
