"""What taking a batch back would do to the ledger, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from importer.domain.changes import Change, Did
from importer.domain.entities import Customer, Entity, ManagedBy, Otc, Status, Subscription
from importer.domain.names import accentless_key, name_key
from importer.domain.problems import Code, Problem, problem_at
from importer.domain.rules.otcs import NAMED_HOLDERS
from importer.domain.snapshot import Named, Snapshot, email_key
from importer.texts import N_, Text, text


class Later(NamedTuple):
    """What was made of an entity after the batch to undo.

    `batch` is the last one whose change of it still stands, so that undoing what is named leads
    on and not round in a circle; `left` is how the batch to undo had left it.
    """

    batch: int
    left: Entity | None


ChangedBy = Callable[[Entity], Later | None]
"""What was made of an entity later; None if it is as the batch to undo left it."""

State = dict[object, Entity]
"""OTCs by code, customers by id, subscriptions by both."""


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """The changes that take a batch back, or what refuses it; the customers' names by id."""

    changes: list[Change]
    problems: list[Problem]
    names: dict[int, str]


def named_by(changes: Iterable[Change]) -> Named:
    """All that a plan to undo `changes` must see of the ledger."""
    named = Named()
    for change in changes:
        for entity in (change.before, change.after):
            match entity:
                case Customer():
                    named.customer_ids.add(entity.id)
                    named.customers.add(name_key(entity.name))
                    named.new_names.add(accentless_key(entity.name))
                    if entity.email:
                        named.emails.add(email_key(entity.email))
                case Subscription(customer, code, _):
                    named.customer_ids.add(customer)
                    named.otcs.add(code)
                case Otc():
                    named.otcs.add(entity.code)
    named.whole_otcs.update(named.otcs)
    named.added_otcs.update(named.otcs)  # nobody has mistyped one that is not there
    return named


def plan_undo(done: Sequence[Change], snapshot: Snapshot, changed_by: ChangedBy) -> UndoPlan:
    """Bring everything that `done` changed back to how it was before, or say why not.

    What is so again already is left alone. `done` are a batch's changes in their order.
    """
    now = _state(snapshot)
    then = dict(now)
    changes: list[Change] = []
    problems: list[Problem] = []
    names = _names(done, now, changed_by)
    for one in _net(done):
        key = _key(one.entity)
        if now.get(key) == one.before:
            continue
        if now.get(key) != one.after:
            problems.append(_changed_since(one, names, changed_by))
            continue
        changes.append(Change(_did(one.after, one.before), one.after, one.before, one.place))
        if one.before is None:
            del then[key]
        else:
            then[key] = one.before
    if not problems:
        ledger = _Then(then, {_key(one.entity) for one in changes}, names, changed_by)
        problems = [found for one in changes for found in _against(one, ledger)]
    return UndoPlan(changes, problems, names)


def _state(snapshot: Snapshot) -> State:
    entities: list[Entity] = [*snapshot.otcs.values(), *snapshot.customers.values()]
    entities += (one for held in snapshot.holdings.values() for one in held.values())
    return {_key(one): one for one in entities}


def _names(done: Sequence[Change], now: State, changed_by: ChangedBy) -> dict[int, str]:
    """The name of every customer that is concerned: as it is or, of one that is gone, was."""
    names = {one.id: one.name for one in now.values() if isinstance(one, Customer)}
    for change in done:
        for one in (change.after, change.before):
            if isinstance(one, Customer):
                names.setdefault(one.id, one.name)
    for change in done:
        one = change.entity
        if isinstance(one, Subscription) and one.customer not in names:
            later = changed_by(Customer(one.customer, "", ManagedBy.ADMIN))
            left = later.left if later is not None else None
            names[one.customer] = left.name if isinstance(left, Customer) else str(one.customer)
    return names


def _key(entity: Entity) -> object:
    match entity:
        case Otc():
            return entity.code
        case Customer():
            return entity.id
        case Subscription():
            return entity.customer, entity.otc


def _net(done: Sequence[Change]) -> Iterator[Change]:
    """One change for each entity, from how it was first to how it was last."""
    first: dict[object, Change] = {}
    last: dict[object, Change] = {}
    for change in done:
        first.setdefault(_key(change.entity), change)
        last[_key(change.entity)] = change
    for key, begun in first.items():
        ended = last[key]
        if begun.before != ended.after:
            # What the batch added belongs to the row that added it.
            place = begun.place if begun.before is None else ended.place
            yield Change(None, begun.before, ended.after, place)


def _did(now: Entity | None, then: Entity | None) -> Did:
    match now, then:
        case Otc(), Otc():
            return Did.OTC_EDITED
        case Customer(), Customer():
            if now.status is then.status:
                return Did.CUSTOMER_EDITED
            disabled = then.status is Status.DISABLED
            return Did.CUSTOMER_DISABLED if disabled else Did.CUSTOMER_ENABLED
        case Subscription(), Subscription():
            return Did.SUBSCRIPTION_EDITED
        case None, Otc():
            return Did.OTC_ADDED
        case None, Customer():
            return Did.CUSTOMER_ADDED
        case None, _:
            return Did.SUBSCRIPTION_ADDED
        case Otc(), None:
            return Did.OTC_REMOVED
        case Customer(), None:
            return Did.CUSTOMER_REMOVED
    return Did.SUBSCRIPTION_CANCELLED


