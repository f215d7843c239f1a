"""What feedparser's own test files expect of an entry's id, link, title, dates and content.

Each file says in a comment `Expect: not bozo and entries[0]['title'] == 'x'`; of such a condition
only the parts that compare one of those fields with a constant are taken.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_string
from pathlib import Path
from typing import Any

import nh3

from pipeline.sources.charset import decode
from pipeline.sources.dates import ImpossibleDateError, read_date
from pipeline.sources.items import Item
from pipeline.sources.markup import inline_plain
from pipeline.sources.source import parse
from pipeline.text import squash

_COMMENT = re.compile(rb"<!--\s*(.*?)-->", re.DOTALL)
_EXPECT = re.compile(r"^\s*Expect:\s*(.*?)\s*$", re.MULTILINE)
_HEADER = re.compile(r"^\s*Header:\s*(.*?)\s*$", re.MULTILINE)
_FIELDS = {
    "id": "id",
    "guid": "id",
    "link": "link",
    "title": "title",
    "published": "published",
    "published_parsed": "published",
    "summary": "summary",
    "description": "summary",
    "content": "content",
}
_NOW = datetime(2026, 9, 18, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Expected:
    """One comparison of one file: which field of the first entry should be what."""

    file: str
    field: str
    value: Any
    ours: Any

    @property
    def agrees(self) -> bool:
        """Whether our reading says the same."""
        return bool(self.value == self.ours)


def expectations(folder: Path) -> Iterator[Expected]:
    """Every comparison below a folder, with what we read beside it."""
    for path in sorted(folder.rglob("*.xml")):
        body = path.read_bytes()
        found = list(_conditions(_head(body)))
        if not found:
            continue
        items = parse(decode(body, _content_type(_head(body))).text).items
        for number, field, value in found:
            item = items[number] if number < len(items) else Item()
            name = str(path.relative_to(folder))
            yield Expected(name, field, _normal(field, value), _normal(field, _ours(item, field)))


def _head(body: bytes) -> str:
    """The first comment, in the file's own charset."""
    text = decode(body).text.encode()
    found = _COMMENT.search(text)
    return found.group(1).decode() if found else ""


def _content_type(head: str) -> str | None:
    headers = message_from_string("\n".join(_HEADER.findall(head)))
    return headers.get("Content-type")


def _conditions(head: str) -> Iterator[tuple[int, str, Any]]:
    found = _EXPECT.search(head)
    if found is None:
        return
    try:
        tree = ast.parse(found.group(1), mode="eval").body
    except SyntaxError:
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) else [tree]:
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq):
            target = _target(part.left)
            try:
                value = ast.literal_eval(part.comparators[0])
            except ValueError:
                continue
            if target is not None:
                yield *target, value


def _target(node: ast.expr) -> tuple[int, str] | None:
    """`entries[0]['title']`, `entries[0].link`, `entries[0]['content'][0]['value']`."""
    path: list[Any] = []
    while isinstance(node, ast.Subscript | ast.Attribute):
        if isinstance(node, ast.Attribute):
            path.insert(0, node.attr)
        elif isinstance(node.slice, ast.Constant):
            path.insert(0, node.slice.value)
        else:
            return None
        node = node.value
    if not isinstance(node, ast.Name) or node.id != "entries" or len(path) < 2:
        return None
    field = _FIELDS.get(path[1])
    whole = path[2:] == ([0, "value"] if field == "content" else [])
    return (path[0], field) if field and whole else None


def _ours(item: Item, field: str) -> Any:
    if field == "published":
        return item.dates[0] if item.dates else ""
    return (
        {"id": item.guid, "link": item.link}.get(field)
        if field in ("id", "link")
        else getattr(item, field)
    )


def _normal(field: str, value: Any) -> Any:
    """Titles and content as they are read: sanitised, without markup, on one line."""
    if field == "published":
        return _moment(value)
    if field == "title":
        return inline_plain(nh3.clean(value))
    if field in ("summary", "content"):
        return squash(html.unescape(nh3.clean(value, tags=set())))
    return value


def _moment(value: Any) -> datetime | None:
    if isinstance(value, tuple | list):
        return datetime(*value[:6], tzinfo=UTC)  # type: ignore[misc]
    try:
        return read_date(value, _NOW)
    except ImpossibleDateError:
        return None
