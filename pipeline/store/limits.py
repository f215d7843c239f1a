"""Politeness across processes, and cached vectors: the small ports the store also serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from pipeline.store import tables
from pipeline.store.database import LONGEST_WAIT, Part, chunks, insert_new, upsert


class LimitRows(Part):
    """`ports.Limiter`: one row per service."""

    def reserve(self, name: str, interval: float, now: datetime) -> float:
        """Book the next slot of `name`, slots `interval` s apart; the seconds to wait for it.

        Atomic across processes. An interval of 0 only asks how long `name` is pushed back.
        """
        if interval <= 0:
            with self.database.read() as connection:
                allowed = _allowed(connection, name, now, lock=False)
            return (allowed - now).total_seconds()
        with self.database.write() as connection:
            # The row must be there before it can be locked (PostgreSQL).
            insert_new(connection, tables.limits, [{"name": name, "next_allowed_at": now}])
            slot = _allowed(connection, name, now, lock=True)
            _set(connection, name, slot + timedelta(seconds=interval))
        return (slot - now).total_seconds()

    def push_back(self, name: str, until: datetime) -> None:
        """Let nobody use `name` before `until` (Retry-After); never makes a wait shorter."""
        with self.database.write() as connection:
            insert_new(connection, tables.limits, [{"name": name, "next_allowed_at": until}])
            _set(connection, name, _allowed(connection, name, until, lock=True))


def _allowed(connection: Connection, name: str, at_least: datetime, *, lock: bool) -> datetime:
    statement = select(tables.limits.c.next_allowed_at).where(tables.limits.c.name == name)
    kept: datetime | None = connection.scalar(statement.with_for_update() if lock else statement)
    if kept is None or kept > at_least + LONGEST_WAIT:  # the clock was ahead when it was written
        return at_least
    return max(kept, at_least)


def _set(connection: Connection, name: str, allowed: datetime) -> None:
    upsert(connection, tables.limits, [{"name": name, "next_allowed_at": allowed}])


class VectorRows(Part):
    """`ports.VectorCache`: embeddings by model name and content hash."""

    def get_vectors(self, model: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        """The cached ones among `hashes`."""
        found: dict[str, bytes] = {}
        with self.database.read() as connection:
            for some in chunks(hashes):
                rows = connection.execute(
                    select(tables.vectors.c.hash, tables.vectors.c.value).where(
                        tables.vectors.c.model == model, tables.vectors.c.hash.in_(some)
                    )
                )
                found.update((key, bytes(value)) for key, value in rows)
        return found

    def put_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Keep them; the same key twice is not an error."""
        rows = [{"model": model, "hash": key, "value": value} for key, value in vectors.items()]
        with self.database.write() as connection:
            insert_new(connection, tables.vectors, rows)
