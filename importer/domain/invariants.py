"""The rules that every ledger keeps, and the violations of them in a given one.

Undo checks the ledger that it would leave, `ledger verify` the one that is stored, and the
property tests the one that random workbooks have made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
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
        holders = (self.customers.get(one.customer) for one in subscriptions)
        return dedicated_to(holder for holder in holders if holder is not None)


def violations(state: State) -> Iterator[Violation]:
    """Every violation in `state`."""
    for code, subscriptions in state.subscriptions.items():
        otc = state.otcs.get(code)
        if otc is not None:
            yield from _allocation(otc, subscriptions, state)
        for one in subscriptions:
            yield from _references(one, state)
    for customer, devices in state.devices.items():
        if customer not in state.customers:
            message = text(N_("Customer {customer} does not exist but has devices: {devices}."),
                           customer=state.name(customer),
                           devices=first_of([one.id for one in devices], MOST_NAMED))  # fmt: skip
            missing = Customer(customer, state.name(customer), ManagedBy.ADMIN)
            yield Violation(Code.UNKNOWN_CUSTOMER, tuple(devices), message, missing)
    for same in _alike(state.customers.values(), lambda one: name_key(one.name)):
        yield Violation(Code.ALREADY_EXISTS, same, text(
            N_("Several customers have the same name: {customers}."), customers=_names(same),
        ))  # fmt: skip
    for same in _alike(state.customers.values(), _own_email):
        yield Violation(Code.EMAIL_IN_USE, same, text(
            N_("Several customers that manage themselves have the email {email}: {customers}."),
            email=same[0].email, customers=_names(same),
        ))  # fmt: skip


def total_too_low(otc: Otc, subscriptions: Iterable[tuple[str, int]]) -> Text:
    """More licences of `otc` are used than it has; by whom, and how many each."""
    holders = list(subscriptions)
    return text(
        N_("OTC {otc} cannot have {total} licences: {used} are used, by {customers}."),
        otc=otc.code, total=otc.total, used=sum(licenses for _, licenses in holders),
        customers=first_of([f"{name} ({licenses})" for name, licenses in holders], MOST_NAMED),
    )  # fmt: skip


def _allocation(
    otc: Otc, subscriptions: list[Subscription], state: State
) -> Iterator[Violation]:  # fmt: skip
    used = sum([one.licenses for one in subscriptions])
    owner = state.owner(subscriptions)
    holders = ((state.name(one.customer), one.licenses) for one in subscriptions)
    if used > otc.total and (owner is None or len(subscriptions) == 1):
        message = total_too_low(otc, holders)
        yield Violation(Code.OVERALLOCATION, (otc, *subscriptions), message)
    elif owner is not None and (used < otc.total or len(subscriptions) > 1):
        message = text(
            N_("OTC {otc} is dedicated to {owner}, which must hold all of its {total} licences; "
               "{used} are used, by {customers}."),
            otc=otc.code, owner=owner.name, total=otc.total, used=used,
            customers=first_of([f"{name} ({licenses})" for name, licenses in holders], MOST_NAMED),
        )  # fmt: skip
        yield Violation(Code.DEDICATED_NEEDS_ALL, (otc, *subscriptions), message)


def _references(held: Subscription, state: State) -> Iterator[Violation]:
    facts = {"customer": state.name(held.customer), "otc": held.otc, "licenses": held.licenses}
    if held.otc not in state.otcs:
        message = Text(N_("OTC {otc} does not exist, but {customer} holds {licenses} licences of "
                          "it."), facts)  # fmt: skip
        yield Violation(Code.UNKNOWN_OTC, (held,), message, Otc(held.otc, "", "", 0))
    if held.customer not in state.customers:
        message = Text(N_("Customer {customer} does not exist but holds {licenses} licences of "
                          "{otc}."), facts)  # fmt: skip
        missing = Customer(held.customer, state.name(held.customer), ManagedBy.ADMIN)
        yield Violation(Code.UNKNOWN_CUSTOMER, (held,), message, missing)


def _alike(
    customers: Iterable[Customer], key: Callable[[Customer], Hashable]
) -> Iterator[tuple[Customer, ...]]:
    """The customers that share a key with others; one whose key is None shares it with nobody."""
    groups: dict[Hashable, list[Customer]] = {}
    for customer in customers:
        groups.setdefault(key(customer), []).append(customer)
    groups.pop(None, None)
    return (tuple(group) for group in groups.values() if len(group) > 1)


def _own_email(customer: Customer) -> str | None:
    return email_key(customer.email) if customer.holds_whole_otcs and customer.email else None


def _names(customers: Iterable[Customer]) -> list[str]:
    return first_of([one.name for one in customers], MOST_NAMED)
