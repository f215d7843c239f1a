"""Retry-After, in the forms that servers send."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.enrich.waiting import LONGEST, rate_limit_reset, retry_after

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Fri, 18 Sep 2026 01:01:30 GMT", 90.0),
        ("Fri, 18 Sep 2026 03:01:30 +0200", 90.0),
        ("Thu, 17 Sep 2026 01:01:30 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("٣", None),
        ("99999999999999999999", LONGEST),
        ("Fri, 18 Sep 9999 01:01:30 GMT", LONGEST),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [(str(int(NOW.timestamp()) + 60), 60.0), ("1", 0.0), ("", None), ("9" * 40, None), ("x", None)],
)
def test_rate_limit_reset(reset: str, seconds: float | None) -> None:
    assert rate_limit_reset({"x-ratelimit-reset": reset}, NOW) == seconds
