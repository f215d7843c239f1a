"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "feeds",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("followed", sa.Boolean, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_polled_at", sa.DateTime(timezone=True)),
        sa.Column("last_ok_at", sa.DateTime(timezone=True)),
        sa.Column("next_poll_at", sa.DateTime(timezone=True)),
        sa.Column("issue", sa.Text),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("feed_id", sa.Text, sa.ForeignKey("feeds.id"), nullable=False),
        sa.Column("url_key", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("carries_all", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True)),
        sa.Column("duplicate_of", sa.String(16)),
        sa.Column("issue", sa.Text),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_index(
        "entries_by_duplicate",
        "entries",
        ["duplicate_of"],
        sqlite_where=sa.text("duplicate_of IS NOT NULL"),
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )
    op.create_index("entries_by_state", "entries", ["state", "first_seen_at"])
    op.create_index("entries_by_url", "entries", ["url_key"])
    op.create_table(
        "pages",
        sa.Column("entry_id", sa.String(16), sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("doc", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("entry_id", sa.String(16), sa.ForeignKey("entries.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True)),
        sa.Column("candidate_id", sa.Text),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_index("articles_by_candidate", "articles", ["candidate_id", "state"])
    op.create_table(
        "candidates",
        sa.Column("article_id", sa.Text, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("note_day", sa.Date),
        sa.Column("retry_at", sa.DateTime(timezone=True)),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("covered", sa.Text, nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_index("candidates_by_day", "candidates", ["note_day"])
    op.create_index("candidates_by_retry", "candidates", ["retry_at"])
    op.create_table(
        "scores",
        sa.Column("article_id", sa.Text, sa.ForeignKey("candidates.article_id"), primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_table(
        "archive",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("stamp", sa.String(16), primary_key=True),
        sa.Column("article_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_index("feedback_by_article", "feedback", ["article_id", "position"])
    op.create_table(
        "answers",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("key", sa.String(16), primary_key=True),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doc", sa.Text),
    )
    op.create_table(
        "vectors",
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "limits",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("next_allowed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
    op.create_table(
        "locks",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("run_id", sa.Text),
        sa.Column("owner", sa.Text),
        sa.Column("host", sa.Text),
        sa.Column("boot", sa.Text),
        sa.Column("pid", sa.Integer),
        sa.Column("process_start", sa.Text),
        sa.Column("since", sa.DateTime(timezone=True)),
    )
