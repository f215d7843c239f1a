"""Titles of papers an article names as its subject without any link."""

from __future__ import annotations

import re

_ENGLISH_TITLE = re.compile(r"[A-Z][\w'’-]*(?:[ :,/&+\-–—?.()]{1,3}[\w'’-]+){3,30}[?!]?")
_LABEL = re.compile(
    r"^\W*(?:论文(?:题目|标题|名称|名)?|题目|标题|文章(?:题目|标题)|paper(?:\s+title)?|title)\s*[:：]\s*[《\"“]?\s*(?P<title>[A-Z0-9][^《》\n]{12,250}?)\s*[》\"”]?\s*[.。]?$",
    re.IGNORECASE,
)


def is_title(text: str) -> bool:
    """True for what reads like the full English title of a paper: four words or more."""
    text = text.strip()
    words = re.findall(r"[A-Za-z][\w'’-]*", text)
    if len(words) < 4 or len(text) > 250 or re.search(r"[\u3400-\u9fff]|https?://", text):
        return False
    return text[0].isupper() or text[0].isdigit()


def labelled(text: str) -> str | None:
    """The title that a line such as `论文题目：…` gives."""
    found = _LABEL.match(text)
    return found["title"].strip(" .。") if found and is_title(found["title"]) else None
