"""store/: everything remembered between runs, behind `ports.Store`.

In:  a database URL, then what the stages found. Out: the same things again, in a fixed order.
Touches: one SQLite file (`.stardraft/state.db` and its `-wal`/`-shm`), or a PostgreSQL database.
Nothing else: the time, where it matters, arrives as `now`.

Importing this room is cheap; SQLAlchemy is loaded by `open_store`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from pipeline.store.sql_store import SqlStore

__all__ = ["open_store"]


def open_store(url: str, *, busy_seconds: float = 30.0, zone: tzinfo | None = None) -> SqlStore:
    """Open the state at `url`, created and migrated forward where needed.

    `url` is `sqlite:///path`, `postgresql+psycopg://…`, or the plain path of a SQLite file.
    `busy_seconds` is how long to wait for another process that is writing, `zone` in which times
    are told to the reader (left out: the machine's). Raises `StoreError` where the state is newer
    than this program, locked, damaged, read-only or unreachable.
    """
    from pipeline.store.opening import open_sql_store

    store = open_sql_store(url, busy_seconds=busy_seconds)
    store.database.zone = zone
    return store
