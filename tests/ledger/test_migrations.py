"""Migrations make the tables that the program works with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from importer.ledger.database import REVISION
from importer.ledger.migrate import configuration, upgrade
from importer.ledger.opening import open_ledger
from importer.ledger.tables import metadata
from servers import EMPTY, Server
from structures import structure


@pytest.fixture
def two_ledgers(engine: str, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What `--ledger` is for two ledgers without tables."""
    if engine == "sqlite":
        yield ["sqlite:///migrated.db", "sqlite:///created.db"]
        return
    server: Server = request.getfixturevalue("server")
    with ExitStack() as databases:
        yield [server.url(databases.enter_context(server.database(EMPTY))) for _ in range(2)]


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    """REVISION is alembic's head, and there is one head."""
    assert ScriptDirectory.from_config(configuration()).get_heads() == [REVISION]


@pytest.mark.contract
@pytest.mark.both_engines
def test_migrations_make_exactly_the_tables_of_the_code(two_ledgers: list[str]) -> None:
    """Tables, columns, keys, constraints and indexes are those of tables.py."""
    migrated, created = two_ledgers
    with open_ledger(migrated).migrating() as connection:
        upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        expected = structure(connection)
    with open_ledger(created).migrating() as connection:
        metadata.create_all(connection)
        assert structure(connection) == expected
