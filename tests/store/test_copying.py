"""Backups: everything comes back, while others write, between SQLite and PostgreSQL."""

from __future__ import annotations

import itertools
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import RunLockedError, StoreError
from pipeline.store import open_store
from pipeline.store.copying import back_up, restore
from pipeline.store.sql_store import SqlStore
from pipeline.store.tables import REVISIONS, VERSION_TABLE
from pipeline.types import Poll
from tests.conftest import StillClock
from tests.postgres import database
from tests.store.samples import DAY, HOUR, NOW, entry, feed
from tests.store.test_killed import run


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/s.db"
        return
    with database(request.getfixturevalue("postgres")) as made:
        yield made


def filled(url: str) -> SqlStore:
    store = open_store(url)
    store.sync_feeds([feed()], NOW)
    run(store)
    store.put_vectors("m", {"h": b"\x00\x01"})
    store.record_feedback("0", DAY, "drop", "", NOW)
    return store


def test_everything_comes_back_in_either_kind_of_database(url: str, tmp_path: Path) -> None:
    store = filled(url)
    expected = store.dump()
    back_up(store, tmp_path / "backup.db")
    store.close()
    assert sorted(p.name for p in tmp_path.glob("backup*")) == ["backup.db"]
    other = open_store(str(tmp_path / "other.db"))
    restore(tmp_path / "backup.db", other, StillClock(), force=False)
    assert other.dump() == expected
    other.close()
    again = open_store(url)
    again.sync_feeds([feed("later")], NOW)
    restore(tmp_path / "backup.db", again, StillClock(), force=True)
    assert again.dump() == expected
    again.begin_run("2", DAY, NOW, "the lock was given back")
    again.close()


def test_a_store_that_holds_something_is_not_replaced_unasked(url: str, tmp_path: Path) -> None:
    store = filled(url)
    back_up(store, tmp_path / "backup.db")
    before = store.dump()
    with pytest.raises(StoreError) as caught:
        restore(tmp_path / "backup.db", store, StillClock(), force=False)
    assert caught.value.issues[0].code == "store.not_empty"
    store.begin_run("busy", DAY, NOW, "test")
    with pytest.raises(RunLockedError):
        restore(tmp_path / "backup.db", store, StillClock(), force=True)
    assert store.dump() == before
    store.close()


def test_a_backup_is_of_one_moment_while_others_write(url: str, tmp_path: Path) -> None:
    store = open_store(url)
    store.sync_feeds([feed()], NOW)
    stop = threading.Event()

    def write() -> None:
        mine = open_store(url)
        for n in itertools.count():
            pair = (entry(f"{n}/a"), entry(f"{n}/b"))
            mine.record_poll(Poll(feed_id="a", entries=pair), NOW)
            if stop.is_set():
                break
        mine.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            back_up(store, tmp_path / f"{number}.db")
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        copy = open_store(str(tmp_path / f"{number}.db"))
        keys = [p.entry.key for p in copy.entries_to_fetch(NOW + HOUR, 100_000)]
        copy.close()
        assert sorted(k for k in keys if k.endswith("a")) == sorted(
            f"{k[:-1]}a" for k in keys if k.endswith("b")
        )
    store.close()


def test_what_is_no_backup_changes_nothing(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "s.db"))
    (tmp_path / "junk").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError):
        restore(tmp_path / "junk", store, StillClock(), force=True)
    store.begin_run("2", DAY, NOW, "free")
    store.close()


def test_every_older_schema_migrates_with_its_rows(tmp_path: Path) -> None:
    from alembic import command

    from pipeline.store.database import Database
    from pipeline.store.migrations import config

    for revision in REVISIONS[:-1]:
        file = tmp_path / f"{revision}.db"
        from sqlalchemy import create_engine

        old = Database(create_engine(f"sqlite:///{file}"), str(file))
        with old.write() as connection:
            settings = config()
            settings.attributes["connection"] = connection
            command.upgrade(settings, revision)
            connection.exec_driver_sql(
                "INSERT INTO feeds (id, position, followed, failures, etag, doc) VALUES "
                '(\'a\', 0, 1, 0, \'kept\', \'{"id":"a","title":"t","url":"https://e.org"}\')'
            )
        old.close()
        store = open_store(str(file))
        assert store.memories(["a"])["a"].etag == "kept"
        store.close()
        plain = sqlite3.connect(file)
        (version,) = plain.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
        plain.close()
        assert version == REVISIONS[-1]
