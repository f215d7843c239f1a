"""What keeps the store quick as it grows: few statements, all by index; bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from pipeline.errors import StoreError
from pipeline.ports import PendingPage
from pipeline.store import open_store, pages
from pipeline.store.sql_store import SqlStore
from pipeline.types import Poll
from tests.store.samples import DAY, NOW, candidate, entry, feed, page
from tests.store.test_killed import run

GROWING = ("entries", "pages", "articles", "candidates", "scores", "answers", "vectors")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "s.db"))
    opened.sync_feeds([feed()], NOW)
    yield opened
    opened.close()


class Heard:
    """Every statement sent to the database from now on, with its parameters."""

    def __init__(self, store: SqlStore) -> None:
        self.statements: list[tuple[str, Any]] = []
        event.listen(store.database.engine, "before_cursor_execute", self._hear)

    def _hear(
        self, _c: Connection, _cursor: object, sql: str, parameters: Any, _x: object, many: bool
    ) -> None:
        self.statements.append((sql, parameters[0] if many else parameters))


def test_a_feed_of_ten_thousand_entries_takes_a_dozen_statements(store: SqlStore) -> None:
    poll = Poll(feed_id="a", entries=tuple(entry(f"{n}") for n in range(10_000)))
    heard = Heard(store)
    assert store.record_poll(poll, NOW) == 10_000
    assert len(heard.statements) <= 12
    heard.statements.clear()
    assert store.record_poll(poll, NOW) == 0
    assert len(heard.statements) <= 8


def test_no_statement_of_a_run_reads_a_whole_growing_table(store: SqlStore) -> None:
    heard = Heard(store)
    run(store)
    store.record_feedback("0", DAY, "drop", "", NOW)
    assert len(store.dropped()) == 1
    store.known_papers(["Title"])
    store.known_missing(["gone"], NOW)
    store.recall("miss", ["gone"])
    store.known_code(["github-search arxiv:1"])
    store.news()
    store.noted_candidates(DAY, DAY + timedelta(days=1))
    store.get_vectors("m", ["h"])
    asked = {sql: p for sql, p in heard.statements if sql.startswith(("SELECT", "UPDATE"))}
    assert len(asked) > 20
    with store.database.read() as connection:
        for sql, parameters in asked.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
            for *_, step in plan:
                assert not any(step == f"SCAN {table}" for table in GROWING), (step, sql)


def test_pages_are_handed_out_in_bounded_portions(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "BYTES_AT_ONCE", 2500)
    store.record_poll(Poll(feed_id="a", entries=tuple(entry(f"{n}") for n in range(5))), NOW)
    for item in store.entries_to_fetch(NOW, 9):
        store.save_page(item.entry_id, page(b"x" * 1000))
    portion: list[PendingPage] = list(store.pages_to_extract(9))
    assert len(portion) == 3
    assert len(store.pages_to_extract(2)) == 2


def test_threads_may_share_a_store(store: SqlStore) -> None:
    def work(name: int) -> None:
        for n in range(10):
            waits.append(store.reserve("arxiv", 1.0, NOW))
            store.record_poll(Poll(feed_id="a", entries=(entry(f"{name}/{n}"),)), NOW)

    waits: list[float] = []
    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [float(n) for n in range(60)]
    assert len(store.entries_to_fetch(NOW, 100)) == 60


def test_a_full_disk_is_said_and_loses_nothing_saved(store: SqlStore) -> None:
    store.record_poll(Poll(feed_id="a", entries=(entry("1"),)), NOW)

    @event.listens_for(store.database.engine, "begin")
    def shrink(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=60")

    many = tuple(entry(f"{n}", content="字" * 5000) for n in range(200))
    with pytest.raises(StoreError) as caught:
        store.record_poll(Poll(feed_id="a", entries=many), NOW)
    assert caught.value.issues[0].code == "store.disk_full"
    assert [p.entry.key for p in store.entries_to_fetch(NOW, 9)] == ["1"]


def test_a_bug_is_not_dressed_up_as_a_broken_store(store: SqlStore) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY") as caught:
        store.save_candidates([candidate("never saved")], NOW, None)
    assert not isinstance(caught.value, StoreError)
