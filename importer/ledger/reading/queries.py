"""Load the current contents of a ledger, or parts of them, for `show`."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from importer.base.similarity import similar_lengths, similar_names
from importer.domain.contents import Contents, Figures, OtcHolding, figures_of
from importer.domain.entities import Entity, ManagedBy, Otc
from importer.domain.names import name_key
from importer.ledger.bulk import is_one_of
from importer.ledger.reading.contents import AccountView, gather, last_batch, load_rows
from importer.ledger.storage import CUSTOMER, DEVICE, OTC, SUBSCRIPTION, date_of
from importer.ledger.tables import customer, device, otc, subscription


def load_figures(view: AccountView) -> tuple[Figures, int]:
    """The figures of an account, and the number of its last batch (0: none)."""
    figures = (sa.func.count(), sa.func.sum(otc.c.total), sa.func.sum(otc.c.used))
    query = sa.select(otc.c.expiry_date, *figures).where(otc.c.account_id == view.account)
    by_expiry = []
    for day, count, total, used in view.connection.execute(query.group_by(otc.c.expiry_date)):
        expires = None if day is None else date_of(day)
        alike = OtcHolding(Otc("", "", "", total, expiry_date=expires), used, None)
        by_expiry.append((count, alike))
    in_account = customer.c.account_id == view.account
    customers = view.connection.scalar(sa.select(sa.func.count()).where(in_account)) or 0
    return figures_of(by_expiry, customers, view.today), last_batch(view)[0]


def load_otcs(view: AccountView) -> Contents:
    """All OTCs, by code, without their customers."""
    query = sa.select(subscription.c.otc, customer.c.name).where(
        subscription.c.account_id == view.account,
        customer.c.account_id == view.account,
        customer.c.customer_id == subscription.c.customer_id,
        customer.c.managed_by == ManagedBy.CUSTOMER,  # no OTC is dedicated to others
    )
    owners = {row.otc: row.name for row in view.connection.execute(query)}
    rows = sa.select(otc).where(otc.c.account_id == view.account).order_by(otc.c.code)
    otcs = [
        OtcHolding(OTC.from_row(row), row.used, owners.get(row.code))
        for row in view.connection.execute(rows)
    ]
    return Contents(view.account, view.at, view.today, *last_batch(view), otcs, ())


def load_otc(view: AccountView, code: str) -> Contents:
    """The OTC of `code`, if it exists, and its holders."""
    subscriptions = [*load_rows(view, SUBSCRIPTION, subscription.c.otc == code)]
    holders = {subscription.customer for subscription in subscriptions}
    is_holder = is_one_of(view.connection, customer.c.customer_id, holders)
    otcs, customers = load_rows(view, OTC, otc.c.code == code), load_rows(view, CUSTOMER, is_holder)
    entities: list[Entity] = [*otcs, *customers, *subscriptions]
    return gather(view, last_batch(view), entities)


def load_customers(view: AccountView, name: str | None = None) -> Contents:
    """All customers, by name, or the one of that name, if it exists; no OTCs."""
    return gather(view, last_batch(view), _customers(view, name))


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
    """The name of the customer whose name is most similar to `name`, if any is similar."""
    key = name_key(name)
    least, most = similar_lengths(key)
    in_account = customer.c.account_id == view.account
    # A line each, since no name has line breaks: a row each takes four times as long.
    lines = view.connection.scalar(
        sa.select(sa.func.aggregate_strings(customer.c.name_key, "\n")).where(
            in_account, sa.func.length(customer.c.name_key).between(least, most)
        )
    )
    near = similar_names({key}, lines.split("\n") if lines else ()).get(key)
    if near is None:
        return None
    return view.connection.scalar(
        sa.select(customer.c.name).where(in_account, customer.c.name_key == near)
    )
