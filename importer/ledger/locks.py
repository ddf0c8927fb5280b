"""Keeps others from what a plan is made from, on a server where many write at once.

Every change of a subscription is made by an importer that has locked its customer and then its OTC;
of an OTC or a customer, by one that has locked it. All lock customers by id and then OTCs by code,
so that no two wait for each other.
"""

from __future__ import annotations

import sqlalchemy as sa

from importer.domain.snapshot import Named
from importer.ledger.bulk import one_of
from importer.ledger.database import CameBetweenError
from importer.ledger.tables import customer, otc, subscription


def lock_named(connection: sa.Connection, account_id: str, named: Named) -> None:
    """Lock what `named` names and what hangs on it until the transaction ends.

    On a file there is nothing to do: its one lock is held since the transaction began. Raises
    CameBetweenError where others have changed what is to be locked meanwhile.
    """
    if connection.dialect.name == "sqlite":
        return
    wanted = _customers(connection, account_id, named)
    locked = set(
        connection.scalars(
            sa.select(customer.c.customer_id)
            .where(
                customer.c.account_id == account_id,
                one_of(connection, customer.c.customer_id, wanted),
            )
            .order_by(customer.c.customer_id)
            .with_for_update(key_share=True)
        )
    )
    codes = named.otcs | set(
        connection.scalars(
            sa.select(subscription.c.otc).where(
                subscription.c.account_id == account_id,
                one_of(connection, subscription.c.customer_id, locked),
            )
        )
    )
    connection.execute(
        sa.select(otc.c.code)
        .where(otc.c.account_id == account_id, one_of(connection, otc.c.code, codes))
        .order_by(otc.c.code)
        .with_for_update(key_share=True)
    )
    if not _customers(connection, account_id, named) <= locked:
        raise CameBetweenError


def _customers(connection: sa.Connection, account_id: str, named: Named) -> set[int]:
    """The customers that are named, and those that hold licences of OTCs that matter as a whole."""
    by_name = sa.select(customer.c.customer_id).where(
        customer.c.account_id == account_id,
        sa.or_(
            one_of(connection, customer.c.name_key, named.customers),
            one_of(connection, customer.c.customer_id, named.customer_ids),
        ),
    )
    by_otc = sa.select(subscription.c.customer_id).where(
        subscription.c.account_id == account_id,
        one_of(connection, subscription.c.otc, named.whole_otcs),
    )
    return {*connection.scalars(by_name), *connection.scalars(by_otc)}
