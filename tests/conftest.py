"""Shared fixtures: the private corpus, and a clock that stands still."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

_DEFAULT = Path(__file__).parents[2] / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real recorded data; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("STARDRAFT_CORPUS", _DEFAULT))
    if not (folder / "README.md").is_file():
        pytest.skip(f"no corpus at STARDRAFT_CORPUS ({folder.name}): recorded data is private")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server; skips where none is named and none installed."""
    from tests.postgres import binaries, server

    if named := os.environ.get("STARDRAFT_TEST_POSTGRES"):
        yield named
    elif binaries() is None:
        pytest.skip("no PostgreSQL installed, and STARDRAFT_TEST_POSTGRES names none")
    else:
        with server() as address:
            yield address


class StillClock:
    """A clock that moves only when told to sleep."""

    def __init__(self, now: datetime = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()
