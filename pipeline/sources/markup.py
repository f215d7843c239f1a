"""Little looks into a stranger's HTML, without a parser and in linear time."""

from __future__ import annotations

import html
import re

from pipeline.text import squash

_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_LOOK = 400_000
_FULL = 900
_ENOUGH = 60_000  # of markup to see whether there is an article in it
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


def is_bridge_failure(markup: str) -> bool:
    """True where a WeChat bridge put its own failure in the place of the article."""
    return len(markup) < 2000 and any(text in markup for text in FAILURE_TEXTS)


def is_full(markup: str, title: str) -> bool:
    """True where this is an article and not its title, a teaser or a bridge's failure.

    The bar is 900 Latin or 300 Chinese characters of visible text.
    """
    if is_bridge_failure(markup):
        return False
    text = _visible(markup[:_ENOUGH])
    if len(markup) > _ENOUGH and len(text) < _FULL:  # a bridge's styles and scripts come first
        text = _visible(markup[:_LOOK])
    if len(text) + 2 * len(_HAN.findall(text)) < _FULL or text == title:
        return False
    return not (len(text) < 3 * _FULL and _CUT_OFF.search(text[-60:]))
