"""Ledgers of other revisions."""

from __future__ import annotations

import sqlalchemy as sa

from importer.ledger.opening import open_ledger


def set_revision(setting: str, revision: str) -> None:
    """Let a ledger say that its tables are of `revision`."""
    with open_ledger(setting).migrating() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :one"),
                           {"one": revision})  # fmt: skip
