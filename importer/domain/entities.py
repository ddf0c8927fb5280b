"""What a ledger holds: OTCs, customers and subscriptions, as facts without derived figures."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import NamedTuple


class ManagedBy(StrEnum):
    """Who manages a customer's devices."""

    ADMIN = "admin"
    CUSTOMER = "customer"


class Status(StrEnum):
    """Whether a customer may get licences."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Otc(NamedTuple):
    """A one-time code and its details; `runtime` is in months."""

    code: str
    email: str
    company: str
    total: int
    description: str | None = None
    purchase_date: dt.date | None = None
    expiry_date: dt.date | None = None
    product_id: str | None = None
    runtime: int | None = None

    def expired(self, today: dt.date) -> bool:
        """Whether its expiry date is before `today`; on its last day it still is good."""
        return self.expiry_date is not None and self.expiry_date < today


class Customer(NamedTuple):
    """A site that receives licences; `id` is negative until the ledger has given it its own."""

    id: int
    name: str
    managed_by: ManagedBy
    status: Status = Status.ACTIVE
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    disabled_reason: str | None = None

    @property
    def holds_whole_otcs(self) -> bool:
        """Whether it gets OTCs dedicated to it rather than some licences of one (rule 10)."""
        return self.managed_by is ManagedBy.CUSTOMER


class Subscription(NamedTuple):
    """The licences that one customer holds out of one OTC."""

    customer: int
    otc: str
    licenses: int


Entity = Otc | Customer | Subscription
