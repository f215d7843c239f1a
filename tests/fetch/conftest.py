"""A fetcher that may talk to the test's own servers on loopback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.fetch import FetchPolicy, PoliteFetcher
from pipeline.types import Fetched, FetchRequest
from tests.conftest import StillClock

Get = Callable[..., Fetched]


@pytest.fixture
def make(clock: StillClock) -> Callable[..., PoliteFetcher]:
    """A fetcher for loopback with short limits."""

    def build(**limits: Any) -> PoliteFetcher:
        defaults: dict[str, Any] = {
            "allow_private": ("127.0.0.1",),
            "timeout": 5.0,
            "obey_robots": False,
            "host_delays": {},
        }
        return PoliteFetcher(FetchPolicy(**(defaults | limits)), clock)

    return build


@pytest.fixture
def get(make: Callable[..., PoliteFetcher]) -> Get:
    """Fetch one URL."""

    def fetch(url: str, *, asking: dict[str, Any] | None = None, **limits: Any) -> Fetched:
        (fetched,) = make(**limits).fetch_many([FetchRequest(url=url, **(asking or {}))])
        return fetched

    return fetch
