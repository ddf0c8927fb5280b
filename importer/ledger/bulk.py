"""Read and write many rows of one account in one statement, on either engine.

The account is a constant in each statement, so that an engine that keeps accounts apart, by
row-level security or on different machines, looks at that account alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

import sqlalchemy as sa
from msgspec.json import encode
from sqlalchemy.dialects import sqlite

Rows = Sequence[Mapping[str, Any]]
T = TypeVar("T")

AT_ONCE = 50_000
"""Rows in one statement to a server; more would take too much memory on both sides."""
AT_ONCE_TO_FILE = 10_000
"""Rows passed to the driver of a file at once."""
BLOCKS_AT_ONCE = 20
"""Blocks of the journal written or read at once, some 2 MB of text."""
IN_ONE = 100
"""Rows added to a file by one statement: a quarter faster than one row, and no slower than more."""


def is_one_of(
    connection: sa.Connection, column: sa.ColumnElement[str] | sa.ColumnElement[int],
    values: Iterable[Any],
) -> sa.ColumnElement[bool]:  # fmt: skip
    """`column` is one of `values`, however many, as one parameter."""
    listed = _json(sorted(values))
    if _on_server(connection):
        elements = sa.func.json_array_elements_text(sa.cast(listed, sa.JSON))
        each = elements.table_valued("value").render_derived(name="each")
        array = sa.select(sa.cast(each.c.value, column.type)).scalar_subquery()
        return column == sa.any_(sa.func.array(array))
    return column.in_(sa.select(sa.func.json_each(listed).table_valued("value").c.value))


def select_matching(
    connection: sa.Connection, account_id: str, wanted: sa.Table | sa.Column[Any],
    column: sa.Column[Any], values: Iterable[Any],
) -> sa.Select[Any]:  # fmt: skip
    """A query for `wanted` of the account's rows whose `column` is one of `values`."""
    in_account = column.table.c.account_id == account_id
    return sa.select(wanted).where(in_account, is_one_of(connection, column, values))


def rows_with_keys(
    connection: sa.Connection, table: sa.Table, account_id: str, keys: Rows
) -> Iterator[sa.Row[tuple[Any, ...]]]:
    """The account's rows with one of `keys`, which all have the same columns.

    The work grows with `keys`, not with the table.
    """
    in_account = table.c.account_id == account_id
    for chunk in _chunks(keys, AT_ONCE):
        columns = [table.c[name] for name in chunk[0]]
        if _on_server(connection):
            listed = _listed(columns, chunk)
            same = sa.and_(*(column == listed.c[column.name] for column in columns))
            query = sa.select(table).select_from(listed.join(table, same)).where(in_account)
        else:  # a join could make SQLite go through the list for each row of the table
            each = sa.func.json_each(_json(chunk)).table_valued("value")
            wanted = [sa.func.json_extract(each.c.value, f"$.{column.name}") for column in columns]
            query = sa.select(table).where(in_account, sa.tuple_(*columns).in_(sa.select(*wanted)))
        yield from connection.execute(query)


def insert(
    connection: sa.Connection, table: sa.Table, same: Mapping[str, Any], names: Sequence[str],
    rows: Iterable[Sequence[Any]], *, at_once: int = AT_ONCE,
) -> None:  # fmt: skip
    """Add `rows`, with a value for each column of `names`; all have the `same` in other columns.

    `rows` are consumed as they are written, at most `at_once` by one statement.
    """
    on_server = _on_server(connection)
    for chunk in _chunks(rows, at_once if on_server else min(at_once, AT_ONCE_TO_FILE)):
        columns = {  # blank ones take as long as others
            name: values
            for name, values in zip(names, zip(*chunk, strict=True), strict=True)
            if values.count(None) < len(values)
        }
        filled = list(zip(*columns.values(), strict=True))
        into = _insert_on_server if on_server else _insert_into_file
        into(connection, table, same, [*columns], filled)


