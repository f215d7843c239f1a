"""Little looks into a stranger's HTML, without a parser and in linear time."""

from __future__ import annotations

import html
import re

from pipeline.text import squash

_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_LOOK = 400_000
_FULL = 900
_ENOUGH = 60_000  # of markup to see whether there is an article in it
_GLANCE = 2_500
_HAN = re.compile("[\u3400-\u9fff]")
_CUT_OFF = re.compile(
    r"(?:\[(?:…|\.{3}|&#8230;|&hellip;)\]|…|\.{3}|阅读全文|查看全文|继续阅读|read more|continue reading)"
    r"\W{0,5}$",
    re.IGNORECASE,
)
FAILURE_TEXTS = ("获取全文失败",)


def plain(markup: str) -> str:
    """The visible text on one line, entities resolved; of very long ones the beginning."""
    return squash(html.unescape(_TAG.sub(" ", markup[:_LOOK])))


def inline_plain(markup: str) -> str:
    """The same for a title, where a tag is no word boundary."""
    return squash(html.unescape(_TAG.sub("", markup[:2000])))


def _visible(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def _whole_tags(markup: str) -> str:
    """Without the tag that was cut in two at the end."""
    opened = markup.rfind("<")
    return markup[:opened] if opened > markup.rfind(">") else markup


def is_bridge_failure(markup: str) -> bool:
    """True where a WeChat bridge put its own failure in the place of the article."""
    return len(markup) < 2000 and any(text in markup for text in FAILURE_TEXTS)


def is_full(markup: str, title: str) -> bool:
    """True where this is an article and not its title, a teaser or a bridge's failure.

    The bar is 900 Latin or 300 Chinese characters of visible text.
    """
    if is_bridge_failure(markup):
        return False
    if _is_plainly_full(markup, title):
        return True
    text = _visible(_whole_tags(markup[:_ENOUGH]))
    if len(markup) > _ENOUGH and len(text) < _FULL:  # a bridge's styles and scripts come first
        text = _visible(_whole_tags(markup[:_LOOK]))
    if _weight(text) < _FULL or text == title:
        return False
    return not (len(text) < 3 * _FULL and _CUT_OFF.search(text[-60:]))


def _is_plainly_full(markup: str, title: str) -> bool:
    """A glance at beginning and end, which settles nearly all articles."""
    if len(markup) < _FULL // 3 or len(title) > _FULL // 3:
        return False
    if _weight(_visible(_whole_tags(markup[:_GLANCE]))) < _FULL:
        return False
    end = _visible(markup[-_GLANCE // 2 :])[-60:]
    return len(end) == 60 and not _CUT_OFF.search(end)


def _weight(text: str) -> int:
    return len(text) + 2 * len(_HAN.findall(text))
