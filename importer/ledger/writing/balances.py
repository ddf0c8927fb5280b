"""The tables of OTCs, customers, subscriptions and devices, brought to where changes lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from importer.domain.entities import Customer, Device, Entity, Otc, Subscription
from importer.domain.names import accentless_key, name_key
from importer.domain.planning.scope import email_key
from importer.ledger import bulk
from importer.ledger.images import DEVICE_DATES
from importer.ledger.tables import customer, device, otc, subscription

Values = tuple[str | int | None, ...]
One = TypeVar("One", Otc, Customer, Subscription, Device)

OTC_COLUMNS = (
    "code", "email", "company", "company_key", "total", "used", "description", "purchase_date",
    "expiry_date", "product_id", "runtime",
)  # fmt: skip
CUSTOMER_COLUMNS = (
    "customer_id", "name", "name_key", "accentless_key", "managed_by", "status", "email",
    "email_key", "first_name", "last_name", "disabled_reason",
)  # fmt: skip
DEVICE_COLUMNS = (
    "customer_id", "device_key", "device_id", "operating_system", "model", *DEVICE_DATES,
    "avira_status", "product_name",
)  # fmt: skip


class Net:
    """What changes make on the whole of each entity."""

    def __init__(self) -> None:
        self._pairs: dict[type[Entity], dict[str, tuple[Entity | None, Entity | None]]] = {
            Otc: {}, Customer: {}, Subscription: {}, Device: {},
        }  # fmt: skip
        self._moved: dict[str, int] = {}

    def add(
        self, entity: Entity, key: str, before: Entity | None, after: Entity | None
    ) -> None:  # fmt: skip
        """Take a change of `entity` into account; `key` tells it from others of its kind."""
        of = self._pairs[type(entity)]
        had = of.get(key)
        of[key] = (before if had is None else had[0], after)
        if isinstance(entity, Subscription):
            more = _licenses(after) - _licenses(before)
            self._moved[entity.otc] = self._moved.get(entity.otc, 0) + more

    @property
    def more(self) -> dict[str, int]:
        """By OTC how many licences are handed out beyond those before."""
        return {code: change for code, change in self._moved.items() if change > 0}

    @property
    def less(self) -> dict[str, int]:
        """By OTC how many licences come back, below zero."""
        return {code: change for code, change in self._moved.items() if change < 0}

    def added(self, kind: type[One]) -> list[One]:
        """The entities that come to be."""
        pairs = self._pairs[kind].values()
        return cast("list[One]", [after for before, after in pairs if before is None and after])

    def edited(self, kind: type[One]) -> list[tuple[One, One]]:
        """The entities that do not stay as they were: before, and after."""
        pairs = self._pairs[kind].values()
        return cast(
            "list[tuple[One, One]]",
            [pair for pair in pairs if pair[0] and pair[1] and pair[0] != pair[1]],
        )

    def gone(self, kind: type[One]) -> list[One]:
        """The entities that go."""
        pairs = self._pairs[kind].values()
        return cast("list[One]", [before for before, after in pairs if before and after is None])


def _licenses(entity: Entity | None) -> int:
    return entity.licenses if isinstance(entity, Subscription) else 0


def write_entities(connection: sa.Connection, account_id: str, net: Net) -> None:
    """Write each entity that changes once, in an order in which no OTC gives more than it has.

    New rows go in by their keys, so that importers who add the same ones wait for each other
    rather than in a circle.
    """
    edited = [after for _, after in net.edited(Otc)]
    more, less = net.more, net.less
    _add_otcs(connection, account_id, net, more)
    # Details and balances together, so that no total is ever below what is used of it.
    _edit_otcs(connection, account_id, [one for one in edited if one.code not in less], more)
    _write_customers(connection, account_id, net)
    _write_subscriptions(connection, account_id, net)
    _write_devices(connection, account_id, net)
    _edit_otcs(connection, account_id, [one for one in edited if one.code in less], less)
    _remove(connection, account_id, net)


def _add_otcs(
    connection: sa.Connection, account_id: str, net: Net, more: dict[str, int]
) -> None:  # fmt: skip
    """New OTCs with what is used of them from the start, which is taken out of `more`."""
    added = [otc_values(one, more.pop(one.code, 0)) for one in net.added(Otc)]
    added.sort(key=itemgetter(0))
    bulk.insert(connection, otc, {"account_id": account_id}, OTC_COLUMNS, added)


def _edit_otcs(
    connection: sa.Connection, account_id: str, edited: Iterable[Otc], moved: dict[str, int]
) -> None:
    """Give OTCs their new details, and to these and all others what is used more, or less."""
    left = dict(moved)
    rows = [
        dict(zip(OTC_COLUMNS, otc_values(one, left.pop(one.code, 0)), strict=True))
        for one in edited
    ]
    bulk.update(connection, otc, account_id, rows, adding=("used",))
    counted = [{"code": code, "used": change} for code, change in left.items()]
    bulk.update(connection, otc, account_id, counted, adding=("used",))


def _write_customers(connection: sa.Connection, account_id: str, net: Net) -> None:
    # Names and emails may go round in a circle; each is unique, so all are let go of first. No
    # name has control characters, so nobody else has the name that they bear meanwhile.
    edited = [customer_row(after) for _, after in net.edited(Customer)]
    let_go: list[dict[str, Any]] = [
        {"customer_id": key, "name_key": f"\x01{key}", "email_key": f"\x01{key}"}
        for key in [*(row["customer_id"] for row in edited), *(o.id for o in net.gone(Customer))]
    ]
    bulk.update(connection, customer, account_id, let_go)
    bulk.update(connection, customer, account_id, edited)
    added = sorted(map(customer_values, net.added(Customer)), key=itemgetter(2))
    bulk.insert(connection, customer, {"account_id": account_id}, CUSTOMER_COLUMNS, added)


def _write_subscriptions(connection: sa.Connection, account_id: str, net: Net) -> None:
    """Those that go first, those that come last: then no sum is ever above what is used."""
    names = ("customer_id", "otc", "licenses")
    gone = [{"customer_id": one.customer, "otc": one.otc} for one in net.gone(Subscription)]
    fewer_first = sorted(
        net.edited(Subscription), key=lambda pair: pair[1].licenses - pair[0].licenses
    )
    edited = [dict(zip(names, after, strict=True)) for _, after in fewer_first]
    bulk.delete(connection, subscription, account_id, gone)
    bulk.update(connection, subscription, account_id, edited)
    added = net.added(Subscription)
    bulk.insert(connection, subscription, {"account_id": account_id}, names, added)


def _write_devices(connection: sa.Connection, account_id: str, net: Net) -> None:
    gone = [{"customer_id": one.customer, "device_key": one.key} for one in net.gone(Device)]
    edited = [device_row(after) for _, after in net.edited(Device)]
    bulk.delete(connection, device, account_id, gone)
    bulk.update(connection, device, account_id, edited)
    added = map(device_values, net.added(Device))
    bulk.insert(connection, device, {"account_id": account_id}, DEVICE_COLUMNS, added)


def _remove(connection: sa.Connection, account_id: str, net: Net) -> None:
    """OTCs and customers that an undo takes away, once nothing refers to them."""
    codes = [{"code": one.code} for one in net.gone(Otc)]
    ids = [{"customer_id": one.id} for one in net.gone(Customer)]
    bulk.delete(connection, otc, account_id, codes)
    bulk.delete(connection, customer, account_id, ids)


def otc_values(one: Otc, used: int) -> Values:
    """The values of an OTC's row, one for each of OTC_COLUMNS."""
    return (
        one.code, one.email, one.company, accentless_key(one.company), one.total, used,
        one.description, _iso(one.purchase_date), _iso(one.expiry_date), one.product_id,
        one.runtime,
    )  # fmt: skip


