"""What was published: one row per target and revision, and how far it got."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from pipeline.ports import Outgoing
from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, upsert
from pipeline.text import short_hash

_KEPT = 200
"""Newest rows that are read: half a year of a note a day."""


class OutboxRows(Part):
    """`ports.Outbox`: one row per revision and target."""

    def save_outgoing(self, outgoing: Outgoing, now: datetime) -> None:
        """Keep it; the same revision for the same target replaces its older row."""
        row = {
            "target": short_hash(outgoing.target),
            "revision": outgoing.revision,
            "changed_at": now,
            "doc": dump(outgoing),
        }
        with self.database.write() as connection:
            upsert(connection, tables.outbox, [row])

    def outgoing(self, target: str) -> Sequence[Outgoing]:
        """The newest publications to this target, newest first, 200 at most."""
        statement = (
            select(tables.outbox.c.doc)
            .where(tables.outbox.c.target == short_hash(target))
            .order_by(tables.outbox.c.changed_at.desc(), tables.outbox.c.revision)
            .limit(_KEPT)
        )
        with self.database.read() as connection:
            return [load(Outgoing, doc) for doc in connection.scalars(statement)]

    def publications(self) -> Sequence[tuple[Outgoing, datetime]]:
        """What was published (committed or pushed) to any target, newest first, 200 at most."""
        statement = (
            select(tables.outbox.c.doc, tables.outbox.c.changed_at)
            .order_by(tables.outbox.c.changed_at.desc(), tables.outbox.c.revision)
            .limit(_KEPT)
        )
        with self.database.read() as connection:
            rows = [(load(Outgoing, doc), at) for doc, at in connection.execute(statement)]
        return [(row, at) for row, at in rows if row.state != "planned"]
