"""The pictures and videos of an item, however a hand writes them."""

from __future__ import annotations

import re
from typing import Literal

from pipeline.types import Image

_MEDIA = re.compile(
    r"<(?P<tag>img|video|source)\b[^>]{0,2000}?\bsrc\s{0,9}=\s{0,9}"
    r"(?:\"(?P<double>(?:[^\"<>\s]|\x20(?![\w-]{1,20}=)){1,4000})\"|[\"']?(?P<bare>[^\"'\s>]{1,4000}))",
    re.IGNORECASE,
)
"""A name may hold blanks where its quotes are closed before the next attribute."""
_ALT = re.compile(r"\balt\s*=\s*\"([^\"]{0,300})\"", re.IGNORECASE)
_SOURCES = ("double", "bare", "angled", "plain")
_IMAGE = (
    r"!\[(?P<alt>[^\]\n]{0,300})\]\([ \t]{0,9}(?:<(?P<angled>[^<>\n]{1,4000})>"
    r"|(?P<plain>(?:[^()\s]|\([^()\s]{0,100}\)){1,4000}+))[^)\n]{0,200}\)"
)
_INLINE_IMAGE = re.compile(_IMAGE)
_MD_IMAGE = re.compile(rf"[ \t]*{_IMAGE}\s*")


def read_image(line: str) -> Image | None:
    """The picture or video that a line of its own shows."""
    if found := _MD_IMAGE.fullmatch(line):
        return Image(url=_source(found), alt=found["alt"])
    found = _MEDIA.search(line) if line.lstrip().startswith("<") else None
    if not found:
        return None
    alt = _ALT.search(line)
    url = _source(found).replace("&amp;", "&")
    return Image(url=url, alt=alt[1] if alt else "", kind=_kind(found))


def media_of(text: str) -> list[dict[str, str]]:
    """Every picture and video shown in these lines: its address, as written too, and its kind."""
    found: list[tuple[int, str, str]] = []
    for shown in _MEDIA.finditer(text):
        found.append((shown.start(), _source(shown), _kind(shown)))
    found += [(shown.start(), _source(shown), "image") for shown in _INLINE_IMAGE.finditer(text)]
    return [
        {"url": source.replace("&amp;", "&"), "source": source, "kind": kind}
        for _, source, kind in sorted(found)
    ]


def shows_media(line: str) -> bool:
    """True for a line with a picture or video in HTML."""
    return bool(_MEDIA.search(line))


def _source(shown: re.Match[str]) -> str:
    """The address as it is written."""
    return next(text for name, text in shown.groupdict().items() if text and name in _SOURCES)


def _kind(shown: re.Match[str]) -> Literal["image", "video"]:
    return "image" if shown["tag"].lower() == "img" else "video"
