"""Requests of filled rows: one type per sheet, with a field per column.

A field that is None was left blank; blank states nothing.
"""

from __future__ import annotations

import datetime as dt

from importer.domain.entities import ManagedBy
from importer.domain.problems import Place
from importer.domain.record import Record


class AddOtc(Record):
    """Register an OTC."""

    place: Place
    otc: str
    email: str
    company: str
    total: int
    description: str | None = None
    purchase_date: dt.date | None = None
    expiry_date: dt.date | None = None
    product_id: str | None = None
    runtime: int | None = None


class EditOtc(Record):
    """Correct, renew or top up an OTC."""

    place: Place
    otc: str
    email: str | None = None
    company: str | None = None
    total: int | None = None
    description: str | None = None
    purchase_date: dt.date | None = None
    expiry_date: dt.date | None = None
    product_id: str | None = None
    runtime: int | None = None


class AddCustomer(Record):
    """Create a customer and its first subscription."""

    place: Place
    customer: str
    managed_by: ManagedBy
    otc: str
    licenses: int | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class AddSubscription(Record):
    """Give a customer a further subscription."""

    place: Place
    customer: str
    otc: str
    licenses: int | None = None


class EditCustomer(Record):
    """Change a customer's details, or the licences of one of its subscriptions."""

    place: Place
    customer: str
    new_name: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    otc: str | None = None
    licenses: int | None = None


class UpdateOtc(Record):
    """Move one customer's subscription, or every one, from one OTC to another."""

    place: Place
    customer: str | None
    current_otc: str
    new_otc: str


class DisableCustomer(Record):
    """Disable a customer, and release its licences if `release`."""

    place: Place
    customer: str
    release: bool | None = None
    reason: str | None = None


class EnableCustomer(Record):
    """Enable a customer again."""

    place: Place
    customer: str


class RecordDevice(Record):
    """Add a device to a customer's inventory, or update it."""

    place: Place
    customer: str
    device_id: str
    operating_system: str | None = None
    model: str | None = None
    avira_installed: dt.date | None = None
    avira_uninstalled: dt.date | None = None
    nh_installed: dt.date | None = None
    nh_uninstalled: dt.date | None = None
    avira_status: str | None = None
    product_name: str | None = None


CustomerRequest = (
    AddCustomer | AddSubscription | EditCustomer | UpdateOtc | DisableCustomer | EnableCustomer
    | RecordDevice
)  # fmt: skip
Request = AddOtc | EditOtc | CustomerRequest
