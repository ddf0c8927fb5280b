"""Run migrations inside the caller's transaction; see importer/ledger/migrate.py."""

from __future__ import annotations

from alembic import context

from importer.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
