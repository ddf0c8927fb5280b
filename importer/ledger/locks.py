"""Lock the rows that a plan depends on, on a server where many write at once.

Whoever changes a subscription has locked its customer and its OTC; whoever changes an OTC or a
customer has locked it. All lock customers by id and then OTCs by code, so that no two wait for each
other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import sqlalchemy as sa

from importer.domain.names import name_key
from importer.domain.planning.scope import Scope
from importer.domain.planning.snapshot import Snapshot
from importer.ledger.bulk import select_matching
from importer.ledger.database import ConflictError
from importer.ledger.tables import customer, otc, subscription

Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class Locked:
    """The customers and OTCs that are locked until the transaction ends; None means all."""

    customers: frozenset[int] | None
    otcs: frozenset[str] | None

    def check_covers(self, named: Scope, snapshot: Snapshot) -> None:
        """Raise ConflictError if `snapshot` has more of what is `named` than was locked.

        It may have been added or renamed after the locks were taken.
        """
        customers = {
            key for key, owner in snapshot.customers.items()
            if key in named.customer_ids or name_key(owner.name) in named.customers
        }  # fmt: skip
        for code in named.whole_otcs:
            customers.update(snapshot.holders.get(code, ()))
        otcs = named.otcs & snapshot.otcs.keys()
        for holder in customers:
            otcs.update(held.otc for held in snapshot.holdings.get(holder, ()))
        if self.customers is not None and not customers <= self.customers:
            raise ConflictError
        if self.otcs is not None and not otcs <= self.otcs:
            raise ConflictError


def lock_scope(connection: sa.Connection, account_id: str, named: Scope) -> Locked:
    """Lock what `named` names and what depends on it until the transaction ends.

    In a file there is nothing to lock: its only lock is held from the start of the transaction.
    """
    if connection.dialect.name == "sqlite":
        return Locked(None, None)
    matching = partial(select_matching, connection, account_id)
    queries = (
        matching(customer.c.customer_id, customer.c.name_key, named.customers),
        matching(customer.c.customer_id, customer.c.customer_id, named.customer_ids),
        matching(subscription.c.customer_id, subscription.c.otc, named.whole_otcs),
    )
    owners = {owner for query in queries for owner in connection.scalars(query)}
    customers = _lock(connection, account_id, customer.c.customer_id, owners)
    query = matching(subscription.c.otc, subscription.c.customer_id, customers)
    codes = named.otcs.union(connection.scalars(query))
    return Locked(customers, _lock(connection, account_id, otc.c.code, codes))


def _lock(
    connection: sa.Connection, account_id: str, column: sa.Column[Key], keys: Iterable[Key]
) -> frozenset[Key]:
    """Lock the rows of these keys in their order; the keys that exist."""
    query = select_matching(connection, account_id, column, column, keys).order_by(column)
    return frozenset(connection.scalars(query.with_for_update(key_share=True)))
