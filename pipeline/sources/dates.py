"""Dates as feeds write them, and the refusal of those that cannot be.

feedparser turns `2025-13-45` into New Year 2026; we would rather have no date.
"""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_AHEAD = timedelta(days=1)  # clocks and zones are wrong by hours, never by days
_FIRST_YEAR = 1971
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:?\d{2}|\b[A-Z]{1,5})\s*(?:\([^)]{0,40}\))?$", re.IGNORECASE)
_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,12})?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|GMT|UTC)?)?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?())?"
)
_UNIX = re.compile(r"\d{10}(?:\d{3})?")


class ImpossibleDateError(ValueError):
    """A date that does not exist or lies in the future."""


def read_date(text: str, now: datetime, *, local: bool = False) -> datetime:
    """The moment a feed's date means, in UTC; raises `ImpossibleDateError`.

    `local` reads dates without a zone as Beijing time, else they are UTC.
    """
    moment = _parse(text.strip()[:100], BEIJING if local else UTC)
    if moment is None:
        raise ImpossibleDateError(text)
    if moment.year < _FIRST_YEAR or moment > now + _AHEAD:
        raise ImpossibleDateError(text)
    return moment


def _parse(text: str, zone: timezone | ZoneInfo) -> datetime | None:
    try:
        if _UNIX.fullmatch(text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        if found := _ISO.fullmatch(text):
            return _iso(found, zone)
        if found := _NUMERIC.fullmatch(text):
            return _iso(found, zone)
        return _rfc822(text, zone) or _by_feedparser(text)
    except (ValueError, OverflowError):
        return None


def _iso(found: re.Match[str], zone: timezone | ZoneInfo) -> datetime:
    *numbers, offset = found.groups()
    year, month, day, hour, minute, second = (int(n or 0) for n in numbers)
    extra = timedelta(0)
    if (hour, minute, second) == (24, 0, 0):
        hour, extra = 0, timedelta(days=1)
    moment = datetime(
        year, month, day, hour, minute, min(second, 59), tzinfo=_offset(offset) or zone
    )
    return (moment + extra).astimezone(UTC)


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in ("Z", "GMT", "UTC"):
        return UTC
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4] or 0))
    return timezone(-size if text[0] == "-" else size)


def _rfc822(text: str, zone: timezone | ZoneInfo) -> datetime | None:
    """`Thu, 17 Jun 2021 13:00:13 +0800`; one without a zone takes `zone`."""
    if zone is BEIJING:
        text = re.sub(r"\bCST$", "+0800", text)  # China's, not America's
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    if moment.tzinfo is None:
        if _ZONE.search(text) and not text.endswith("-0000"):
            return None  # a zone that the standard library does not know
        moment = moment.replace(tzinfo=UTC if text.endswith("-0000") else zone)
    return moment.astimezone(UTC)


def _by_feedparser(text: str) -> datetime | None:
    """Everything else feedparser knows, believed only where day and year stand in the text."""
    from feedparser.datetimes import _parse_date

    parsed = _parse_date(text)
    if parsed is None:
        return None
    moment = datetime.fromtimestamp(timegm(parsed), UTC)
    numbers = {int(n) for n in re.findall(r"\d{1,9}", text)}
    days = {(moment + timedelta(days=d)).day for d in (-1, 0, 1)}
    years = {y for d in (-1, 1) for y in _years(moment + timedelta(days=d))}
    return moment if numbers & days and numbers & years else None


def _years(moment: datetime) -> tuple[int, int]:
    return moment.year, moment.year % 100
