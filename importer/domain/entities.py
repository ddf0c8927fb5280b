"""OTCs, customers, subscriptions and devices: the facts of a ledger, nothing derived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum

from importer.domain.names import name_key
from importer.domain.record import Record


class ManagedBy(StrEnum):
    """Who manages a customer's devices."""

    ADMIN = "admin"
    CUSTOMER = "customer"


class Status(StrEnum):
    """The status of a customer; a disabled one gets no licences."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Otc(Record):
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
        """Whether its expiry date is before `today`; it is valid on its last day."""
        return self.expiry_date is not None and self.expiry_date < today


class Customer(Record):
    """A site that receives licences."""

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


class Subscription(Record):
    """The licences that one customer holds out of one OTC."""

    customer: int
    otc: str
    licenses: int


class Device(Record):
    """A device of a customer, with its own `id`; NH is Nanoheal, the console's agent on it."""

    customer: int
    id: str
    operating_system: str | None = None
    model: str | None = None
    avira_installed: dt.date | None = None
    avira_uninstalled: dt.date | None = None
    nh_installed: dt.date | None = None
    nh_uninstalled: dt.date | None = None
    avira_status: str | None = None
    product_name: str | None = None

    @property
    def key(self) -> str:
        """The form in which two spellings of its id are equal."""
        return name_key(self.id)

    @property
    def is_installed(self) -> bool:
        """Whether Avira runs on it: installed, and not uninstalled on that day or since."""
        if self.avira_installed is None:
            return False
        return self.avira_uninstalled is None or self.avira_uninstalled < self.avira_installed

    @property
    def last_date(self) -> dt.date | None:
        """The latest of its dates."""
        days = (
            self.avira_installed, self.avira_uninstalled, self.nh_installed, self.nh_uninstalled,
        )  # fmt: skip
        return max((day for day in days if day is not None), default=None)


Entity = Otc | Customer | Subscription | Device
EntityKey = str | int | tuple[int, str] | tuple[type[Device], int, str]


def entity_key(entity: Entity) -> EntityKey:
    """The key that identifies the entity in its ledger."""
    match entity:
        case Otc():
            return entity.code
        case Customer():
            return entity.id
        case Subscription():
            return entity.customer, entity.otc
        case Device():
            return Device, entity.customer, entity.key


def dedicated_to(holders: Iterable[Customer]) -> Customer | None:
    """The customer that an OTC is dedicated to (rule 10), if one of its `holders` is."""
    for holder in holders:
        if holder.holds_whole_otcs:
            return holder
    return None
