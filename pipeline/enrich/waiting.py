"""How long a service asks to be left alone: the Retry-After header in both of its forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 24 * 3600.0
"""Seconds; a longer wish is cut to this, so that no header can lock a service out for ever."""


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait from `now`, at least 0; None where the header is absent or unreadable.

    RFC 9110, 10.2.3: a number of seconds or an HTTP date.
    """
    if header is None:
        return None
    text = header.strip()[:64]
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST)


def rate_limit_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until GitHub's `x-ratelimit-reset` (epoch seconds), where it is told."""
    text = headers.get("x-ratelimit-reset", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        return None
    return min(max(int(text) - now.timestamp(), 0.0), LONGEST)
