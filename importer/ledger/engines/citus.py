"""Distribute a server's tables by account, with the Citus extension.

All that an import touches is on the machine of its account, so no transaction spans machines. The
statements are tested, but not on Citus itself.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from importer.base.errors import LedgerError
from importer.base.texts import N_, text
from importer.ledger.engines.postgresql_access import remove_triggers
from importer.ledger.tables import account, metadata


def distribute(connection: sa.Connection) -> None:
    """Distribute the tables that are not distributed yet; foreign keys are restored afterwards.

    Raises LedgerError where the server has no Citus.
    """
    if connection.scalar(sa.text("SELECT to_regproc('create_distributed_table')")) is None:
        raise LedgerError(
            text(N_("The server lacks the Citus extension, which distributes tables. Its "
                    "administrator adds it in SQL: CREATE EXTENSION citus"))
        )  # fmt: skip
    tables = [table for table in metadata.sorted_tables if not is_distributed(connection, table)]
    if account in tables:
        remove_triggers(connection)
    operations = Operations(MigrationContext.configure(connection))
    keys = [key for table in tables for key in table.foreign_key_constraints]
    for key in keys:
        operations.drop_constraint(
            str(key.name), key.table.name, type_="foreignkey", if_exists=True
        )
    query = "SELECT create_distributed_table(:table, 'account_id', colocate_with => :beside)"
    for table in tables:
        beside = "default" if table is account else account.name
        connection.execute(sa.text(query), {"table": table.name, "beside": beside})
    for key in keys:
        operations.create_foreign_key(
            str(key.name), key.table.name, key.referred_table.name,
            [column.name for column in key.columns],
            [element.column.name for element in key.elements],
        )  # fmt: skip


def is_distributed(connection: sa.Connection, table: sa.Table = account) -> bool:
    """Whether Citus distributes `table` already."""
    if connection.scalar(sa.text("SELECT to_regclass('pg_dist_partition')")) is None:
        return False
    query = sa.text("SELECT 1 FROM pg_dist_partition WHERE logicalrelid = CAST(:table AS regclass)")
    return connection.scalar(query, {"table": table.name}) is not None
