"""A real Prefect server that all tests of a session share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from flows.starting import environment
from tests.postgres import database


def until(what: Callable[[], Any], seconds: float = 120) -> Any:
    """What `what` answers as soon as that is true; fails when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"never true: {what}")


@dataclass(frozen=True, kw_only=True)
class House:
    """A Prefect server, and the address of the store that runs on it use."""

    api: str
    store: str


@pytest.fixture(scope="session")
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One server for all tests of a kind of database, Prefect's and ours alike."""
    kind = getattr(request, "param", "sqlite")
    home = tmp_path_factory.mktemp(f"prefect-{kind}")
    with ExitStack() as stack:
        extra, store = {}, ""
        if kind == "postgresql":
            server = request.getfixturevalue("postgres")
            store = stack.enter_context(database(server))
            theirs = stack.enter_context(database(server))
            url = theirs.replace("postgresql+psycopg", "postgresql+asyncpg")
            extra = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": url}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        clean = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
        quick = {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2"}
        child = subprocess.Popen(
            [sys.executable, "-m", "flows.server", str(port), str(os.getpid())],
            env=clean | environment(home, port) | extra | quick,
            start_new_session=True,
        )
        stack.callback(child.wait, timeout=60)
        stack.callback(child.terminate)
        api = f"http://127.0.0.1:{port}/api"
        stack.enter_context(_environment(PREFECT_API_URL=api, PREFECT_HOME=str(home)))
        until(lambda: _healthy(api))
        yield House(api=api, store=store)


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _healthy(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
