"""Batches that several workers share: leased with an expiry, handed back, never done twice.

PostgreSQL skips rows that another worker is just leasing (`FOR UPDATE SKIP LOCKED`); on SQLite
the write transaction itself keeps the others out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select

from pipeline.ports import PendingPage
from pipeline.store.database import Part, Row, chunks, inserted, upsert
from pipeline.store.drafts import unscored, with_scores
from pipeline.store.enrichment import read_candidates
from pipeline.store.pages import BYTES_AT_ONCE, read_page
from pipeline.store.processes import Process, this_process
from pipeline.store.tables import candidates, drafts, entries, leases
from pipeline.types import Candidate

Kind = Literal["extract", "score", "embed"]

LEASE = timedelta(minutes=10)
"""How long a worker on another machine or in another container is believed to live without a word;
a batch takes seconds. A dead worker beside us is known to be dead at once."""
LONGEST = 2 * LEASE
"""An end further off comes of a clock that has jumped. Not `LEASE` itself: who read the clock
first and had to wait for the other's transaction sees a lease that ends later than its own would."""


class LeaseRows(Part):
    """The part of the store that hands out work."""

    def lease_pages(self, limit: int, now: datetime) -> Sequence[PendingPage]:
        """Fetched pages that nobody else is reading, oldest first; they are ours for ten minutes.

        Oldest by publication, so that of two entries a lone worker always reads the same first.
        """
        fetched = (
            select(entries.c.id)
            .where(entries.c.state == "fetched", _free("extract", entries.c.id, now))
            .order_by(entries.c.published.nulls_last(), entries.c.id)
        )
        with self.database.write() as connection:
            keys = _lease(connection, "extract", fetched, entries, limit, now)
            pending: list[PendingPage] = []
            size = 0
            for key in keys:
                pending.append(read_page(connection, key))
                size += len(pending[-1].page.body)
                if size >= BYTES_AT_ONCE:
                    break
            _give_back(connection, "extract", keys[len(pending) :])
        return pending

    def lease_candidates(self, version: str, limit: int, now: datetime) -> Sequence[Candidate]:
        """Candidates of the newest note or of none without a score of `version`, that nobody
        else is scoring; they are ours for ten minutes."""
        newest = select(func.max(drafts.c.day)).scalar_subquery()
        wanted = (
            select(candidates.c.article_id)
            .where(
                or_(candidates.c.note_day.is_(None), candidates.c.note_day == newest),
                unscored(version),
                _free("score", candidates.c.article_id, now),
            )
            .order_by(candidates.c.first_seen_at, candidates.c.article_id)
        )
        with self.database.write() as connection:
            keys = _lease(connection, "score", wanted, candidates, limit, now)
            if not keys:
                return []
            statement = with_scores().where(candidates.c.article_id.in_(keys))
            return [candidate for candidate, _ in read_candidates(connection, statement)]

    def lease_texts(
        self, model: str, hashes: Sequence[str], limit: int, now: datetime
    ) -> Sequence[str]:
        """Of the texts with these content hashes up to `limit` that no other living worker is
        embedding with `model`; ours for ten minutes."""
        mine: list[str] = []
        with self.database.write() as connection:
            _bury(connection, "embed")
            for some in chunks(hashes):
                mine += _claim(connection, model, some, limit - len(mine), now)
                if len(mine) >= limit:
                    break
        return mine

    def release(self, kind: Kind) -> None:
        """Hand back everything of this kind that this process has leased."""
        with self.database.write() as connection:
            connection.execute(delete(leases).where(leases.c.kind == kind, leases.c.owner == _me()))

    def leased_elsewhere(self, kind: Kind, now: datetime) -> int:
        """How much of this kind living workers other than this process have in hand."""
        with self.database.write() as connection:
            _bury(connection, kind)
            statement = (
                select(func.count())
                .select_from(leases)
                .where(leases.c.kind == kind, leases.c.owner != _me(), leases.c.until > now)
            )
            return connection.scalar(statement) or 0


def _free(kind: Kind, key: ColumnElement[str], now: datetime) -> ColumnElement[bool]:
    """Nobody else holds it.

    As one set, which is read once: PostgreSQL takes the small table for empty and would read it
    again for everything that waits.
    """
    living = leases.c.until.between(now, now + LONGEST) & (leases.c.owner != _me())
    return key.not_in(select(leases.c.key).where(leases.c.kind == kind, living))


_LOOKS = 5
"""Searches for one batch, where others were each time faster."""


def _lease(
    connection: Connection,
    kind: Kind,
    wanted: Select[Any],
    table: Any,
    limit: int,
    now: datetime,
) -> list[str]:
    _bury(connection, kind)
    statement = wanted.limit(limit).with_for_update(of=table, skip_locked=True)
    keys: list[str] = []
    for _ in range(_LOOKS):
        found = list(connection.scalars(statement).all())
        # What somebody leased or did between the search's beginning and our lock on its row is
        # seen by asking again, now that nobody can.
        still = set(connection.scalars(wanted.where(wanted.selected_columns[0].in_(found))))
        keys = [key for key in found if key in still]
        if keys or not found:
            break
    rows = [{"kind": kind, "key": k, "owner": _me(), "until": now + LEASE} for k in keys]
    upsert(connection, leases, rows)
    return keys


def _claim(
    connection: Connection, model: str, hashes: Sequence[str], limit: int, now: datetime
) -> list[str]:
    """Texts have no rows that could be locked: whoever inserts the lease first has it."""
    keys = {f"{h} {model}": h for h in hashes}
    ours = leases.c.kind == "embed", leases.c.key.in_(keys)
    over = or_(leases.c.owner == _me(), ~leases.c.until.between(now, now + LONGEST))
    connection.execute(delete(leases).where(*ours, over))
    taken = set(connection.scalars(select(leases.c.key).where(*ours)))
    mine = []
    for key in [k for k in keys if k not in taken][:limit]:
        row: Row = {"kind": "embed", "key": key, "owner": _me(), "until": now + LEASE}
        if inserted(connection, leases, row):
            mine.append(keys[key])
    return mine


def _give_back(connection: Connection, kind: Kind, keys: Sequence[str]) -> None:
    if keys:
        connection.execute(delete(leases).where(leases.c.kind == kind, leases.c.key.in_(keys)))


def _bury(connection: Connection, kind: Kind) -> None:
    """Take back what processes have leased that are known to be dead."""
    local = connection.dialect.name == "sqlite"
    owners = connection.scalars(select(leases.c.owner).where(leases.c.kind == kind).distinct())
    dead = [owner for owner in owners.all() if _process(owner).lives(local=local) is False]
    if dead:
        connection.execute(delete(leases).where(leases.c.kind == kind, leases.c.owner.in_(dead)))


def _me() -> str:
    me = this_process()
    return "|".join((me.host, me.boot, me.namespace, str(me.pid), me.process_start))


def _process(owner: str) -> Process:
    host, boot, *namespace, pid, start = owner.split("|")  # older versions wrote no namespace
    return Process(
        host=host, boot=boot, namespace="".join(namespace), pid=int(pid), process_start=start
    )
