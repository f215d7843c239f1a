"""Where an article's own title stands when no metadata says it."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from pipeline.extract.document import Document

_GENERIC = re.compile(
    r"^[\W\d_一二三四五六七八九十x]*(?:前言|引言|导言|导读|序言?|摘要|介绍|简介|背景|目录|概述|动机|论文信息|论文原文|文章信息|作者信息|写在前面|总结|问题|原文|安装|正文"
    r"|motivation|introduction|abstract|overview|background|contents|preface|preliminar\w+)?[\s:：\W]*$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\W*(?:\d|[一二三四五六七八九十]+[、.\s]|0x\d)")

_LONGEST = 200
"""Characters of a heading of a part; such headings are a few words."""


def front_title(document: Document) -> tuple[str, bool]:
    """The heading near the top that is no mere `1. 前言`, and whether it surely is the title.

    It is sure where no other heading has its level, but for numbered ones.
    """
    headings = [b for b in document.blocks if b.kind == "heading"]
    first = next((b for b in document.blocks[:12] if b.kind == "heading"), None)
    if first is None or _is_part(first.text):
        return "", False
    equals = [b for b in headings if b.level <= first.level and b is not first]
    sure = all(_is_part(b.text) for b in equals)
    return first.text[:300], sure


def _is_part(heading: str) -> bool:
    """True for what heads a part of an article; the pattern's cost grows with the square."""
    start = heading[:_LONGEST]
    return bool(_NUMBERED.match(start)) or (start == heading and bool(_GENERIC.match(start)))


def first_line(document: Document) -> str:
    """The first short line of the text, for pages that offer nothing better."""
    return next((b.text for b in document.blocks[:3] if len(b.text) <= 80), "")


def file_title(url: str) -> str:
    """The name of a file as a title: its stem with underscores as spaces; empty for other URLs and
    for names that are numbers or hashes."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return ""
    name = unquote(parts.path).rsplit("/", 1)[-1]
    stem = re.sub(r"\.(?:md|markdown|html?|txt)$", "", name, flags=re.IGNORECASE)
    name = re.sub(r"_+", " ", stem).strip()
    return name if re.search(r"[\u3400-\u9fff]|[A-Za-z]{2,} [A-Za-z]{2,}", name) else ""
