"""Opening a store: where it is, whether it can be used, and migrating it forward."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, column, create_engine, inspect, make_url, select, table
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from pipeline.errors import StoreError
from pipeline.store.database import Database
from pipeline.store.failures import failure, store_error
from pipeline.store.sql_store import SqlStore
from pipeline.store.tables import REVISIONS, VERSION_TABLE, metadata

_PATIENCE = 10
"""Seconds to wait for a PostgreSQL server's answer, unless the URL says otherwise."""


def open_sql_store(url: str, *, busy_seconds: float) -> SqlStore:
    """The store at `url` or at that path, at today's schema; see `pipeline.store.open_store`."""
    where = _parse(url)
    if where.drivername in ("sqlite", "sqlite+pysqlite"):
        return SqlStore(_open_sqlite(where, busy_seconds))
    if where.drivername != "postgresql+psycopg":
        raise _bad_url(where.render_as_string())
    return SqlStore(_open_postgresql(where))


def _parse(url: str) -> URL:
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _bad_url(f"{url.partition('://')[0]}://…") from error  # the rest may be a password


def _bad_url(subject: str) -> StoreError:
    return store_error(
        subject,
        "store.bad_url",
        "看不懂状态的存放地址。",
        "请写成 sqlite:///路径/state.db 或 postgresql+psycopg://用户:密码@主机/库名。",
    )


def _open_sqlite(where: URL, busy_seconds: float) -> Database:
    if where.database in (None, "", ":memory:"):
        raise _bad_url(where.render_as_string())
    subject = str(where.database)
    if "uri" not in where.query:  # with `?uri=true` the name is SQLite's own kind of URI
        _prepare_folder(Path(subject))
    engine = create_engine(where, connect_args={"timeout": busy_seconds})
    return _ready(Database(engine, subject), busy_seconds)


def _prepare_folder(file: Path) -> None:
    """Make the folder, and say at once what would only fail at the first write."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store_error(
            str(file),
            "store.cannot_open",
            "状态文件所在的文件夹建不起来。",
            "请检查设置里的路径，以及当前用户在那里的写权限。",
        ) from error
    for place in (file, file.parent):
        if place.exists() and not os.access(place, os.W_OK):
            raise store_error(
                str(file),
                "store.read_only",
                "状态文件或它所在的文件夹是只读的，无法写入。",
                "请给当前用户写权限，或在设置里换一个位置。",
            )


def _open_postgresql(where: URL) -> Database:
    try:
        ours = {"connect_timeout": _PATIENCE, "client_encoding": "utf8"}
        wanted = {name: value for name, value in ours.items() if name not in where.query}
        engine = create_engine(where, pool_pre_ping=True, connect_args=wanted)
    except (ImportError, NoSuchModuleError) as error:
        raise store_error(
            where.render_as_string(),
            "store.driver_missing",
            "没有安装 PostgreSQL 的驱动。",
            "请运行 pip install 'psycopg[binary]'，然后重试。",
        ) from error
    return _ready(Database(engine, where.render_as_string()), busy_seconds=0)


def _ready(database: Database, busy_seconds: float) -> Database:
    """The database in WAL mode and at today's schema; closed again where that fails."""
    try:
        if database.engine.dialect.name == "sqlite":
            _use_wal(database, busy_seconds)
        else:
            _check_encoding(database)
        _migrate(database)
    except BaseException:
        database.engine.dispose()
        raise
    return database


def _use_wal(database: Database, busy_seconds: float) -> None:
    """Switch the file to WAL, once; SQLite does not wait by itself for this lock."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection = database.engine.raw_connection()
            try:
                cursor = connection.cursor()
                if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                    cursor.execute("PRAGMA journal_mode=WAL")
            finally:
                connection.close()
            return
        except Exception as error:
            explained = failure(error, database.subject)
            if explained is None:
                raise
            if explained.issues[0].code != "store.locked" or time.monotonic() > deadline:
                raise explained from error
        time.sleep(0.05)


def _check_encoding(database: Database) -> None:
    """Refuse a database that cannot hold every character; SQL_ASCII keeps bytes as they come."""
    with database.read() as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding not in ("UTF8", "SQL_ASCII"):
        raise store_error(
            database.subject,
            "store.encoding",
            f"这个数据库的编码是 {encoding}，存不下中文。",
            "请另建一个：CREATE DATABASE stardraft ENCODING 'UTF8' TEMPLATE template0，再改 [store] url。",
        )


def _migrate(database: Database) -> None:
    """Bring the schema to the newest revision; Alembic is loaded only where there is work."""
    with database.read() as connection:
        version = _version(connection, database.subject)
    if version == REVISIONS[-1]:
        return
    if version is not None and version not in REVISIONS:
        raise store_error(
            database.subject,
            "store.newer",
            f"状态是由更新版本的 stardraft 写的（结构 {version}，本程序只认识到 {REVISIONS[-1]}）。",
            "请升级 stardraft，或在设置里换一个状态文件。",
        )
    from pipeline.store.migrations import upgrade

    with database.write() as connection:
        upgrade(connection)


def _version(connection: Connection, subject: str) -> str | None:
    """The schema's revision, None for an empty database; a stranger's database is an error."""
    names = set(inspect(connection).get_table_names())
    if VERSION_TABLE in names:
        version: Any = connection.execute(
            select(column("version_num")).select_from(table(VERSION_TABLE))
        ).scalar()
        return None if version is None else str(version)
    ours = names if connection.dialect.name == "sqlite" else names & set(metadata.tables)
    if ours:
        raise store_error(
            subject,
            "store.foreign",
            "这是别的程序的数据库，里面已经有别的表。",
            "请在设置里为 stardraft 换一个空的数据库或新的文件。",
        )
    return None
