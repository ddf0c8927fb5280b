"""The part of the ledger that a plan sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from importer.domain.entities import (
    Customer,
    Device,
    Entity,
    EntityKey,
    Otc,
    Subscription,
    dedicated_to,
    entity_key,
)
from importer.domain.names import accentless_if_other, accentless_key, name_key
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.planning.scope import email_key
from importer.domain.problems import Place

LaterImages = tuple[int, Entity | None, Entity | None]
"""The number of a batch, and an entity before and after it changed it."""


@dataclass(slots=True)
class Snapshot:
    """The entities that a workbook names, by key, and the figures derived from them.

    `nearest_otc` and `nearest_customer` give the known code or name most like an unknown one,
    `last_customer` is the highest id of a customer of the ledger, named or not.
    """

    today: dt.date
    last_customer: int = 0
    otcs: dict[str, Otc] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    nearest_otc: dict[str, str] = field(default_factory=dict)
    nearest_customer: dict[str, str] = field(default_factory=dict)
    creators: dict[object, Place] = field(default_factory=dict)
    """The row of this workbook that created an entity, by `entity_key`."""
    renamed: dict[str, int] = field(default_factory=dict)
    """The customers that this workbook has renamed, by the key of the old name."""
    holdings: dict[int, tuple[Subscription, ...]] = field(default_factory=dict)
    """The subscriptions of each customer."""
    holders: dict[str, dict[int, None]] = field(default_factory=dict)
    """The customers that hold licences of each OTC, in order; complete where the scope asks."""
    devices: dict[tuple[int, str], Device] = field(default_factory=dict)
    """The devices that are named, by their customer's id and their own key."""
    installed: dict[int, int] = field(default_factory=dict)
    """On how many devices of each customer, named or not, Avira is installed."""
    later: Mapping[EntityKey, Sequence[LaterImages]] = field(default_factory=dict)
    """What others have changed since a workbook was filled in, the newest first."""
    _by_name: dict[str, int] = field(default_factory=dict)
    _accented: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The customers' names whose keys without accents are others; by these."""
    _companies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _by_email: dict[str, set[int]] = field(default_factory=dict)

    # Queries of the rules

    def customer(self, name: str) -> Customer | None:
        """The customer of that name, however it is spelt."""
        key = self._by_name.get(name_key(name))
        return None if key is None else self.customers[key]

    def subscription(self, customer: Customer, otc: str) -> Subscription | None:
        """The subscription of `customer` to `otc`."""
        for subscription in self.holdings.get(customer.id, ()):
            if subscription.otc == otc:
                return subscription
        return None

    def subscriptions(self, customer: Customer) -> tuple[Subscription, ...]:
        """The subscriptions of `customer`."""
        return self.holdings.get(customer.id, ())

    def subscriptions_of(self, otc: str) -> list[Subscription]:
        """Every subscription on `otc`, the oldest first."""
        return [
            subscription
            for holder in self.holders.get(otc, {})
            for subscription in self.holdings[holder]
            if subscription.otc == otc
        ]

    def pending(self, otc: Otc) -> int:
        """The licences of `otc` not yet handed out."""
        return otc.total - self.used.get(otc.code, 0)

    def dedicated_to(self, otc: Otc) -> Customer | None:
        """The customer that manages itself and holds the whole of `otc`, if one does."""
        holders = self.holders.get(otc.code, {})
        # Whoever holds all of it is its only holder; a popular OTC has thousands.
        if len(holders) != 1:
            return None
        return dedicated_to([self.customers[holder] for holder in holders])

    def device(self, owner: Customer, device_id: str) -> Device | None:
        """The device of `owner` with that id, however it is spelt."""
        return self.devices.get((owner.id, name_key(device_id)))

    def self_managed_with_email(self, email: str) -> Iterator[Customer]:
        """The customers that manage themselves and have that email."""
        for key in self._by_email.get(email_key(email), ()):
            yield self.customers[key]

    def similar_names(self, name: str) -> list[str]:
        """Names of customers that differ from `name` in accents and nothing else."""
        key, accentless = name_key(name), accentless_if_other(name)
        alike = self._accented.get(accentless or key, ())
        similar = [other for other in alike if name_key(other) != key]
        if accentless in self._by_name:
            similar.insert(0, self.customers[self._by_name[accentless]].name)
        return similar

    def companies_like(self, company: str) -> list[str]:
        """Names of companies that differ from `company` in accents and nothing else."""
        alike = self._companies.get(accentless_key(company), ())
        if alike in ((), (company,)):
            return []
        key = name_key(company)
        return [other for other in alike if name_key(other) != key]

    def entities(self) -> Iterator[Entity]:
        """Every entity in it."""
        yield from self.otcs.values()
        yield from self.customers.values()
        for subscriptions in self.holdings.values():
            yield from subscriptions
        yield from self.devices.values()

    # Building and changing it

    def copy(self) -> Snapshot:
        """A copy that changes on its own, for a workbook that has created nothing yet."""
        return replace(
            self, otcs=dict(self.otcs), used=dict(self.used), customers=dict(self.customers),
            creators={}, renamed={}, holdings=dict(self.holdings),
            holders={key: dict(of_otc) for key, of_otc in self.holders.items()},
            devices=dict(self.devices), installed=dict(self.installed),
            _by_name=dict(self._by_name), _accented=dict(self._accented),
            _companies=dict(self._companies),
            _by_email={key: set(ids) for key, ids in self._by_email.items()},
        )  # fmt: skip

    def put_otc(self, otc: Otc, used: int = 0) -> None:
        """Hold `otc`, of whose licences `used` are handed out."""
        self.otcs[otc.code] = otc
        self.used[otc.code] = used
        self.put_company(otc.company)

    def put_company(self, company: str) -> None:
        """Note the name of a company."""
        _put(self._companies, accentless_key(company), company)

    def put_customer(self, customer: Customer) -> None:
        """Hold `customer`."""
        self.customers[customer.id] = customer
        self._by_name[name_key(customer.name)] = customer.id
        accentless = accentless_if_other(customer.name)
        if accentless is not None:
            _put(self._accented, accentless, customer.name)
        if customer.email and customer.holds_whole_otcs:
            self._by_email.setdefault(email_key(customer.email), set()).add(customer.id)
        self.last_customer = max(self.last_customer, customer.id)

    def put_subscription(self, subscription: Subscription) -> None:
        """Hold `subscription`; its licences are in `used` already."""
        customer, otc = subscription.customer, subscription.otc
        held = {other.otc: other for other in self.holdings.get(customer, ())}
        held[otc] = subscription
        self.holdings[customer] = tuple(held.values())
        self.holders.setdefault(otc, {})[customer] = None

    def put_device(self, device: Device) -> None:
        """Hold `device`; whether it is installed is in `installed` already."""
        self.devices[device.customer, device.key] = device

    def record(self, change: Change) -> None:
        """Apply `change`."""
        before, after, place = change.before, change.after, change.place
        match after:
            case Subscription():
                had = before.licenses if isinstance(before, Subscription) else 0
                self.used[after.otc] += after.licenses - had
                self.put_subscription(after)
                if change.kind is ChangeKind.SUBSCRIPTION_ADDED:
                    self.creators[after.customer, after.otc] = place
            case Customer():
                if isinstance(before, Customer):
                    self._forget_customer(before)
                    self.renamed[name_key(before.name)] = after.id
                else:
                    self.creators[after.id] = place
                self.put_customer(after)
            case Otc():
                self.put_otc(after, self.used.get(after.code, 0))
                if before is None:
                    self.creators[after.code] = place
            case Device():
                was = isinstance(before, Device) and before.is_installed
                more = after.is_installed - was
                self.installed[after.customer] = self.installed.get(after.customer, 0) + more
                self.put_device(after)
                if before is None:
                    self.creators[entity_key(after)] = place
            case None:
                assert isinstance(before, Subscription), f"nothing else goes: {change}"
                self.used[before.otc] -= before.licenses
                held = self.holdings[before.customer]
                self.holdings[before.customer] = tuple(s for s in held if s.otc != before.otc)
                del self.holders[before.otc][before.customer]
                self.creators.pop((before.customer, before.otc), None)

    def _forget_customer(self, customer: Customer) -> None:
        del self._by_name[name_key(customer.name)]
        accentless = accentless_key(customer.name)
        alike = self._accented.get(accentless, ())
        self._accented[accentless] = tuple(name for name in alike if name != customer.name)
        if customer.email and customer.holds_whole_otcs:
            self._by_email[email_key(customer.email)].discard(customer.id)


def _put(known: dict[str, tuple[str, ...]], key: str, name: str) -> None:
    alike = known.get(key, ())
    if name not in alike:
        known[key] = (*alike, name)
