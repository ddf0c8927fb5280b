"""Load the history of a ledger: its batches and their journal lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from sys import intern
from typing import NamedTuple

import sqlalchemy as sa

from importer.domain.contents import Movement
from importer.domain.entities import Customer
from importer.domain.planning.changes import Change
from importer.domain.problems import Place, SheetPlace
from importer.domain.rules.undoing import LaterChange
from importer.ledger.bulk import select_matching
from importer.ledger.reading.blocks import journal_lines, may_concern
from importer.ledger.storage import Image, damaged_journal, entity_of
from importer.ledger.tables import batch, customer

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
    lines = [line for _, line in journal_lines(connection, account_id, batch.c.batch == of.batch)]
    for line in lines:
        for image in (line.before, line.after):
            entity_of(line.kind, image and image.copy())  # raises unless it is an image
    try:
        owners = {int(line.owner) for line in lines if line.owner is not None}
    except ValueError as error:
        raise damaged_journal() from error
    owner_id = customer.c.customer_id
    query = select_matching(connection, account_id, owner_id, owner_id, owners)
    names_by_id = connection.execute(query.add_columns(customer.c.name))
    names = {str(owner): name for owner, name in names_by_id}
    return [
        JournalLine(*line[1:], None if line.owner is None else names.get(line.owner))
        for line in lines
    ]


def load_changes(connection: sa.Connection, account_id: str, of: Batch) -> list[Change]:
    """The changes of a batch, each with its sheet and row."""
    sheets: dict[str, SheetPlace] = {}
    return [
        Change(
            None, entity_of(line.kind, line.before), entity_of(line.kind, line.after),
            Place(sheets.setdefault(line.sheet, SheetPlace(line.sheet, {})), line.row),
        )
        for _, line in journal_lines(connection, account_id, batch.c.batch == of.batch)
    ]  # fmt: skip


def load_movements(
    connection: sa.Connection, account_id: str, until: int, customer_id: int | None = None
) -> list[Movement]:
    """All journal lines up to batch `until`, in their order.

    With `customer_id`, those of that customer, its licences and its devices.
    """
    only = None if customer_id is None else str(customer_id)
    which = sa.true() if customer_id is None else may_concern(customer_id)
    batches = {
        row.batch: (row.batch, dt.datetime.fromisoformat(row.at), row.actor, row.file, row.undoes)
        for row in load_batches(connection, account_id, until)
    }
    movements: list[Movement] = []
    names: dict[str, str] = {}
    for number, line in journal_lines(connection, account_id, batch.c.batch <= until, which):
        owner = line.owner
        if only is not None and owner != only:
            continue
        before, after = entity_of(line.kind, line.before), entity_of(line.kind, line.after)
        entity = after or before
        if isinstance(entity, Customer) and owner is not None:
            names[owner] = entity.name
        customer_name = None if owner is None else names.get(owner)
        movements.append(
            Movement(*batches[number], intern(line.sheet), line.row, before, after, customer_name)
        )
    return movements


def changed_after(
    connection: sa.Connection, account_id: str, number: int, keys: Collection[str]
) -> dict[tuple[str, str], LaterChange]:
    """The changes of batches after batch `number` to the entities of `keys`, by kind and key.

    Without those that cancel out, by themselves or by undos.
    """
    undoes = {of.batch: of.undoes for of in load_batches(connection, account_id)}
    effects: dict[tuple[str, str], dict[int, _NetEffect]] = {}
    for by, line in journal_lines(connection, account_id, batch.c.batch > number):
        if line.key in keys:
            of = effects.setdefault((line.kind, line.key), {})
            before = of[by].before if by in of else line.before
            of[by] = _NetEffect(before, line.after, undoes[by])
    changes: dict[tuple[str, str], LaterChange] = {}
    for (kind, key), batches in effects.items():
        last = _last_standing(batches)
        if last is not None:
            before = next(iter(batches.values())).before
            changes[kind, key] = LaterChange(last, entity_of(kind, before))
    return changes


class _NetEffect(NamedTuple):
    """The net effect of one batch on one entity; `undoes` is the batch that it undid."""

    before: Image | None
    after: Image | None
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