class _Then:
    """The ledger as the undo would leave it, and which of its entities the undo touches."""

    def __init__(
        self, state: State, touched: set[object], names: dict[int, str], changed_by: ChangedBy
    ) -> None:  # fmt: skip
        self.state, self.touched, self.names, self.changed_by = state, touched, names, changed_by
        self.on: dict[str, list[Subscription]] = {}
        self.of: dict[int, list[Subscription]] = {}
        self.called: dict[str, list[Customer]] = {}
        self.reached: dict[str, list[Customer]] = {}
        for one in state.values():
            match one:
                case Subscription():
                    self.on.setdefault(one.otc, []).append(one)
                    self.of.setdefault(one.customer, []).append(one)
                case Customer():
                    self.called.setdefault(name_key(one.name), []).append(one)
                    if one.holds_whole_otcs and one.email:
                        self.reached.setdefault(email_key(one.email), []).append(one)

    def otc(self, code: str) -> Otc | None:
        found = self.state.get(code)
        return found if isinstance(found, Otc) else None

    def customer(self, key: int) -> Customer | None:
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
        return sum(one.licenses for one in self.on.get(code, ()))

    def holders(self, code: str) -> list[str]:
        held = self.on.get(code, [])
        named = [f"{self.names[one.customer]} ({one.licenses})" for one in held[:NAMED_HOLDERS]]
        more = len(held) - NAMED_HOLDERS
        return [*named, f"… (+{more})"] if more > 0 else named

    def since(self, *entities: Entity) -> Text:
        """From which batch on that is so."""
        found = [later.batch for one in entities if (later := self.changed_by(one)) is not None]
        return _undo_first(max(found)) if found else text(N_("Change that first."))


def _against(change: Change, then: _Then) -> Iterator[Problem]:
    """What stands against one change, once all are made."""
    match change.before, change.after:
        case Otc() as gone, None:
            yield from _still_held(change, then.on.get(gone.code, []), then)
        case Customer() as gone, None:
            yield from _still_held(change, then.of.get(gone.id, []), then)
        case _, Otc() as otc:
            yield from _total_does_not_fit(change, otc, then)
        case _, Customer() as customer:
            yield from _taken_meanwhile(change, customer, then)
        case had, Subscription() as back:
            if back.licenses > (had.licenses if isinstance(had, Subscription) else 0):
                yield from _cannot_have(change, back, then)


def _changed_since(
    change: Change, names: dict[int, str], changed_by: ChangedBy
) -> Problem:  # fmt: skip
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
    change: Change, held: Sequence[Subscription], then: _Then
) -> Iterator[Problem]:  # fmt: skip
    for one in held:
        yield problem_at(
            change.place, None, Code.STILL_HELD,
            text(N_("{what} would go, but {customer} holds {licenses} licences of {otc}."),
                 what=_what(change.entity, then.names), customer=then.names[one.customer],
                 licenses=one.licenses, otc=one.otc),
            then.since(one),
        )  # fmt: skip


def _total_does_not_fit(change: Change, otc: Otc, then: _Then) -> Iterator[Problem]:
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


def _taken_meanwhile(change: Change, customer: Customer, then: _Then) -> Iterator[Problem]:
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


def _cannot_have(change: Change, back: Subscription, then: _Then) -> Iterator[Problem]:
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


def _gone(change: Change, back: Subscription, then: _Then) -> Problem:
    if then.otc(back.otc) is None:
        message = text(N_("The ledger has no OTC {otc} any more."), otc=back.otc)
        return problem_at(
            change.place, None, Code.UNKNOWN_OTC, message,
            then.since(Otc(back.otc, "", "", 0)),
        )  # fmt: skip
    name = then.names[back.customer]
    message = text(N_("The ledger has no customer {name} any more."), name=name)
    gone = Customer(back.customer, name, ManagedBy.ADMIN)
    return problem_at(change.place, None, Code.UNKNOWN_CUSTOMER, message, then.since(gone))


def _dedicated_needs_all(change: Change, otc: Otc, then: _Then) -> Problem:
    return problem_at(
        change.place, None, Code.DEDICATED_NEEDS_ALL,
        text(N_("A customer that manages itself holds whole OTCs: {otc} has {total} licences; "
                "{used} would be used, by {customers}."),
             otc=otc.code, total=otc.total, used=then.used(otc.code),
             customers=then.holders(otc.code)),
        then.since(*then.on[otc.code], otc),
    )  # fmt: skip


def _holds_whole(held: Subscription, then: _Then) -> bool:
    holder = then.customer(held.customer)
    return holder is not None and holder.holds_whole_otcs


def _what(entity: Entity, names: dict[int, str]) -> Text:
    match entity:
        case Otc():
            return text(N_("The OTC {otc}"), otc=entity.code)
        case Customer():
            return text(N_("The customer {customer}"), customer=names[entity.id])
    customer = names[entity.customer]
    return text(N_("What {customer} holds of {otc}"), customer=customer, otc=entity.otc)


def _undo_first(number: int) -> Text:
    return text(N_("Undo batch {later} first."), later=number)
