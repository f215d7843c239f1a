"""Feeds, their memory between polls, and the entries they bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, or_, select, update

from pipeline.errors import Issue
from pipeline.store import tables
from pipeline.store.codec import dump, load, storable
from pipeline.store.database import Part, Row, chunks, hold, insert_new, upsert
from pipeline.store.rhythm import newest_days
from pipeline.text import short_hash
from pipeline.types import Entry, Feed, FeedMemory, Poll
from pipeline.urls import canonical_url

_MEMORY = (
    "etag",
    "last_modified",
    "body_hash",
    "failures",
    "last_polled_at",
    "last_ok_at",
    "next_poll_at",
)


def entry_id(entry: Entry) -> str:
    """The entry's row: its feed and its key there."""
    return short_hash(f"{entry.feed_id}\n{entry.key}")


def url_key(entry: Entry) -> str:
    """The same for every entry that leads to the same address; an entry without one is alone."""
    address = canonical_url(storable(entry.url))
    return short_hash(address) if address else entry_id(entry)


class FeedRows(Part):
    """The part of the store that polls write."""

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the feeds known; those no longer followed are kept but not polled."""
        rows = [
            {"id": f.id, "position": n, "followed": True, "failures": 0, "doc": dump(f)}
            for n, f in enumerate(feeds)
        ]
        with self.database.write() as connection:
            connection.execute(update(tables.feeds).values(followed=False))
            upsert(connection, tables.feeds, rows, keep=("failures",))

    def memories(self, feed_ids: Sequence[str]) -> Mapping[str, FeedMemory]:
        """What is remembered of each feed; a new feed has an empty memory."""
        found = {feed_id: FeedMemory(feed_id=feed_id) for feed_id in feed_ids}
        with self.database.read() as connection:
            for some in chunks(feed_ids):
                rows = connection.execute(
                    select(tables.feeds).where(tables.feeds.c.id.in_(some))
                ).mappings()
                found.update((row["id"], _memory(row)) for row in rows)
        return found

    def record_poll(self, poll: Poll, now: datetime) -> int:
        """Store new entries with the poll's ETag in one transaction; how many were new."""
        given = {entry_id(entry): entry for entry in reversed(poll.entries)}
        with self.database.write() as connection:
            new = _add(connection, given, now) if given else 0
            _remember(connection, poll, now)
        return new

    def record_unchanged(self, feed_ids: Sequence[str], now: datetime) -> None:
        """Remember of many feeds at once that they answered and had nothing new."""
        with self.database.write() as connection:
            for some in chunks(feed_ids):
                connection.execute(
                    update(tables.feeds)
                    .where(tables.feeds.c.id.in_(some))
                    .values(**_answered(now), issue=None)
                )

    def record_poll_failure(
        self, feed_id: str, issue: Issue, now: datetime, next_at: datetime
    ) -> None:
        """Remember that a poll failed, why, and when to try again."""
        with self.database.write() as connection:
            connection.execute(
                update(tables.feeds)
                .where(tables.feeds.c.id == feed_id)
                .values(
                    failures=tables.feeds.c.failures + 1,
                    issue=dump(issue),
                    last_polled_at=now,
                    next_poll_at=next_at,
                )
            )

    def feed_health(self) -> Sequence[tuple[Feed, FeedMemory, Issue | None]]:
        """Every followed feed in the reader's order, with its memory and its last failure."""
        statement = (
            select(tables.feeds)
            .where(tables.feeds.c.followed)
            .order_by(tables.feeds.c.position, tables.feeds.c.id)
        )
        with self.database.read() as connection:
            rows = connection.execute(statement).mappings().all()
        return [
            (load(Feed, r["doc"]), _memory(r), load(Issue, r["issue"]) if r["issue"] else None)
            for r in rows
        ]

    def published_dates(
        self, feed_ids: Sequence[str], silent_since: datetime | None = None
    ) -> Mapping[str, Sequence[datetime]]:
        """The newest moment of each of the feed's newest days; with `silent_since` only of feeds
        with nothing later."""
        found: dict[str, list[datetime]] = {}
        with self.database.read() as connection:
            for some in chunks(feed_ids):
                days = newest_days(connection, some, silent_since)
                for feed_id, moment in connection.execute(days):
                    found.setdefault(feed_id, []).append(moment)
        return found


def _memory(row: RowMapping) -> FeedMemory:
    return FeedMemory(feed_id=row["id"], **{name: row[name] for name in _MEMORY})


def _answered(now: datetime) -> Row:
    return {"failures": 0, "last_polled_at": now, "last_ok_at": now, "next_poll_at": None}


def _remember(connection: Connection, poll: Poll, now: datetime) -> None:
    """What vouches for the entries; an answer that brought only trouble vouches for nothing."""
    values = _answered(now) | {"issue": dump(poll.issues[0]) if poll.issues else None}
    if not poll.unchanged and (poll.entries or not poll.issues):
        values |= {
            "etag": poll.etag,
            "last_modified": poll.last_modified,
            "body_hash": poll.body_hash,
        }
    connection.execute(update(tables.feeds).where(tables.feeds.c.id == poll.feed_id).values(values))


