"""Bring the tables of OTCs, customers, subscriptions and devices to where changes lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, TypeVar

import sqlalchemy as sa

from importer.domain.entities import Customer, Device, Entity, Otc, Subscription
from importer.ledger import bulk
from importer.ledger.storage import CUSTOMER, DEVICE, OTC, SUBSCRIPTION, Storage

E = TypeVar("E", Otc, Customer, Subscription, Device)


class NetChanges:
    """What changes come to for each entity: before the first of them, and after the last."""

    def __init__(self) -> None:
        self._pairs: dict[type[Entity], dict[str, tuple[Any, Any]]] = {
            Otc: {}, Customer: {}, Subscription: {}, Device: {},
        }  # fmt: skip
        self.used: Counter[str] = Counter()  # by OTC, how many more licences are handed out

    def add(
        self, entity: Entity, key: str, before: Entity | None, after: Entity | None
    ) -> None:  # fmt: skip
        """Add a change of `entity`; `key` tells it from others of its kind."""
        pairs = self._pairs[type(entity)]
        earlier = pairs.get(key)
        pairs[key] = (before if earlier is None else earlier[0], after)
        if isinstance(entity, Subscription):
            self.used[entity.otc] += _licenses(after) - _licenses(before)

    def added(self, kind: type[E]) -> list[E]:
        """The new entities."""
        pairs = self._pairs[kind].values()
        return [after for before, after in pairs if before is None and after]

    def edited(self, kind: type[E]) -> list[tuple[E, E]]:
        """The entities that differ afterwards: before, and after."""
        pairs = self._pairs[kind].values()
        return [pair for pair in pairs if pair[0] and pair[1] and pair[0] != pair[1]]

    def removed(self, kind: type[E]) -> list[E]:
        """The entities that are gone afterwards."""
        pairs = self._pairs[kind].values()
        return [before for before, after in pairs if before and after is None]


def _licenses(entity: Entity | None) -> int:
    return entity.licenses if isinstance(entity, Subscription) else 0


def write_entities(connection: sa.Connection, account_id: str, net: NetChanges) -> None:
    """Write each changed entity once, in an order in which no OTC ever gives more than it has."""
    edited = [after for _, after in net.edited(Otc)]
    more = {code: change for code, change in net.used.items() if change > 0}
    less = {code: change for code, change in net.used.items() if change < 0}
    _add_otcs(connection, account_id, net, more)
    # Details and balances together, so that no total is ever below what is used of it.
    _edit_otcs(connection, account_id, [otc for otc in edited if otc.code not in less], more)
    _write_customers(connection, account_id, net)
    _write_subscriptions(connection, account_id, net)
    _remove(connection, account_id, DEVICE, net.removed(Device))
    _edit(connection, account_id, DEVICE, [after for _, after in net.edited(Device)])
    _add(connection, account_id, DEVICE, net.added(Device))
    _edit_otcs(connection, account_id, [otc for otc in edited if otc.code in less], less)
    # An undo removes these, once nothing refers to them.
    _remove(connection, account_id, OTC, net.removed(Otc))
    _remove(connection, account_id, CUSTOMER, net.removed(Customer))


def _add_otcs(
    connection: sa.Connection, account_id: str, net: NetChanges, more: dict[str, int]
) -> None:
    """Add OTCs with what is used of them, which is taken out of `more`.

    They are added in the order of their codes, and customers in that of their names, so that
    importers who add the same ones wait for each other rather than in a circle.
    """
    added = [(*OTC.values(otc), more.pop(otc.code, 0)) for otc in net.added(Otc)]
    added.sort(key=itemgetter(OTC.columns.index("code")))
    columns = (*OTC.columns, "used")
    bulk.insert(connection, OTC.table, {"account_id": account_id}, columns, added)


def _edit_otcs(
    connection: sa.Connection, account_id: str, edited: Iterable[Otc], moved: dict[str, int]
) -> None:
    """Give OTCs their new details, and add to `used` of these and all others what was `moved`."""
    left = dict(moved)
    rows = [OTC.row(otc) | {"used": left.pop(otc.code, 0)} for otc in edited]
    bulk.update(connection, OTC.table, account_id, rows, adding=("used",))
    counted = [{"code": code, "used": change} for code, change in left.items()]
    bulk.update(connection, OTC.table, account_id, counted, adding=("used",))


def _write_customers(connection: sa.Connection, account_id: str, net: NetChanges) -> None:
    edited = [after for _, after in net.edited(Customer)]
    # Customers may exchange unique names and emails, so these are all released first. No name has
    # control characters, so nobody else has the placeholder.
    released: list[dict[str, Any]] = [
        {"customer_id": key, "name_key": f"\x01{key}", "email_key": f"\x01{key}"}
        for key in (customer.id for customer in (*edited, *net.removed(Customer)))
    ]
    bulk.update(connection, CUSTOMER.table, account_id, released)
    _edit(connection, account_id, CUSTOMER, edited)
    _add(connection, account_id, CUSTOMER, net.added(Customer), sort_by="name_key")


def _write_subscriptions(connection: sa.Connection, account_id: str, net: NetChanges) -> None:
    """Removals first, additions last: so no sum ever exceeds what is used."""
    _remove(connection, account_id, SUBSCRIPTION, net.removed(Subscription))
    fewer_first = sorted(
        net.edited(Subscription), key=lambda pair: pair[1].licenses - pair[0].licenses
    )
    _edit(connection, account_id, SUBSCRIPTION, [after for _, after in fewer_first])
    _add(connection, account_id, SUBSCRIPTION, net.added(Subscription))


def _add(
    connection: sa.Connection,
    account_id: str,
    storage: Storage[E],
    added: Iterable[E],
    sort_by: str | None = None,
) -> None:
    rows = map(storage.values, added)
    ordered = (
        rows if sort_by is None else sorted(rows, key=itemgetter(storage.columns.index(sort_by)))
    )
    bulk.insert(connection, storage.table, {"account_id": account_id}, storage.columns, ordered)


def _edit(
    connection: sa.Connection, account_id: str, storage: Storage[E], edited: Iterable[E]
) -> None:  # fmt: skip
    bulk.update(connection, storage.table, account_id, [*map(storage.row, edited)])


def _remove(
    connection: sa.Connection, account_id: str, storage: Storage[E], removed: Iterable[E]
) -> None:  # fmt: skip
    bulk.delete(connection, storage.table, account_id, [*map(storage.key_row, removed)])
