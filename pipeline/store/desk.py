"""The journal of the note files: every change, what it decided, and what is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from pipeline.ports import Feedback, KnownNote, Step
from pipeline.store import tables
from pipeline.store.codec import dump, load
from pipeline.store.database import Part, Row, insert_new, upsert
from pipeline.store.drafts import keep_draft
from pipeline.store.past import feedback_row
from pipeline.types import Article

_COLUMNS = ("day", "number", "who", "state", "change", "target", "what", "before", "after", "at")


class DeskRows(Part):
    """The part of the store behind `ports.Journal` that follows the note files."""

    def known_note(self, day: date) -> KnownNote | None:
        """The day's note as it was last seen, None where it never was."""
        known = tables.known_notes
        with self.database.read() as connection:
            doc = connection.scalar(select(known.c.doc).where(known.c.day == day))
        return load(KnownNote, doc) if doc else None

    def steps(self, day: date) -> Sequence[Step]:
        """The day's steps in order, without hunks, feedback, known note and draft."""
        table = tables.steps
        statement = (
            select(*(table.c[name] for name in _COLUMNS))
            .where(table.c.day == day)
            .order_by(table.c.number)
        )
        with self.database.read() as connection:
            return [Step(**row) for row in connection.execute(statement).mappings()]

    def step(self, day: date, number: int) -> Step:
        """One step with everything in it; it must exist."""
        table = tables.steps
        statement = select(table).where(table.c.day == day, table.c.number == number)
        with self.database.read() as connection:
            return _step(connection.execute(statement).mappings().one())

    def intended(self, day: date) -> Step | None:
        """The day's step that was intended and not settled, whole; None where there is none."""
        table = tables.steps
        statement = select(table).where(table.c.day == day, table.c.state == "intended")
        with self.database.read() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        return _step(row) if row else None

    def last_step(self, day: date) -> int:
        """The number of the day's newest step, 0 where there is none."""
        table = tables.steps
        with self.database.read() as connection:
            statement = select(func.max(table.c.number)).where(table.c.day == day)
            return connection.scalar(statement) or 0

    def intend(self, step: Step) -> None:
        """Keep a step that is about to be made."""
        with self.database.write() as connection:
            upsert(connection, tables.steps, [_step_row(step)])

    def forget_intended(self, day: date) -> None:
        """Remove the day's step that was intended but never made."""
        table = tables.steps
        with self.database.write() as connection:
            connection.execute(delete(table).where(table.c.day == day, table.c.state == "intended"))

    def settle(self, step: Step, now: datetime) -> None:
        """The step is made: it counts, and with it what it decided, all in one transaction."""
        with self.database.write() as connection:
            upsert(connection, tables.steps, [_step_row(step) | {"state": "done"}])
            if step.who in ("undo", "redo"):
                _move(connection, step)
            elif step.who in ("page", "file"):
                _forget_undone(connection, step.day)
            for place, made in enumerate(step.feedback):
                insert_new(
                    connection,
                    tables.feedback,
                    [feedback_row(connection, made, step.number, place)],
                )
            if step.known:
                _keep_known(connection, step.known)
            if step.draft:
                keep_draft(connection, step.draft, now)

    def feedback_of(self, day: date) -> Sequence[Feedback]:
        """The decisions on the day that were not taken back, in the order in which they fell."""
        table = tables.feedback
        statement = (
            select(table.c.doc)
            .where(table.c.day == day, table.c.undone.is_(False))
            .order_by(table.c.step, table.c.at, table.c.position)
        )
        with self.database.read() as connection:
            return [load(Feedback, doc) for doc in connection.scalars(statement)]

    def desk_stamp(self, day: date) -> str:
        """Changes when a run may have changed the day's candidates or scores."""
        drafts, runs = tables.drafts, tables.runs
        with self.database.read() as connection:
            revision, saved = connection.execute(
                select(func.max(drafts.c.revision), func.max(drafts.c.saved_at)).where(
                    drafts.c.day == day
                )
            ).one()
            newest = connection.scalar(select(func.max(runs.c.started_at)))
            candidates_day = tables.candidates.c.note_day
            count = connection.scalar(
                select(func.count())
                .select_from(tables.candidates)
                .where(candidates_day.is_(None) | (candidates_day == day))
            )
        return f"{revision}/{saved}/{newest}/{count}"

    def article(self, article_id: str) -> Article | None:
        """The article with that id, None where there is none."""
        table = tables.articles
        with self.database.read() as connection:
            doc = connection.scalar(select(table.c.doc).where(table.c.id == article_id))
        return load(Article, doc) if doc else None

    def draft_days(self) -> Sequence[date]:
        """Every day of which a note was drafted, newest first."""
        table = tables.drafts
        statement = select(table.c.day).distinct().order_by(table.c.day.desc())
        with self.database.read() as connection:
            return list(connection.scalars(statement))


def _step(row: RowMapping) -> Step:
    return load(Step, row["doc"], **{name: row[name] for name in _COLUMNS})


def _step_row(step: Step) -> Row:
    row: dict[str, Any] = {name: getattr(step, name) for name in _COLUMNS}
    known = replace(step.known, text="") if step.known else None  # its hunks say it all
    return row | {"doc": dump(replace(step, known=known), leave_out=_COLUMNS)}


def _keep_known(connection: Connection, known: KnownNote) -> None:
    row = {"day": known.day, "learned": "", "doc": dump(known)}
    upsert(connection, tables.known_notes, [row], keep=("learned",))


def _move(connection: Connection, step: Step) -> None:
    """An undo or redo: the step it is about, and what that decided, taken back or not."""
    undone = step.who == "undo"
    table, feedback = tables.steps, tables.feedback
    connection.execute(
        update(table)
        .where(table.c.day == step.day, table.c.number == step.target)
        .values(state="undone" if undone else "done")
    )
    connection.execute(
        update(feedback)
        .where(feedback.c.day == step.day, feedback.c.step == step.target)
        .values(undone=undone)
    )


def _forget_undone(connection: Connection, day: date) -> None:
    """After a new change there is nothing left to redo."""
    table = tables.steps
    connection.execute(
        update(table).where(table.c.day == day, table.c.state == "undone").values(state="gone")
    )
