"""A note, a state and places to publish to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ports import Store
from pipeline.publish.publisher import Publisher
from pipeline.store import open_store
from tests.conftest import StillClock
from tests.publish.github_server import Hub
from tests.publish.samples import publisher, repository, write_note


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'state.db'}")
    yield opened
    opened.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty git repository."""
    return repository(tmp_path / "repo")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with one day's note and its picture."""
    write_note(tmp_path / "notes")
    return tmp_path / "notes"


@pytest.fixture
def house(root: Path, notes: Path, store: Store, clock: StillClock) -> Publisher:
    """Publishes from that folder to that repository."""
    return publisher(root, notes, store, clock)


@pytest.fixture
def hub() -> Iterator[Hub]:
    made = Hub()
    yield made
    made.close()
