"""Ledgers of other revisions."""

from __future__ import annotations

import sqlalchemy as sa

from ledgers import raw


def set_revision(ledger: str, revision: str) -> None:
    """Let a ledger say that its tables are of `revision`."""
    with raw(ledger) as connection:
        statement = sa.text("UPDATE alembic_version SET version_num = :revision")
        connection.execute(statement, {"revision": revision})
