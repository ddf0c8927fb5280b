"""Create the tables of a new ledger. Alembic, which takes long to load, only upgrades old ones."""

from __future__ import annotations

import sqlalchemy as sa

from importer.ledger import database
from importer.ledger.tables import metadata


def create(connection: sa.Connection) -> None:
    """Create all tables, and a view in which every line of the journal is a row.

    In a file, triggers keep the journal append-only; on a server, rights do.
    """
    metadata.create_all(connection, checkfirst=False)
    in_file = connection.dialect.name == "sqlite"
    stamp = f"INSERT INTO alembic_version VALUES ('{database.REVISION}')"  # noqa: S608 - our own
    statements = [view_of_lines(in_file=in_file), _REVISION_TABLE, stamp]
    if in_file:
        statements += [*_no_rewriting("batch", "batch = NEW.batch OR entry = NEW.entry"),
                       *_no_rewriting("journal_block", _SAME_BLOCK), _LISTS_OF_LINES]  # fmt: skip
    for statement in statements:
        connection.exec_driver_sql(statement)


_REVISION_TABLE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
_SAME_BLOCK = "entry = NEW.entry AND first_line = NEW.first_line"
# No CHECK: a careful connection trusts no JSON function in the schema but json_each.
_LISTS_OF_LINES = (
    "CREATE TRIGGER journal_block_lines BEFORE INSERT ON journal_block WHEN (SELECT "
    "min(type = 'array' AND typeof(key) = 'integer') FROM json_each(NEW.lines)) IS NOT 1 "
    "BEGIN SELECT RAISE(ABORT, 'journal_block has lists of lines'); END"
)


def view_of_lines(*, in_file: bool) -> str:
    """The statement for the view; on a server as that itself states it."""
    if in_file:
        # Not by json_extract: in a view, a careful connection trusts json_each alone.
        each, options = "json_each(journal_block.lines) AS each", ""
        fact = "(SELECT fact.value FROM json_each(each.value) AS fact WHERE fact.key = {})"
        integer = f"CAST({fact} AS integer)"
    else:  # with the rights of who reads it
        each = "LATERAL json_array_elements(journal_block.lines::json) each(value)"
        fact, options = "each.value ->> {}", "WITH (security_invoker = true) "
        integer = f"({fact})::integer"
    facts = ", ".join(
        f"{(integer if name in ('line', 'row') else fact).format(place)} AS {name}"
        for place, name in enumerate(("line", "sheet", "row", "kind", "key", "before", "after"))
    )  # fmt: skip
    return (
        f"CREATE VIEW journal {options}AS SELECT journal_block.account_id, "  # noqa: S608 - our own names
        f"journal_block.entry, {facts} "
        f"FROM journal_block CROSS JOIN {each}"
    )


def _no_rewriting(table: str, same: str) -> list[str]:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    changes = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refusal}"
        for verb in ("UPDATE", "DELETE")
    ]
    # INSERT OR REPLACE deletes without firing the triggers on DELETE.
    return [*changes, (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 "  # noqa: S608 - our own names
        f"FROM {table} WHERE account_id = NEW.account_id AND ({same})) {refusal}"
    )]  # fmt: skip
