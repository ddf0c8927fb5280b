"""Load the history of a ledger: its batches and their journal lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from sys import intern
from typing import Any, NamedTuple

import sqlalchemy as sa

from importer.domain.contents import Movement
from importer.domain.entities import Customer
from importer.domain.planning.changes import Change
from importer.domain.problems import Place, SheetPlace
from importer.domain.rules.undoing import LaterChange
from importer.ledger.bulk import is_one_of, select_matching
from importer.ledger.storage import Image, entity_of, read_image
from importer.ledger.tables import batch, customer, journal

AT_ONCE = 10_000
"""Rows fetched at once: one by one takes twice as long, all at once much memory."""


class Batch(NamedTuple):
    """One workbook applied to the ledger, or one undo; `at` is an instant in UTC.

    `undone_by` is the batch that undid it, unless that was itself undone; `undoes` is the batch
    that this undo undid.
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
    """One change: the row that asked for it, and the entity before and after.

    `customer` is the current name of the customer concerned, if any.
    """

    sheet: str
    row: int
    kind: str
    key: str
    before: Image | None
    after: Image | None
    customer: str | None


def load_batches(
    connection: sa.Connection, account_id: str, until: int | None = None
) -> list[Batch]:  # fmt: skip
    """The batches of an account in their order; up to batch `until`."""
    which = sa.true() if until is None else batch.c.batch <= until
    return _batches(connection, account_id, which)


def load_batch(connection: sa.Connection, account_id: str, number: int) -> Batch | None:
    """The batch of that number; None if there is none."""
    with_undos = sa.or_(batch.c.batch == number, batch.c.undoes.is_not(None))
    batches = _batches(connection, account_id, batch.c.batch >= number, with_undos)
    return batches[0] if batches and batches[0].batch == number else None


def _batches(
    connection: sa.Connection, account_id: str, *which: sa.ColumnElement[bool]
) -> list[Batch]:
    columns = [batch.c.get(field, sa.null()) for field in Batch._fields]
    query = sa.select(*columns).where(batch.c.account_id == account_id, *which)
    batches = [Batch._make(row) for row in connection.execute(query.order_by(batch.c.batch))]
    undone_by: dict[int, int] = {}
    for undo in reversed(batches):  # an undo that was itself undone undoes nothing
        if undo.undoes is not None and undo.batch not in undone_by:
            undone_by[undo.undoes] = undo.batch
    return [row._replace(undone_by=undone_by.get(row.batch)) for row in batches]


def batches_of_file(connection: sa.Connection, account_id: str, sha256: str) -> list[Batch]:
    """The batches that applied a file, undone ones included, in their order."""
    batches = _batches(connection, account_id, batch.c.sha256 == sha256)  # undos have its hash too
    return [candidate for candidate in batches if candidate.kind == "apply"]


def load_lines(connection: sa.Connection, account_id: str, of: Batch) -> list[JournalLine]:
    """The journal lines of a batch in their order."""
    rows = _rows(connection, account_id, of)
    owners = {int(row.key.partition("/")[0]) for row in rows if row.kind != "otc"}
    owner_id = customer.c.customer_id
    query = select_matching(connection, account_id, owner_id, owner_id, owners)
    names_by_id = connection.execute(query.add_columns(customer.c.name))
    names = {str(owner): name for owner, name in names_by_id}
    return [
        JournalLine(
            row.sheet, row.row, row.kind, row.key, read_image(row.before), read_image(row.after),
            names.get(row.key.partition("/")[0]) if row.kind != "otc" else None,
        )
        for row in rows
    ]  # fmt: skip


def load_changes(connection: sa.Connection, account_id: str, of: Batch) -> list[Change]:
    """The changes of a batch, each with its sheet and row."""
    sheets: dict[str, SheetPlace] = {}
    return [
        Change(
            None, entity_of(row.kind, row.before), entity_of(row.kind, row.after),
            Place(sheets.setdefault(row.sheet, SheetPlace(row.sheet, {})), row.row),
        )
        for row in _rows(connection, account_id, of)
    ]  # fmt: skip


