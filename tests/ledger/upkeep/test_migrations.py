"""Migrations make the tables that the program works with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from importer.ledger.database import REVISION
from importer.ledger.migrate import configuration, upgrade
from importer.ledger.opening import open_ledger
from importer.ledger.tables import metadata
from structures import structure


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    """REVISION is alembic's head, and there is one head."""
    assert ScriptDirectory.from_config(configuration()).get_heads() == [REVISION]


@pytest.mark.contract
@pytest.mark.both_engines
def test_migrations_make_exactly_the_tables_of_the_code(
    new_ledger: Callable[[str], str],
) -> None:
    """Tables, columns, keys, constraints and indexes are those of tables.py."""
    migrated, created = new_ledger("migrated.db"), new_ledger("created.db")
    with open_ledger(migrated).migrating() as connection:
        upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        expected = structure(connection)
    with open_ledger(created).migrating() as connection:
        metadata.create_all(connection)
        assert structure(connection) == expected
