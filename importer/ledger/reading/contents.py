"""Load the contents of a ledger, now or as of a batch, for `show` and `export`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from importer.base.errors import LedgerError
from importer.base.texts import N_, text
from importer.domain.contents import Contents, CustomerHolding, OtcHolding
from importer.domain.entities import Customer, Device, Entity, Subscription
from importer.domain.names import name_key
from importer.ledger.reading.blocks import journal_lines
from importer.ledger.reading.journal import AT_ONCE, load_batches
from importer.ledger.storage import STORAGE, E, Storage
from importer.ledger.tables import account, batch


class AccountView(NamedTuple):
    """An account of a ledger at an instant in UTC; `today` decides which OTCs have expired."""

    connection: sa.Connection
    account: str
    at: dt.datetime
    today: dt.date


def load_contents(view: AccountView) -> Contents:
    """The OTCs, by code, and customers, by name, of an account; nothing if it has none yet."""
    entities = {kind: load_rows(view, storage) for kind, storage in STORAGE.items()}
    return gather(view, last_batch(view), entities)


def load_contents_as_of(
    connection: sa.Connection, account_id: str, as_of: dt.date | int
) -> Contents | None:
    """The same as batch `as_of` left it, or at the end of the day `as_of` (UTC).

    Read from the journal alone, so that it never changes. None if there is no such batch.
    """
    number, head, at = 0, "", dt.datetime.min
    by_number = isinstance(as_of, int)
    which = (batch.c.batch == as_of if isinstance(as_of, int)
             else batch.c.at < (as_of + dt.timedelta(days=1)).isoformat())  # fmt: skip
    query = sa.select(batch.c.batch, batch.c.hash, batch.c.at)
    query = query.where(batch.c.account_id == account_id, which).order_by(batch.c.batch.desc())
    last = connection.execute(query.limit(1)).one_or_none()
    if last is not None:
        number, head, at = last.batch, last.hash, dt.datetime.fromisoformat(last.at)
    elif by_number:
        return None
    if not isinstance(as_of, int):
        at = dt.datetime.combine(as_of, dt.time(23, 59, 59), dt.UTC)
    view = AccountView(connection, account_id, at, at.date())
    return gather(view, (number, head), _entities_as_of(connection, account_id, number))


def last_batch(view: AccountView) -> tuple[int, str]:
    """The number and hash of the account's last batch; 0 and "" if there is none."""
    query = sa.select(account.c.last_batch, account.c.head)
    last = view.connection.execute(query.where(account.c.account_id == view.account)).one_or_none()
    return (0, "") if last is None else (last.last_batch, last.head)


def load_rows(
    view: AccountView, storage: Storage[E], *which: sa.ColumnElement[bool]
) -> Iterator[E]:
    """The account's entities of a kind, or those of its rows that meet `which`."""
    query = sa.select(*storage.facts).where(storage.table.c.account_id == view.account, *which)
    for rows in view.connection.execute(query).partitions(AT_ONCE):
        yield from map(storage.from_facts, rows)


def _entities_as_of(
    connection: sa.Connection, account_id: str, number: int
) -> dict[str, Iterable[Entity]]:
    """By kind, the last image of each entity up to batch `number`, if it still existed."""
    last: dict[str, dict[str, Entity | None]] = {kind: {} for kind in STORAGE}
    lines = journal_lines(connection, account_id, batch.c.batch <= number, newest_first=True)
    for _, line in lines:
        if line.key not in last.get(line.kind, ()):
            _before, last[line.kind][line.key] = line.entities()
    return {kind: filter(None, entities.values()) for kind, entities in last.items()}


def gather(
    view: AccountView, at_batch: tuple[int, str], entities: Mapping[str, Iterable[Any]]
) -> Contents:  # fmt: skip
    """The contents made up of `entities`, by their kinds, as of a batch and its hash.

    Raises LedgerError for subscriptions or devices without their customer.
    """
    customers: dict[int, Customer] = {own.id: own for own in entities.get("customer", ())}
    subscriptions: dict[int, list[Subscription]] = {}
    devices: dict[int, list[Device]] = {}
    used: Counter[str] = Counter()
    for held in sorted(entities.get("subscription", ()), key=attrgetter("otc")):
        subscriptions.setdefault(held.customer, []).append(held)
        used[held.otc] += held.licenses
    for device in sorted(entities.get("device", ()), key=attrgetter("key")):
        devices.setdefault(device.customer, []).append(device)
    if not customers.keys() >= subscriptions.keys() | devices.keys():
        raise LedgerError(
            text(N_("The ledger is damaged: it has subscriptions or devices without their "
                    "customers. Run: avira-importer ledger verify"))
        )  # fmt: skip
    dedicated_to = {
        held.otc: own.name
        for own in customers.values() if own.holds_whole_otcs
        for held in subscriptions.get(own.id, ())
    }  # fmt: skip
    return Contents(
        view.account, view.at, view.today, *at_batch,
        [
            OtcHolding(otc, used[otc.code], dedicated_to.get(otc.code))
            for otc in sorted(entities.get("otc", ()), key=attrgetter("code"))
        ],
        [
            CustomerHolding(own, subscriptions.get(own.id, ()), devices.get(own.id, ()))
            for own in sorted(customers.values(), key=lambda own: name_key(own.name))
        ],
    )  # fmt: skip


def activation_days(
    connection: sa.Connection, account_id: str, number: int
) -> dict[str, dt.date]:  # fmt: skip
    """The day (UTC) of each OTC's first subscription up to batch `number`, unless undone."""
    days_of = {
        earlier.batch: dt.date.fromisoformat(earlier.at[:10])
        for earlier in load_batches(connection, account_id, number)
        if not earlier.undone_by
    }
    days: dict[str, dt.date] = {}
    for by, line in journal_lines(connection, account_id, batch.c.batch <= number):
        if line.kind == "subscription" and line.is_addition and by in days_of:
            code = line.key.partition("/")[2]  # the key of a subscription is `customer/otc`
            days[code] = min(days_of[by], days.get(code, days_of[by]))
    return days