def customer_values(one: Customer) -> Values:
    """The values of a customer's row, one for each of CUSTOMER_COLUMNS."""
    return (
        one.id, one.name, name_key(one.name), accentless_key(one.name), str(one.managed_by),
        str(one.status), one.email, None if one.email is None else email_key(one.email),
        one.first_name, one.last_name, one.disabled_reason,
    )  # fmt: skip


def device_values(one: Device) -> Values:
    """The values of a device's row, one for each of DEVICE_COLUMNS."""
    days = (one.avira_installed, one.avira_uninstalled, one.nh_installed, one.nh_uninstalled)
    return (
        one.customer, one.key, one.id, one.operating_system, one.model,
        *map(_iso, days), one.avira_status, one.product_name,
    )  # fmt: skip


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def otc_row(one: Otc) -> dict[str, Any]:
    """The row of an OTC, apart from its account and what is used of it."""
    row = dict(zip(OTC_COLUMNS, otc_values(one, 0), strict=True))
    del row["used"]
    return row


def customer_row(one: Customer) -> dict[str, Any]:
    """The row of a customer, apart from its account."""
    return dict(zip(CUSTOMER_COLUMNS, customer_values(one), strict=True))


def device_row(one: Device) -> dict[str, Any]:
    """The row of a device, apart from its account."""
    return dict(zip(DEVICE_COLUMNS, device_values(one), strict=True))
