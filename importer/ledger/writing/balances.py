"""Write changes to the tables of OTCs, customers, subscriptions and devices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from importer.domain.entities import Customer, Device, Entity, Otc, Subscription
from importer.domain.planning.changes import Change
from importer.ledger import bulk
from importer.ledger.storage import CUSTOMER, DEVICE, OTC, SUBSCRIPTION, Storage

E = TypeVar("E", Otc, Customer, Subscription, Device)


class NetChanges:
    """The net effect of changes on each entity: before the first of them, and after the last."""

    def __init__(self) -> None:
        self._pairs: dict[type[Entity], dict[str, tuple[Any, Any]]] = {
            Otc: {}, Customer: {}, Subscription: {}, Device: {},
        }  # fmt: skip
        self.used: Counter[str] = Counter()  # by OTC, how many more licences are handed out

    def add(self, kind: type[Entity], key: str, change: Change) -> None:
        """Add a change of an entity; `key` tells it from others of its `kind`."""
        pairs, before, after = self._pairs[kind], change.before, change.after
        pairs[key] = (pairs[key][0] if key in pairs else before, after)
        if isinstance(after, Subscription):
            self.used[after.otc] += after.licenses
        if isinstance(before, Subscription):
            self.used[before.otc] -= before.licenses

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


class _Tables(NamedTuple):
    """The tables of an account."""

    connection: sa.Connection
    account_id: str

    def add(self, storage: Storage[E], entities: Iterable[E], sort_by: str | None = None) -> None:
        rows: Iterable[Sequence[Any]] = map(storage.values, entities)
        if sort_by is not None:
            rows = sorted(rows, key=itemgetter(storage.columns.index(sort_by)))
        same = {"account_id": self.account_id}
        bulk.insert(self.connection, storage.table, same, storage.columns, rows)

    def edit(self, storage: Storage[E], pairs: Iterable[tuple[E, E]]) -> None:
        rows = [storage.row(after) for _before, after in pairs]
        bulk.update(self.connection, storage.table, self.account_id, rows)

    def edit_otcs(self, edited: Iterable[Otc], moved: dict[str, int]) -> None:
        """Write details of OTCs, and add `moved` to the `used` of these and others."""
        left = dict(moved)
        rows = [OTC.row(otc) | {"used": left.pop(otc.code, 0)} for otc in edited]
        counted = [{"code": code, "used": change} for code, change in left.items()]
        for changed in (rows, counted):
            bulk.update(self.connection, OTC.table, self.account_id, changed, adding=("used",))

    def remove(self, storage: Storage[E], entities: Iterable[E]) -> None:
        keys = [*map(storage.key_row, entities)]
        bulk.delete(self.connection, storage.table, self.account_id, keys)


def write_entities(connection: sa.Connection, account_id: str, net: NetChanges) -> None:
    """Write each changed entity once, in an order in which no OTC ever gives more than it has."""
    tables = _Tables(connection, account_id)
    edited = [after for _before, after in net.edited(Otc)]
    more = {code: change for code, change in net.used.items() if change > 0}
    less = {code: change for code, change in net.used.items() if change < 0}
    # OTCs are added in the order of their codes, and customers in that of their names, so that
    # importers who add the same ones wait for each other rather than in a circle.
    added = sorted(net.added(Otc), key=attrgetter("code"))
    rows = [(*OTC.values(otc), more.pop(otc.code, 0)) for otc in added]
    columns = (*OTC.columns, "used")
    bulk.insert(connection, OTC.table, {"account_id": account_id}, columns, rows)
    # Details and balances together, so that no total is ever below what is used of it.
    tables.edit_otcs([otc for otc in edited if otc.code not in less], more)
    # Customers may exchange unique names and emails, so these are all released first. No name has
    # control characters, so nobody else has the placeholder.
    renamed, removed = net.edited(Customer), net.removed(Customer)
    released = [
        {"customer_id": key, "name_key": f"\x01{key}", "email_key": f"\x01{key}"}
        for key in (customer.id for customer in (*(after for _, after in renamed), *removed))
    ]
    bulk.update(connection, CUSTOMER.table, account_id, released)
    tables.edit(CUSTOMER, renamed)
    tables.add(CUSTOMER, net.added(Customer), sort_by="name_key")
    # Removals first, additions last, so that no sum of subscriptions ever exceeds what is used.
    tables.remove(SUBSCRIPTION, net.removed(Subscription))
    pairs = net.edited(Subscription)
    pairs.sort(key=lambda pair: pair[1].licenses - pair[0].licenses)
    tables.edit(SUBSCRIPTION, pairs)
    tables.add(SUBSCRIPTION, net.added(Subscription))
    tables.remove(DEVICE, net.removed(Device))
    tables.edit(DEVICE, net.edited(Device))
    tables.add(DEVICE, net.added(Device))
    tables.edit_otcs([otc for otc in edited if otc.code in less], less)
    # An undo removes these, once nothing refers to them.
    tables.remove(OTC, net.removed(Otc))
    tables.remove(CUSTOMER, removed)