def _rows(connection: sa.Connection, account_id: str, of: Batch) -> Iterable[Any]:
    which = (journal.c.account_id == account_id, journal.c.entry == of.entry)
    return connection.execute(sa.select(journal).where(*which).order_by(journal.c.line)).all()


def journal_with_batches(account_id: str, *columns: Any) -> sa.Select[Any]:
    """A query for `columns` of an account's journal lines and their batches, in their order."""
    same_entry = sa.and_(
        batch.c.account_id == journal.c.account_id, batch.c.entry == journal.c.entry
    )  # fmt: skip
    return (
        sa.select(*columns)
        .select_from(journal.join(batch, same_entry))
        .where(journal.c.account_id == account_id)
        .order_by(batch.c.batch, journal.c.line)
    )


def load_movements(
    connection: sa.Connection, account_id: str, until: int, customer_id: int | None = None
) -> list[Movement]:
    """All journal lines up to batch `until`, in their order.

    With `customer_id`, those of that customer, its licences and its devices.
    """
    query = journal_with_batches(
        account_id, batch.c.batch, journal.c.sheet, journal.c.row, journal.c.kind, journal.c.key,
        journal.c.before, journal.c.after,
    ).where(batch.c.batch <= until)  # fmt: skip
    if customer_id is not None:
        key = str(customer_id)
        concerned = sa.or_(journal.c.key == key, journal.c.key.startswith(f"{key}/"))
        query = query.where(journal.c.kind != "otc", concerned)
    batches = {
        row.batch: (row.batch, dt.datetime.fromisoformat(row.at), row.actor, row.file, row.undoes)
        for row in load_batches(connection, account_id, until)
    }
    movements: list[Movement] = []
    names: dict[str, str] = {}
    for rows in connection.execute(query).partitions(AT_ONCE):
        for number, sheet, row, kind, key, stored_before, stored_after in rows:
            before, after = entity_of(kind, stored_before), entity_of(kind, stored_after)
            customer_name = None
            if kind != "otc":
                owner = key.partition("/")[0]
                entity = after or before
                if isinstance(entity, Customer):
                    names[owner] = entity.name
                customer_name = names.get(owner)
            movements.append(
                Movement(*batches[number], intern(sheet), row, before, after, customer_name)
            )
    return movements


def changed_after(
    connection: sa.Connection, account_id: str, number: int, keys: Iterable[str]
) -> dict[tuple[str, str], LaterChange]:
    """The changes of batches after batch `number` to the entities of `keys`, by kind and key.

    Without those that cancel out, by themselves or by undos.
    """
    query = journal_with_batches(
        account_id, journal.c.kind, journal.c.key, journal.c.before, journal.c.after,
        batch.c.batch, batch.c.undoes,
    ).where(batch.c.batch > number, is_one_of(connection, journal.c.key, keys))  # fmt: skip
    effects: dict[tuple[str, str], dict[int, _NetEffect]] = {}
    for kind, key, before, after, by, undoes in connection.execute(query):
        of = effects.setdefault((kind, key), {})
        of[by] = _NetEffect(of[by].before if by in of else before, after, undoes)
    changes: dict[tuple[str, str], LaterChange] = {}
    for (kind, key), batches in effects.items():
        last = _last_standing(batches)
        if last is not None:
            before = next(iter(batches.values())).before
            changes[kind, key] = LaterChange(last, entity_of(kind, before))
    return changes


class _NetEffect(NamedTuple):
    """The net effect of one batch on one entity; `undoes` is the batch that it undid."""

    before: str | None
    after: str | None
    undoes: int | None


def _last_standing(batches: dict[int, _NetEffect]) -> int | None:
    """The last of an entity's batches, in their order, whose change still stands.

    After an undo, that is the one that stood last before the undone batch; the undo itself if the
    undone batch is not among them.
    """
    last: int | None = None
    before: dict[int | None, int | None] = {}
    for by, effect in batches.items():
        if effect.before != effect.after:
            before[by] = last
            last = before.get(effect.undoes, by)
    return last
