"""Scores, and the notes drafted from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    func,
    or_,
    select,
    update,
)

from pipeline.ports import DraftRecord
from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, Row, chunks, upsert
from pipeline.store.enrichment import read_candidates
from pipeline.types import Candidate, Score


class DraftRows(Part):
    """The part of the store that scoring and drafting write."""

    def candidates_to_score(self, version: str) -> Sequence[Candidate]:
        """Candidates of the newest note or of none that lack a score of `version`."""
        newest = select(func.max(tables.drafts.c.day)).scalar_subquery()
        statement = with_scores().where(
            or_(tables.candidates.c.note_day.is_(None), tables.candidates.c.note_day == newest),
            unscored(version),
        )
        with self.database.read() as connection:
            return [candidate for candidate, _ in read_candidates(connection, statement)]

    def save_scores(self, scores: Sequence[Score], version: str) -> None:
        """Keep scores under the version that made them; a candidate's older one is replaced."""
        rows = [{"article_id": s.article_id, "version": version, "doc": dump(s)} for s in scores]
        with self.database.write() as connection:
            upsert(connection, tables.scores, rows)

    def candidates_for(self, day: date) -> Sequence[tuple[Candidate, Score | None]]:
        """Candidates drafted or shown on `day`, and those never drafted or shown at all.

        In the order in which they were first seen.
        """
        statement = with_scores().where(
            or_(tables.candidates.c.note_day.is_(None), tables.candidates.c.note_day == day)
        )
        with self.database.read() as connection:
            rows = read_candidates(connection, statement)
        return [(c, load(Score, score) if score else None) for c, score in rows]

    def last_draft(self, day: date) -> DraftRecord | None:
        """The day's note as we last rendered it."""
        with self.database.read() as connection:
            return _last(connection, day)

    def save_draft(self, record: DraftRecord, now: datetime) -> None:
        """Keep it; its candidates now belong to the day. Equal text keeps the revision.

        The store counts the revisions of a day, from 1; `record.revision` is not looked at.
        """
        with self.database.write() as connection:
            keep_draft(connection, record, now)


def keep_draft(connection: Connection, record: DraftRecord, now: datetime) -> None:
    """Keep a draft within the caller's transaction; see `DraftRows.save_draft`."""
    last = _last(connection, record.day)
    revision = 1
    if last:
        revision = last.revision + (last.text != record.text)
    row: Row = {
        "day": record.day,
        "revision": revision,
        "saved_at": now,
        "doc": dump(replace(record, revision=revision)),
    }
    upsert(connection, tables.drafts, [row], keep=("saved_at",))
    for some in chunks((*record.items, *record.also_seen)):
        connection.execute(
            update(tables.candidates)
            .where(tables.candidates.c.article_id.in_(some))
            .values(note_day=record.day)
        )


def with_scores() -> Select[Any]:
    """Rows as `read_candidates` wants them, in the order in which they were first seen."""
    return (
        select(
            tables.articles.c.doc,
            tables.candidates.c.doc,
            tables.candidates.c.covered,
            _score(tables.scores.c.doc),
        )
        .join(tables.articles, tables.articles.c.id == tables.candidates.c.article_id)
        .order_by(tables.candidates.c.first_seen_at, tables.candidates.c.article_id)
    )


def unscored(version: str) -> ColumnElement[bool]:
    """The candidate has no score, or one of another version."""
    found = _score(tables.scores.c.version)
    return or_(found.is_(None), found != version)


def _score(column: Column[str]) -> ScalarSelect[str]:
    """A column of the candidate's score. Not joined: PostgreSQL expects more candidates than
    there are, and would read every score ever given to match them."""
    return (
        select(column)
        .where(tables.scores.c.article_id == tables.candidates.c.article_id)
        .scalar_subquery()
    )


def _last(connection: Connection, day: date) -> DraftRecord | None:
    text = connection.scalar(
        select(tables.drafts.c.doc)
        .where(tables.drafts.c.day == day)
        .order_by(tables.drafts.c.revision.desc())
        .limit(1)
    )
    return load(DraftRecord, text) if text else None
