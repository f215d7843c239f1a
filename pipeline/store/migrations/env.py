"""Run by Alembic: migrate on the connection that `pipeline.store.migrations` hands over."""

from __future__ import annotations

from alembic import context

from pipeline.store.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
