"""Compare the schema of a ledger with the one that this program creates."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from importer.base.texts import N_
from importer.ledger.creation import create
from importer.ledger.tables import metadata
from importer.ledger.upkeep.soundness import Fault, fault


def schema_faults(connection: sa.Connection) -> Iterator[Fault]:
    """Each part of the schema that is missing, is another or was added to the ledger's tables."""
    if connection.dialect.name == "sqlite":
        with sa.create_engine("sqlite://").connect() as memory:
            create(memory)
            expected = _schema_of_file(memory)
        existing = _schema_of_file(connection)
    else:
        from importer.ledger.engines.postgresql_schema import server_schema

        expected, existing = server_schema(connection)
    for part in sorted(expected | existing):
        if part not in existing:
            message = N_("The {part} is missing from the database.")
        elif part not in expected:
            message = N_("The {part} was added to the database, but not by this program.")
        elif existing[part] != expected[part]:
            message = N_("The {part} is not as this program creates it.")
        else:
            continue
        yield fault("schema-changed", part, message, part=part)


def _schema_of_file(connection: sa.Connection) -> dict[str, str]:
    """The definitions of the ledger's tables, and of what belongs to them."""
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master")
    names = {*metadata.tables, "journal"}
    return {f"{kind} {name}": sql for kind, name, table, sql in rows if table in names}
