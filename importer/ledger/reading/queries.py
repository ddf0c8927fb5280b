"""Load the current contents of a ledger, or parts of them, for `show`."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from importer.base.similarity import similar_lengths, similar_names
from importer.domain.contents import Contents, Figures, OtcHolding, figures_of
from importer.domain.entities import ManagedBy, Otc
from importer.domain.names import name_key
from importer.ledger.bulk import is_one_of
from importer.ledger.reading.contents import AccountView, gather, last_batch, load_rows
from importer.ledger.storage import CUSTOMER, DEVICE, OTC, SUBSCRIPTION, Storage, date_of
from importer.ledger.tables import customer, otc, subscription


def load_figures(view: AccountView) -> tuple[Figures, int]:
    """The figures of an account, and the number of its last batch (0: none)."""
    figures = (sa.func.count(), sa.func.sum(otc.c.total), sa.func.sum(otc.c.used))
    query = sa.select(otc.c.expiry_date, *figures).where(otc.c.account_id == view.account)
    by_expiry = []
    for day, count, total, used in view.connection.execute(query.group_by(otc.c.expiry_date)):
        alike = OtcHolding(Otc("", "", "", total, expiry_date=date_of(day)), used, None)
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
    held = [*load_rows(view, SUBSCRIPTION, subscription.c.otc == code)]
    owners = {subscription.customer for subscription in held}
    is_owner = is_one_of(view.connection, customer.c.customer_id, owners)
    otcs, customers = load_rows(view, OTC, otc.c.code == code), load_rows(view, CUSTOMER, is_owner)
    entities = {"otc": otcs, "customer": customers, "subscription": held}
    return gather(view, last_batch(view), entities)


def load_customers(view: AccountView, name: str | None = None) -> Contents:
    """All customers, by name, or the one of that name, if it exists; no OTCs."""
    ids: list[int] = []
    if name is not None and name.encode("utf-8", "replace").decode() == name:  # it may be any bytes
        same_name = customer.c.name_key == name_key(name)
        ids = [own.id for own in load_rows(view, CUSTOMER, same_name)]
    entities = {}
    owned: tuple[Storage[Any], ...] = CUSTOMER, SUBSCRIPTION, DEVICE
    for storage in owned:
        which = sa.true() if name is None else storage.table.c.customer_id.in_(ids)
        entities[storage.kind] = load_rows(view, storage, which)
    return gather(view, last_batch(view), entities)


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
