"""`./run.sh realday`: the main job on recorded data, read back item by item."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import Exit
from pipeline.identifiers import arxiv_id
from pipeline.notes import FolderNotebook
from pipeline.store import open_store
from pipeline.types import Note, PageState
from tests.realday.world import RealDay

ROOT = Path(__file__).parents[2]
DAY = date(2026, 9, 18)


@pytest.fixture(scope="module")
def folder(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished real day, drafted with the light model."""
    folder = tmp_path_factory.mktemp("real") / "real-day"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("STARDRAFT_", "PREFECT_"))}
    command = [
        *(sys.executable, "-m", "tests.realday", "--dir", str(folder), "--date", DAY.isoformat()),
        *("--model", "use", "--arxiv-interval", "0.2", "--no-prefect"),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=clean | {"STARDRAFT_CORPUS": str(corpus)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode in (Exit.DONE, Exit.PARTLY), done.stdout + done.stderr
    assert str(folder / "notes") in done.stdout
    return folder


@pytest.fixture(scope="module")
def note(folder: Path) -> Note:
    book = FolderNotebook(folder / "notes")
    text = book.read(DAY)
    assert text is not None
    return book.parse(text, DAY)


def test_it_reads_at_least_forty_articles_of_at_least_six_sources(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder / '.stardraft' / 'state.db'}")
    try:
        rows = [c for c, score in store.candidates_for(DAY) if score]
    finally:
        store.close()
    assert all(c.article.state is PageState.OK for c in rows)
    assert len(rows) >= 40
    assert len({c.feed_title for c in rows}) >= 6


def test_paper_lines_carry_the_true_titles(note: Note, corpus: Path) -> None:
    world = RealDay(corpus, DAY)
    told = [
        (link, facts)
        for item in note.items
        for field in item.fields
        if field.name.startswith("Paper")
        for link in field.links
        if (key := arxiv_id(link.url)) and (facts := world.paper(key))
    ]
    assert len(told) >= 4
    for link, facts in told:
        assert " ".join(facts.title.split()) == link.text.replace("\\", ""), link.url


def test_every_item_stands_once_and_has_its_lines(note: Note) -> None:
    assert len(note.items) == 12
    assert len({item.url for item in note.items}) == 12
    for item in note.items:
        assert item.url.startswith("https://")
        assert 1 <= item.stars <= 5
        assert any(field.name == "Abstract" and field.value for field in item.fields)
