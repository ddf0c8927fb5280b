"""All that a ledger holds at one instant, and the figures that people ask of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from importer.domain.entities import Customer, Device, Entity, Otc, Subscription, dedicated_to
from importer.domain.names import name_key
from importer.domain.rules.handing_out import SOON


class OtcStatus(StrEnum):
    """Whether an OTC can give licences, and what somebody should see to."""

    VALID = "valid"
    AVAILABLE = "available"
    FULL = "full"
    EXPIRES_SOON = "expires-soon"
    EXPIRED_IN_USE = "expired-in-use"
    EXPIRED = "expired"


class OtcHolding(NamedTuple):
    """An OTC with its balance.

    `activated` is the day of its first subscription, `dedicated_to` the name of the customer
    that manages itself and holds the whole of it; None where there is none. Unless `whole`, only
    what one customer uses counts as used.
    """

    otc: Otc
    used: int
    activated: dt.date | None
    dedicated_to: str | None
    whole: bool = True

    @property
    def pending(self) -> int:
        """Licences not yet handed out."""
        return self.otc.total - self.used

    def status(self, today: dt.date) -> OtcStatus:
        """What matters most of it: its expiry rather than its licences."""
        if self.otc.expired(today):
            return OtcStatus.EXPIRED_IN_USE if self.used else OtcStatus.EXPIRED
        if self.expires_within(SOON, today):
            return OtcStatus.EXPIRES_SOON
        if not self.whole:
            return OtcStatus.VALID
        return OtcStatus.AVAILABLE if self.pending else OtcStatus.FULL

    def expires_within(self, time: dt.timedelta, today: dt.date) -> bool:
        """Whether it expires today or within that time, and has not expired yet."""
        expiry = self.otc.expiry_date
        return expiry is not None and today <= expiry <= today + time

    def days_left(self, today: dt.date) -> int | None:
        """The days until its expiry date, below 0 once that has passed; None if it has none."""
        expiry = self.otc.expiry_date
        return None if expiry is None else (expiry - today).days


def otc_holding(
    otc: Otc, used: int, activated: dt.date | None, holders: Iterable[Customer]
) -> OtcHolding:  # fmt: skip
    """The OTC with its balance; `holders` are the customers that hold licences of it."""
    owner = dedicated_to(holders)
    return OtcHolding(otc, used, activated, owner.name if owner else None)


class CustomerHolding(NamedTuple):
    """A customer with its subscriptions, by OTC, and its devices, by their keys."""

    customer: Customer
    subscriptions: tuple[Subscription, ...]
    devices: tuple[Device, ...] = ()

    @property
    def licenses(self) -> int:
        """All licences that it holds."""
        licenses = 0
        for one in self.subscriptions:  # hardly ever more than one, for which sum() takes longer
            licenses += one.licenses
        return licenses

    @property
    def installed(self) -> int:
        """On how many of its devices Avira is installed."""
        return sum([one.is_installed for one in self.devices]) if self.devices else 0


class Movement(NamedTuple):
    """One line of the journal: what changed, by which row of which file, when and by whom.

    `at` is an instant in UTC; `undoes` is the batch that the line's batch took back, if it is an
    undo. `customer` is the name, then, of the customer that it concerns, if it concerns one.
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
        """What changed, as it was afterwards or, when gone, as it had been."""
        found = self.after if self.after is not None else self.before
        assert found is not None, "a line has an image before or after"
        return found


class Figures(NamedTuple):
    """The console's figures over a whole ledger; `total`, `used` and `pending` are licences.

    `expired` counts the OTCs whose expiry date has passed, `renew_within_30_days` those that
    expire today or within 30 days.
    """

    otcs: int
    customers: int
    total: int
    used: int
    pending: int
    expired: int
    renew_within_30_days: int


def figures_of(otcs: Iterable[tuple[int, OtcHolding]], customers: int, today: dt.date) -> Figures:
    """The figures of a ledger with so many customers.

    `otcs` may be taken together by their expiry dates: as one that has the licences of them all,
    with how many they are.
    """
    count = total = used = expired = to_renew = 0
    for alike, one in otcs:
        count += alike
        total += one.otc.total
        used += one.used
        if one.otc.expired(today):
            expired += alike
        elif one.expires_within(SOON, today):
            to_renew += alike
    return Figures(count, customers, total, used, total - used, expired, to_renew)


@dataclass(frozen=True, slots=True)
class Contents:
    """A ledger's OTCs, by code, and customers, by name, at the instant `at` (UTC).

    `batch` is the number of the last batch applied (0: none) and `head` its hash.
    """

    account: str
    at: dt.datetime
    today: dt.date
    batch: int
    head: str
    otcs: Sequence[OtcHolding]
    customers: Sequence[CustomerHolding]

    def figures(self) -> Figures:
        """The figures of `show summary` and of the export's Summary."""
        return figures_of(((1, one) for one in self.otcs), len(self.customers), self.today)

    def to_renew(self, time: dt.timedelta) -> int:
        """How many OTCs expire today or within that time."""
        return sum(one.expires_within(time, self.today) for one in self.otcs)

    def of_customer(self, name: str) -> Contents | None:
        """The customer of that name, however it is spelt, and the OTCs that it holds licences of.

        Of these, what it uses itself counts as used: the file may be its own to read. None if
        there is no such customer.
        """
        ours = [one for one in self.customers if name_key(one.customer.name) == name_key(name)]
        if not ours:
            return None
        held = {one.otc: one.licenses for one in ours[0].subscriptions}
        otcs = [
            one._replace(used=held[one.otc.code], whole=False)
            for one in self.otcs
            if one.otc.code in held
        ]
        return replace(self, otcs=otcs, customers=ours)

    def of_otc(self, code: str) -> Contents:
        """The OTC of that code, if there is one, and its holders, with what they hold of it."""
        held = [
            CustomerHolding(holding.customer, (one,))
            for holding in self.customers
            for one in holding.subscriptions
            if one.otc == code
        ]
        return replace(
            self, otcs=[one for one in self.otcs if one.otc.code == code], customers=held
        )
