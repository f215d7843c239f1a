"""What services say of their limits, in the three spellings, and hostile ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.enrich.allowance import Meter, limit_of
from pipeline.types import ServiceLimit

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=55)


@pytest.mark.parametrize(
    ("headers", "service", "remaining", "limit"),
    [
        (
            {
                "X-RateLimit-Limit": "5000",
                "X-RateLimit-Remaining": "4987",
                "X-RateLimit-Reset": str(int(SOON.timestamp())),
                "X-RateLimit-Resource": "graphql",
            },
            "github-graphql",
            4987,
            5000,
        ),
        (
            {
                "ratelimit-limit": "100",
                "ratelimit-remaining": "99",
                "ratelimit-reset": "55",
            },
            "asked",
            99,
            100,
        ),
        (
            {
                "RateLimit": '"api";r=489;t=55',
                "RateLimit-Policy": '"fixed window";"api";q=500;w=300',
            },
            "asked",
            489,
            500,
        ),
    ],
)
def test_three_spellings(
    headers: Mapping[str, str], service: str, remaining: int, limit: int
) -> None:
    assert limit_of("asked", headers, NOW) == ServiceLimit(
        service=service, remaining=remaining, limit=limit, resets_at=SOON
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Retry-After": "3"},
        {"x-ratelimit-remaining": "many"},
        {"ratelimit": "nothing of use"},
        {"ratelimit-remaining": "-1"},
    ],
)
def test_what_says_nothing_changes_nothing(headers: Mapping[str, str]) -> None:
    meter = Meter()
    meter.heard("x", {"ratelimit-remaining": "7"}, NOW)
    meter.heard("x", headers, NOW)
    assert meter.said() == (ServiceLimit(service="x", remaining=7),)


def test_absurd_numbers_are_cut() -> None:
    found = limit_of("x", {"RateLimit": "r=" + "9" * 400 + ";t=999999999"}, NOW)
    assert found is None or (found.resets_at or NOW) <= NOW + timedelta(days=1)
    far = {"ratelimit-remaining": "1", "ratelimit-reset": "999999999"}
    assert (limit_of("x", far, NOW) or ServiceLimit(service="")).resets_at == NOW + timedelta(
        days=1
    )
