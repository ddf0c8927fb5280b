"""Load a batch to undo and the entities that it changed."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from importer.domain.entities import Entity
from importer.domain.planning.changes import Change
from importer.domain.planning.snapshot import Snapshot
from importer.domain.planning.undo import scope_of_undo
from importer.domain.rules.undoing import ChangedBy, LaterChange
from importer.ledger.locks import lock_scope
from importer.ledger.reading.journal import Batch, changed_after, load_batch, load_changes
from importer.ledger.reading.snapshot import load_snapshot
from importer.ledger.storage import storage_of


class BatchToUndo(NamedTuple):
    """A batch, its changes, their entities as they are now, and who changed them since."""

    of: Batch
    done: list[Change]
    snapshot: Snapshot
    changed_by: ChangedBy


def load_batch_to_undo(
    connection: sa.Connection, account_id: str, number: int, today: dt.date, *, locking: bool
) -> BatchToUndo | None:
    """Load all of that, and lock it if `locking`; None if there is no such batch."""
    of = load_batch(connection, account_id, number)
    if of is None:
        return None
    done = load_changes(connection, account_id, of)
    named = scope_of_undo(done)
    locked = lock_scope(connection, account_id, named) if locking else None
    snapshot = load_snapshot(connection, account_id, named, today)
    if locked is not None:
        locked.check_covers(named, snapshot)
        of = load_batch(connection, account_id, number) or of  # it can be undone meanwhile

    @cache
    def later() -> dict[tuple[str, str], LaterChange]:
        entities: list[Entity] = [change.entity for change in done]
        for by_key in (snapshot.otcs, snapshot.customers, snapshot.devices):
            entities += by_key.values()
        for subscriptions in snapshot.holdings.values():
            entities += subscriptions
        keys = {storage_of(entity).key(entity) for entity in entities}
        keys |= {*named.otcs, *map(str, named.customer_ids)}
        return changed_after(connection, account_id, number, keys)

    def changed_by(entity: Entity) -> LaterChange | None:
        storage = storage_of(entity)
        return later().get((storage.kind, storage.key(entity)))

    return BatchToUndo(of, done, snapshot, changed_by)
