"""The journal of the note files, and decisions that can be taken back."""

from __future__ import annotations

import json
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add known notes and steps; give feedback its day, its step and its state."""
    op.create_table(
        "known_notes",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("learned", sa.String(64), nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_table(
        "steps",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("who", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("target", sa.Integer, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("after", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.add_column("feedback", sa.Column("day", sa.Date))
    op.add_column("feedback", sa.Column("step", sa.Integer, nullable=False, server_default="0"))
    op.add_column(
        "feedback", sa.Column("undone", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_index("feedback_by_day", "feedback", ["day", "step"])
    _give_days()


def _give_days() -> None:
    """Decisions logged before know their day only in their document."""
    feedback = sa.table(
        "feedback", sa.column("stamp"), sa.column("doc"), sa.column("day", sa.Date())
    )
    connection = op.get_bind()
    for stamp, doc in connection.execute(sa.select(feedback.c.stamp, feedback.c.doc)).all():
        day = date.fromisoformat(json.loads(doc)["day"])
        mine = sa.update(feedback).where(feedback.c.stamp == stamp)
        connection.execute(mine.values(day=day))
