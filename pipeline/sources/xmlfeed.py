"""RSS, Atom and RDF: quickly where the feed is of the usual kind, by feedparser everywhere else."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.sources.items import Item
from pipeline.sources.quick import read_quickly
from pipeline.sources.wellformed import condition, may_be_feed, repaired

_FEED_MIME = "application/xml; charset=utf-8"
_DATES = ("published", "updated", "created", "expired")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feed's items in its own order; `version` is empty where it was no feed at all."""

    version: str
    items: tuple[Item, ...]
    damaged: bool = False
    """True where only what could be repaired was read."""


def parse_xml(text: str) -> Parsed:
    """Parse decoded XML; damaged feeds are read as far as they can be."""
    if not may_be_feed(text):
        return Parsed("", ())
    if (items := read_quickly(text)) is not None:
        return Parsed("xml", items)
    state = condition(text)
    if state == "hopeless":
        text = repaired(text)
        if condition(text) != "sound":
            return Parsed("", ())
    return _by_feedparser(text, damaged=state == "hopeless")


def _by_feedparser(text: str, *, damaged: bool) -> Parsed:
    """The items as feedparser reads them.

    Its sanitising stays off because it deletes `data-src`, the address of every WeChat picture,
    and costs three quarters of the time; whatever is shown is sanitised where it is shown. It
    is told no address of the feed, or it would make addresses of guids, too.
    """
    import feedparser

    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": _FEED_MIME},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    items = tuple(_item(e) for e in parsed.entries)
    return Parsed(parsed.get("version") or "", items, damaged)


def _item(entry: Mapping[str, Any]) -> Item:
    title = entry.get("title_detail") or {}
    return Item(
        guid=_text(entry.get("id")),
        link=_link(entry),
        title=_text(entry.get("title")),
        title_is_html=str(title.get("type", "")).endswith("html"),
        author=_text(entry.get("author")),
        dates=tuple(date for name in _DATES if (date := _date(entry, name))),
        summary=_text(entry.get("summary")),
        content=_content(entry.get("content") or ()),
        announce_type=_text(entry.get("arxiv_announce_type")),
    )


def _date(entry: Mapping[str, Any], name: str) -> str:
    """As written; feedparser itself would give `published` where there is no `updated`."""
    return _text(entry.get(name)) if name in entry else ""


def _link(entry: Mapping[str, Any]) -> str:
    """The item's page; feedburner's original address where a proxy stands in between."""
    return _text(entry.get("feedburner_origlink")) or _text(entry.get("link"))


def _content(parts: Sequence[Mapping[str, Any]]) -> str:
    return max((_text(part.get("value")) for part in parts), key=len, default="")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
