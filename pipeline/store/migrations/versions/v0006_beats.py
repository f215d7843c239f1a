"""The beat of the run that holds the lock, and the namespace its process id counts in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add both; a lock that an older version holds has neither."""
    op.add_column("locks", sa.Column("namespace", sa.Text))
    op.add_column("locks", sa.Column("beats", sa.Integer))
