"""On which days feeds published, found without reading all they ever published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from pipeline.store.tables import UtcTime, entries, feeds

DAYS = 31
"""How many of a feed's newest days are read; a rhythm is judged by no more."""


def newest_days(
    connection: Connection, feed_ids: Sequence[str], silent_since: datetime | None
) -> Select[tuple[str, datetime]]:
    """The newest moment of each of the newest 31 days (UTC) on which each feed published.

    Steps from day to day through the index of feed and date, so that it costs at most 31 look-ups
    a feed however much is stored. With `silent_since` only feeds with nothing later.
    """
    latest = select(func.max(entries.c.published)).where(entries.c.feed_id == feeds.c.id)
    first = (
        select(
            feeds.c.id.label("feed_id"),
            type_coerce(latest.scalar_subquery(), UtcTime).label("moment"),
            literal_column("1").label("number"),
        )
        .where(feeds.c.id.in_(feed_ids))
        .cte("days", recursive=True)
    )
    before = (
        select(func.max(entries.c.published))
        .where(
            entries.c.feed_id == first.c.feed_id,
            entries.c.published < _midnight(connection, first.c.moment),
        )
        .scalar_subquery()
    )
    spoken = or_(first.c.number > 1, _silent(first.c.moment, silent_since))
    days = first.union_all(
        select(first.c.feed_id, before, first.c.number + 1).where(
            first.c.moment.is_not(None), first.c.number < DAYS, spoken
        )
    )
    found = select(days.c.feed_id, days.c.moment).where(days.c.moment.is_not(None))
    if silent_since is None:
        return found
    return found.where(or_(days.c.number > 1, _silent(days.c.moment, silent_since)))


def _silent(moment: ColumnElement[Any], since: datetime | None) -> ColumnElement[bool]:
    return literal_column("1 = 1") if since is None else moment <= since


def _midnight(connection: Connection, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """When the moment's day began; SQLite compares texts, of which the bare date is the least."""
    if connection.dialect.name == "postgresql":
        return func.date_trunc("day", moment, "UTC")
    return func.date(moment)
