"""Plain words out of JSON that anybody may have written."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.text import squash

_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_TAG = re.compile(r"<[^<>]{0,200}>")


def line(value: Any, longest: int = 1000) -> str:
    """One line of text without markup and what no database stores; empty where it is no text."""
    if not isinstance(value, str):
        return ""
    text = _TAG.sub("", html.unescape(value[: longest * 2]))
    return squash(_UNSTORABLE.sub("", text))[:longest]


def inside(value: Any, *path: str) -> Any:
    """What stands below these keys, None where the way ends."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(value: Any, most: int = 100) -> list[Any]:
    """The first `most` of a list; empty where it is none."""
    return value[:most] if isinstance(value, list) else []


def of_milliseconds(value: Any) -> datetime | None:
    """A moment given in milliseconds since 1970."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**13:
        return None
    return datetime.fromtimestamp(value / 1000, tz=UTC)


def of_date_parts(value: Any) -> datetime | None:
    """The first day that `[[2022, 5]]` may mean."""
    parts = items(items(value, 1)[0], 3) if items(value, 1) else []
    if not parts or not all(isinstance(p, int) and not isinstance(p, bool) for p in parts):
        return None
    year, month, day = (*parts, 1, 1)[:3]
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
