"""Load the history of a ledger: its batches and their journal lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from sys import intern
from typing import NamedTuple

import sqlalchemy as sa

from importer.base.texts import printable
from importer.domain.contents import Contents, Movement
from importer.domain.entities import Customer, Entity
from importer.domain.planning.changes import Change
from importer.domain.problems import Place, SheetPlace
from importer.domain.rules.undoing import LaterChange
from importer.ledger.bulk import select_matching
from importer.ledger.reading.blocks import JournalLine, journal_lines, may_concern
from importer.ledger.storage import damaged_journal
from importer.ledger.tables import batch, customer

AT_ONCE = 10_000
"""Rows fetched at once: one by one takes twice as long, all at once much memory."""


class Batch(NamedTuple):
    """One workbook applied to the ledger, or one undo; `at` is an instant in UTC.

    `actor` and `file` are printable, whatever an earlier version has stored.

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
    return [
        row._replace(
            actor=printable(row.actor), file=printable(row.file), undone_by=undone_by.get(row.batch)
        )
        for row in batches
    ]


def batches_of_file(connection: sa.Connection, account_id: str, sha256: str) -> list[Batch]:
    """The batches that applied a file, undone ones included, in their order."""
    batches = _batches(connection, account_id, batch.c.sha256 == sha256)  # undos have its hash too
    return [candidate for candidate in batches if candidate.kind == "apply"]


def load_lines(
    connection: sa.Connection, account_id: str, of: Batch
) -> tuple[list[JournalLine], dict[str, str]]:
    """The journal lines of a batch in their order, and by key the name that the owner has now."""
    lines = [line for _, line in journal_lines(connection, account_id, batch.c.batch == of.batch)]
    try:
        owners = {int(line.owner) for line in lines if line.owner is not None}
    except ValueError as error:
        raise damaged_journal() from error
    owner_id = customer.c.customer_id
    query = select_matching(connection, account_id, owner_id, owner_id, owners)
    names_by_id = connection.execute(query.add_columns(customer.c.name))
    names = {str(owner): name for owner, name in names_by_id}
    return lines, {line.key: names[line.owner] for line in lines if line.owner in names}


def load_changes(connection: sa.Connection, account_id: str, of: Batch) -> list[Change]:
    """The changes of a batch, each with its sheet and row."""
    sheets: dict[str, SheetPlace] = {}
    return [
        Change(
            None, *line.entities(),
            Place(sheets.setdefault(line.sheet, SheetPlace(line.sheet, {})), line.row),
        )
        for _, line in journal_lines(connection, account_id, batch.c.batch == of.batch)
    ]  # fmt: skip


def load_movements(
    connection: sa.Connection, contents: Contents, most: int | None, only: int | None = None
) -> list[Movement]:
    """The newest journal lines that led to `contents`, in their order: at most `most`, or all.

    With `only`, the id of a customer, those of that customer, its licences and its devices.
    """
    which = [batch.c.batch <= contents.batch, *([may_concern(only)] if only else [])]
    names = {str(own.customer.id): own.customer.name for own in contents.customers}
    """Of customers before the lines that were read; after them at first."""
    nameless: set[str] = set()  # customers whose removal is on a line further up
    newest: list[tuple[int, JournalLine, Entity | None, Entity | None]] = []
    for number, line in journal_lines(connection, contents.account, *which, newest_first=True):
        owner = line.owner
        if only is not None and owner != str(only):
            continue
        if len(newest) == most and not nameless:
            break
        before, after = line.entities()
        first = after if before is None else before
        if owner is not None:
            if isinstance(first, Customer):
                names[owner] = first.name
                nameless.discard(owner)
            elif owner not in names:
                nameless.add(owner)
        if len(newest) != most:
            newest.append((number, line, before, after))
    since = batch.c.batch >= (newest[-1][0] if newest else 0)
    batches = {
        row.batch: (row.batch, dt.datetime.fromisoformat(row.at), row.actor, row.file, row.undoes)
        for row in _batches(connection, contents.account, since)
    }
    movements: list[Movement] = []
    for number, line, before, after in reversed(newest):
        last, owner = after if after is not None else before, line.owner or ""
        if isinstance(last, Customer):
            names[owner] = last.name
        place = intern(printable(line.sheet)), line.row
        movements.append(Movement(*batches[number], *place, before, after, names.get(owner)))
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
            before, after = line.entities()
            of[by] = _NetEffect(of[by].before if by in of else before, after, undoes[by])
    changes: dict[tuple[str, str], LaterChange] = {}
    for (kind, key), batches in effects.items():
        last = _last_standing(batches)
        if last is not None:
            before = next(iter(batches.values())).before
            changes[kind, key] = LaterChange(last, before)
    return changes


class _NetEffect(NamedTuple):
    """The net effect of one batch on one entity; `undoes` is the batch that it undid."""

    before: Entity | None
    after: Entity | None
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
