"""A whole store as one SQLite file, and back: the same for SQLite and PostgreSQL.

So a backup of one can be restored into the other, which is also how a store moves.
"""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, delete, func, select

from pipeline.errors import RunLockedError
from pipeline.ports import Clock
from pipeline.store import open_store
from pipeline.store.database import Database
from pipeline.store.failures import store_error
from pipeline.store.sql_store import SqlStore
from pipeline.store.tables import metadata

_ROWS = 500
"""Rows that are read and written at once: pages and vectors are large."""

_LOOK_AGAIN = 1.0
"""Seconds between two looks whether whoever holds the lock lives."""

_HERE_ONLY = frozenset({"locks", "leases"})
"""Who works right now says nothing in another place or at another time."""


def back_up(store: SqlStore, file: Path) -> None:
    """Write everything to a new SQLite file, as of one moment, while others may go on writing."""
    if store.database.engine.dialect.name == "sqlite":
        _back_up_sqlite(store.database, file)
        return
    copy = open_store(str(file))
    try:
        snapshot = store.database.engine.execution_options(isolation_level="REPEATABLE READ")
        with snapshot.begin() as source, copy.database.write() as target:
            _copy(source, target)
    finally:
        copy.close()


def _back_up_sqlite(database: Database, file: Path) -> None:
    """SQLite's online backup; the copy is taken out of WAL mode, so that it is one file."""
    source = database.engine.raw_connection()
    target = sqlite3.connect(file)
    try:
        driver = source.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        target.close()
        source.close()


def restore(file: Path, store: SqlStore, clock: Clock, *, force: bool) -> None:
    """Replace everything in `store` by what `file` holds, in one transaction.

    Raises `StoreError` where `store` holds something and `force` is not given, where the file is
    no backup or of a newer stardraft, `RunLockedError` while a run lives.
    """
    if not force and not _is_empty(store):
        raise store_error(
            store.database.subject,
            "store.not_empty",
            "这里已经有状态，恢复会盖掉它。",
            "确定要换成备份的话加上 --force；原来的会先另存一份。",
        )
    run_id = f"restore {uuid.uuid4().hex}"
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "state.db"
        shutil.copyfile(file, copy)  # opening migrates it, and the backup stays as it is
        source = open_store(str(copy))
        try:
            _take(store, run_id, clock)
            with (
                store.keep_run(run_id),
                source.database.read() as old,
                store.database.write() as new,
            ):
                for table in reversed(metadata.sorted_tables):
                    if table.name not in _HERE_ONLY:
                        new.execute(delete(table))
                _copy(old, new)
        finally:
            source.close()
            store.let_go(run_id)


def _take(store: SqlStore, run_id: str, clock: Clock) -> None:
    """Take the run lock; one whose holder cannot be looked at is watched until it is known."""
    while True:
        try:
            store.begin_run(run_id, clock.now().date(), clock.now(), "restore")
            return
        except RunLockedError as locked:
            if locked.certain:
                raise
        clock.sleep(_LOOK_AGAIN)


def _is_empty(store: SqlStore) -> bool:
    with store.database.read() as connection:
        return not any(
            connection.scalar(select(func.count()).select_from(table).limit(1))
            for table in metadata.sorted_tables
            if table.name in ("feeds", "drafts", "archive", "feedback")
        )


def _copy(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        if table.name in _HERE_ONLY:
            continue
        rows = source.execution_options(yield_per=_ROWS).execute(select(table)).mappings()
        for some in rows.partitions(_ROWS):
            target.execute(table.insert(), [dict(row) for row in some])
