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


def front_title(document: Document) -> str:
    """The heading near the top that is no mere `1. 前言`; empty where there is none."""
    top = [b for b in document.blocks[:12] if b.kind == "heading" and not _GENERIC.match(b.text)]
    first = next((b for b in document.blocks[:3] if b.kind == "heading"), None)
    if not top or (first is not None and _GENERIC.match(first.text)):
        return ""
    best = min(top, key=lambda b: b.level)
    numbered = re.match(r"^\W*(?:[1-9一二三四]|0x\d)[\s.、．]", best.text)
    return "" if numbered else best.text[:300]


def first_line(document: Document) -> str:
    """The first short line of the text, for pages that offer nothing better."""
    return next((b.text for b in document.blocks[:3] if len(b.text) <= 80), "")


def file_title(url: str) -> str:
    """The name of a file as a title: its stem with underscores as spaces; empty for other URLs."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return ""
    name = unquote(parts.path).rsplit("/", 1)[-1]
    stem = re.sub(r"\.(?:md|markdown|html?|txt)$", "", name, flags=re.IGNORECASE)
    return re.sub(r"_+", " ", stem).strip()
