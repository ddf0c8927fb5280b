"""Plan the undo of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from importer.domain.entities import (
    Customer,
    Device,
    Entity,
    EntityKey,
    ManagedBy,
    Otc,
    Status,
    Subscription,
    entity_key,
)
from importer.domain.invariants import State
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.planning.scope import Scope, email_key
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Problems
from importer.domain.rules.undoing import ChangedBy, changed_since, depending_on


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """The changes that undo a batch, or the problems that refuse it; customers' names by id."""

    changes: list[Change]
    problems: Problems
    names: dict[int, str]


def scope_of_undo(changes: Iterable[Change]) -> Scope:
    """The scope of a plan to undo `changes`."""
    scope = Scope()
    for change in changes:
        for entity in (change.before, change.after):
            match entity:
                case Customer():
                    scope.customer_ids.add(entity.id)
                    scope.add_name(entity.name)
                    if change.before is None:
                        scope.device_owners.add(entity.id)
                    if entity.email:
                        scope.emails.add(email_key(entity.email))
                case Subscription():
                    scope.customer_ids.add(entity.customer)
                    scope.otcs.add(entity.otc)
                case Otc():
                    scope.otcs.add(entity.code)
                case Device():
                    scope.customer_ids.add(entity.customer)
                    scope.device_ids.add((entity.customer, entity.key))
    scope.whole_otcs.update(scope.otcs)
    scope.added_otcs.update(scope.otcs)  # nobody has mistyped one that does not exist
    return scope


def plan_undo(done: Sequence[Change], snapshot: Snapshot, changed_by: ChangedBy) -> UndoPlan:
    """Restore everything that `done`, a batch's changes in their order, changed, or refuse.

    What is already as it was before the batch is left alone.
    """
    now = {entity_key(entity): entity for entity in snapshot.entities()}
    then = dict(now)
    changes: list[Change] = []
    problems = Problems()
    names = _names(done, snapshot, changed_by)
    for change in _net(done):
        key = entity_key(change.entity)
        if now.get(key) == change.before:
            continue
        if now.get(key) != change.after:
            problems.add([changed_since(change, names, changed_by)])
            continue
        kind = _kind(change.after, change.before)
        changes.append(Change(kind, change.after, change.before, change.place))
        if change.before is None:
            del then[key]
        else:
            then[key] = change.before
    if not problems:
        problems.add(depending_on(changes, State(then.values(), names), changed_by))
    return UndoPlan(changes, problems, names)


def _names(done: Sequence[Change], snapshot: Snapshot, changed_by: ChangedBy) -> dict[int, str]:
    """The name of every customer concerned: its name now or, if it no longer exists, its last."""
    names = {customer.id: customer.name for customer in snapshot.customers.values()}
    for change in done:
        for entity in (change.after, change.before):
            if isinstance(entity, Customer):
                names.setdefault(entity.id, entity.name)
    for change in done:
        entity = change.entity
        if isinstance(entity, Subscription | Device) and entity.customer not in names:
            later = changed_by(Customer(entity.customer, "", ManagedBy.ADMIN))
            left = later.left if later is not None else None
            name = left.name if isinstance(left, Customer) else str(entity.customer)
            names[entity.customer] = name
    return names


def _net(done: Sequence[Change]) -> Iterator[Change]:
    """One change for each entity, from its first image to its last."""
    first: dict[EntityKey, Change] = {}
    last: dict[EntityKey, Change] = {}
    for change in done:
        first.setdefault(entity_key(change.entity), change)
        last[entity_key(change.entity)] = change
    for key, begun in first.items():
        ended = last[key]
        if begun.before != ended.after:
            # What the batch added belongs to the row that added it.
            place = begun.place if begun.before is None else ended.place
            yield Change(None, begun.before, ended.after, place)


_ADDED_EDITED_REMOVED: dict[type[Entity], tuple[ChangeKind, ChangeKind, ChangeKind]] = {
    Otc: (ChangeKind.OTC_ADDED, ChangeKind.OTC_EDITED, ChangeKind.OTC_REMOVED),
    Customer: (ChangeKind.CUSTOMER_ADDED, ChangeKind.CUSTOMER_EDITED, ChangeKind.CUSTOMER_REMOVED),
    Subscription: (
        ChangeKind.SUBSCRIPTION_ADDED, ChangeKind.SUBSCRIPTION_EDITED,
        ChangeKind.SUBSCRIPTION_CANCELLED,
    ),
    Device: (ChangeKind.DEVICE_ADDED, ChangeKind.DEVICE_EDITED, ChangeKind.DEVICE_REMOVED),
}  # fmt: skip


def _kind(now: Entity | None, then: Entity | None) -> ChangeKind:
    if isinstance(now, Customer) and isinstance(then, Customer) and now.status is not then.status:
        disabled = then.status is Status.DISABLED
        return ChangeKind.CUSTOMER_DISABLED if disabled else ChangeKind.CUSTOMER_ENABLED
    entity = now if then is None else then
    assert entity is not None, "a change has an image before or after"
    added, edited, removed = _ADDED_EDITED_REMOVED[type(entity)]
    if now is None:
        return added
    return removed if then is None else edited
