"""All that a ledger holds at one instant, and the figures that people ask of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from importer.domain.entities import Customer, Otc, Subscription
from importer.domain.rules.handing_out import SOON


class OtcHolding(NamedTuple):
    """An OTC with its balance.

    `activated` is the day of its first subscription, `dedicated_to` the name of the customer
    that manages itself and holds the whole of it; None where there is none.
    """

    otc: Otc
    used: int
    activated: dt.date | None
    dedicated_to: str | None

    @property
    def pending(self) -> int:
        """Licences not yet handed out."""
        return self.otc.total - self.used


class CustomerHolding(NamedTuple):
    """A customer with its subscriptions, in the order of their OTCs."""

    customer: Customer
    subscriptions: tuple[Subscription, ...]

    @property
    def licenses(self) -> int:
        """All licences that it holds."""
        return sum(one.licenses for one in self.subscriptions)


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
        total = sum(holding.otc.total for holding in self.otcs)
        used = sum(holding.used for holding in self.otcs)
        expiries = [one.otc.expiry_date for one in self.otcs if one.otc.expiry_date is not None]
        return Figures(
            otcs=len(self.otcs),
            customers=len(self.customers),
            total=total,
            used=used,
            pending=total - used,
            expired=sum(day < self.today for day in expiries),
            renew_within_30_days=sum(self.today <= day <= self.today + SOON for day in expiries),
        )
