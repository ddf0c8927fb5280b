"""Write a batch: its changes, their journal lines, and its place in the chain of batches.

Importers of an account meet only at the very end, on the account's row: lines are written under an
entry, and the batch gets its number and the hash of the one before when all else is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from msgspec.json import encode
from msgspec.structs import replace

from importer.base.texts import printable
from importer.domain.entities import Customer, Device, Entity, Subscription
from importer.domain.planning.changes import Change
from importer.ledger import bulk
from importer.ledger.database import Writing
from importer.ledger.storage import storage_of
from importer.ledger.tables import account, batch, journal_block
from importer.ledger.writing.balances import NetChanges, write_entities
from importer.ledger.writing.chain import LinesHash, hash_of_batch


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """The header of a batch: who applied which file when, and how many of its rows.

    `undoes` is the batch that an undo undoes; file and hash are then those of that batch.
    """

    account: str
    at: dt.datetime
    actor: str
    file: str
    sha256: str
    applied: int
    unchanged: int
    rejected: int
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class AppliedBatch:
    """A written batch; its instant is never before that of the batch before it."""

    number: int
    at: dt.datetime


def apply_changes(
    writing: Writing, changes: Sequence[Change], facts: BatchFacts, new: range = range(0)
) -> AppliedBatch:
    """Write `changes` and their journal as a new batch; `new` are the ids of customers they add.

    The caller's transaction must have locked what the plan depends on. The number of statements
    grows only with every 10,000 rows.
    """
    connection = writing.connection
    entry, first = _reserve(writing, facts.account, len(new))
    if new and first != new.start:  # others have taken them meanwhile
        changes = [_renumbered(change, new.start, first - new.start) for change in changes]
    digest, net = LinesHash(facts.account), NetChanges()
    same, blocks = {"account_id": facts.account, "entry": entry}, _blocks(changes, digest, net)
    names, at_once = ("first_line", "lines"), bulk.BLOCKS_AT_ONCE
    bulk.insert(connection, journal_block, same, names, blocks, at_once=at_once)
    write_entities(connection, facts.account, net)
    writing.account, writing.entry = facts.account, entry
    return _finish(connection, facts, entry, digest.hexdigest())


LINES_OF_A_BLOCK = 500
"""Lines in one row of the journal, some 100 kB of text."""


def _blocks(
    changes: Sequence[Change], digest: LinesHash, net: NetChanges
) -> Iterator[tuple[int, str]]:
    """The number of the first line of each block, and its lines, as they are hashed.

    Each is hashed and added to `net` as it passes, since all lines together take much memory.
    """
    for start in range(0, len(changes), LINES_OF_A_BLOCK):
        lines = []
        for number, change in enumerate(changes[start : start + LINES_OF_A_BLOCK], start + 1):
            before, after, place = change.before, change.after, change.place
            entity = before if after is None else after
            assert entity is not None, "a change has an image before or after"
            storage = storage_of(entity)
            key = storage.key(entity)
            net.add(storage.entity, key, change)
            sheet = printable(place.sheet.name)
            lines.append((number, sheet, place.row, storage.kind, key, before, after))
        block = encode(lines).decode()
        digest.add(start + 1, block)
        yield start + 1, block


def _finish(
    connection: sa.Connection, facts: BatchFacts, entry: int, lines_hash: str
) -> AppliedBatch:
    """Join the batch to the chain; other importers of the account wait from here to the commit."""
    own = account.c.account_id == facts.account
    last = connection.execute(sa.select(account).where(own).with_for_update(key_share=True)).one()
    number: int = last.last_batch + 1
    which = (batch.c.account_id == facts.account, batch.c.batch == last.last_batch)
    at = connection.scalar(sa.select(batch.c.at).where(*which))
    # A clock that was set back must not mix up the days.
    applied = AppliedBatch(number, max(facts.at, dt.datetime.fromisoformat(at)) if at else facts.at)
    header = {
        "account_id": facts.account, "batch": number, "entry": entry,
        "kind": "apply" if facts.undoes is None else "undo",
        "at": in_utc(applied.at), "actor": facts.actor, "file": facts.file, "sha256": facts.sha256,
        "applied": facts.applied, "unchanged": facts.unchanged, "rejected": facts.rejected,
        "undoes": facts.undoes, "lines_hash": lines_hash, "previous_hash": last.head,
    }  # fmt: skip
    head = hash_of_batch(header)
    connection.execute(sa.insert(batch), {**header, "hash": head})
    connection.execute(sa.update(account).where(own).values(last_batch=number, head=head))
    return applied


def change_nothing(writing: Writing) -> None:
    """Update no row, by a statement that fails where the ledger cannot be written."""
    unchanged = {"last_batch": account.c.last_batch}
    writing.connection.execute(sa.update(account).where(sa.false()).values(unchanged))


def in_utc(instant: dt.datetime) -> str:
    """An instant in UTC as the ledger keeps it: ISO text with a Z."""
    return instant.isoformat().replace("+00:00", "Z")


_OPEN_ACCOUNT = sa.text(
    "INSERT INTO account (account_id, last_batch, last_customer, last_entry, head) "
    "VALUES (:account, 0, 0, 0, '') ON CONFLICT DO NOTHING"
)


def _reserve(writing: Writing, account_id: str, new_customers: int) -> tuple[int, int]:
    """An entry for a batch, and the first id of `new_customers`.

    Reserved in a transaction of their own, so that nobody waits; a failed try leaves them unused.
    """
    with writing.counters() as connection:
        reserved = connection.execute(
            sa.update(account)
            .where(account.c.account_id == account_id)
            .values(
                last_entry=account.c.last_entry + 1,
                last_customer=account.c.last_customer + new_customers,
            )
            .returning(account.c.last_entry, account.c.last_customer)
        ).one_or_none()
        if reserved is not None:
            return reserved.last_entry, reserved.last_customer - new_customers + 1
        connection.execute(_OPEN_ACCOUNT, {"account": account_id})
    return _reserve(writing, account_id, new_customers)


def _renumbered(change: Change, start: int, shift: int) -> Change:
    """The change with the ids of customers from `start` on moved by `shift`."""

    def own(entity: Entity | None) -> Entity | None:
        match entity:
            case Customer() if entity.id >= start:
                return replace(entity, id=entity.id + shift)
            case Subscription() | Device() if entity.customer >= start:
                return replace(entity, customer=entity.customer + shift)
        return entity

    return replace(change, before=own(change.before), after=own(change.after))
