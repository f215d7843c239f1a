"""A run killed before or after any of its writes, and run again, ends in the same rows."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.ports import DraftRecord
from pipeline.store import open_store
from pipeline.store.database import Database
from pipeline.store.sql_store import SqlStore
from pipeline.types import Candidate, Poll, RunReport, Score
from tests.store.samples import (
    DAY,
    HOUR,
    ISSUE,
    NOW,
    article,
    entry,
    feed,
    forked,
    killed,
    page,
    paper,
)

POLLS = (
    Poll(feed_id="b", entries=(entry("x", "b", "https://example.org/1"),), etag="1"),
    Poll(feed_id="a", entries=tuple(entry(f"{n}") for n in range(4)), etag="2"),
)


def run(store: SqlStore) -> None:
    """The stages in small: what is pending is done, as `stages` does it."""
    store.begin_run("r", DAY, NOW, "test")
    store.sync_feeds([feed("a"), feed("b"), feed("c")], NOW)
    for poll in POLLS:
        store.record_poll(poll, NOW)
    store.record_poll_failure("c", ISSUE, NOW, NOW + HOUR)
    for item in store.entries_to_fetch(NOW, 100):
        if item.entry.key == "3":
            store.fetch_failed(item.entry_id, ISSUE, NOW, NOW + HOUR)
        else:
            store.save_page(item.entry_id, page())
    while pages := store.pages_to_extract(2):
        for read in pages:
            name = read.entry.url[-1].replace("2", "0")  # two pages, one article
            store.save_article(read.entry_id, article(name), NOW)
    store.save_papers({"Title": paper()}, ["gone"], NOW)
    made = [
        Candidate(article=a, feed_title=f, first_seen_at=at, papers=(paper(),))
        for a, f, at in store.articles_to_enrich(NOW, 100)
    ]
    store.save_candidates(made, NOW, None)
    scored = store.candidates_to_score("v")
    store.save_scores(
        [Score(article_id=c.article.id, relevance=0.5, suggested_stars=2) for c in scored], "v"
    )
    items = tuple(c.article.id for c, _ in store.candidates_for(DAY))
    store.save_draft(DraftRecord(day=DAY, revision=0, text=" ".join(items), items=items), NOW)
    store.end_run(RunReport(run_id="r", day=DAY, started_at=NOW, finished_at=NOW))


def count_writes(at: int, before: bool, act: Callable[[], None]) -> list[int]:
    """Call `act` just before or after the commit of the write number `at`."""
    counted = [0]
    write = Database.write

    @contextmanager
    def counting(self: Database) -> Iterator[object]:
        with write(self) as connection:
            yield connection
            counted[0] += 1
            if before and counted[0] == at:
                act()
        if counted[0] == at:
            act()

    Database.write = counting  # type: ignore[assignment, method-assign]
    return counted


@pytest.fixture
def unbroken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[object, int]:
    """The rows of a run that nobody disturbs, and how many writes it takes."""
    monkeypatch.setattr(Database, "write", Database.write)  # undone after the test
    store = open_store(str(tmp_path / "unbroken.db"))
    counted = count_writes(0, False, lambda: None)
    run(store)
    monkeypatch.undo()
    rows = store.dump()
    store.close()
    return rows, counted[0]


@pytest.mark.parametrize("before", [True, False], ids=["before commit", "after commit"])
def test_killed_anywhere(tmp_path: Path, unbroken: tuple[object, int], before: bool) -> None:
    rows, writes = unbroken
    assert writes > 12
    for at in range(1, writes + 1):
        file = str(tmp_path / f"{at}.db")

        def work(file: str = file, at: int = at) -> None:
            store = open_store(file)
            count_writes(at, before, lambda: os.kill(os.getpid(), signal.SIGKILL))
            run(store)

        assert killed(os.waitpid(forked(work), 0)[1]), at
        store = open_store(file)
        run(store)
        assert store.dump() == rows, at
        store.close()