def _add(connection: Connection, given: Mapping[str, Entry], now: datetime) -> int:
    """Store what is not known; how many addresses were new."""
    hold(connection, "entries")
    rows = _new_rows(connection, given, now)
    addresses = _Addresses(connection, rows)
    new = sum(addresses.settle(row) for row in sorted(rows, key=_rank))
    insert_new(connection, tables.entries, rows)
    addresses.demote()
    return new


def _new_rows(connection: Connection, given: Mapping[str, Entry], now: datetime) -> list[Row]:
    """A row for each entry that the feed had not brought before."""
    known = _known_addresses(connection, given)
    moved = [
        key for key, entry in given.items() if known.get(key, url_key(entry)) != url_key(entry)
    ]
    others = _under_a_used_guid(connection, given, moved)
    fresh = {key: entry for key, entry in given.items() if key not in known}
    fresh |= {k: e for k, e in others.items() if k not in _known_addresses(connection, others)}
    return [_row(key, entry, now) for key, entry in fresh.items()]


def _known_addresses(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The `url_key` of the rows among `ids`."""
    columns = (tables.entries.c.id, tables.entries.c.url_key)
    known: dict[str, str] = {}
    for some in chunks(list(ids)):
        rows = connection.execute(select(*columns).where(tables.entries.c.id.in_(some)))
        known.update((key, address) for key, address in rows)
    return known


def _under_a_used_guid(
    connection: Connection, given: Mapping[str, Entry], moved: Sequence[str]
) -> dict[str, Entry]:
    """Those whose guid was that of an article with another address and another title.

    With the same title it is the old article at a new address.
    """
    others: dict[str, Entry] = {}
    for some in chunks(moved):
        rows = connection.execute(
            select(tables.entries.c.id, tables.entries.c.doc).where(tables.entries.c.id.in_(some))
        )
        for key, doc in rows:
            entry = given[key]
            if load(Entry, doc).title != entry.title:
                others[short_hash(f"{key}\n{url_key(entry)}")] = entry
    return others


def _row(key: str, entry: Entry, now: datetime) -> Row:
    return {
        "id": key,
        "feed_id": entry.feed_id,
        "url_key": url_key(entry),
        "state": "waiting",
        "carries_all": entry.content_is_full,
        "attempts": 0,
        "first_seen_at": now,
        "published": entry.published,
        "duplicate_of": None,
        "doc": dump(entry),
    }


@dataclass(frozen=True, slots=True)
class _Holder:
    """The entry that stands for an address."""

    id: str
    state: str
    carries_all: bool
    attempts: int

    def gives_way_to(self, row: Row) -> bool:
        """Whether a newcomer stands for the address instead.

        While nothing was fetched, which of two entries is a duplicate must not depend on which
        feed answered first: the one that carries the whole article wins, then the smaller id.
        Where fetching failed, an entry that needs no fetching still helps.
        """
        if self.state == "failed" or (self.state == "waiting" and self.attempts):
            return bool(row["carries_all"]) and not self.carries_all
        return self.state == "waiting" and _rank(row) < (not self.carries_all, self.id)


def _rank(row: Row) -> tuple[bool, str]:
    return not row["carries_all"], row["id"]


class _Addresses:
    """Who stands for which address, while the rows of one poll are settled."""

    def __init__(self, connection: Connection, rows: Iterable[Row]) -> None:
        self._connection = connection
        self._demoted: dict[str, str] = {}
        self._holders: dict[str, _Holder] = {}
        columns = (
            tables.entries.c.id,
            tables.entries.c.state,
            tables.entries.c.carries_all,
            tables.entries.c.attempts,
        )
        for some in chunks([row["url_key"] for row in rows]):
            found = connection.execute(
                select(tables.entries.c.url_key, *columns)
                .where(tables.entries.c.url_key.in_(some), tables.entries.c.duplicate_of.is_(None))
                .order_by(tables.entries.c.id)
            )
            self._holders.update((key, _Holder(*rest)) for key, *rest in found)

    def settle(self, row: Row) -> bool:
        """Make the row the address's holder or a duplicate; True where the address is new."""
        holder = self._holders.get(row["url_key"])
        if holder and not holder.gives_way_to(row):
            row |= {"state": "duplicate", "duplicate_of": holder.id}
            return False
        if holder:
            self._demoted[holder.id] = row["id"]
        self._holders[row["url_key"]] = _Holder(row["id"], "waiting", row["carries_all"], 0)
        return holder is None

    def demote(self) -> None:
        """Turn the former holders, and what was a duplicate of them, into duplicates."""
        for old, new in self._demoted.items():
            self._connection.execute(
                update(tables.entries)
                .where(or_(tables.entries.c.id == old, tables.entries.c.duplicate_of == old))
                .values(state="duplicate", duplicate_of=new)
            )
