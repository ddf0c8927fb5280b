"""What `show` tells of the ledger as it is, without the rest of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import sqlalchemy as sa

from importer.base.similarity import similar_lengths, similar_names
from importer.domain.contents import (
    Contents,
    CustomerHolding,
    Figures,
    OtcHolding,
    figures_of,
    otc_holding,
)
from importer.domain.entities import Customer, Device, ManagedBy, Otc, Subscription
from importer.domain.names import name_key
from importer.ledger.bulk import is_one_of
from importer.ledger.reading.contents import check_customers
from importer.ledger.storage import CUSTOMER, DEVICE, OTC, SUBSCRIPTION, date_of
from importer.ledger.tables import account, customer, device, otc, subscription


class AccountView(NamedTuple):
    """An account of the ledger that is being read, at an instant in UTC.

    `today` is the day that expiry dates are held against.
    """

    connection: sa.Connection
    account: str
    at: dt.datetime
    today: dt.date


def load_figures(view: AccountView) -> tuple[Figures, int]:
    """The figures of an account, and the number of its last batch (0: none)."""
    query = (
        sa.select(
            otc.c.expiry_date, sa.func.count(), sa.func.sum(otc.c.total), sa.func.sum(otc.c.used)
        )
        .where(otc.c.account_id == view.account)
        .group_by(otc.c.expiry_date)
    )
    together = []
    for day, count, total, used in view.connection.execute(query):
        expires = None if day is None else date_of(day)
        alike = OtcHolding(Otc("", "", "", total, expiry_date=expires), used, None, None)
        together.append((count, alike))
    customers = view.connection.scalar(
        sa.select(sa.func.count()).where(customer.c.account_id == view.account)
    )
    return figures_of(together, customers or 0, view.today), _contents(view).batch


def load_otcs(view: AccountView) -> Contents:
    """All OTCs, by code; of customers no more than whom an OTC is dedicated to.

    Nor does it say since when OTCs are active, for which all of the journal would have to be read.
    """
    query = (
        sa.select(customer, subscription.c.otc)
        .join(
            customer,
            sa.and_(
                customer.c.account_id == subscription.c.account_id,
                customer.c.customer_id == subscription.c.customer_id,
            ),
        )
        .where(
            subscription.c.account_id == view.account,
            customer.c.account_id == view.account,
            customer.c.managed_by == ManagedBy.CUSTOMER,  # no OTC is dedicated to others
        )
    )
    holders: dict[str, list[Customer]] = {}
    for row in view.connection.execute(query):
        holders.setdefault(row.otc, []).append(CUSTOMER.from_row(row))
    ours = sa.select(otc).where(otc.c.account_id == view.account).order_by(otc.c.code)
    return _contents(
        view,
        otcs=[
            otc_holding(OTC.from_row(row), row.used, None, holders.get(row.code, ()))
            for row in view.connection.execute(ours)
        ],
    )


def load_otc(view: AccountView, code: str) -> Contents:
    """The OTC of `code`, if there is one, and its holders, with what they hold of it.

    It does not say either since when the OTC is active.
    """
    ours = sa.select(otc).where(otc.c.account_id == view.account, otc.c.code == code)
    found = view.connection.execute(ours).one_or_none()
    if found is None:
        return _contents(view)
    of_it = sa.select(subscription).where(
        subscription.c.account_id == view.account, subscription.c.otc == code
    )
    held = {row.customer_id: SUBSCRIPTION.from_row(row) for row in view.connection.execute(of_it)}
    holders = _customers(view, is_one_of(view.connection, customer.c.customer_id, held))
    check_customers(held.values(), holders)
    return _contents(
        view,
        otcs=[otc_holding(OTC.from_row(found), found.used, None, holders.values())],
        customers=[CustomerHolding(one, (held[one.id],)) for one in holders.values()],
    )


def load_customers(view: AccountView, name: str | None = None) -> Contents:
    """All customers, by name, or the one of that name, if there is one; no OTCs."""
    if name is None:
        customers, only = _customers(view), None
    elif _can_be_kept(name):
        customers = only = _customers(view, customer.c.name_key == name_key(name))
    else:
        return _contents(view)
    held: dict[int, list[Subscription]] = {}
    for row in view.connection.execute(_theirs(view, subscription, only)):
        held.setdefault(row.customer_id, []).append(SUBSCRIPTION.from_row(row))
    owned: dict[int, list[Device]] = {}
    for row in view.connection.execute(_theirs(view, device, only)):
        owned.setdefault(row.customer_id, []).append(DEVICE.from_row(row))
    check_customers(chain(*held.values(), *owned.values()), customers)
    return _contents(
        view,
        customers=[
            CustomerHolding(one, tuple(held.get(one.id, ())), tuple(owned.get(one.id, ())))
            for one in customers.values()
        ],
    )


def load_name_like(view: AccountView, name: str) -> str | None:
    """The name of the customer that was probably meant by `name`, which is that of none."""
    key = name_key(name)
    least, most = similar_lengths(key)
    ours = customer.c.account_id == view.account
    # A line each, since no name has line breaks: a row each takes four times as long.
    lines = view.connection.scalar(
        sa.select(sa.func.aggregate_strings(customer.c.name_key, "\n")).where(
            ours, sa.func.length(customer.c.name_key).between(least, most)
        )
    )
    near = similar_names({key}, lines.split("\n") if lines else ()).get(key)
    if near is None:
        return None
    return view.connection.scalar(
        sa.select(customer.c.name).where(ours, customer.c.name_key == near)
    )


def _customers(view: AccountView, *which: sa.ColumnElement[bool]) -> dict[int, Customer]:
    """Customers by their ids, in the order of their names."""
    query = sa.select(customer).where(customer.c.account_id == view.account, *which)
    # Sorted here, or SQLite might look for a few among all in their order.
    found = sorted(view.connection.execute(query), key=lambda row: row.name_key)
    return {row.customer_id: CUSTOMER.from_row(row) for row in found}


def _theirs(
    view: AccountView, table: sa.Table, customers: Iterable[int] | None
) -> sa.Select[tuple[object, ...]]:
    """The rows of these customers, or of all where None, in the order of the table's key."""
    query = sa.select(table).where(table.c.account_id == view.account)
    if customers is not None:
        query = query.where(is_one_of(view.connection, table.c.customer_id, customers))
    return query.order_by(*table.primary_key)


def _can_be_kept(typed: str) -> bool:
    """Whether a ledger could hold it: a command line may hold any bytes."""
    return typed.encode("utf-8", "replace").decode() == typed


def _contents(
    view: AccountView,
    otcs: Sequence[OtcHolding] = (),
    customers: Sequence[CustomerHolding] = (),
) -> Contents:
    query = sa.select(account.c.last_batch, account.c.head).where(
        account.c.account_id == view.account
    )
    batch, head = view.connection.execute(query).one_or_none() or (0, "")
    return Contents(view.account, view.at, view.today, batch, head, otcs, customers)