def _insert_on_server(
    connection: sa.Connection, table: sa.Table, same: Mapping[str, Any], names: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:  # fmt: skip
    alike = [sa.literal(value, table.c[name].type) for name, value in same.items()]
    records = [dict(zip(names, row, strict=True)) for row in rows]
    listed = _listed([table.c[name] for name in names], records)
    connection.execute(sa.insert(table).from_select([*same, *names], sa.select(*alike, *listed.c)))


def _insert_into_file(
    connection: sa.Connection, table: sa.Table, same: Mapping[str, Any], names: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:  # fmt: skip
    """Add `rows` to a file without SQLAlchemy, which would look at every value."""
    alike, columns = tuple(same.values()), (*same, *names)
    full = len(rows) - len(rows) % IN_ONE
    if full:
        joined = [
            (*alike, *chain.from_iterable(rows[start : start + IN_ONE]))
            for start in range(0, full, IN_ONE)
        ]
        connection.exec_driver_sql(_insertion(table, columns, len(alike), IN_ONE), joined)
    if full < len(rows):
        each = [(*alike, *row) for row in rows[full:]]
        connection.exec_driver_sql(_insertion(table, columns, len(alike), 1), each)


@cache
def _insertion(table: sa.Table, columns: tuple[str, ...], alike: int, rows: int) -> str:
    """The statement that adds rows to a file; all share the values of the `alike` first columns."""
    quote = sqlite.dialect().identifier_preparer.quote
    shared = [f"?{place}" for place in range(1, alike + 1)]
    values = "), (".join([", ".join([*shared, *"?" * (len(columns) - alike)])] * rows)
    names = ", ".join(map(quote, columns))
    return f"INSERT INTO {quote(table.name)} ({names}) VALUES ({values})"  # noqa: S608 - our own names


def update(
    connection: sa.Connection, table: sa.Table, account_id: str, rows: Rows,
    *, adding: Collection[str] = (),
) -> None:  # fmt: skip
    """Set the columns of each row beside its key; columns in `adding` grow by the value."""
    for values, same, parameters in _matched(connection, table, account_id, rows):
        new = {name: values[name] for name in rows[0] if name not in table.primary_key}
        new |= {name: table.c[name] + new[name] for name in adding}
        connection.execute(sa.update(table).where(same).values(new), parameters)


def delete(connection: sa.Connection, table: sa.Table, account_id: str, rows: Rows) -> None:
    """Remove the rows of these keys."""
    for _values, same, parameters in _matched(connection, table, account_id, rows):
        connection.execute(sa.delete(table).where(same), parameters)


def _matched(
    connection: sa.Connection, table: sa.Table, account_id: str, rows: Rows
) -> Iterator[tuple[Mapping[str, Any], sa.ColumnElement[bool], list[dict[str, Any]] | None]]:
    """For each chunk of `rows`: the value of each column, the condition, and the parameters."""
    on_server = _on_server(connection)
    for chunk in _chunks(rows, AT_ONCE if on_server else len(rows)):
        columns = [table.c[name] for name in chunk[0]]
        values: dict[str, Any]
        if on_server:
            values, parameters = dict(_listed(columns, chunk).c.items()), None
        else:  # names other than the columns', which SQLAlchemy would take for values to set
            values = {key.name: sa.bindparam(f"new_{key.name}", type_=key.type) for key in columns}
            parameters = [{f"new_{name}": row[name] for name in row} for row in chunk]
        same = [column == values[column.name] for column in columns if column.primary_key]
        yield values, sa.and_(table.c.account_id == account_id, *same), parameters


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk


def _on_server(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _listed(columns: Sequence[sa.Column[Any]], rows: Rows) -> sa.TableValuedAlias:
    """`rows` as a table, sent as one document of JSON.

    COPY would be faster, but row-level security forbids it; arrays of columns are slower, since
    the driver escapes them in Python (see docs/decisions/12).
    """
    records = sa.func.json_to_recordset(sa.cast(_json(rows), sa.JSON))
    listed = records.table_valued(*(sa.column(each.name, each.type) for each in columns))
    return listed.render_derived(name="listed", with_types=True)


def _json(document: Sequence[Any]) -> sa.BindParameter[str]:
    return sa.bindparam(None, encode(document).decode(), type_=sa.Text)
