"""A ledger that is filled once, and restored before each test.

Test modules import these fixtures and define `filled`, a file. The ledger's path or URL stays the
same, so that the program compiles its SQL once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from importer.ledger.tables import metadata
from servers import Server

StoredRow = dict[str, Any]
"""A row of a table, by column."""


@pytest.fixture
def ledger(filled: Path) -> Path:
    """The test's copy of `filled`."""
    return Path(shutil.copy(filled, filled.with_name("ledger.db")))


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[str]:
    """A database with an empty ledger."""
    with server.database() as name:
        yield server.url(name)


@pytest.fixture
def where(engine: str, filled: Path, request: pytest.FixtureRequest) -> str:
    """What `--ledger` names: a ledger with the rows of `filled`."""
    if engine == "sqlite":
        return str(request.getfixturevalue("ledger"))
    url = str(request.getfixturevalue("database"))
    with _engine(url).connect() as connection:
        connection.exec_driver_sql(_AS_REPLICA)
        for table in metadata.sorted_tables:
            connection.execute(table.delete())
            if rows := _rows_of(filled)[table]:
                connection.execute(table.insert(), rows)
    return url


@cache
def _rows_of(file: Path) -> dict[sa.Table, list[StoredRow]]:
    with _engine(str(file)).connect() as connection:
        return {table: all_rows(connection, table) for table in metadata.sorted_tables}


def all_rows(connection: sa.Connection, table: sa.Table) -> list[StoredRow]:
    """Every row of a table, in the order of its key."""
    query = sa.select(table).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(query).mappings()]


_AS_REPLICA = "SET session_replication_role = replica"
"""Has PostgreSQL check no foreign keys and run no triggers; only a superuser can."""


@contextmanager
def unguarded(where: str) -> Iterator[sa.Connection]:
    """A connection that no constraint, foreign key or trigger restricts; each statement commits."""
    with _engine(where).connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.exec_driver_sql(names).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(_AS_REPLICA)
            checks = ("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c'"
                      " AND connamespace = current_schema()::regnamespace")  # fmt: skip
            for table, name in connection.exec_driver_sql(checks).all():
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield connection


@cache
def _engine(where: str) -> sa.Engine:
    url = where if "://" in where else f"sqlite:///{where}"
    return sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
