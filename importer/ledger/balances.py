"""The tables of OTCs, customers, subscriptions and devices, brought to where changes lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from importer.domain.changes import Change
from importer.domain.entities import Customer, Device, Entity, Otc, Subscription
from importer.domain.named import email_key
from importer.domain.names import accentless_key, name_key
from importer.ledger import bulk
from importer.ledger.images import DEVICE_DATES, key_of, kind_of
from importer.ledger.tables import customer, device, otc, subscription

Rows = list[dict[str, Any]]
Net = list[tuple[Entity | None, Entity | None]]


def write_entities(connection: sa.Connection, account_id: str, changes: Sequence[Change]) -> None:
    """Write each changed entity once, in an order in which no OTC ever gives more than it has.

    New rows go in by their keys, so that importers who add the same ones wait for each other
    rather than in a circle.
    """
    first: dict[tuple[str, str], Entity | None] = {}
    last: dict[tuple[str, str], Entity | None] = {}
    more: dict[str, int] = {}
    for before, after, entity in ((one.before, one.after, one.entity) for one in changes):
        key = (kind_of(entity), key_of(entity))
        first.setdefault(key, before)
        last[key] = after
        if isinstance(entity, Subscription):
            more[entity.otc] = more.get(entity.otc, 0) + _licenses(after) - _licenses(before)
    net = [(before, last[key]) for key, before in first.items() if before != last[key]]
    less = {code: change for code, change in more.items() if change < 0}
    more = {code: change for code, change in more.items() if change > 0}
    _write_otcs(connection, account_id, net, more, but=less)
    _write_customers(connection, account_id, net)
    _write_subscriptions(connection, account_id, net)
    _write_devices(connection, account_id, net)
    _write_otcs(connection, account_id, _edited(net, less), less)
    _remove(connection, account_id, net)


def _licenses(entity: Entity | None) -> int:
    return entity.licenses if isinstance(entity, Subscription) else 0


def _edited(net: Net, codes: dict[str, int]) -> Net:
    """The changes of the OTCs of `codes` that were there before and still are."""
    return [
        (before, after)
        for before, after in net
        if isinstance(after, Otc) and before is not None and after.code in codes
    ]


def _write_otcs(
    connection: sa.Connection,
    account_id: str,
    net: Net,
    handed_out: dict[str, int],
    but: dict[str, int] | None = None,
) -> None:
    """Details and balances together, so that no total is ever below what is used of it.

    Those of `but` are left for later: licences that come back are with their customers still.
    """
    left = dict(handed_out)
    added: Rows = []
    edited: Rows = []
    for before, after in net:
        if isinstance(after, Otc) and not (but and before is not None and after.code in but):
            rows = added if before is None else edited
            rows.append(otc_row(after) | {"used": left.pop(after.code, 0)})
    bulk.insert(connection, otc, account_id, sorted(added, key=lambda row: str(row["code"])))
    bulk.update(connection, otc, account_id, edited, adding=("used",))
    counted = [{"code": code, "used": change} for code, change in left.items()]
    bulk.update(connection, otc, account_id, counted, adding=("used",))


def _write_customers(connection: sa.Connection, account_id: str, net: Net) -> None:
    added: Rows = []
    edited: Rows = []
    for before, after in net:
        if isinstance(after, Customer):
            rows = added if before is None else edited
            rows.append(customer_row(after))
    # Names and emails may go round in a circle; each is unique, so all are let go of first. No
    # name has control characters, so nobody else has the name that they bear meanwhile.
    gone = [before for before, after in net if isinstance(before, Customer) and after is None]
    let_go: Rows = [
        {"customer_id": key, "name_key": f"\x01{key}", "email_key": f"\x01{key}"}
        for key in [*(row["customer_id"] for row in edited), *(one.id for one in gone)]
    ]
    bulk.update(connection, customer, account_id, let_go)
    bulk.update(connection, customer, account_id, edited)
    bulk.insert(
        connection, customer, account_id, sorted(added, key=lambda row: str(row["name_key"]))
    )


def _write_subscriptions(connection: sa.Connection, account_id: str, net: Net) -> None:
    """Those that go first, those that come last: then no sum is ever above what is used."""
    gone: Rows = []
    added: Rows = []
    edited: list[tuple[int, dict[str, Any]]] = []
    for before, after in net:
        if isinstance(after, Subscription):
            row = {"customer_id": after.customer, "otc": after.otc, "licenses": after.licenses}
            if before is None:
                added.append(row)
            else:
                edited.append((after.licenses - _licenses(before), row))
        elif isinstance(before, Subscription):
            gone.append({"customer_id": before.customer, "otc": before.otc})
    fewer_first = [row for _more, row in sorted(edited, key=lambda one: one[0])]
    bulk.delete(connection, subscription, account_id, gone)
    bulk.update(connection, subscription, account_id, fewer_first)
    bulk.insert(connection, subscription, account_id, added)


def _write_devices(connection: sa.Connection, account_id: str, net: Net) -> None:
    gone: Rows = []
    added: Rows = []
    edited: Rows = []
    for before, after in net:
        if isinstance(after, Device):
            (added if before is None else edited).append(device_row(after))
        elif isinstance(before, Device):
            gone.append({"customer_id": before.customer, "device_key": before.key})
    bulk.delete(connection, device, account_id, gone)
    bulk.update(connection, device, account_id, edited)
    bulk.insert(connection, device, account_id, added)


def _remove(connection: sa.Connection, account_id: str, net: Net) -> None:
    """OTCs and customers that an undo takes away, once nothing refers to them."""
    gone = [before for before, after in net if after is None]
    codes = [{"code": one.code} for one in gone if isinstance(one, Otc)]
    ids = [{"customer_id": one.id} for one in gone if isinstance(one, Customer)]
    bulk.delete(connection, otc, account_id, codes)
    bulk.delete(connection, customer, account_id, ids)


def otc_row(one: Otc) -> dict[str, Any]:
    """The row of an OTC, apart from its account and what is used of it."""
    return one._asdict() | {
        "company_key": accentless_key(one.company),
        "purchase_date": one.purchase_date and one.purchase_date.isoformat(),
        "expiry_date": one.expiry_date and one.expiry_date.isoformat(),
    }


def customer_row(one: Customer) -> dict[str, Any]:
    """The row of a customer, apart from its account."""
    row = one._asdict()
    return row | {
        "customer_id": row.pop("id"),
        "name_key": name_key(one.name),
        "accentless_key": accentless_key(one.name),
        "email_key": None if one.email is None else email_key(one.email),
    }


def device_row(one: Device) -> dict[str, Any]:
    """The row of a device, apart from its account."""
    row = one._asdict()
    for name in DEVICE_DATES:
        row[name] = row[name] and row[name].isoformat()
    return row | {
        "customer_id": row.pop("customer"),
        "device_id": row.pop("id"),
        "device_key": one.key,
    }
