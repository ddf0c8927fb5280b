"""The database of a ledger, seen without the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa

Rows = dict[str, list[str]]
"""The rows of tables as text, by table, in an order that stays."""


@contextmanager
def raw(ledger: str | Path) -> Iterator[sa.Connection]:
    """A connection to what `--ledger` names, each statement a transaction."""
    with _engine(str(ledger)).connect() as connection:
        yield connection


@cache
def _engine(ledger: str) -> sa.Engine:
    url = ledger if "://" in ledger else f"sqlite:///{ledger}"
    return sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")


def set_revision(ledger: str, revision: str) -> None:
    """Let a ledger say that its tables are of `revision`."""
    with raw(ledger) as connection:
        statement = sa.text("UPDATE alembic_version SET version_num = :revision")
        connection.execute(statement, {"revision": revision})


def all_rows(ledger: str | Path) -> Rows:
    """All rows of all tables, whatever the revision of the ledger is."""
    with raw(ledger) as connection:
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}")))
            for name in sa.inspect(connection).get_table_names()
        }
