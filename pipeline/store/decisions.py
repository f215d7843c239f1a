"""What became of every candidate the reader was shown, and published notes as the past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy import delete, func, select, update

from pipeline.ports import Decision, Feedback, KnownNote
from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, chunks, insert_new
from pipeline.store.past import DROP, feedback_row
from pipeline.types import ArchiveItem, Score

PUBLISH = "publish"
_STARS = ("star", "accept", PUBLISH)
_OUT: dict[str, Literal["dropped", "passed"]] = {DROP: "dropped", "demote": "passed"}
_NEUTRAL = ("star", "accept", "edit", "move")
"""Decisions that leave an item where it is."""


class DecisionRows(Part):
    """The part of the store that sums up the reader's decisions."""

    def decisions(self) -> Sequence[Decision]:
        """What became of every candidate that was shown, by day and moment.

        Candidates shown below the note and left alone count as passed once the day is over: a
        later note was drafted, or its own was published.
        """
        made = [_decided(found) for found in self._feedback_by_candidate().values()]
        known = {(d.article_id, d.day) for d in made}
        passed = [d for d in self._passed() if (d.article_id, d.day) not in known]
        return sorted([*made, *passed], key=lambda d: (d.day, d.at, d.article_id))

    def _feedback_by_candidate(self) -> dict[tuple[str, date], list[Feedback]]:
        table = tables.feedback
        statement = (
            select(table.c.doc)
            .join(tables.candidates, tables.candidates.c.article_id == table.c.article_id)
            .where(table.c.undone.is_(False))
            .order_by(table.c.article_id, table.c.position)
        )
        found: dict[tuple[str, date], list[Feedback]] = {}
        with self.database.read() as connection:
            for doc in connection.scalars(statement):
                feedback = load(Feedback, doc)
                found.setdefault((feedback.article_id, feedback.day), []).append(feedback)
        return found

    def _passed(self) -> Iterator[Decision]:
        known, drafts, scores = tables.known_notes, tables.drafts, tables.scores
        newest = select(func.max(drafts.c.day)).scalar_subquery()
        with self.database.read() as connection:
            statement = (
                select(known.c.doc, func.max(drafts.c.saved_at))
                .join(drafts, drafts.c.day == known.c.day)
                .where((known.c.day < newest) | (known.c.learned != ""))
                .group_by(known.c.day, known.c.doc)
            )
            rows = [(load(KnownNote, doc), at) for doc, at in connection.execute(statement)]
            found: dict[str, Score] = {}
            for some in chunks([key for note, _ in rows for key in note.also_seen]):
                docs = select(scores.c.doc).where(scores.c.article_id.in_(some))
                found |= {
                    s.article_id: s for s in (load(Score, d) for d in connection.scalars(docs))
                }
        for note, at in rows:
            yield from (_passed_over(found[k], note.day, at) for k in note.also_seen if k in found)

    def learned(self, day: date) -> str:
        """The hash of the published note of that day that went into the archive, else empty."""
        table = tables.known_notes
        with self.database.read() as connection:
            return connection.scalar(select(table.c.learned).where(table.c.day == day)) or ""

    def learn(
        self,
        day: date,
        digest: str,
        items: Sequence[ArchiveItem],
        feedback: Sequence[Feedback],
    ) -> None:
        """Make the published note of a known day, whose hash is `digest`, part of the archive.

        `feedback` says of each of its items that it was published, in place of what did before.
        """
        past, known, said = tables.archive, tables.known_notes, tables.feedback
        rows = [{"day": i.day, "position": i.position, "doc": dump(i)} for i in items]
        with self.database.write() as connection:
            connection.execute(delete(past).where(past.c.day == day))
            insert_new(connection, past, rows)
            connection.execute(delete(said).where(said.c.day == day, said.c.action == PUBLISH))
            for made in feedback:
                insert_new(connection, said, [feedback_row(connection, made)])
            connection.execute(update(known).where(known.c.day == day).values(learned=digest))


def _decided(found: Sequence[Feedback]) -> Decision:
    """One candidate's decisions of one day, summed up; what was suggested as at the last one."""
    moving = [f.action for f in found if f.action not in _NEUTRAL]
    stars = [f.value for f in found if f.action in _STARS and f.value.isdecimal()]
    own = [f.value for f in found if f.action in _STARS[:2] and f.value.isdecimal()]
    last = found[-1]
    return Decision(
        article_id=last.article_id,
        day=last.day,
        outcome=_OUT.get(moving[-1] if moving else "", "kept"),
        given=int((own or stars)[-1]) if stars else None,
        suggested=last.suggested,
        relevance=last.relevance,
        at=last.at,
        model=last.model,
        profile=last.profile,
    )


def _passed_over(score: Score, day: date, at: datetime) -> Decision:
    return Decision(
        article_id=score.article_id,
        day=day,
        outcome="passed",
        given=None,
        suggested=score.suggested_stars,
        relevance=score.relevance,
        at=at,
        model=score.model,
        profile=score.profile,
    )
