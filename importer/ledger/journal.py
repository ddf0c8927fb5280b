"""What was done to the ledger: its batches, and every line of one."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from importer.domain.changes import Change
from importer.domain.problems import Place, SheetPlace
from importer.ledger.bulk import one_of
from importer.ledger.images import Image, entity_of, read_image
from importer.ledger.tables import batch, customer, journal


class Batch(NamedTuple):
    """One workbook applied to the ledger, or one undo; `at` is an instant in UTC.

    `undone_by` is the batch that took it back, unless that one was taken back itself; `undoes` is
    the batch that this one took back.
    """

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
    undoes: int | None
    entry: int


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


def load_batches(connection: sa.Connection, account_id: str) -> list[Batch]:
    """The batches of an account, the first one first."""
    query = (
        sa.select(
            batch.c.batch, batch.c.at, batch.c.actor, batch.c.kind, batch.c.file, batch.c.sha256,
            batch.c.applied, batch.c.rejected, sa.null(), batch.c.hash, batch.c.undoes,
            batch.c.entry,
        )
        .where(batch.c.account_id == account_id)
        .order_by(batch.c.batch)
    )  # fmt: skip
    batches = [Batch._make(row) for row in connection.execute(query)]
    undone_by: dict[int, int] = {}
    for one in reversed(batches):  # an undo that was itself undone takes nothing back
        if one.undoes is not None and one.batch not in undone_by:
            undone_by[one.undoes] = one.batch
    return [one._replace(undone_by=undone_by.get(one.batch)) for one in batches]


def load_lines(connection: sa.Connection, account_id: str, of: Batch) -> list[Line]:
    """The journal lines of a batch, in the order in which they were made."""
    query = (
        sa.select(journal)
        .where(journal.c.account_id == account_id, journal.c.entry == of.entry)
        .order_by(journal.c.line)
    )
    rows = connection.execute(query).all()
    concerned = {int(row.key.partition("/")[0]) for row in rows if row.kind != "otc"}
    names: dict[int, str] = {
        row.customer_id: row.name
        for row in connection.execute(
            sa.select(customer.c.customer_id, customer.c.name).where(
                customer.c.account_id == account_id,
                one_of(connection, customer.c.customer_id, concerned),
            )
        )
    }
    return [
        Line(
            row.sheet, row.row, row.kind, row.key, read_image(row.before), read_image(row.after),
            names.get(int(row.key.partition("/")[0])) if row.kind != "otc" else None,
        )
        for row in rows
    ]  # fmt: skip


def load_changes(connection: sa.Connection, account_id: str, of: Batch) -> list[Change]:
    """What a batch changed, each at the sheet and row that asked for it."""
    query = (
        sa.select(journal)
        .where(journal.c.account_id == account_id, journal.c.entry == of.entry)
        .order_by(journal.c.line)
    )
    sheets: dict[str, SheetPlace] = {}
    return [
        Change(
            None, entity_of(row.kind, row.before), entity_of(row.kind, row.after),
            Place(sheets.setdefault(row.sheet, SheetPlace(row.sheet, {})), row.row),
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def changed_after(
    connection: sa.Connection, account_id: str, number: int
) -> dict[tuple[str, str], int]:
    """The last batch after batch `number` that changed an entity, by the entity's kind and key."""
    query = (
        sa.select(journal.c.kind, journal.c.key, sa.func.max(batch.c.batch))
        .join(
            batch,
            sa.and_(batch.c.account_id == journal.c.account_id, batch.c.entry == journal.c.entry),
        )
        .where(batch.c.account_id == account_id, batch.c.batch > number)
        .group_by(journal.c.kind, journal.c.key)
    )
    return {(kind, key): number for kind, key, number in connection.execute(query)}
