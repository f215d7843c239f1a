"""The Prefect server that the tests of flows share, and the check that no process is left."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.flows import family
from tests.flows.prefect_house import house, until

__all__ = ["house"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a server on each of the module's `DATABASES`, by default on SQLite."""
    if "house" in metafunc.fixturenames:
        kinds = getattr(metafunc.module, "DATABASES", ("sqlite",))
        metafunc.parametrize("house", kinds, indirect=True, scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What these tests start, shared servers too, is told from what all others start."""
    if Path(__file__).parent not in item.path.parents:
        return (yield)
    with family.at_home():
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def no_process_outlives_the_tests() -> Iterator[None]:
    """Servers that tests share included: those end before this does."""
    yield
    until(lambda: not family.members(), 30, family.members)


@pytest.fixture(autouse=True)
def no_process_outlives_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """No command, worker, run or server but those that tests share."""
    for shared in ("house", "postgres", "serving"):
        if shared in request.fixturenames:
            request.getfixturevalue(shared)
    known = family.members()
    yield
    # What a shared `serve` was started anew as, is as good as the one before.
    known |= {p: c for p, c in family.members().items() if c in known.values() and "serve" in c}
    until(lambda: not family.strangers(known), 30, lambda: family.strangers(known))
