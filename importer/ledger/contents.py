"""All that a ledger holds now, for `show` and `export`."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from importer.domain.contents import Contents, CustomerHolding, OtcHolding
from importer.domain.entities import Subscription
from importer.ledger.snapshot import customer_of, otc_of
from importer.ledger.tables import account, batch, customer, journal, otc, subscription


def load_contents(
    connection: sa.Connection, account_id: str, at: dt.datetime, today: dt.date
) -> Contents:  # fmt: skip
    """The OTCs, by code, and customers, by name, of an account; nothing if it has none yet."""
    query = sa.select(account).where(account.c.account_id == account_id)
    ours = connection.execute(query).one_or_none()
    customers = {
        row.customer_id: customer_of(row)
        for row in connection.execute(
            sa.select(customer)
            .where(customer.c.account_id == account_id)
            .order_by(customer.c.name_key)
        )
    }
    held: dict[int, list[Subscription]] = {key: [] for key in customers}
    dedicated: dict[str, str] = {}
    for row in connection.execute(
        sa.select(subscription)
        .where(subscription.c.account_id == account_id)
        .order_by(subscription.c.otc)
    ):
        held[row.customer_id].append(Subscription(row.customer_id, row.otc, row.licenses))
        if customers[row.customer_id].holds_whole_otcs:
            dedicated[row.otc] = customers[row.customer_id].name
    activated = _activation_days(connection, account_id)
    otcs = [
        OtcHolding(otc_of(row), row.used, activated.get(row.code), dedicated.get(row.code))
        for row in connection.execute(
            sa.select(otc).where(otc.c.account_id == account_id).order_by(otc.c.code)
        )
    ]
    return Contents(
        account=account_id,
        at=at,
        today=today,
        batch=ours.last_batch if ours else 0,
        head=ours.head if ours else "",
        otcs=otcs,
        customers=[CustomerHolding(one, tuple(held[one.id])) for one in customers.values()],
    )


def _activation_days(connection: sa.Connection, account_id: str) -> dict[str, dt.date]:
    """The day (UTC) of each OTC's first subscription, which only the journal knows."""
    # The key of a subscription is `customer/otc`.
    code = sa.func.substr(journal.c.key, sa.func.instr(journal.c.key, "/") + 1)
    query = (
        sa.select(code, sa.func.min(batch.c.at))
        .join(
            batch,
            sa.and_(batch.c.account_id == journal.c.account_id, batch.c.batch == journal.c.batch),
        )
        .where(
            journal.c.account_id == account_id,
            journal.c.kind == "subscription",
            journal.c.before.is_(None),
        )
        .group_by(code)
    )
    return {otc: dt.date.fromisoformat(at[:10]) for otc, at in connection.execute(query)}
