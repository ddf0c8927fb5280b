"""The problems that prevent the undo of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from importer.base.texts import N_, Text, text
from importer.domain.entities import (
    Customer,
    Device,
    Entity,
    EntityKey,
    Otc,
    Status,
    Subscription,
    entity_key,
)
from importer.domain.invariants import State, Violation, violations
from importer.domain.planning.changes import Change
from importer.domain.problems import Code, Problem, problem_at
from importer.domain.rules.verdict import gets_no_more


class LaterChange(NamedTuple):
    """A change of an entity after the batch to undo, which left it as `left`.

    `batch` is the last one whose change still stands, so that following the advice comes to an end.
    """

    batch: int
    left: Entity | None


ChangedBy = Callable[[Entity], LaterChange | None]
"""The later change of an entity; None if it is as the batch to undo left it."""


def depending_on(
    changes: Sequence[Change], then: State, changed_by: ChangedBy
) -> Iterator[Problem]:  # fmt: skip
    """The problems of `changes`, in their order; `then` is the ledger that they would leave."""
    by_key = {entity_key(change.entity): change for change in changes}
    refusals: dict[EntityKey, list[Problem]] = {}
    for violation in violations(then):
        for change, problem in _refusals(violation, by_key, then, changed_by):
            refusals.setdefault(entity_key(change.entity), []).append(problem)
    for change in changes:
        if isinstance(change.after, Subscription) and _grows(change):
            customer = then.customers.get(change.after.customer)
            if customer and entity_key(customer) not in by_key:
                yield from _disabled_since(change, customer, changed_by)
        yield from refusals.get(entity_key(change.entity), ())


def changed_since(change: Change, names: Mapping[int, str], changed_by: ChangedBy) -> Problem:
    """The entity is not as the batch left it."""
    later = changed_by(change.entity)
    entity = _named(change.entity, names)
    if later is None:  # whoever changed it left no journal line: `ledger verify` says more
        message = text(N_("{entity} is not as the batch left it."), entity=entity)
        fix = text(N_("Run: avira-importer ledger verify"))
    else:
        message = text(N_("{entity} was changed again by batch {later}."),
                       entity=entity, later=later.batch)  # fmt: skip
        fix = _undo_first(later.batch)
    return problem_at(change.place, None, Code.CHANGED_SINCE, message, fix)


def _refusals(
    violation: Violation, by_key: Mapping[EntityKey, Change], then: State, changed_by: ChangedBy
) -> Iterator[tuple[Change, Problem]]:
    """The changes that cause `violation`: one that removes what others need, else one of an OTC,
    else all that bring something back."""
    keys = map(entity_key, violation.entities)
    changes = [by_key[key] for key in keys if key in by_key]
    causes = [change for change in changes if _grows(change)]
    of_otc = [change for change in causes if isinstance(change.after, Otc)]
    missing = violation.missing
    removal = by_key.get(entity_key(missing)) if missing else None
    message = text(N_("After the undo: {violation}"), violation=violation.message)
    for change in [removal] if removal else of_otc or causes:
        others = [entity for entity in violation.entities if entity != change.after]
        if missing and not removal:
            others.append(missing)
        batches = [later.batch for entity in others if (later := changed_by(entity))]
        fix = _undo_first(max(batches)) if batches else text(N_("Change that first."))
        code = _code(violation, change, then)
        yield change, problem_at(change.place, None, code, message, fix)


def _code(violation: Violation, change: Change, then: State) -> Code:
    if change.after is None:
        return Code.STILL_HELD
    if violation.code is Code.OVERALLOCATION and isinstance(change.after, Otc):
        return Code.TOTAL_BELOW_USED
    if violation.code is Code.DEDICATED_NEEDS_ALL and isinstance(change.after, Subscription):
        others = [entity for entity in violation.entities[1:] if entity != change.after]
        if then.owner(entity for entity in others if isinstance(entity, Subscription)):
            return Code.OTC_DEDICATED
    return violation.code


def _grows(change: Change) -> bool:
    """Whether the change may cause a violation: fewer licences of a customer never do."""
    if not isinstance(change.after, Subscription):
        return change.after is not None
    before = change.before.licenses if isinstance(change.before, Subscription) else 0
    return change.after.licenses > before


def _disabled_since(change: Change, customer: Customer, changed_by: ChangedBy) -> Iterator[Problem]:
    """A later batch has disabled the customer; one disabled before gets back what it had."""
    later = changed_by(customer)
    if (
        customer.status is Status.DISABLED
        and later is not None
        and isinstance(later.left, Customer)
        and later.left.status is Status.ACTIVE
    ):
        message, fix = gets_no_more(customer), _undo_first(later.batch)
        yield problem_at(change.place, None, Code.CUSTOMER_DISABLED, message, fix)


def _named(entity: Entity, names: Mapping[int, str]) -> Text:
    match entity:
        case Otc():
            return text(N_("OTC {otc}"), otc=entity.code)
        case Customer():
            return text(N_("Customer {customer}"), customer=names[entity.id])
        case Device():
            owner = names[entity.customer]
            return text(N_("Device {device} of {customer}"), device=entity.id, customer=owner)
    customer = names[entity.customer]
    return text(N_("The subscription of {customer} to {otc}"), customer=customer, otc=entity.otc)


def _undo_first(number: int) -> Text:
    return text(N_("Undo batch {later} first."), later=number)
