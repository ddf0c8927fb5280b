"""Load parts of what a ledger holds now, for `show`."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from importer.base.similarity import similar_lengths, similar_names
from importer.domain.contents import Contents, Figures, OtcHolding, figures_of, otc_holding
from importer.domain.entities import Customer, Entity, ManagedBy, Otc
from importer.domain.names import name_key
from importer.ledger.bulk import is_one_of
from importer.ledger.reading.contents import AccountView, gather, last_batch, load_rows
from importer.ledger.storage import CUSTOMER, DEVICE, OTC, SUBSCRIPTION, date_of
from importer.ledger.tables import customer, device, otc, subscription


def load_figures(view: AccountView) -> tuple[Figures, int]:
    """The figures of an account, and the number of its last batch (0: none)."""
    query = (
        sa.select(
            otc.c.expiry_date, sa.func.count(), sa.func.sum(otc.c.total), sa.func.sum(otc.c.used)
        )
        .where(otc.c.account_id == view.account)
        .group_by(otc.c.expiry_date)
    )
    by_expiry = []
    for day, count, total, used in view.connection.execute(query):
        expires = None if day is None else date_of(day)
        alike = OtcHolding(Otc("", "", "", total, expiry_date=expires), used, None, None)
        by_expiry.append((count, alike))
    ours = customer.c.account_id == view.account
    customers = view.connection.scalar(sa.select(sa.func.count()).where(ours)) or 0
    return figures_of(by_expiry, customers, view.today), last_batch(view)[0]


def load_otcs(view: AccountView) -> Contents:
    """All OTCs, by code, without their customers and activation days."""
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
    otcs = [
        otc_holding(OTC.from_row(row), row.used, None, holders.get(row.code, ()))
        for row in view.connection.execute(ours)
    ]
    return Contents(view.account, view.at, view.today, *last_batch(view), otcs, ())


def load_otc(view: AccountView, code: str) -> Contents:
    """The OTC of `code`, if it exists, and its holders, without its activation day."""
    held = [*load_rows(view, SUBSCRIPTION, subscription.c.otc == code)]
    holders = is_one_of(
        view.connection, customer.c.customer_id, {one.customer for one in held}
    )  # fmt: skip
    entities: list[Entity] = [
        *load_rows(view, OTC, otc.c.code == code), *load_rows(view, CUSTOMER, holders), *held,
    ]  # fmt: skip
    return gather(view, last_batch(view), entities, {})


def load_customers(view: AccountView, name: str | None = None) -> Contents:
    """All customers, by name, or the one of that name, if it exists; no OTCs."""
    return gather(view, last_batch(view), _customers(view, name), {})


def _customers(view: AccountView, name: str | None) -> Iterator[Entity]:
    if name is None:
        yield from load_rows(view, CUSTOMER)
        yield from load_rows(view, SUBSCRIPTION)
        yield from load_rows(view, DEVICE)
    elif name.encode("utf-8", "replace").decode() == name:  # an argument can hold any bytes
        for owner in load_rows(view, CUSTOMER, customer.c.name_key == name_key(name)):
            yield owner
            yield from load_rows(view, SUBSCRIPTION, subscription.c.customer_id == owner.id)
            yield from load_rows(view, DEVICE, device.c.customer_id == owner.id)


def load_name_like(view: AccountView, name: str) -> str | None:
    """The name of the customer that was probably meant by `name`, which is no customer's."""
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
