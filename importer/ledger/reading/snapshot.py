"""Load the part of the ledger that a plan needs: the work grows with the workbook alone."""

from __future__ import annotations

import datetime as dt
from functools import partial

import sqlalchemy as sa

from importer.base.similarity import similar_codes, similar_names
from importer.domain.entities import EntityKey, ManagedBy, entity_key
from importer.domain.names import name_key
from importer.domain.planning.scope import Scope
from importer.domain.planning.snapshot import LaterImages, Snapshot
from importer.ledger.bulk import is_one_of, rows_with_keys, select_matching
from importer.ledger.reading.blocks import journal_lines
from importer.ledger.storage import CUSTOMER, DEVICE, OTC, SUBSCRIPTION
from importer.ledger.tables import account as accounts
from importer.ledger.tables import batch, customer, device, otc, subscription


def load_snapshot(
    connection: sa.Connection, account: str, named: Scope, today: dt.date
) -> Snapshot:  # fmt: skip
    """All that `named` names of an account, in a fixed number of queries.

    One more each finds similar OTCs and customers for those that are unknown.
    """
    last = sa.select(accounts.c.last_customer).where(accounts.c.account_id == account)
    snapshot = Snapshot(today, connection.scalar(last) or 0)
    matching = partial(select_matching, connection, account)
    ids = _customer_ids(connection, account, named)
    query = matching(subscription, subscription.c.customer_id, ids)
    rows = connection.execute(query.order_by(subscription.c.customer_id))
    subscriptions = [*map(SUBSCRIPTION.from_row, rows)]
    for row in connection.execute(matching(customer, customer.c.customer_id, ids)):
        snapshot.put_customer(CUSTOMER.from_row(row))
    codes = named.otcs | {subscribed.otc for subscribed in subscriptions}
    for row in connection.execute(matching(otc, otc.c.code, codes)):
        snapshot.put_otc(OTC.from_row(row), row.used)
    for subscribed in subscriptions:
        snapshot.put_subscription(subscribed)
    companies = matching(otc.c.company, otc.c.company_key, named.companies).distinct()
    for company in connection.scalars(companies):
        snapshot.put_company(company)
    _put_devices(connection, account, named, snapshot)
    _find_likenesses(connection, account, named, snapshot)
    if named.since is not None:
        snapshot.later = _later_images(connection, account, named, named.since)
    return snapshot


def _later_images(
    connection: sa.Connection, account: str, named: Scope, since: int
) -> dict[EntityKey, list[LaterImages]]:
    """The images after batch `since` of named OTCs, customers and their subscriptions."""
    later: dict[EntityKey, list[LaterImages]] = {}
    owners = {str(number) for number in named.customer_ids}
    lines = journal_lines(connection, account, batch.c.batch > since, newest_first=True)
    for number, line in lines:
        if line.key in named.otcs or (line.owner in owners and line.kind != "device"):
            before, after = line.entities()
            entity = before if after is None else after
            assert entity is not None, "a line has an image before or after"
            later.setdefault(entity_key(entity), []).append((number, before, after))
    return later


def _put_devices(connection: sa.Connection, account: str, named: Scope, snapshot: Snapshot) -> None:
    """Put the named devices, and on how many of each customer's devices Avira is installed."""
    ids = {name_key(owner.name): owner.id for owner in snapshot.customers.values()}
    wanted = set(named.device_ids)
    for name, keys in named.devices.items():
        owners = {ids[before] for before in named.names_before(name) if before in ids}
        wanted.update((owner, key) for owner in owners for key in keys)
    keyed = [{"customer_id": owner, "device_key": key} for owner, key in sorted(wanted)]
    for row in rows_with_keys(connection, device, account, keyed):
        snapshot.put_device(DEVICE.from_row(row))
    matching = partial(select_matching, connection, account)
    if named.device_owners:
        owned = matching(device, device.c.customer_id, named.device_owners)
        for row in connection.execute(owned):
            snapshot.put_device(DEVICE.from_row(row))
    if wanted:
        owner_id, uninstalled = device.c.customer_id, device.c.avira_uninstalled
        installed = matching(owner_id, owner_id, {owner for owner, _key in wanted}).where(
            device.c.avira_installed.is_not(None),
            sa.or_(uninstalled.is_(None), uninstalled < device.c.avira_installed),
        )
        counts = installed.add_columns(sa.func.count()).group_by(owner_id)
        snapshot.installed.update((owner, count) for owner, count in connection.execute(counts))


def _find_likenesses(
    connection: sa.Connection, account: str, named: Scope, snapshot: Snapshot
) -> None:
    """Find the nearest known OTCs and customers for those that `snapshot` lacks.

    Customers are sought among those whose names begin with the same letter.
    """
    unknown = named.otcs - named.added_otcs - snapshot.otcs.keys() | named.mistyped_otcs
    if unknown:
        codes = connection.scalars(sa.select(otc.c.code).where(otc.c.account_id == account))
        snapshot.nearest_otc = similar_codes(unknown, {*codes, *named.added_otcs})
    strangers = named.customers - named.added_customers.keys()
    if strangers:
        strangers -= {name_key(owner.name) for owner in snapshot.customers.values()}
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
        snapshot.nearest_customer = {key: names[similar] for key, similar in near.items()}


def _customer_ids(connection: sa.Connection, account: str, named: Scope) -> set[int]:
    """The customers that are named, are similar to a new name, share an email, or hold an OTC that
    matters as a whole."""
    customers = sa.select(customer).where(customer.c.account_id == account)
    if not connection.scalar(sa.select(customers.exists())):
        return set()  # as when a first workbook names a hundred thousand
    matching = partial(select_matching, connection, account)
    customer_id, holder = customer.c.customer_id, subscription.c.customer_id
    queries = (
        matching(customer_id, customer.c.name_key, named.customers | named.new_names),
        matching(customer_id, customer_id, named.customer_ids),
        matching(customer_id, customer.c.accentless_key, named.new_names),
        matching(customer_id, customer.c.email_key, named.emails).where(
            customer.c.managed_by == ManagedBy.CUSTOMER
        ),
        matching(holder, subscription.c.otc, named.whole_otcs),
        # The owner of a dedicated OTC holds the whole of it, which the index finds at once.
        matching(holder, otc.c.code, named.otcs).where(
            otc.c.account_id == subscription.c.account_id,
            otc.c.code == subscription.c.otc,
            otc.c.total == subscription.c.licenses,
        ),
    )
    return {key for query in queries for key in connection.scalars(query)}
