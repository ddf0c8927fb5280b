"""What was done to the ledger: its batches, and every line of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

from importer.domain.planning.changes import Change
from importer.domain.problems import Place, SheetPlace
from importer.domain.rules.undoing import LaterChange
from importer.ledger.bulk import is_one_of
from importer.ledger.storage import Image, entity_of, read_image
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


class JournalLine(NamedTuple):
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
    connection: sa.Connection,
    account_id: str,
    until: int | None = None,
    sha256: str | None = None,
) -> list[Batch]:
    """The batches of an account, the first one first; as they stood after batch `until`.

    With `sha256`, those of that file and the undos of these, which bear its hash too.
    """
    return _batches(
        connection,
        account_id,
        sa.true() if until is None else batch.c.batch <= until,
        sa.true() if sha256 is None else batch.c.sha256 == sha256,
    )


def load_batch(connection: sa.Connection, account_id: str, number: int) -> Batch | None:
    """The batch of that number; None if there is none."""
    with_undos = sa.or_(batch.c.batch == number, batch.c.undoes.is_not(None))
    batches = _batches(connection, account_id, batch.c.batch >= number, with_undos)
    return batches[0] if batches and batches[0].batch == number else None


def _batches(
    connection: sa.Connection, account_id: str, *which: sa.ColumnElement[bool]
) -> list[Batch]:
    query = (
        sa.select(
            batch.c.batch, batch.c.at, batch.c.actor, batch.c.kind, batch.c.file, batch.c.sha256,
            batch.c.applied, batch.c.rejected, sa.null(), batch.c.hash, batch.c.undoes,
            batch.c.entry,
        )
        .where(batch.c.account_id == account_id, *which)
        .order_by(batch.c.batch)
    )  # fmt: skip
    batches = [Batch._make(row) for row in connection.execute(query)]
    undone_by: dict[int, int] = {}
    for one in reversed(batches):  # an undo that was itself undone takes nothing back
        if one.undoes is not None and one.batch not in undone_by:
            undone_by[one.undoes] = one.batch
    return [one._replace(undone_by=undone_by.get(one.batch)) for one in batches]


def batch_of_file(
    connection: sa.Connection, account_id: str, sha256: str, since: str
) -> int | None:
    """The batch that a file has made and that still holds; None if there is none.

    One made at the instant `since` (ISO text in UTC) or later counts even if it was taken back.
    """
    found = [
        one.batch
        for one in load_batches(connection, account_id, sha256=sha256)
        if one.kind == "apply" and (one.undone_by is None or one.at >= since)
    ]
    return found[-1] if found else None


def load_lines(connection: sa.Connection, account_id: str, of: Batch) -> list[JournalLine]:
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
                is_one_of(connection, customer.c.customer_id, concerned),
            )
        )
    }
    return [
        JournalLine(
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
    connection: sa.Connection, account_id: str, number: int, keys: Iterable[str]
) -> dict[tuple[str, str], LaterChange]:
    """What batches after batch `number` made of the entities of `keys`, by kind and key.

    Those that they left as they were, on the whole or by undos, are not among them.
    """
    query = (
        sa.select(
            journal.c.kind, journal.c.key, journal.c.before, journal.c.after,
            batch.c.batch, batch.c.undoes,
        )
        .join(
            batch,
            sa.and_(batch.c.account_id == journal.c.account_id, batch.c.entry == journal.c.entry),
        )
        .where(
            batch.c.account_id == account_id,
            batch.c.batch > number,
            is_one_of(connection, journal.c.key, keys),
        )
        .order_by(batch.c.batch, journal.c.line)
    )  # fmt: skip
    made: dict[tuple[str, str], dict[int, _NetEffect]] = {}
    for kind, key, before, after, by, undoes in connection.execute(query):
        of = made.setdefault((kind, key), {})
        of[by] = _NetEffect(of[by].before if by in of else before, after, undoes)
    found: dict[tuple[str, str], LaterChange] = {}
    for (kind, key), batches in made.items():
        last = _last_standing(batches)
        if last is not None:
            left = next(iter(batches.values())).before
            found[kind, key] = LaterChange(last, entity_of(kind, left))
    return found


class _NetEffect(NamedTuple):
    """What one batch made of one entity, on the whole; `undoes` is the batch that it took back."""

    before: str | None
    after: str | None
    undoes: int | None


def _last_standing(batches: dict[int, _NetEffect]) -> int | None:
    """The last of an entity's batches, given in their order, whose change still stands.

    After an undo that is the one that stood last before the batch taken back; the undo itself
    where that batch is not among them.
    """
    last: int | None = None
    before: dict[int | None, int | None] = {}
    for by, one in batches.items():
        if one.before != one.after:
            before[by] = last
            last = before.get(one.undoes, by)
    return last
