"""Articles by feed and date, so that a feed's rhythm is found without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the index."""
    op.create_index("entries_by_feed", "entries", ["feed_id", "published"])
