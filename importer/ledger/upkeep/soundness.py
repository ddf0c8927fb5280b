"""The database engine's own check of its pages and indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from importer.base.texts import N_, Text


class Fault(NamedTuple):
    """One thing wrong with a ledger."""

    code: str
    key: str
    message: Text


def fault(code: str, key: str, message: str, /, **facts: object) -> Fault:
    """A fault with the `facts` of its message."""
    return Fault(code, key, Text(message, facts))


def engine_faults(connection: sa.Connection) -> Iterator[Fault]:
    """The damage that the engine finds: it reads every page, and checks rows against indexes."""
    if connection.dialect.name == "sqlite":
        for (result,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if result != "ok":
                yield from map(_damaged, str(result).splitlines())
        for table, _row, other, _key in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield _damaged(f"foreign_key_check {table}: {other}")
        return
    # PostgreSQL checks each page as it is read, and indexes where its extension is installed.
    if connection.scalar(sa.text(_MAY_CHECK_INDEXES)):
        for (index,) in connection.execute(sa.text(_INDEXES)).all():
            try:
                with connection.begin_nested():
                    connection.execute(
                        sa.text("SELECT bt_index_check(CAST(:index AS regclass), true)"),
                        {"index": index},
                    )
            except sa.exc.DBAPIError as error:
                yield _damaged(" ".join(str(error.orig).split()))


_MAY_CHECK_INDEXES = """
    SELECT coalesce(has_function_privilege(
        to_regprocedure('bt_index_check(regclass,boolean)'), 'EXECUTE'), false)
"""
_INDEXES = """
    SELECT indexrelid::regclass::text FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    AND indisvalid AND amname = 'btree'
    ORDER BY 1
"""


def _damaged(reason: str) -> Fault:
    return fault("database-damaged", "", N_("The database is damaged: {reason}."), reason=reason)
