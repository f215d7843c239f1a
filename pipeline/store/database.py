"""Transactions, upserts and row locks, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Table,
    event,
    func,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from pipeline.errors import Issue, RunLostError
from pipeline.store.failures import failure
from pipeline.store.tables import locks

T = TypeVar("T")
Row = dict[str, Any]

CHUNK = 5_000
"""Values per IN list: SQLite takes 32,766 variables in a statement, PostgreSQL 65,535."""


LONGEST_WAIT = timedelta(hours=25)
"""Nothing is put off for longer than a day."""


class Database:
    """One engine; `subject` is how errors call it (a path, or a URL without password)."""

    def __init__(self, engine: Engine, subject: str) -> None:
        self.engine = engine
        self.subject = subject
        self.local = engine.dialect.name == "sqlite"
        """Whether all who share it are on one machine: SQLite's WAL needs shared memory."""
        self.run: str | None = None
        """The run that holds the lock through us; nothing is written once another one has it."""
        self.zone: tzinfo | None = None
        """In which times are told to the reader; None is the machine's."""
        self._writing = engine.execution_options(begin="BEGIN IMMEDIATE")
        if self.local:
            _prepare_sqlite(engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that takes SQLite's write lock at once, so that it never has to give
        up half way because another process wrote in between.

        Raises `RunLostError`, and nothing is written, where another run has taken over from ours.
        """
        with self._explained(), self._writing.begin() as connection:
            yield connection
            self.check_run(connection)

    def check_run(self, connection: Connection) -> None:
        """Raise `RunLostError` where another run has taken over from ours, if we have one."""
        if self.run is None:
            return
        holder = select(locks.c.run_id).where(locks.c.name == "run")
        if connection.scalar(holder) != self.run:
            raise _lost(self.subject)

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A connection without a transaction, for what a database does to its own files."""
        outside = self.engine.execution_options(begin="", isolation_level="AUTOCOMMIT")
        with self._explained(), outside.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections; SQLite folds its WAL back into the file."""
        with self._explained():
            self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            if (explained := failure(error, self.subject)) is None:
                raise
            raise explained from error


def _lost(subject: str) -> RunLostError:
    return RunLostError(
        Issue(
            subject=subject,
            code="store.run_lost",
            sentence="这次运行停顿了太久（电脑睡眠或被暂停过），另一个 stardraft 已经接手；"
            "它就此停下，没有再写任何东西。",
            remedy="不用做什么，接手的那次会接着做完；想看它做到哪里，运行 stardraft status。",
            temporary=True,
        )
    )


class Part:
    """A part of the store: methods on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database


def _prepare_sqlite(engine: Engine) -> None:
    """Our own BEGIN instead of the driver's late one, foreign keys, and a lighter fsync.

    `synchronous=NORMAL` in WAL mode survives any kill of the process; a power cut may lose the
    last transactions, which the next run then does again, but never damages the file.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        how: str = connection.get_execution_options().get("begin", "BEGIN")
        if how:
            connection.exec_driver_sql(how)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, leaving those of known keys as they are."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))


def inserted(connection: Connection, table: Table, row: Row) -> bool:
    """Insert a row unless its key is known; whether it was inserted."""
    keys = list(table.primary_key)
    statement = _insert(connection, table).values(row).on_conflict_do_nothing().returning(*keys)
    return connection.execute(statement).first() is not None


def upsert(
    connection: Connection, table: Table, rows: Sequence[Row], keep: Collection[str] = ()
) -> None:
    """Insert rows, or replace the columns of known keys, except those in `keep`."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {
        name: statement.excluded[name] for name in rows[0] if name not in keys and name not in keep
    }
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows)
    )


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The only thing the two dialects spell differently."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def hold(
    connection: Connection, name: Literal["entries", "run"], *, shared: bool = False
) -> RowMapping:
    """Lock a row of `locks` until the transaction ends, and read it; `shared` keeps out only
    those who want it alone.

    On SQLite the write transaction itself is the lock.
    """
    statement = select(locks).where(locks.c.name == name).with_for_update(read=shared)
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        insert_new(connection, locks, [{"name": name}])
        row = connection.execute(statement).mappings().one()
    return row


def hold_article(connection: Connection, article_id: str) -> None:
    """Keep others from saving the same article until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(article_id))))


def due(moment: ColumnElement[datetime | None], now: datetime) -> ColumnElement[bool]:
    """True where the moment has come, or lies further off than anything is ever put off: then
    the clock was ahead when it was written."""
    return or_(moment <= now, moment > now + LONGEST_WAIT)


def chunks(values: Collection[T]) -> Iterator[Sequence[T]]:
    """The distinct values in lists that fit one statement."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]
