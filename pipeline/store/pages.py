"""Pages waiting to be fetched and extracted, and the articles they turn out to be."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from pipeline.errors import Issue
from pipeline.ports import PendingEntry, PendingPage
from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, Row, hold, upsert
from pipeline.types import Article, Entry, Page, PageState

_COMPRESSION = 6
"""zlib's default: on 3 MB WeChat pages 9 takes twice as long for 1 % less."""


class PageRows(Part):
    """The part of the store that fetching and extracting write."""

    def entries_to_fetch(self, now: datetime, limit: int) -> Sequence[PendingEntry]:
        """Entries without a page that are due, oldest first."""
        statement = (
            select(tables.entries.c.id, tables.entries.c.doc, tables.entries.c.attempts)
            .where(
                tables.entries.c.state == "waiting",
                or_(tables.entries.c.next_try_at.is_(None), tables.entries.c.next_try_at <= now),
            )
            .order_by(
                tables.entries.c.first_seen_at,
                tables.entries.c.published.nulls_last(),
                tables.entries.c.id,
            )
            .limit(limit)
        )
        with self.database.read() as connection:
            rows = connection.execute(statement).all()
        return [PendingEntry(entry_id=i, entry=load(Entry, d), attempts=n) for i, d, n in rows]

    def save_page(self, entry_id: str, page: Page) -> None:
        """Keep a fetched page (compressed) for extraction."""
        row: Row = {
            "entry_id": entry_id,
            "doc": dump(page, leave_out=("body",)),
            "body": zlib.compress(page.body, _COMPRESSION),
        }
        with self.database.write() as connection:
            upsert(connection, tables.pages, [row])
            connection.execute(
                update(tables.entries)
                .where(
                    tables.entries.c.id == entry_id,
                    tables.entries.c.state.in_(("waiting", "failed")),
                )
                .values(state="fetched", next_try_at=None, issue=None)
            )

    def fetch_failed(
        self, entry_id: str, issue: Issue, now: datetime, next_at: datetime | None
    ) -> None:
        """Remember a failed fetch; `next_at` None means it is permanent."""
        with self.database.write() as connection:
            connection.execute(
                update(tables.entries)
                .where(
                    tables.entries.c.id == entry_id,
                    tables.entries.c.state.in_(("waiting", "failed")),
                )
                .values(
                    state="failed" if next_at is None else "waiting",
                    attempts=tables.entries.c.attempts + 1,
                    next_try_at=next_at,
                    issue=dump(issue),
                )
            )

    def pages_to_extract(self, limit: int) -> Sequence[PendingPage]:
        """Fetched pages without an article, oldest first.

        Oldest by publication, not by when its feed answered: which of two entries an article
        comes from must be the same in every run.
        """
        statement = (
            select(
                tables.entries.c.id, tables.entries.c.doc, tables.pages.c.doc, tables.pages.c.body
            )
            .join(tables.pages, tables.pages.c.entry_id == tables.entries.c.id)
            .where(tables.entries.c.state == "fetched")
            .order_by(tables.entries.c.published.nulls_last(), tables.entries.c.id)
            .limit(limit)
        )
        with self.database.read() as connection:
            rows = connection.execute(statement).all()
        return [
            PendingPage(
                entry_id=key,
                entry=load(Entry, entry),
                page=load(Page, page, body=zlib.decompress(body)),
            )
            for key, entry, page, body in rows
        ]

    def save_article(self, entry_id: str, article: Article, now: datetime) -> bool:
        """Keep the article and settle its entry; False where the article was known already.

        A readable article replaces what was kept while its page could not be read.
        """
        row: Row = {
            "id": article.id,
            "entry_id": entry_id,
            "state": article.state.value,
            "published": article.published,
            "doc": dump(article),
        }
        with self.database.write() as connection:
            hold(connection, "entries")
            new = _keep(connection, row)
            _settle(connection, entry_id, article.id)
        return new


def _keep(connection: Connection, row: Row) -> bool:
    """Store the article unless one as good is there."""
    table = tables.articles
    known = connection.scalar(select(table.c.state).where(table.c.id == row["id"]))
    if known is not None and (known == PageState.OK or row["state"] != PageState.OK):
        return False
    upsert(connection, table, [row])
    return True


def _settle(connection: Connection, entry_id: str, article_id: str) -> None:
    """The article's own entry is done, any other that led to it is a duplicate of that one."""
    owner = connection.scalar(
        select(tables.articles.c.entry_id).where(tables.articles.c.id == article_id)
    )
    values: Row = {"state": "done"}
    if owner != entry_id:
        values = {"state": "duplicate", "duplicate_of": owner}
        connection.execute(
            update(tables.entries)
            .where(tables.entries.c.duplicate_of == entry_id)
            .values(duplicate_of=owner)
        )
    connection.execute(update(tables.entries).where(tables.entries.c.id == entry_id).values(values))
