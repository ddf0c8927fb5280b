"""Read and write many rows of one account in one statement, on either engine.

The account is a constant in each statement, so that an engine that keeps accounts apart, by
row-level security or on different machines, looks at that account alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

Rows = Sequence[Mapping[str, Any]]

AT_ONCE = 50_000
"""Rows in one statement to a server; more would take too much memory on both sides."""
AT_ONCE_TO_FILE = 10_000
"""Rows given to the driver of a file at once."""
IN_ONE = 100
"""Rows added to a file by one statement: a quarter faster than one row, and no slower than more."""


def is_one_of(
    connection: sa.Connection,
    column: sa.ColumnElement[str] | sa.ColumnElement[int],
    values: Iterable[Any],
) -> sa.ColumnElement[bool]:
    """`column` is one of `values`, however many, as one parameter."""
    listed = _json(sorted(values))
    if _on_server(connection):
        elements = sa.func.json_array_elements_text(sa.cast(listed, sa.JSON))
        each = elements.table_valued("value").render_derived(name="each")
        array = sa.select(sa.cast(each.c.value, column.type)).scalar_subquery()
        return column == sa.any_(sa.func.array(array))
    return column.in_(sa.select(sa.func.json_each(listed).table_valued("value").c.value))


def select_matching(
    connection: sa.Connection,
    account_id: str,
    wanted: sa.Table | sa.Column[Any],
    column: sa.Column[Any],
    values: Iterable[Any],
) -> sa.Select[Any]:
    """A query for `wanted` of the account's rows whose `column` is one of `values`."""
    ours = column.table.c.account_id == account_id
    return sa.select(wanted).where(ours, is_one_of(connection, column, values))


def rows_with_keys(
    connection: sa.Connection, table: sa.Table, account_id: str, keys: Rows
) -> Iterator[sa.Row[tuple[Any, ...]]]:
    """The account's rows with one of `keys`, which all have the same columns.

    The work grows with `keys`, not with the table.
    """
    if not keys:
        return
    ours = table.c.account_id == account_id
    columns = [table.c[name] for name in keys[0]]
    for some in _parts(keys):
        if _on_server(connection):
            given = _listed(columns, some)
            same = [column == given.c[column.name] for column in columns]
            query = sa.select(table).select_from(given.join(table, sa.and_(*same))).where(ours)
        else:  # a join could make SQLite go through the list for each row of the table
            each = sa.func.json_each(_json([dict(row) for row in some])).table_valued("value")
            wanted = [sa.func.json_extract(each.c.value, f"$.{name}") for name in keys[0]]
            query = sa.select(table).where(ours, sa.tuple_(*columns).in_(sa.select(*wanted)))
        yield from connection.execute(query)


def insert(
    connection: sa.Connection,
    table: sa.Table,
    same: Mapping[str, Any],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Add `rows`, with a value for each column of `names`; all have the `same` in other columns.

    `rows` are consumed as they are written.
    """
    if not _on_server(connection):
        _insert_into_file(connection, table, same, names, rows)
        return
    for some in _at_once(rows, AT_ONCE):
        given = _listed([table.c[name] for name in names], [_named(names, row) for row in some])
        alike = [sa.literal(value, table.c[name].type) for name, value in same.items()]
        connection.execute(
            sa.insert(table).from_select([*same, *names], sa.select(*alike, *given.c))
        )


def _insert_into_file(
    connection: sa.Connection,
    table: sa.Table,
    same: Mapping[str, Any],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Add `rows` to a file without SQLAlchemy, which would look at every value."""
    alike, columns = tuple(same.values()), (tuple(same), tuple(names))
    for some in _at_once(rows, AT_ONCE_TO_FILE):
        full = len(some) - len(some) % IN_ONE
        if full:
            joined = [
                (*alike, *chain.from_iterable(some[start : start + IN_ONE]))
                for start in range(0, full, IN_ONE)
            ]
            connection.exec_driver_sql(_insertion(table, *columns, IN_ONE), joined)
        if full < len(some):
            each = [(*alike, *row) for row in some[full:]]
            connection.exec_driver_sql(_insertion(table, *columns, 1), each)


def _at_once(rows: Iterable[Sequence[Any]], most: int) -> Iterator[list[Sequence[Any]]]:
    left = iter(rows)
    while some := list(islice(left, most)):
        yield some


def _named(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(names, row, strict=True))


@cache
def _insertion(table: sa.Table, same: tuple[str, ...], names: tuple[str, ...], rows: int) -> str:
    """The statement that adds rows to a file; values that all share are given once."""
    quote = sqlite.dialect().identifier_preparer.quote
    columns = ", ".join(map(quote, (*same, *names)))
    alike = [f"?{place}" for place in range(1, len(same) + 1)]
    each = [", ".join([*alike, *"?" * len(names)])] * rows
    values = "), (".join(each)
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({values})"  # noqa: S608 - our own names


def update(
    connection: sa.Connection,
    table: sa.Table,
    account_id: str,
    rows: Rows,
    *,
    adding: Collection[str] = (),
) -> None:
    """Set the columns of each row beside its key; columns in `adding` grow by the value."""
    if not rows:
        return
    values = [table.c[name] for name in rows[0] if name not in table.primary_key]
    for given, same, some in _matched(connection, table, account_id, rows):
        new = {one.name: given(one) for one in values}
        new |= {name: table.c[name] + new[name] for name in adding}
        connection.execute(sa.update(table).where(*same).values(new), some)


def delete(connection: sa.Connection, table: sa.Table, account_id: str, rows: Rows) -> None:
    """Remove the rows of these keys."""
    if not rows:
        return
    for _given, same, some in _matched(connection, table, account_id, rows):
        connection.execute(sa.delete(table).where(*same), some)


def _matched(
    connection: sa.Connection, table: sa.Table, account_id: str, rows: Rows
) -> Iterator[tuple[Any, list[sa.ColumnElement[bool]], list[dict[str, Any]] | None]]:
    """For each part of `rows`: the new value of a column, the condition, and the parameters."""
    ours = table.c.account_id == account_id
    keys = [key for key in table.primary_key if key.name in rows[0]]
    if not _on_server(connection):
        # Other names than the columns', which SQLAlchemy would take for values to set.
        same = [key == sa.bindparam(f"new_{key.name}") for key in keys]
        renamed = [{f"new_{name}": value for name, value in row.items()} for row in rows]
        yield lambda one: sa.bindparam(f"new_{one.name}", type_=one.type), [ours, *same], renamed
        return
    for some in _parts(rows):
        listed = _listed([table.c[name] for name in rows[0]], some)
        same = [key == listed.c[key.name] for key in keys]
        yield lambda one, listed=listed: listed.c[one.name], [ours, *same], None


def _on_server(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _parts(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _listed(columns: Sequence[sa.Column[Any]], rows: Rows) -> sa.TableValuedAlias:
    """`rows` as a table, sent as one document of JSON.

    COPY would be faster, but row-level security forbids it; arrays of columns are slower, since
    the driver escapes them in Python (see ARCHITECTURE.md).
    """
    records = sa.func.json_to_recordset(sa.cast(_json(list(rows)), sa.JSON))
    listed = records.table_valued(*(sa.column(one.name, one.type) for one in columns))
    return listed.render_derived(name="given", with_types=True)


def _json(document: list[Any]) -> sa.BindParameter[str]:
    return sa.bindparam(None, json.dumps(document, ensure_ascii=False), type_=sa.Text)
