"""Recorded feeds, moved to another day: only their dates change."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

_DATE = re.compile(r"(<(?:pubDate|lastBuildDate|updated|published|dc:date)>)([^<]+)(</)")
_ITEM = re.compile(r"<(item|entry)\b.*?</\1>\s*", re.DOTALL)
_OLDEST = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def newest_items(feed: str, count: int) -> str:
    """The feed with only its `count` newest items; what else it holds stays byte for byte."""
    items = list(_ITEM.finditer(feed))
    by_age = sorted(items, key=lambda m: _moment_of(m.group()), reverse=True)
    for item in sorted(by_age[count:], key=lambda m: -m.start()):
        feed = feed[: item.start()] + feed[item.end() :]
    return feed


def shifted(feed: str, day: date) -> str:
    """The feed with all dates moved by whole days, so that its newest item is of `day`."""
    newest = max((_moment_of(m.group()) for m in _ITEM.finditer(feed)), default=_OLDEST)
    if newest == _OLDEST:
        return feed
    move = timedelta(days=(day - newest.date()).days)
    return _DATE.sub(lambda m: m.group(1) + _moved(m.group(2), move) + m.group(3), feed)


def links_of(feed: str) -> list[str]:
    """The addresses of an RSS feed's items, in its order."""
    found = (re.search(r"<link>([^<]+)</link>", m.group()) for m in _ITEM.finditer(feed))
    return [m.group(1).replace("&amp;", "&").strip() for m in found if m]


def _moment_of(item: str) -> datetime:
    found = _DATE.search(item)
    return (_parse(found.group(2)) if found else None) or _OLDEST


def _parse(text: str) -> datetime | None:
    try:
        if re.match(r"\d{4}-", text.strip()):
            return datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None


def _moved(text: str, move: timedelta) -> str:
    moment = _parse(text)
    if moment is None:
        return text
    if re.match(r"\d{4}-", text.strip()):
        return re.sub(r"\d{4}-\d\d-\d\d", (moment + move).date().isoformat(), text, count=1)
    return format_datetime(moment + move)
