"""The tables, as SQLAlchemy Core knows them.

Every id is derived from content, nothing counts up by itself, so that a run broken anywhere and
run again ends in the same rows. A document (`doc`) is JSON text from `codec`; beside it stand
only the columns that are searched or sorted by. Foreign texts of unknown length (URLs, titles)
are looked up by `text.short_hash`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)

from pipeline.store.codec import storable

if TYPE_CHECKING:
    from sqlalchemy import Dialect

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""All schema revisions in order; the last one is what this code speaks."""

VERSION_TABLE = "stardraft_version"
"""Not Alembic's default name: Prefect keeps that one, and may share a PostgreSQL database."""


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC (SQLite itself knows no zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Foreign text, stripped of what a database refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


metadata = MetaData()

feeds = Table(
    "feeds",
    metadata,
    Column("id", Words, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("followed", Boolean, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_hash", Words),
    Column("failures", Integer, nullable=False, default=0),
    Column("last_polled_at", UtcTime),
    Column("last_ok_at", UtcTime),
    Column("next_poll_at", UtcTime),
    Column("issue", Text),
    Column("doc", Text, nullable=False),
)

# state: waiting (for its page) -> fetched -> done; or duplicate, or failed for good.
entries = Table(
    "entries",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("feed_id", Words, ForeignKey("feeds.id"), nullable=False),
    Column("url_key", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("carries_all", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try_at", UtcTime),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("published", UtcTime),
    Column("duplicate_of", String(16)),
    Column("issue", Text),
    Column("doc", Text, nullable=False),
    Index("entries_by_url", "url_key"),
    Index("entries_by_state", "state", "first_seen_at"),
    Index("entries_by_feed", "feed_id", "published"),
    # Partial, or SQLite takes it for "is no duplicate" and reads the whole table.
    Index(
        "entries_by_duplicate",
        "duplicate_of",
        sqlite_where=text("duplicate_of IS NOT NULL"),
        postgresql_where=text("duplicate_of IS NOT NULL"),
    ),
)

pages = Table(
    "pages",
    metadata,
    Column("entry_id", String(16), ForeignKey("entries.id"), primary_key=True),
    Column("doc", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# candidate_id: the candidate that stands for this article, itself or the one that covers it.
articles = Table(
    "articles",
    metadata,
    Column("id", Words, primary_key=True),
    Column("entry_id", String(16), ForeignKey("entries.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("published", UtcTime),
    Column("candidate_id", Words),
    Column("doc", Text, nullable=False),
    Index("articles_by_candidate", "candidate_id", "state"),
)

# covered: a JSON list of the articles it covers, whose texts stay in `articles`.
candidates = Table(
    "candidates",
    metadata,
    Column("article_id", Words, ForeignKey("articles.id"), primary_key=True),
    Column("note_day", Date),
    Column("retry_at", UtcTime),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("covered", Text, nullable=False),
    Column("doc", Text, nullable=False),
    Index("candidates_by_day", "note_day"),
    Index("candidates_by_retry", "retry_at"),
)

scores = Table(
    "scores",
    metadata,
    Column("article_id", Words, ForeignKey("candidates.article_id"), primary_key=True),
    Column("version", Words, nullable=False),
    Column("doc", Text, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("saved_at", UtcTime, nullable=False),
    Column("doc", Text, nullable=False),
)

archive = Table(
    "archive",
    metadata,
    Column("day", Date, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("doc", Text, nullable=False),
)

# position: how many decisions about the same article came before; stamp: of what and when.
feedback = Table(
    "feedback",
    metadata,
    Column("stamp", String(16), primary_key=True),
    Column("article_id", Words, nullable=False),
    Column("position", Integer, nullable=False),
    Column("action", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("doc", Text, nullable=False),
    Column("day", Date),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("undone", Boolean, nullable=False, server_default=false()),
    Index("feedback_by_article", "article_id", "position"),
    Index("feedback_by_day", "day", "step"),
)

# learned: the hash of the published note that went into the archive.
known_notes = Table(
    "known_notes",
    metadata,
    Column("day", Date, primary_key=True),
    Column("learned", String(64), nullable=False, default=""),
    Column("doc", Text, nullable=False),
)

# Every change of a note file; doc: its hunks, its feedback, the note after it.
steps = Table(
    "steps",
    metadata,
    Column("day", Date, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("who", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("change", Words, nullable=False),
    Column("target", Integer, nullable=False),
    Column("what", Words, nullable=False),
    Column("before", String(64), nullable=False),
    Column("after", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("doc", Text, nullable=False),
)

# What an index answered when asked (by id or title); without a document it knew nothing.
answers = Table(
    "answers",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("key", String(16), primary_key=True),
    Column("asked", Words, nullable=False),
    Column("checked_at", UtcTime, nullable=False),
    Column("doc", Text),
)

vectors = Table(
    "vectors",
    metadata,
    Column("model", Words, primary_key=True),
    Column("hash", Words, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

limits = Table(
    "limits",
    metadata,
    Column("name", Words, primary_key=True),
    Column("next_allowed_at", UtcTime, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("started_at", UtcTime, nullable=False),
    Column("doc", Text, nullable=False),
)

# Rows that are locked with SELECT … FOR UPDATE; the row `run` says who runs, and counts its beats.
locks = Table(
    "locks",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("run_id", Words),
    Column("owner", Words),
    Column("host", Words),
    Column("boot", Words),
    Column("pid", Integer),
    Column("process_start", Words),
    Column("since", UtcTime),
    Column("namespace", Words),
    Column("beats", Integer),
)

# target: a hash of the place published to; doc: files with their hashes, and how far it got.
outbox = Table(
    "outbox",
    metadata,
    Column("target", String(16), primary_key=True),
    Column("revision", String(64), primary_key=True),
    Column("changed_at", UtcTime, nullable=False),
    Column("doc", Text, nullable=False),
)

# Work that several workers share: who has it in hand, and until when at the latest.
leases = Table(
    "leases",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("key", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    Column("until", UtcTime, nullable=False),
)

# key: event, day and a hash of the address; state: claimed, then sent.
notices = Table(
    "notices",
    metadata,
    Column("key", Words, primary_key=True),
    Column("state", String(8), nullable=False),
    Column("at", UtcTime, nullable=False),
)
