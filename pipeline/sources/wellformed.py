"""What may be handed to feedparser, whose time grows with the square of some malice.

Measured on unclosed tags: 300 kB take 10 s. So its strict parser only sees documents that expat
accepts at a sane depth, its loose one only small damaged ones of a sane shape, and everything
else is repaired by libxml2 first, which stops at a depth of 256.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any, Literal
from xml.parsers import expat

State = Literal["sound", "damaged", "hopeless"]
_DEEPEST = 200
_MOST_ELEMENTS = 400_000  # at 50 µs each in feedparser; 10,000 entries have a fifth of it
_LOOSE_MOST = 1_000_000
_MOST_UNCLOSED = 300
_MOST_ATTRIBUTES = 1000
_LONG_TAG = 3 * _MOST_ATTRIBUTES  # an attribute has at least as many characters
_ROOT = re.compile(r"<(?:[\w.-]{1,30}:)?(?:rss|feed|rdf|channel|item|entry)[\s>/:]", re.IGNORECASE)
_LOOK_FOR_ROOT = 50_000
_HTML = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<(/?)[a-zA-Z][^<>]*?(/?)>")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_OPAQUE = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)


def may_be_feed(text: str) -> bool:
    """A cheap look: some element of a feed at its head, no web page around it, and no element
    with so many attributes that comparing them with each other takes minutes."""
    head = text[:_LOOK_FOR_ROOT]
    return bool(_ROOT.search(head)) and not _HTML.match(head) and not _is_overloaded(text)


def _is_overloaded(text: str) -> bool:
    return any(
        len(tag) > _LONG_TAG
        and not tag.startswith("!")
        and tag.partition(">")[0].count("=") > _MOST_ATTRIBUTES
        for tag in text.split("<")
    )


def condition(text: str) -> State:
    """`sound` XML, `damaged` XML that the loose parser may try, or `hopeless` without repair."""
    if _parses(text):
        return "sound"
    if len(text) > _LOOSE_MOST:
        return "hopeless"
    bare = _without_opaque(text)
    if bare.count("<") - bare.count(">") > _MOST_UNCLOSED or _depth(bare) > _DEEPEST:
        return "hopeless"
    return "damaged"


class _UnlikelyError(Exception):
    """More levels or elements than any feed has."""


def _parses(text: str) -> bool:
    depth = elements = 0

    def enter(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > _DEEPEST or elements > _MOST_ELEMENTS:
            raise _UnlikelyError

    def leave(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8", "\x1f")
    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except (expat.ExpatError, _UnlikelyError):
        return False
    return True


def _without_opaque(text: str) -> str:
    """Without CDATA and comments, whose brackets count for nothing."""
    if text.count("<![CDATA[") > 4 * text.count("]]>") or text.count("<!--") > 4 * text.count(
        "-->"
    ):
        return text  # a row of openings without ends would be searched once each
    return _OPAQUE.sub("", text)


def _depth(text: str) -> int:
    """The greatest number of open elements; tags that never close count as open."""
    depth = deepest = 0
    for found in _TAG.finditer(text):
        if found.group(1):
            depth = max(0, depth - 1)
        elif not found.group(2):
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _character(found: re.Match[str]) -> str:
    """HTML's named characters, which XML does not know, but none that is markup."""
    character = html5.get(found.group(1) + ";", "")
    return found.group() if character in tuple("&<>\"'") else character


def repaired(text: str) -> str:
    """The document as libxml2 can save it; empty where nothing can be saved."""
    from lxml import etree

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    text = _ENTITY.sub(_character, re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text))
    try:
        root: Any = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return ""
    if root is None:
        return ""
    return str(etree.tostring(root, encoding="unicode"))
