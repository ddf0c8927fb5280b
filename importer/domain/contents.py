"""The contents of a ledger at an instant, and the figures derived from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from importer.domain.entities import Customer, Device, Entity, Otc, Subscription
from importer.domain.names import name_key
from importer.domain.record import Record
from importer.domain.rules.handing_out import SOON


class OtcStatus(StrEnum):
    """The status of an OTC, as the export shows it."""

    VALID = "valid"
    AVAILABLE = "available"
    FULL = "full"
    EXPIRES_SOON = "expires-soon"
    EXPIRED_IN_USE = "expired-in-use"
    EXPIRED = "expired"


class OtcHolding(Record):
    """An OTC with its balance, and the name of the customer that it is dedicated to.

    Unless `whole`, `used` counts one customer's licences only.
    """

    otc: Otc
    used: int
    dedicated_to: str | None
    whole: bool = True

    @property
    def pending(self) -> int:
        """Licences not yet handed out."""
        return self.otc.total - self.used

    def status(self, today: dt.date) -> OtcStatus:
        """Its status; an expiry matters more than its licences."""
        if self.otc.expired(today):
            return OtcStatus.EXPIRED_IN_USE if self.used else OtcStatus.EXPIRED
        if self.expires_within(SOON, today):
            return OtcStatus.EXPIRES_SOON
        if not self.whole:
            return OtcStatus.VALID
        return OtcStatus.AVAILABLE if self.pending else OtcStatus.FULL

    def expires_within(self, time: dt.timedelta, today: dt.date) -> bool:
        """Whether it expires today or within `time`."""
        expiry = self.otc.expiry_date
        return expiry is not None and today <= expiry <= today + time

    def days_left(self, today: dt.date) -> int | None:
        """The days until its expiry date, negative once it has expired; None without a date."""
        expiry = self.otc.expiry_date
        return None if expiry is None else (expiry - today).days


class CustomerHolding(Record):
    """A customer with its subscriptions, by OTC, and its devices, by their keys."""

    customer: Customer
    subscriptions: Sequence[Subscription]
    devices: Sequence[Device] = ()

    @property
    def licenses(self) -> int:
        """All licences that it holds."""
        licenses = 0
        for subscription in self.subscriptions:  # hardly ever two, for which sum() takes longer
            licenses += subscription.licenses
        return licenses

    @property
    def installed(self) -> int:
        """The number of its devices with Avira."""
        return sum([device.is_installed for device in self.devices]) if self.devices else 0


class Movement(Record):
    """A line of the journal: a change, the row that made it, its instant (UTC) and its actor.

    `undoes` is the batch that was undone, if any; `customer` is the customer's name at the time.
    """

    batch: int
    at: dt.datetime
    actor: str
    file: str
    undoes: int | None
    sheet: str
    row: int
    before: Entity | None
    after: Entity | None
    customer: str | None

    @property
    def entity(self) -> Entity:
        """The entity that changed, as it was afterwards or, if removed, before."""
        entity = self.after if self.after is not None else self.before
        assert entity is not None, "a line has an image before or after"
        return entity


class Figures(NamedTuple):
    """The console's figures: `total`, `used` and `pending` are licences, the others are counts."""

    otcs: int
    customers: int
    total: int
    used: int
    pending: int
    expired: int
    renew_within_30_days: int


def figures_of(otcs: Iterable[tuple[int, OtcHolding]], customers: int, today: dt.date) -> Figures:
    """The figures of a ledger; OTCs with one expiry date may be added up, with their number."""
    count = total = used = expired = to_renew = 0
    for number, holding in otcs:
        count += number
        total += holding.otc.total
        used += holding.used
        if holding.otc.expired(today):
            expired += number
        elif holding.expires_within(SOON, today):
            to_renew += number
    return Figures(count, customers, total, used, total - used, expired, to_renew)


@dataclass(frozen=True, slots=True)
class Contents:
    """The OTCs of a ledger, by code, and its customers, by name, at the instant `at` (UTC).

    `batch` is the number of the last batch (0: none) and `head` its hash. `activated` has the day
    of each OTC's first subscription, if it was loaded.
    """

    account: str
    at: dt.datetime
    today: dt.date
    batch: int
    head: str
    otcs: Sequence[OtcHolding]
    customers: Sequence[CustomerHolding]
    activated: Mapping[str, dt.date] = field(default_factory=dict)

    def figures(self) -> Figures:
        """The figures of `show summary` and of the export's Summary."""
        return figures_of(((1, otc) for otc in self.otcs), len(self.customers), self.today)

    def to_renew(self, time: dt.timedelta) -> int:
        """The number of OTCs that expire today or within `time`."""
        return sum(holding.expires_within(time, self.today) for holding in self.otcs)

    def of_customer(self, name: str) -> Contents | None:
        """The customer of that name and its OTCs, or None; only its own licences count as used."""
        key = name_key(name)
        customers = [own for own in self.customers if name_key(own.customer.name) == key]
        if not customers:
            return None
        licenses = {held.otc: held.licenses for held in customers[0].subscriptions}
        otcs = [
            OtcHolding(holding.otc, licenses[holding.otc.code], holding.dedicated_to, whole=False)
            for holding in self.otcs
            if holding.otc.code in licenses
        ]
        return replace(self, otcs=otcs, customers=customers)

    def of_otc(self, code: str) -> Contents:
        """The OTC of that code, if there is one, and its customers with their licences of it."""
        otcs = [holding for holding in self.otcs if holding.otc.code == code]
        customers = [
            CustomerHolding(holding.customer, [subscription])
            for holding in self.customers
            for subscription in holding.subscriptions
            if subscription.otc == code
        ]
        return replace(self, otcs=otcs, customers=customers)
