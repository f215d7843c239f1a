"""A real Prefect server that all tests of a session share."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from flows.engine import engine
from flows.neighbours import any_free_port
from tests.postgres import database


def until(
    what: Callable[[], Any], seconds: float = 120, why: Callable[[], Any] = lambda: ""
) -> Any:
    """What `what` answers as soon as that is true; fails, and says `why`, when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"never true: {what} {why()}")


@dataclass(frozen=True, kw_only=True)
class House:
    """A Prefect server, and the PostgreSQL server for the stores of what runs on it; without one
    each workspace has its SQLite file."""

    api: str
    postgres: str

    @contextmanager
    def store(self) -> Iterator[str]:
        """The address of an empty store for one workspace; empty means its own file."""
        if not self.postgres:
            yield ""
            return
        with database(self.postgres) as made:
            yield made


@pytest.fixture(scope="session")
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One server for all tests of a kind of database, Prefect's own and our stores' alike."""
    kind = getattr(request, "param", "sqlite")
    home = tmp_path_factory.mktemp(f"prefect-{kind}")
    with ExitStack() as stack:
        extra, server = {}, ""
        if kind == "postgresql":
            server = request.getfixturevalue("postgres")
            theirs = stack.enter_context(database(server))
            url = theirs.replace("postgresql+psycopg", "postgresql+asyncpg")
            extra = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": url}
        quick = {
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
            "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "2",
        }
        stack.enter_context(environment(extra | quick))
        made = stack.enter_context(engine(home, any_free_port(), lasting=True))
        yield House(api=made.api_url, postgres=server)


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """These settings of Prefect's, and none that stand in the environment."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("PREFECT_"):
            del os.environ[name]
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
