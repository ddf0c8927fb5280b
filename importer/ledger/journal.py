"""What was done to the ledger: its batches, and every line of one."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import sqlalchemy as sa

from importer.ledger.tables import batch, customer, journal

Image = dict[str, Any]


class Batch(NamedTuple):
    """One workbook applied to the ledger; `at` is an instant in UTC, `undone_by` a batch."""

    batch: int
    at: str
    actor: str
    kind: str
    file: str
    sha256: str
    applied: int
    rejected: int
    undone_by: int | None
    hash: str


class Line(NamedTuple):
    """One change: the row that asked for it, what it changed, and how that was and is.

    `customer` is the name, now, of the customer that the line concerns, if it concerns one.
    """

    sheet: str
    row: int
    kind: str
    key: str
    before: Image | None
    after: Image | None
    customer: str | None


def load_batches(
    connection: sa.Connection, account_id: str, number: int | None = None
) -> list[Batch]:
    """The batches of an account, the first one first; only that of `number` where it is given."""
    undo = batch.alias("undo")
    query = (
        sa.select(
            batch.c.batch, batch.c.at, batch.c.actor, batch.c.kind, batch.c.file, batch.c.sha256,
            batch.c.applied, batch.c.rejected, sa.func.max(undo.c.batch), batch.c.hash,
        )
        .outerjoin(
            undo,
            sa.and_(undo.c.account_id == batch.c.account_id, undo.c.undoes == batch.c.batch),
        )
        .where(batch.c.account_id == account_id)
        .group_by(batch.c.account_id, batch.c.batch)
        .order_by(batch.c.batch)
    )  # fmt: skip
    if number is not None:
        query = query.where(batch.c.batch == number)
    return [Batch._make(row) for row in connection.execute(query)]


def load_lines(connection: sa.Connection, account_id: str, number: int) -> list[Line]:
    """The journal lines of batch `number`, in the order in which they were made."""
    names: dict[int, str] = {
        row.customer_id: row.name
        for row in connection.execute(
            sa.select(customer.c.customer_id, customer.c.name).where(
                customer.c.account_id == account_id
            )
        )
    }
    query = (
        sa.select(journal)
        .where(journal.c.account_id == account_id, journal.c.batch == number)
        .order_by(journal.c.line)
    )
    return [
        Line(
            row.sheet, row.row, row.kind, row.key, _image(row.before), _image(row.after),
            names.get(int(row.key.partition("/")[0])) if row.kind != "otc" else None,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _image(stored: str | None) -> Image | None:
    return None if stored is None else json.loads(stored)
