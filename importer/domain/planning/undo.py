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
from importer.domain.names import accentless_key, name_key
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.planning.scope import Scope, email_key
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Problem
from importer.domain.rules.undoing import ChangedBy, changed_since, depending_on


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """The changes that take a batch back, or what refuses it; the customers' names by id."""

    changes: list[Change]
    problems: list[Problem]
    names: dict[int, str]


def scope_of_undo(changes: Iterable[Change]) -> Scope:
    """All that a plan to undo `changes` must see of the ledger."""
    named = Scope()
    for change in changes:
        for entity in (change.before, change.after):
            match entity:
                case Customer():
                    named.customer_ids.add(entity.id)
                    named.customers.add(name_key(entity.name))
                    named.added_customers[name_key(entity.name)] = entity.name  # not mistyped
                    named.new_names.add(accentless_key(entity.name))
                    if change.before is None:
                        named.device_owners.add(entity.id)
                    if entity.email:
                        named.emails.add(email_key(entity.email))
                case Subscription(customer, code, _):
                    named.customer_ids.add(customer)
                    named.otcs.add(code)
                case Otc():
                    named.otcs.add(entity.code)
                case Device():
                    named.customer_ids.add(entity.customer)
                    named.device_ids.add((entity.customer, entity.key))
    named.whole_otcs.update(named.otcs)
    named.added_otcs.update(named.otcs)  # nobody has mistyped one that is not there
    return named


def plan_undo(done: Sequence[Change], snapshot: Snapshot, changed_by: ChangedBy) -> UndoPlan:
    """Bring everything that `done` changed back to how it was before, or say why not.

    What is so again already is left alone. `done` are a batch's changes in their order.
    """
    now = {entity_key(entity): entity for entity in snapshot.entities()}
    then = dict(now)
    changes: list[Change] = []
    problems: list[Problem] = []
    names = _names(done, snapshot, changed_by)
    for change in _net(done):
        key = entity_key(change.entity)
        if now.get(key) == change.before:
            continue
        if now.get(key) != change.after:
            problems.append(changed_since(change, names, changed_by))
            continue
        kind = _kind(change.after, change.before)
        changes.append(Change(kind, change.after, change.before, change.place))
        if change.before is None:
            del then[key]
        else:
            then[key] = change.before
    if not problems:
        problems += depending_on(changes, State(then.values(), names), changed_by)
    return UndoPlan(changes, problems, names)


def _names(done: Sequence[Change], snapshot: Snapshot, changed_by: ChangedBy) -> dict[int, str]:
    """The name of every customer concerned: its name now or, if it no longer exists, its last."""
    names = {one.id: one.name for one in snapshot.customers.values()}
    for change in done:
        for one in (change.after, change.before):
            if isinstance(one, Customer):
                names.setdefault(one.id, one.name)
    for change in done:
        one = change.entity
        if isinstance(one, Subscription | Device) and one.customer not in names:
            later = changed_by(Customer(one.customer, "", ManagedBy.ADMIN))
            left = later.left if later is not None else None
            names[one.customer] = left.name if isinstance(left, Customer) else str(one.customer)
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
