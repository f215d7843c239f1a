"""JSON Feed 1.0 and 1.1 (jsonfeed.org), as wewe-rss and RSSHub serve it."""

from __future__ import annotations

import html
import json
from typing import Any

from pipeline.sources.items import Item
from pipeline.sources.xmlfeed import Parsed


def looks_like_json(text: str) -> bool:
    """True where the body cannot be XML."""
    return text.lstrip()[:1] in ("{", "[")


def parse_json(text: str) -> Parsed:
    """The items of a JSON Feed; version is empty for other JSON, also for damaged JSON."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Parsed("", ())
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return Parsed("", ())
    version = _text(document.get("version"))
    if "jsonfeed.org" not in version and not _text(document.get("title")):
        return Parsed("", ())
    items = (_item(raw) for raw in document["items"] if isinstance(raw, dict))
    return Parsed(version or "json", tuple(items))


def _item(raw: dict[str, Any]) -> Item:
    content = _text(raw.get("content_html"))
    if not content:
        content = html.escape(_text(raw.get("content_text")), quote=False).replace("\n", "<br>")
    dates = (_text(raw.get(k)) for k in ("date_published", "date_modified"))
    return Item(
        guid=_text(raw.get("id")),
        link=_text(raw.get("url")) or _text(raw.get("external_url")),
        title=_text(raw.get("title")),
        author=_author(raw),
        dates=tuple(d for d in dates if d),
        summary=_text(raw.get("summary")),
        content=content,
    )


def _author(raw: dict[str, Any]) -> str:
    """The first author of 1.1's list or 1.0's single one."""
    authors = raw.get("authors")
    found = [*(authors if isinstance(authors, list) else ()), raw.get("author")]
    names = (_text(a.get("name")) if isinstance(a, dict) else _text(a) for a in found)
    return next((n for n in names if n), "")


def _text(value: object) -> str:
    """Strings as they are, numbers (some bridges number their items) in words."""
    if isinstance(value, bool):
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
