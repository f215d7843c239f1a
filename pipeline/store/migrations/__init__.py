"""The schema's history: every revision in `versions/`, applied forward by Alembic.

Imported only where a database is not at the newest revision.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file, on an open transaction."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return made


def upgrade(connection: Connection) -> None:
    """Apply what is missing within the caller's transaction: all of it or nothing.

    Two processes that do it at once wait for each other (on SQLite by the write lock).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(0x57A2D2AF)))
    command.upgrade(config(connection), "head")
