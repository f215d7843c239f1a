"""An empty store on every kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ports import Store
from pipeline.store import open_store
from tests.postgres import database
from tests.store.samples import NOW, feed


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Its address."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/state/state.db"
        return
    with database(request.getfixturevalue("postgres")) as made:
        yield made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """One that follows the feeds a and b."""
    opened = open_store(url)
    opened.sync_feeds([feed("a"), feed("b")], NOW)
    yield opened
    opened.close()
