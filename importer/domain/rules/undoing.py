"""What stands against taking a batch back, once all of it is put back as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from importer.base.texts import N_, Text, first_of, text
from importer.domain.entities import (
    Customer,
    Device,
    Entity,
    ManagedBy,
    Otc,
    Status,
    Subscription,
)
from importer.domain.names import name_key
from importer.domain.planning.changes import Change
from importer.domain.planning.scope import email_key
from importer.domain.problems import Code, Problem, problem_at
from importer.domain.rules.otcs import NAMED_HOLDERS


class LaterChange(NamedTuple):
    """What was made of an entity after the batch to undo.

    `batch` is the last one whose change of it still stands, so that undoing what is named leads
    on and not round in a circle; `left` is how the batch to undo had left it.
    """

    batch: int
    left: Entity | None


ChangedBy = Callable[[Entity], LaterChange | None]
"""What was made of an entity later; None if it is as the batch to undo left it."""

State = dict[object, Entity]
"""OTCs by code, customers by id, subscriptions by both; devices by customer and key."""


class Then:
    """The ledger as the undo would leave it, and which of its entities the undo touches."""

    def __init__(
        self, state: State, touched: set[object], names: dict[int, str], changed_by: ChangedBy
    ) -> None:  # fmt: skip
        self.state, self.touched, self.names, self.changed_by = state, touched, names, changed_by
        self.on: dict[str, list[Subscription]] = {}
        self.of: dict[int, list[Subscription]] = {}
        self.owned: dict[int, list[Device]] = {}
        self.called: dict[str, list[Customer]] = {}
        self.reached: dict[str, list[Customer]] = {}
        for one in state.values():
            match one:
                case Subscription():
                    self.on.setdefault(one.otc, []).append(one)
                    self.of.setdefault(one.customer, []).append(one)
                case Device():
                    self.owned.setdefault(one.customer, []).append(one)
                case Customer():
                    self.called.setdefault(name_key(one.name), []).append(one)
                    if one.holds_whole_otcs and one.email:
                        self.reached.setdefault(email_key(one.email), []).append(one)

    def otc(self, code: str) -> Otc | None:
        """The OTC, if it is there then."""
        found = self.state.get(code)
        return found if isinstance(found, Otc) else None

    def customer(self, key: int) -> Customer | None:
        """The customer, if it is there then."""
        found = self.state.get(key)
        return found if isinstance(found, Customer) else None

    def disabled_since(self, customer: Customer) -> bool:
        """Whether a later batch has disabled it; who was disabled before may have back its own."""
        if customer.status is Status.ACTIVE or customer.id in self.touched:
            return False
        later = self.changed_by(customer)
        left = later.left if later is not None else None
        return isinstance(left, Customer) and left.status is Status.ACTIVE

    def used(self, code: str) -> int:
        """What is handed out of an OTC then."""
        return sum(one.licenses for one in self.on.get(code, ()))

    def holders(self, code: str) -> list[str]:
        """Who holds licences of an OTC then, in words, the first ones only."""
        held = self.on.get(code, [])
        named = [f"{self.names[one.customer]} ({one.licenses})" for one in held]
        return first_of(named, NAMED_HOLDERS)

    def since(self, *entities: Entity) -> Text:
        """From which batch on that is so."""
        found = [later.batch for one in entities if (later := self.changed_by(one)) is not None]
        return _undo_first(max(found)) if found else text(N_("Change that first."))


def against(change: Change, then: Then) -> Iterator[Problem]:
    """What stands against one change, once all are made."""
    match change.before, change.after:
        case Otc() as gone, None:
            yield from _still_held(change, then.on.get(gone.code, []), then)
        case Customer() as gone, None:
            yield from _still_held(change, then.of.get(gone.id, []), then)
            yield from _still_owning(change, then.owned.get(gone.id, []), then)
        case _, Otc() as otc:
            yield from _total_does_not_fit(change, otc, then)
        case _, Customer() as customer:
            yield from _taken_meanwhile(change, customer, then)
        case had, Subscription() as back:
            if back.licenses > (had.licenses if isinstance(had, Subscription) else 0):
                yield from _cannot_have(change, back, then)
        case None, Device() as back if then.customer(back.customer) is None:
            yield _without_customer(change, back, then)


def changed_since(
    change: Change, names: dict[int, str], changed_by: ChangedBy
) -> Problem:  # fmt: skip
    """The entity is not as the batch left it."""
    later = changed_by(change.entity)
    what = _what(change.entity, names)
    if later is None:  # whoever changed it left no journal line: `ledger verify` says more
        message = text(N_("{what} is not as the batch left it."), what=what)
        fix = text(N_("Run: avira-importer ledger verify"))
    else:
        by = later.batch
        message = text(N_("{what} was changed again by batch {later}."), what=what, later=by)
        fix = _undo_first(by)
    return problem_at(change.place, None, Code.CHANGED_SINCE, message, fix)


def _still_held(
    change: Change, held: Sequence[Subscription], then: Then
) -> Iterator[Problem]:  # fmt: skip
    for one in held:
        yield problem_at(
            change.place, None, Code.STILL_HELD,
            text(N_("{what} would go, but {customer} holds {licenses} licences of {otc}."),
                 what=_what(change.entity, then.names), customer=then.names[one.customer],
                 licenses=one.licenses, otc=one.otc),
            then.since(one),
        )  # fmt: skip


def _still_owning(change: Change, owned: Sequence[Device], then: Then) -> Iterator[Problem]:
    if owned:
        yield problem_at(
            change.place, None, Code.STILL_HELD,
            text(N_("{what} would go, but it has the device {device}. Devices in all: {count}."),
                 what=_what(change.entity, then.names), device=owned[0].id, count=len(owned)),
            then.since(*owned),
        )  # fmt: skip


def _total_does_not_fit(change: Change, otc: Otc, then: Then) -> Iterator[Problem]:
    held = then.on.get(otc.code, [])
    used = then.used(otc.code)
    if used > otc.total:
        yield problem_at(
            change.place, None, Code.TOTAL_BELOW_USED,
            text(N_("OTC {otc} cannot have {total} licences: {used} are used, by {customers}."),
                 otc=otc.code, total=otc.total, used=used, customers=then.holders(otc.code)),
            then.since(*held),
        )  # fmt: skip
    elif used < otc.total and any(_holds_whole(one, then) for one in held):
        yield _dedicated_needs_all(change, otc, then)


def _taken_meanwhile(change: Change, customer: Customer, then: Then) -> Iterator[Problem]:
    for other in then.called[name_key(customer.name)]:
        if other.id != customer.id:
            yield problem_at(
                change.place, None, Code.ALREADY_EXISTS,
                text(N_("Another customer is called {other} already."), other=other.name),
                then.since(other),
            )  # fmt: skip
    if customer.holds_whole_otcs and customer.email:
        for other in then.reached[email_key(customer.email)]:
            if other.id != customer.id:
                yield problem_at(
                    change.place, None, Code.EMAIL_IN_USE,
                    text(N_("{email} is the email of {other}, which manages itself too."),
                         email=customer.email, other=other.name),
                    then.since(other),
                )  # fmt: skip


def _cannot_have(change: Change, back: Subscription, then: Then) -> Iterator[Problem]:
    otc, customer = then.otc(back.otc), then.customer(back.customer)
    if otc is None or customer is None:
        yield _gone(change, back, then)
        return
    if then.disabled_since(customer):
        yield problem_at(
            change.place, None, Code.CUSTOMER_DISABLED,
            text(N_("{customer} is disabled and gets no more licences."), customer=customer.name),
            then.since(customer),
        )  # fmt: skip
    others = [one for one in then.on[otc.code] if one.customer != customer.id]
    used = then.used(otc.code)
    owner = next((one for one in others if _holds_whole(one, then)), None)
    if owner is not None:
        yield problem_at(
            change.place, None, Code.OTC_DEDICATED,
            text(N_("The whole OTC {otc} is dedicated to {owner}."),
                 otc=otc.code, owner=then.names[owner.customer]),
            then.since(owner),
        )  # fmt: skip
    elif used > otc.total and otc.code not in then.touched:
        yield problem_at(
            change.place, None, Code.OVERALLOCATION,
            text(N_("OTC {otc} has {total} licences; {used} would be used, by {customers}."),
                 otc=otc.code, total=otc.total, used=used, customers=then.holders(otc.code)),
            then.since(*others, otc),
        )  # fmt: skip
    elif customer.holds_whole_otcs and (others or used != otc.total):
        yield _dedicated_needs_all(change, otc, then)


def _gone(change: Change, back: Subscription, then: Then) -> Problem:
    if then.otc(back.otc) is None:
        message = text(N_("The ledger has no OTC {otc} any more."), otc=back.otc)
        return problem_at(
            change.place, None, Code.UNKNOWN_OTC, message,
            then.since(Otc(back.otc, "", "", 0)),
        )  # fmt: skip
    return _without_customer(change, back, then)


def _without_customer(change: Change, back: Subscription | Device, then: Then) -> Problem:
    name = then.names[back.customer]
    message = text(N_("The ledger has no customer {name} any more."), name=name)
    gone = Customer(back.customer, name, ManagedBy.ADMIN)
    return problem_at(change.place, None, Code.UNKNOWN_CUSTOMER, message, then.since(gone))


def _dedicated_needs_all(change: Change, otc: Otc, then: Then) -> Problem:
    return problem_at(
        change.place, None, Code.DEDICATED_NEEDS_ALL,
        text(N_("A customer that manages itself holds whole OTCs: {otc} has {total} licences; "
                "{used} would be used, by {customers}."),
             otc=otc.code, total=otc.total, used=then.used(otc.code),
             customers=then.holders(otc.code)),
        then.since(*then.on[otc.code], otc),
    )  # fmt: skip


def _holds_whole(held: Subscription, then: Then) -> bool:
    holder = then.customer(held.customer)
    return holder is not None and holder.holds_whole_otcs


def _what(entity: Entity, names: dict[int, str]) -> Text:
    match entity:
        case Otc():
            return text(N_("The OTC {otc}"), otc=entity.code)
        case Customer():
            return text(N_("The customer {customer}"), customer=names[entity.id])
        case Device():
            owner = names[entity.customer]
            return text(N_("The device {device} of {customer}"), device=entity.id, customer=owner)
    customer = names[entity.customer]
    return text(N_("What {customer} holds of {otc}"), customer=customer, otc=entity.otc)


def _undo_first(number: int) -> Text:
    return text(N_("Undo batch {later} first."), later=number)
