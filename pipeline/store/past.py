"""The reader's past: archive of notes, and what the reader changed in our drafts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, select

from pipeline.ports import Feedback
from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, Row, chunks, insert_new
from pipeline.store.enrichment import read_candidates
from pipeline.text import short_hash, squash
from pipeline.types import ArchiveItem, Candidate

DROP, RESTORE = "drop", "restore"
"""The two actions that `dropped` looks at: the later one of a candidate counts."""

_TEXT_LENGTH = 600
"""Characters of an article's text that stand for it in the past, about an abstract's worth."""


class PastRows(Part):
    """The part of the store that the archive and the reader's decisions write."""

    def import_archive(self, items: Sequence[ArchiveItem]) -> int:
        """Replace the archive of every day that occurs in `items`; how many there are now."""
        rows = {(i.day, i.position): _archive_row(i) for i in items}
        with self.database.write() as connection:
            for some in chunks([day for day, _ in rows]):
                connection.execute(delete(tables.archive).where(tables.archive.c.day.in_(some)))
            insert_new(connection, tables.archive, list(rows.values()))
            return connection.scalar(select(func.count()).select_from(tables.archive)) or 0

    def archive(self) -> Sequence[ArchiveItem]:
        """The whole archive by day and position."""
        statement = select(tables.archive.c.doc).order_by(
            tables.archive.c.day, tables.archive.c.position
        )
        with self.database.read() as connection:
            return [load(ArchiveItem, doc) for doc in connection.scalars(statement)]

    def record_feedback(
        self, article_id: str, day: date, action: str, value: str, now: datetime
    ) -> None:
        """Log one decision of the reader; the same one at the same instant is kept once."""
        made = Feedback(article_id=article_id, day=day, action=action, value=value, at=now)
        with self.database.write() as connection:
            insert_new(connection, tables.feedback, [feedback_row(connection, made)])

    def feedback(self) -> Sequence[Feedback]:
        """Every decision of the reader that was not taken back, oldest first."""
        table = tables.feedback
        statement = (
            select(table.c.doc)
            .where(table.c.undone.is_(False))
            .order_by(table.c.at, table.c.article_id, table.c.position)
        )
        with self.database.read() as connection:
            return [load(Feedback, doc) for doc in connection.scalars(statement)]

    def rated(self) -> Sequence[ArchiveItem]:
        """Candidates the reader gave stars to, or accepted them of, on days not in the archive.

        By day; `position` counts from 1 within each.
        """
        with self.database.read() as connection:
            gone = _dropped_days(connection)
            given = {k: v for k, v in given_stars(connection).items() if k not in gone}
            found = {c.article.id: c for c in _read(connection, given)}
        items: list[ArchiveItem] = []
        for key, (day, stars) in sorted(given.items(), key=lambda pair: (pair[1][0], pair[0])):
            if key in found:
                position = 1 + sum(item.day == day for item in items)
                items.append(replace(_past_item(found[key], day, position), stars=stars))
        return items

    def dropped(self) -> Sequence[ArchiveItem]:
        """Candidates the reader dropped and did not take back, by day; `stars` is 0.

        `position` counts from 0 within each day.
        """
        with self.database.read() as connection:
            days = _dropped_days(connection)
            found = {c.article.id: c for c in _read(connection, days)}
        counts: dict[date, int] = {}
        items = []
        for article_id, day in sorted(days.items(), key=lambda pair: (pair[1], pair[0])):
            if article_id in found:
                position = counts[day] = counts.get(day, -1) + 1
                items.append(_past_item(found[article_id], day, position))
        return items


def given_stars(connection: Connection) -> dict[str, tuple[date, int]]:
    """Day and last stars, given or accepted, of each article on days not in the archive."""
    table = tables.feedback
    statement = (
        select(table.c.doc)
        .where(
            table.c.action.in_(("star", "accept")),
            table.c.undone.is_(False),
            table.c.day.not_in(select(tables.archive.c.day)),
        )
        .order_by(table.c.article_id, table.c.position)
    )
    made = [load(Feedback, doc) for doc in connection.scalars(statement)]
    return {f.article_id: (f.day, int(f.value)) for f in made if f.value.isdecimal()}


def feedback_row(connection: Connection, made: Feedback, step: int = 0, place: int = 0) -> Row:
    """The row of one decision: the `place`-th of a step, 0 where no step made it."""
    last = connection.scalar(
        select(func.max(tables.feedback.c.position)).where(
            tables.feedback.c.article_id == made.article_id
        )
    )
    text = dump(made)
    return {
        "stamp": short_hash(f"{made.day}/{step}/{place}{text}" if step else text),
        "article_id": made.article_id,
        "position": 0 if last is None else last + 1,
        "action": made.action,
        "at": made.at,
        "doc": text,
        "day": made.day,
        "step": step,
        "undone": False,
    }


def _archive_row(item: ArchiveItem) -> Row:
    return {"day": item.day, "position": item.position, "doc": dump(item)}


def _dropped_days(connection: Connection) -> dict[str, date]:
    """Article ids whose last word is `drop`, with the day of the note they were dropped from."""
    statement = (
        select(tables.feedback.c.doc)
        .where(tables.feedback.c.action.in_((DROP, RESTORE)), tables.feedback.c.undone.is_(False))
        .order_by(tables.feedback.c.article_id, tables.feedback.c.position)
    )
    last = {f.article_id: f for f in (load(Feedback, d) for d in connection.scalars(statement))}
    return {key: f.day for key, f in last.items() if f.action == DROP}


def _read(connection: Connection, ids: Iterable[str]) -> list[Candidate]:
    found: list[Candidate] = []
    for some in chunks(list(ids)):
        statement = (
            select(
                tables.articles.c.doc,
                tables.candidates.c.doc,
                tables.candidates.c.covered,
                tables.candidates.c.note_day,
            )
            .join(tables.articles, tables.articles.c.id == tables.candidates.c.article_id)
            .where(tables.candidates.c.article_id.in_(some))
        )
        found += [candidate for candidate, _ in read_candidates(connection, statement)]
    return found


def _past_item(candidate: Candidate, day: date, position: int) -> ArchiveItem:
    papers = [part for p in candidate.papers for part in (p.title, p.abstract)]
    article = candidate.article
    return ArchiveItem(
        day=day,
        position=position,
        title=article.title,
        url=article.url,
        stars=0,
        text=squash(" ".join([article.title, *papers, article.text[:_TEXT_LENGTH]])),
        paper_ids=tuple(p.id for p in candidate.papers),
        repo_ids=tuple(r.id for r in candidate.repos),
    )
