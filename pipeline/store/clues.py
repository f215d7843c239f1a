"""Code found for papers, news of it, and small texts that other rooms ask to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from pipeline.ports import DraftRecord
from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, Row, chunks, upsert
from pipeline.store.enrichment import read_candidates
from pipeline.text import short_hash
from pipeline.types import Candidate, CodeClue, CodeNews

_CODE, _NEWS = "code", "news"


class ClueRows(Part):
    """The part of the store that looking for code writes; all of it stands in `answers`."""

    def recall(self, kind: str, keys: Sequence[str]) -> Mapping[str, tuple[str, datetime]]:
        """The kept ones among `keys`."""
        rows = self._answers(kind, keys)
        return {key: (doc, at) for key, (doc, at) in rows.items() if doc is not None}

    def remember(self, kind: str, texts: Mapping[str, str], now: datetime) -> None:
        """Keep them in place of older ones; the texts are JSON."""
        self._keep(kind, texts, now)

    def known_code(self, keys: Sequence[str]) -> Mapping[str, tuple[CodeClue | None, datetime]]:
        """What was found when each key was last looked for, and when."""
        rows = self._answers(_CODE, keys)
        return {key: (load(CodeClue, doc) if doc else None, at) for key, (doc, at) in rows.items()}

    def save_code(self, found: Mapping[str, CodeClue | None], now: datetime) -> None:
        """Keep what was found, None where nothing was."""
        self._keep(_CODE, {key: dump(clue) if clue else None for key, clue in found.items()}, now)

    def noted_candidates(self, since: date, before: date) -> Sequence[tuple[date, Candidate]]:
        """The items of the notes drafted for the days in [since, before), by day and place."""
        newest: dict[date, DraftRecord] = {}
        statement = (
            select(tables.drafts.c.doc)
            .where(tables.drafts.c.day >= since, tables.drafts.c.day < before)
            .order_by(tables.drafts.c.day, tables.drafts.c.revision)
        )
        with self.database.read() as connection:
            for doc in connection.scalars(statement):
                record = load(DraftRecord, doc)
                newest[record.day] = record
            wanted = [key for record in newest.values() for key in record.items]
            made: dict[str, Candidate] = {}
            for some in chunks(wanted):
                chosen = (
                    select(
                        tables.articles.c.doc,
                        tables.candidates.c.doc,
                        tables.candidates.c.covered,
                        tables.candidates.c.note_day,
                    )
                    .join(tables.articles, tables.articles.c.id == tables.candidates.c.article_id)
                    .where(tables.candidates.c.article_id.in_(some))
                )
                made.update((c.article.id, c) for c, _ in read_candidates(connection, chosen))
        return [
            (day, made[key])
            for day, record in newest.items()
            for key in record.items
            if key in made
        ]

    def save_news(self, news: Sequence[CodeNews], now: datetime) -> None:
        """Keep news of code; a later one on the same article replaces an earlier one."""
        self._keep(_NEWS, {n.article_id: dump(n) for n in news}, now)

    def news(self) -> Sequence[CodeNews]:
        """All news of code, by article."""
        statement = (
            select(tables.answers.c.doc)
            .where(tables.answers.c.kind == _NEWS)
            .order_by(tables.answers.c.asked)
        )
        with self.database.read() as connection:
            return [load(CodeNews, doc) for doc in connection.scalars(statement) if doc]

    def _answers(self, kind: str, keys: Sequence[str]) -> dict[str, tuple[str | None, datetime]]:
        asked = {short_hash(key): key for key in keys}
        found: dict[str, tuple[str | None, datetime]] = {}
        with self.database.read() as connection:
            for some in chunks(asked):
                rows = connection.execute(
                    select(
                        tables.answers.c.key, tables.answers.c.doc, tables.answers.c.checked_at
                    ).where(tables.answers.c.kind == kind, tables.answers.c.key.in_(some))
                )
                found.update((asked[key], (doc, at)) for key, doc, at in rows)
        return found

    def _keep(self, kind: str, texts: Mapping[str, str | None], now: datetime) -> None:
        rows: list[Row] = [
            {"kind": kind, "key": short_hash(key), "asked": key, "checked_at": now, "doc": text}
            for key, text in texts.items()
        ]
        with self.database.write() as connection:
            upsert(connection, tables.answers, rows)
