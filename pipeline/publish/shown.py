"""The pictures that a note shows, however they are written: HTML or Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

_TAG = re.compile(
    r"<(?:img|video|source)\b[^<>]{0,400}?(?<![\w-])src\s{0,9}=\s{0,9}"
    r"(?:\"(?P<double>[^\"<>]{1,500})\"|'(?P<single>[^'<>]{1,500})'|(?P<bare>[^\s\"'<>=`]{1,500}))",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(
    r"!\[(?:[^\[\]\n]|\[[^\[\]\n]{0,100}\]){0,200}+\]\([ \t]{0,9}"
    r"(?:<(?P<angled>[^<>\n]{1,500})>|(?P<plain>(?:[^()\s<>]|\([^()\s<>]{0,100}\)){1,500}+))"
    r"(?=[ \t]{0,9}(?:[\"'(][^\n]{0,200})?\))"
)


def pictures_of(text: str) -> list[str]:
    """The addresses of the pictures and videos in the text, in their order."""
    found = [(m.start(), unescape(_path(m))) for m in _TAG.finditer(text)]
    found += [(m.start(), _path(m)) for m in _MARKDOWN.finditer(text)]
    return [path for _, path in sorted(found)]


def with_pictures(text: str, moved: Callable[[str], str]) -> str:
    """The text with every such address replaced by what `moved` makes of it."""

    def put(found: re.Match[str]) -> str:
        start, end = (at - found.start() for at in found.span(found.lastgroup or 0))
        return f"{found[0][:start]}{moved(_path(found))}{found[0][end:]}"

    return _MARKDOWN.sub(put, _TAG.sub(put, text))


def _path(found: re.Match[str]) -> str:
    return found[found.lastgroup or 0]
