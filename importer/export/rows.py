"""The rows of the exported sheets, whose attributes are the values of columns."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from importer.base.texts import N_, _, first_of
from importer.domain.contents import Contents, OtcHolding
from importer.domain.entities import Device
from importer.domain.record import Record
from importer.export.words import manager_words, otc_status, state_words

CUSTOMER_NOT_AVAILABLE = "Customer Not Available"
"""What the console writes for an OTC without customers, in every language."""
PRODUCTS = 3
"""How many product names are listed for an OTC, before the number of the others."""


class OtcRow(Record):
    """An OTC and, if it has customers, one of them."""

    holding: OtcHolding
    status: str
    days_left: int | None
    customer: str = CUSTOMER_NOT_AVAILABLE
    licenses: int | None = None
    managed_by: str | None = None


class CustomerRow(Record):
    """A customer and, if it has subscriptions, one of them."""

    name: str
    installed: int
    managed_by: str
    state: str
    licenses: int = 0
    otc: str | None = None
    expiry_date: dt.date | None = None
    days_left: int | None = None


class DeviceRow(Record):
    """A device of a customer; `installed` is yes or no in the current language."""

    customer: str
    device: Device
    installed: str


class ActivationRow(Record):
    """An OTC; the products and the last date are those of its customers' devices."""

    holding: OtcHolding
    status: str
    days_left: int | None
    activated: dt.date | None
    days_active: int | None
    products: str | None
    last_alive: dt.date | None


def otc_rows(contents: Contents) -> Iterator[OtcRow]:
    """A row per subscription, by OTC and customer; one row for an OTC without customers."""
    holders: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    managers = manager_words()
    for owner in contents.customers:
        name, managed_by = owner.customer.name, managers[owner.customer.managed_by]
        for held in owner.subscriptions:
            holders[held.otc].append((name, held.licenses, managed_by))
    for holding in contents.otcs:
        status, days_left = otc_status(holding, contents.today), holding.days_left(contents.today)
        for columns in holders.pop(holding.otc.code, [()]):
            yield OtcRow(holding, status, days_left, *columns)
    assert not holders, "a subscription of an OTC that is not among the contents"


def customer_rows(contents: Contents) -> Iterator[CustomerRow]:
    """A row per subscription, by customer and OTC; one row for a customer without any."""
    expiries = {
        holding.otc.code: (holding.otc.expiry_date, holding.days_left(contents.today))
        for holding in contents.otcs
    }
    managers, states = manager_words(), state_words()
    for holding in contents.customers:
        customer, installed = holding.customer, holding.installed
        managed_by, state = managers[customer.managed_by], states[customer.status]
        if not holding.subscriptions:
            yield CustomerRow(customer.name, installed, managed_by, state)
        for held in holding.subscriptions:
            yield CustomerRow(
                customer.name, installed, managed_by, state, held.licenses, held.otc,
                *expiries[held.otc],
            )  # fmt: skip


def device_rows(contents: Contents) -> Iterator[DeviceRow]:
    """A row per device, by customer and device id."""
    yes, no = _(N_("Yes")), _(N_("No"))
    for owner in contents.customers:
        for device in owner.devices:
            yield DeviceRow(owner.customer.name, device, yes if device.is_installed else no)


def activation_rows(contents: Contents) -> Iterator[ActivationRow]:
    """A row per OTC."""
    devices: dict[str, list[Device]] = defaultdict(list)
    for owner in contents.customers:
        for held in owner.subscriptions:
            devices[held.otc].extend(owner.devices)
    for holding in contents.otcs:
        of_otc = devices.get(holding.otc.code, [])
        days = (device.last_date for device in of_otc)
        products = {device.product_name for device in of_otc if device.product_name is not None}
        activated = contents.activated.get(holding.otc.code)
        yield ActivationRow(
            holding,
            otc_status(holding, contents.today),
            holding.days_left(contents.today),
            activated,
            None if activated is None else (contents.at.date() - activated).days,
            ", ".join(first_of(sorted(products), PRODUCTS)) or None,
            max((day for day in days if day is not None), default=None),
        )
