"""The tables of a ledger as its engine describes them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from importer.ledger.tables import metadata

_STRUCTURE = {
    "sqlite": """
        SELECT t.name, t.strict, t.wr, c.name, c.type, c."notnull", c.dflt_value, c.pk
        FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c
        WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
        UNION ALL SELECT tbl_name, type, '', name, sql, '', '', '' FROM sqlite_master
        WHERE type = 'index' AND sql IS NOT NULL
    """,
    "postgresql": """
        SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default
        FROM information_schema.columns JOIN information_schema.tables
        USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
        UNION ALL SELECT tablename, indexname, indexdef, '', '', '' FROM pg_indexes
        WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
}
_GUARDS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')",
    "postgresql": """
        SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT relname, relrowsecurity::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        UNION ALL SELECT relname, reloptions::text || pg_get_viewdef(oid) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
    """,
}


def structure(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """A row for each column, index and constraint of a table; of a file also their names."""
    dialect = connection.dialect.name
    rows = connection.exec_driver_sql(_STRUCTURE[dialect].replace("%", "%%"))
    parts = [tuple(row) for row in rows if row[0] != "alembic_version"]
    if dialect == "sqlite":
        inspector = sa.inspect(connection)
        for name in metadata.tables:
            parts += [
                (name, *map(str, sorted(constraints, key=str)))
                for constraints in (
                    inspector.get_foreign_keys(name),
                    inspector.get_unique_constraints(name),
                    inspector.get_check_constraints(name),
                )
            ]
            parts.append((name, str(inspector.get_pk_constraint(name))))
    return sorted(parts, key=str)


def guards(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """A row for each trigger and view, and on a server for the row-level security of each table."""
    return sorted(map(tuple, connection.exec_driver_sql(_GUARDS[connection.dialect.name])))
