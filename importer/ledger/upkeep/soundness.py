"""Whether the database itself is sound, whatever the journal says: pages, indexes, references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from importer.base.texts import N_, Text, text
from importer.ledger.tables import customer, device, otc, subscription


class Fault(NamedTuple):
    """One thing that is not as the journal says."""

    code: str
    key: str
    message: Text


def engine_faults(connection: sa.Connection) -> Iterator[Fault]:
    """What the engine's own check says: every page and index read, every row in its indexes."""
    if connection.dialect.name == "sqlite":
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if said != "ok":
                yield from (_damaged(line) for line in str(said).splitlines())
        for table, _row, other, _key in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield _damaged(f"foreign_key_check {table}: {other}")
        return
    # PostgreSQL checks each page as it is read; its indexes, where its extension is there.
    if connection.scalar(sa.text(_MAY_CHECK_INDEXES)):
        for (index,) in connection.execute(sa.text(_INDEXES)).all():
            try:
                with connection.begin_nested():
                    connection.execute(
                        sa.text("SELECT bt_index_check(CAST(:index AS regclass), true)"),
                        {"index": index},
                    )
            except sa.exc.DBAPIError as error:
                yield _damaged(" ".join(str(error.orig).split()))


_MAY_CHECK_INDEXES = """
    SELECT coalesce(has_function_privilege(
        to_regprocedure('bt_index_check(regclass,boolean)'), 'EXECUTE'), false)
"""
_INDEXES = """
    SELECT indexrelid::regclass::text FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE relnamespace = current_schema()::regnamespace AND indisvalid AND amname = 'btree'
    ORDER BY 1
"""


def _damaged(said: object) -> Fault:
    return Fault("database-damaged", "", text(N_("The database is damaged: {said}."), said=said))


def loose_keys(connection: sa.Connection, account_id: str) -> Iterator[Fault]:
    """Subscriptions without their customer or OTC, whatever the engine's foreign keys say."""
    query = (
        sa.select(subscription.c.customer_id, subscription.c.otc)
        .outerjoin(
            customer,
            sa.and_(
                customer.c.account_id == subscription.c.account_id,
                customer.c.customer_id == subscription.c.customer_id,
            ),
        )
        .outerjoin(
            otc,
            sa.and_(
                otc.c.account_id == subscription.c.account_id,
                otc.c.code == subscription.c.otc,
            ),
        )
        .where(
            subscription.c.account_id == account_id,
            sa.or_(customer.c.customer_id.is_(None), otc.c.code.is_(None)),
        )
    )
    for row in connection.execute(query):
        key = f"{row.customer_id}/{row.otc}"
        message = text(N_("Subscription {key} has no customer or no OTC."), key=key)
        yield Fault("reference-broken", key, message)
    devices = (
        sa.select(device.c.customer_id, device.c.device_key)
        .outerjoin(
            customer,
            sa.and_(
                customer.c.account_id == device.c.account_id,
                customer.c.customer_id == device.c.customer_id,
            ),
        )
        .where(device.c.account_id == account_id, customer.c.customer_id.is_(None))
    )
    for row in connection.execute(devices):
        key = f"{row.customer_id}/{row.device_key}"
        message = text(N_("Device {key} has no customer."), key=key)
        yield Fault("reference-broken", key, message)
