"""Pages waiting to be fetched and extracted, and the articles they turn out to be."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, or_, select, update

from pipeline.errors import Issue
from pipeline.ports import PendingEntry, PendingPage
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, Row, hold, hold_article, upsert
from pipeline.store.database import due as due_at
from pipeline.store.tables import articles, entries, pages
from pipeline.types import Article, Entry, Page, PageState

_COMPRESSION = 6
"""On 54 recorded WeChat pages (25 MB) 6 leaves 21 % in 0.46 s; 9 takes 2.5 times as long for
1 % less, 1 takes 40 % of the time for 19 % more."""

BYTES_AT_ONCE = 64 << 20
"""About as many bytes of pages are handed out at once, whatever `limit` says: one WeChat page
has up to 4 MB."""


class PageRows(Part):
    """The part of the store that fetching and extracting write."""

    def entries_to_fetch(
        self,
        now: datetime,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[PendingEntry]:
        """Entries without a page that are due and appeared in [since, until), oldest first.

        An entry without a date may have one on its page: no `until` leaves it out.
        """
        published = entries.c.published
        window = [func.coalesce(published, entries.c.first_seen_at) >= since] if since else []
        window += [or_(published.is_(None), published < until)] if until else []
        order = (entries.c.first_seen_at, entries.c.published.nulls_last(), entries.c.id)
        due = (
            select(entries.c.id)
            .where(
                entries.c.state == "waiting",
                or_(entries.c.next_try_at.is_(None), due_at(entries.c.next_try_at, now)),
                *window,
            )
            .order_by(*order)
            .limit(limit)
        )
        statement = (
            select(entries.c.id, entries.c.doc, entries.c.attempts)
            .where(entries.c.id.in_(due))
            .order_by(*order)
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
            upsert(connection, pages, [row])
            connection.execute(
                update(entries)
                .where(
                    entries.c.id == entry_id,
                    entries.c.state.in_(("waiting", "failed")),
                )
                .values(state="fetched", next_try_at=None, issue=None)
            )

    def fetch_failed(
        self, entry_id: str, issue: Issue, now: datetime, next_at: datetime | None
    ) -> None:
        """Remember a failed fetch; `next_at` None means it is permanent."""
        with self.database.write() as connection:
            connection.execute(
                update(entries)
                .where(
                    entries.c.id == entry_id,
                    entries.c.state.in_(("waiting", "failed")),
                )
                .values(
                    state="failed" if next_at is None else "waiting",
                    attempts=entries.c.attempts + 1,
                    next_try_at=next_at,
                    issue=dump(issue),
                )
            )

    def pages_to_extract(self, limit: int) -> Sequence[PendingPage]:
        """Fetched pages without an article, oldest first.

        Oldest by publication, not by when its feed answered: which of two entries an article
        comes from must be the same in every run.
        """
        fetched = (
            select(entries.c.id)
            .where(entries.c.state == "fetched")
            .order_by(entries.c.published.nulls_last(), entries.c.id)
            .limit(limit)
        )
        pending: list[PendingPage] = []
        size = 0
        with self.database.read() as connection:
            for key in connection.scalars(fetched).all():
                pending.append(read_page(connection, key))
                size += len(pending[-1].page.body)
                if size >= BYTES_AT_ONCE:
                    break
        return pending

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
            # Workers wait for a poll, and for each other only over the same article.
            hold(connection, "entries", shared=True)
            hold_article(connection, article.id)
            new = _keep(connection, row)
            _settle(connection, entry_id, article.id)
        return new


def read_page(connection: Connection, entry_id: str) -> PendingPage:
    """An entry with its page, unpacked."""
    entry, page, body = connection.execute(
        select(entries.c.doc, pages.c.doc, pages.c.body)
        .join(pages, pages.c.entry_id == entries.c.id)
        .where(entries.c.id == entry_id)
    ).one()
    return PendingPage(
        entry_id=entry_id,
        entry=load(Entry, entry),
        page=load(Page, page, body=zlib.decompress(body)),
    )


def _keep(connection: Connection, row: Row) -> bool:
    """Store the article unless one as good is there."""
    known = connection.scalar(select(articles.c.state).where(articles.c.id == row["id"]))
    if known is not None and (known == PageState.OK or row["state"] != PageState.OK):
        return False
    upsert(connection, articles, [row])
    return True


def _settle(connection: Connection, entry_id: str, article_id: str) -> None:
    """The article's own entry is done, any other that led to it is a duplicate of that one."""
    owner = connection.scalar(select(articles.c.entry_id).where(articles.c.id == article_id))
    values: Row = {"state": "done"}
    if owner != entry_id:
        values = {"state": "duplicate", "duplicate_of": owner}
        connection.execute(
            update(entries).where(entries.c.duplicate_of == entry_id).values(duplicate_of=owner)
        )
    connection.execute(update(entries).where(entries.c.id == entry_id).values(values))
