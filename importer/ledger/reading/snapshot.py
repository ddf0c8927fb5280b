"""What a plan needs of the ledger, and no more: work grows with the workbook, not the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from importer.base.similarity import similar_codes, similar_names
from importer.domain.entities import Customer, Device, ManagedBy, Otc, Subscription
from importer.domain.names import name_key
from importer.domain.planning.scope import Scope
from importer.domain.planning.snapshot import Snapshot
from importer.ledger.bulk import is_one_of, rows_with_keys
from importer.ledger.images import MANAGERS, STATES, date_of
from importer.ledger.tables import customer, device, otc, subscription


def load_snapshot(
    connection: sa.Connection, account: str, named: Scope, today: dt.date
) -> Snapshot:  # fmt: skip
    """All that `named` names of `account`'s ledger, in a number of queries that is always the same.

    One more each is made to find likenesses of OTCs and of customers that are unknown.
    """
    snapshot = Snapshot(today)
    ids = _customer_ids(connection, account, named)
    held = sa.select(subscription).where(
        subscription.c.account_id == account, is_one_of(connection, subscription.c.customer_id, ids)
    )
    subscriptions = [
        Subscription(row.customer_id, row.otc, row.licenses)
        for row in connection.execute(held.order_by(subscription.c.customer_id))
    ]
    for found in connection.execute(
        sa.select(customer).where(
            customer.c.account_id == account, is_one_of(connection, customer.c.customer_id, ids)
        )
    ):
        snapshot.put_customer(customer_of(found))
    codes = named.otcs | {one.otc for one in subscriptions}
    for found in connection.execute(
        sa.select(otc).where(otc.c.account_id == account, is_one_of(connection, otc.c.code, codes))
    ):
        snapshot.put_otc(otc_of(found), found.used)
    for one in subscriptions:
        snapshot.put_subscription(one)
    for company in connection.scalars(
        sa.select(otc.c.company)
        .distinct()
        .where(
            otc.c.account_id == account, is_one_of(connection, otc.c.company_key, named.companies)
        )
    ):
        snapshot.put_company(company)
    _put_devices(connection, account, named, snapshot)
    _find_likenesses(connection, account, named, snapshot)
    return snapshot


def _put_devices(connection: sa.Connection, account: str, named: Scope, snapshot: Snapshot) -> None:
    """The devices that are named, and on how many devices of their customers Avira is installed."""
    ids = {name_key(one.name): one.id for one in snapshot.customers.values()}
    wanted = set(named.device_ids)
    for name, keys in named.devices.items():
        owners = {ids[one] for one in named.names_before(name) if one in ids}
        wanted.update((owner, key) for owner in owners for key in keys)
    rows = [{"customer_id": owner, "device_key": key} for owner, key in sorted(wanted)]
    for found in rows_with_keys(connection, device, account, rows):
        snapshot.put_device(device_of(found))
    ours = device.c.account_id == account
    if named.device_owners:
        query = sa.select(device).where(
            ours, is_one_of(connection, device.c.customer_id, named.device_owners)
        )
        for found in connection.execute(query):
            snapshot.put_device(device_of(found))
    if wanted:
        installed = (
            sa.select(device.c.customer_id, sa.func.count())
            .where(
                ours,
                is_one_of(connection, device.c.customer_id, {owner for owner, _key in wanted}),
                device.c.avira_installed.is_not(None),
                sa.or_(
                    device.c.avira_uninstalled.is_(None),
                    device.c.avira_uninstalled < device.c.avira_installed,
                ),
            )
            .group_by(device.c.customer_id)
        )
        snapshot.installed.update((owner, count) for owner, count in connection.execute(installed))


def _find_likenesses(
    connection: sa.Connection, account: str, named: Scope, snapshot: Snapshot
) -> None:
    """Find what was meant by the OTCs and customers that `snapshot` does not hold.

    A customer is looked for among those whose names begin with the same letter.
    """
    unknown = named.otcs - named.added_otcs - snapshot.otcs.keys() | named.mistyped_otcs
    if unknown:
        codes = connection.scalars(sa.select(otc.c.code).where(otc.c.account_id == account))
        snapshot.nearest_otc = similar_codes(unknown, {*codes, *named.added_otcs})
    strangers = named.customers - named.added_customers.keys()
    if strangers:
        strangers -= {name_key(one.name) for one in snapshot.customers.values()}
    if strangers:
        first = sa.func.substr(customer.c.name_key, 1, 1, type_=sa.Text())
        alike = connection.execute(
            sa.select(customer.c.name_key, customer.c.name).where(
                customer.c.account_id == account,
                is_one_of(connection, first, {key[:1] for key in strangers}),
            )
        )
        names = {row.name_key: row.name for row in alike} | named.added_customers
        near = similar_names(strangers, names.keys())
        snapshot.nearest_customer = {key: names[found] for key, found in near.items()}


def otc_of(row: sa.Row[tuple[object, ...]]) -> Otc:
    """The OTC of a row of its table."""
    code, email, company, total, description, purchased, expires, product, runtime = _OTC(row)
    return Otc(
        code, email, company, total, description, date_of(purchased), date_of(expires), product,
        runtime,
    )  # fmt: skip


def customer_of(row: sa.Row[tuple[object, ...]]) -> Customer:
    """The customer of a row of its table."""
    number, name, managed_by, status, *others = _CUSTOMER(row)
    return Customer(number, name, MANAGERS[managed_by], STATES[status], *others)


def subscription_of(row: sa.Row[tuple[object, ...]]) -> Subscription:
    """The subscription of a row of its table."""
    return Subscription(*_SUBSCRIPTION(row))


def device_of(row: sa.Row[tuple[object, ...]]) -> Device:
    """The device of a row of its table."""
    facts = list(_DEVICE(row))
    facts[4:8] = map(date_of, facts[4:8])
    return Device(*facts)


def _facts(table: sa.Table, *names: str) -> Callable[[sa.Row[tuple[object, ...]]], tuple[Any, ...]]:
    """What gives the facts of these names of a row of the table; by place, since SQLAlchemy takes
    as long to find one of a name as for all of them."""
    columns = list(table.columns.keys())
    return itemgetter(*(columns.index(name) for name in names))


_OTC = _facts(
    otc, "code", "email", "company", "total", "description", "purchase_date", "expiry_date",
    "product_id", "runtime",
)  # fmt: skip
_CUSTOMER = _facts(
    customer, "customer_id", "name", "managed_by", "status", "email", "first_name", "last_name",
    "disabled_reason",
)  # fmt: skip
_SUBSCRIPTION = _facts(subscription, "customer_id", "otc", "licenses")
_DEVICE = _facts(
    device, "customer_id", "device_id", "operating_system", "model", "avira_installed",
    "avira_uninstalled", "nh_installed", "nh_uninstalled", "avira_status", "product_name",
)  # fmt: skip


def _customer_ids(connection: sa.Connection, account: str, named: Scope) -> set[int]:
    """The customers that are named, look like a new name, share an email, or hold an OTC that
    matters as a whole."""
    ours = customer.c.account_id == account
    if not connection.scalar(sa.select(sa.select(customer).where(ours).exists())):
        return set()  # as when a first workbook names a hundred thousand
    holds = subscription.c.account_id == account
    queries = (
        sa.select(customer.c.customer_id).where(
            ours, is_one_of(connection, customer.c.name_key, named.customers)
        ),
        sa.select(customer.c.customer_id).where(
            ours, is_one_of(connection, customer.c.customer_id, named.customer_ids)
        ),
        sa.select(customer.c.customer_id).where(
            ours, is_one_of(connection, customer.c.accentless_key, named.new_names)
        ),
        sa.select(customer.c.customer_id).where(
            ours,
            customer.c.managed_by == ManagedBy.CUSTOMER,
            is_one_of(connection, customer.c.email_key, named.emails),
        ),
        sa.select(subscription.c.customer_id).where(
            holds, is_one_of(connection, subscription.c.otc, named.whole_otcs)
        ),
        # Who an OTC is dedicated to holds the whole of it, which the index finds at once.
        sa.select(subscription.c.customer_id)
        .join(
            otc,
            sa.and_(
                otc.c.account_id == subscription.c.account_id,
                otc.c.code == subscription.c.otc,
                otc.c.total == subscription.c.licenses,
            ),
        )
        .where(otc.c.account_id == account, is_one_of(connection, otc.c.code, named.otcs)),
    )
    return {found for query in queries for found in connection.scalars(query)}
