"""The rules that every ledger keeps, and their violations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from importer.base.texts import N_, Text, first_of, text
from importer.domain.entities import (
    Customer,
    Device,
    Entity,
    ManagedBy,
    Otc,
    Subscription,
    dedicated_to,
)
from importer.domain.names import name_key
from importer.domain.planning.scope import email_key
from importer.domain.problems import Code

MOST_NAMED = 10
"""How many holders, customers or devices a sentence names before it only counts the rest."""


class Violation(NamedTuple):
    """A broken rule: the entities that break it together, the OTC first where there is one.

    `missing` stands for an OTC or customer that they need and that does not exist.
    """

    code: Code
    entities: tuple[Entity, ...]
    message: Text
    missing: Otc | Customer | None = None


class State:
    """A ledger's entities by what tells them apart; `names` knows customers that it lacks."""

    def __init__(self, entities: Iterable[Entity], names: Mapping[int, str]) -> None:
        self.otcs: dict[str, Otc] = {}
        self.customers: dict[int, Customer] = {}
        self.subscriptions: dict[str, list[Subscription]] = {}
        self.devices: dict[int, list[Device]] = {}
        self._names = names
        for entity in entities:
            match entity:
                case Otc():
                    self.otcs[entity.code] = entity
                case Customer():
                    self.customers[entity.id] = entity
                case Subscription():
                    self.subscriptions.setdefault(entity.otc, []).append(entity)
                case Device():
                    self.devices.setdefault(entity.customer, []).append(entity)

    def name(self, customer: int) -> str:
        """The customer's name; its id where no name is known."""
        known = self.customers.get(customer)
        return known.name if known else self._names.get(customer, str(customer))

    def owner(self, subscriptions: Iterable[Subscription]) -> Customer | None:
        """The customer to whom an OTC with these subscriptions is dedicated."""
        holders = (self.customers.get(subscription.customer) for subscription in subscriptions)
        return dedicated_to(holder for holder in holders if holder is not None)


def violations(state: State) -> Iterator[Violation]:
    """Every violation in `state`."""
    for code, subscriptions in state.subscriptions.items():
        otc = state.otcs.get(code)
        if otc is not None:
            yield from _allocation(otc, subscriptions, state)
        for subscription in subscriptions:
            yield from _references(subscription, state)
    for customer, devices in state.devices.items():
        if customer not in state.customers:
            name, ids = state.name(customer), [device.id for device in devices]
            message = text(N_("Customer {customer} does not exist but has devices: {devices}."),
                           customer=name, devices=first_of(ids, MOST_NAMED))  # fmt: skip
            missing = Customer(customer, name, ManagedBy.ADMIN)
            yield Violation(Code.UNKNOWN_CUSTOMER, tuple(devices), message, missing)
    customers = list(state.customers.values())
    for same in sharing(customers, lambda customer: name_key(customer.name)):
        message = text(N_("Several customers have the same name: {customers}."),
                       customers=_names(same))  # fmt: skip
        yield Violation(Code.ALREADY_EXISTS, same, message)
    for same in sharing(customers, _own_email):
        yield Violation(Code.EMAIL_IN_USE, same, text(
            N_("Several customers that manage themselves have the email {email}: {customers}."),
            email=same[0].email, customers=_names(same),
        ))  # fmt: skip


TOTAL_TOO_LOW = N_("OTC {otc} cannot have {total} licences: {used} are used, by {customers}.")


def balance_facts(otc: Otc, holders: Sequence[tuple[str, int]]) -> dict[str, object]:
    """The figures of an OTC for a sentence; `holders` are names with their licences."""
    shown = [f"{name} ({licenses})" for name, licenses in holders]
    used = sum([licenses for _, licenses in holders])
    customers = first_of(shown, MOST_NAMED)
    return {"otc": otc.code, "total": otc.total, "used": used, "customers": customers}


def _allocation(otc: Otc, subscriptions: list[Subscription], state: State) -> Iterator[Violation]:
    used = sum([holding.licenses for holding in subscriptions])
    owner = state.owner(subscriptions)
    alone = len(subscriptions) == 1
    if (used == otc.total and alone) or (used <= otc.total and owner is None):
        return
    holders = [(state.name(holding.customer), holding.licenses) for holding in subscriptions]
    facts = balance_facts(otc, holders)
    if owner is None or (alone and used > otc.total):
        message = Text(TOTAL_TOO_LOW, facts)
        yield Violation(Code.OVERALLOCATION, (otc, *subscriptions), message)
    else:
        message = Text(N_("OTC {otc} is dedicated to {owner}, which must hold all of its {total} "
                          "licences; {used} are used, by {customers}."),
                       facts | {"owner": owner.name})  # fmt: skip
        yield Violation(Code.DEDICATED_NEEDS_ALL, (otc, *subscriptions), message)


def _references(subscription: Subscription, state: State) -> Iterator[Violation]:
    customer, otc = subscription.customer, subscription.otc
    name = state.name(customer)
    facts = {"customer": name, "otc": otc, "licenses": subscription.licenses}
    if otc not in state.otcs:
        message = Text(N_("OTC {otc} does not exist, but {customer} holds {licenses} licences of "
                          "it."), facts)  # fmt: skip
        yield Violation(Code.UNKNOWN_OTC, (subscription,), message, Otc(otc, "", "", 0))
    if customer not in state.customers:
        message = Text(N_("Customer {customer} does not exist but holds {licenses} licences of "
                          "{otc}."), facts)  # fmt: skip
        missing = Customer(customer, name, ManagedBy.ADMIN)
        yield Violation(Code.UNKNOWN_CUSTOMER, (subscription,), message, missing)


def sharing(
    customers: Sequence[Customer], key: Callable[[Customer], Hashable]
) -> Iterator[tuple[Customer, ...]]:
    """The customers that share a key with others; a key that is None is none."""
    keys = [key(customer) for customer in customers]
    shared = {key for key, count in Counter(keys).items() if key is not None and count > 1}
    groups: dict[Hashable, list[Customer]] = {}
    if shared:
        for own, customer in zip(keys, customers, strict=True):
            if own in shared:
                groups.setdefault(own, []).append(customer)
    return map(tuple, groups.values())


def _own_email(customer: Customer) -> str | None:
    return email_key(customer.email) if customer.holds_whole_otcs and customer.email else None


def _names(customers: Iterable[Customer]) -> list[str]:
    return first_of([customer.name for customer in customers], MOST_NAMED)
