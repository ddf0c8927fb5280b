"""All that a ledger holds, now or as of a batch, for `show` and `export`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from sys import intern
from typing import NamedTuple

import sqlalchemy as sa

from importer.base.errors import LedgerError
from importer.base.texts import N_, text
from importer.domain.contents import Contents, CustomerHolding, Movement, otc_holding
from importer.domain.entities import Customer, Device, Entity, Otc, Subscription
from importer.domain.names import name_key
from importer.ledger.bulk import is_one_of
from importer.ledger.reading.journal import load_batches
from importer.ledger.storage import STORAGE, entity_of
from importer.ledger.tables import account, batch, journal

AT_ONCE = 10_000
"""How many rows are fetched at once: one by one takes twice as long, all at once the memory."""


class _Moment(NamedTuple):
    """A state of the ledger: after which batch (0: before the first), its hash and its instant.

    `today` is the day that expiry dates are held against.
    """

    batch: int
    head: str
    at: dt.datetime
    today: dt.date


_NOTHING = _Moment(0, "", dt.datetime.min, dt.date.min)


def load_contents(
    connection: sa.Connection, account_id: str, at: dt.datetime, today: dt.date
) -> Contents:  # fmt: skip
    """The OTCs, by code, and customers, by name, of an account; nothing if it has none yet."""
    query = sa.select(account).where(account.c.account_id == account_id)
    ours = connection.execute(query).one_or_none()
    moment = _Moment(ours.last_batch if ours else 0, ours.head if ours else "", at, today)
    return _gathered(connection, account_id, moment, _entities_now(connection, account_id))


def load_contents_as_of(
    connection: sa.Connection, account_id: str, as_of: dt.date | int
) -> Contents | None:
    """The same as batch `as_of` left it, or as it stood when the day `as_of` (UTC) was over.

    From the journal alone, so that it is the same for ever after. None if there is no such batch.
    """
    if isinstance(as_of, int):
        moment = _moment(connection, account_id, batch.c.batch == as_of)
        if moment is None:
            return None
    else:
        next_day = (as_of + dt.timedelta(days=1)).isoformat()
        last = _moment(connection, account_id, batch.c.at < next_day) or _NOTHING
        end = dt.datetime.combine(as_of, dt.time(23, 59, 59), dt.UTC)
        moment = last._replace(at=end, today=as_of)
    entities = _entities_as_of(connection, account_id, moment.batch)
    return _gathered(connection, account_id, moment, entities)


def load_movements(
    connection: sa.Connection, account_id: str, until: int, customer_id: int | None = None
) -> list[Movement]:
    """Every line of the journal up to batch `until`, in the order in which they were made; with
    `customer_id` those that concern that customer, its licences and its devices."""
    ours = [journal.c.account_id == account_id, batch.c.batch <= until]
    if customer_id is not None:
        key = str(customer_id)
        concerned = sa.or_(journal.c.key == key, journal.c.key.startswith(f"{key}/"))
        ours += [journal.c.kind != "otc", concerned]
    query = (
        sa.select(
            batch.c.batch, journal.c.sheet, journal.c.row, journal.c.kind, journal.c.key,
            journal.c.before, journal.c.after,
        )
        .join(batch, _its_batch())
        .where(*ours)
        .order_by(batch.c.batch, journal.c.line)
    )  # fmt: skip
    batches = {
        one.batch: (one.batch, dt.datetime.fromisoformat(one.at), one.actor, one.file, one.undoes)
        for one in load_batches(connection, account_id, until)
    }  # once each, not for each of its lines
    movements: list[Movement] = []
    names: dict[str, str] = {}
    for rows in connection.execute(query).partitions(AT_ONCE):
        for number, sheet, row, kind, key, was, became in rows:
            before, after = entity_of(kind, was), entity_of(kind, became)
            customer_name = None
            if kind != "otc":
                owner = key.partition("/")[0]
                named = after or before
                if isinstance(named, Customer):
                    names[owner] = named.name
                customer_name = names.get(owner)
            movements.append(
                Movement(*batches[number], intern(sheet), row, before, after, customer_name)
            )
    return movements


def _moment(
    connection: sa.Connection, account_id: str, which: sa.ColumnElement[bool]
) -> _Moment | None:
    found = connection.execute(
        sa.select(batch.c.batch, batch.c.hash, batch.c.at)
        .where(batch.c.account_id == account_id, which)
        .order_by(batch.c.batch.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    at = dt.datetime.fromisoformat(found.at)
    return _Moment(found.batch, found.hash, at, at.date())


def _entities_now(connection: sa.Connection, account_id: str) -> Iterable[Entity]:
    for storage in STORAGE.values():
        query = sa.select(storage.table).where(storage.table.c.account_id == account_id)
        for rows in connection.execute(query).partitions(AT_ONCE):
            yield from map(storage.from_row, rows)


def _entities_as_of(
    connection: sa.Connection, account_id: str, number: int
) -> Iterable[Entity]:  # fmt: skip
    """What the last image of each entity up to batch `number` says, if it was not gone then."""
    last: dict[tuple[str, str], str | None] = {}
    query = (
        sa.select(journal.c.kind, journal.c.key, journal.c.after)
        .join(batch, _its_batch())
        .where(journal.c.account_id == account_id, batch.c.batch <= number)
        .order_by(batch.c.batch, journal.c.line)
    )
    for kind, key, after in connection.execute(query):
        last[kind, key] = after
    for (kind, _key), image in last.items():
        entity = entity_of(kind, image)
        if entity is not None:
            yield entity


def _its_batch() -> sa.ColumnElement[bool]:
    return sa.and_(
        batch.c.account_id == journal.c.account_id, batch.c.entry == journal.c.entry
    )  # fmt: skip


def check_customers(
    found: Iterable[Subscription | Device], customers: dict[int, Customer]
) -> None:  # fmt: skip
    """Raise LedgerError if what was found in a ledger belongs to none of its customers."""
    if not customers.keys() >= {one.customer for one in found}:
        raise LedgerError(
            text(N_("The ledger is damaged: it has subscriptions or devices without their "
                    "customers. Run: avira-importer ledger verify"))
        )  # fmt: skip


def _gathered(
    connection: sa.Connection, account_id: str, moment: _Moment, entities: Iterable[Entity]
) -> Contents:
    otcs: list[Otc] = []
    customers: dict[int, Customer] = {}
    subscriptions: list[Subscription] = []
    devices: list[Device] = []
    for entity in entities:
        match entity:
            case Otc():
                otcs.append(entity)
            case Customer():
                customers[entity.id] = entity
            case Subscription():
                subscriptions.append(entity)
            case Device():
                devices.append(entity)
    held: dict[int, list[Subscription]] = {key: [] for key in customers}
    owned: dict[int, list[Device]] = {}
    used: dict[str, int] = {}
    holders: dict[str, list[Customer]] = {}
    check_customers([*subscriptions, *devices], customers)
    for device_of_one in sorted(devices, key=lambda one: one.key):
        owned.setdefault(device_of_one.customer, []).append(device_of_one)
    for one in sorted(subscriptions, key=lambda one: one.otc):
        held[one.customer].append(one)
        used[one.otc] = used.get(one.otc, 0) + one.licenses
        holders.setdefault(one.otc, []).append(customers[one.customer])
    activated = _activation_days(connection, account_id, moment.batch)
    by_name = sorted(customers.values(), key=lambda one: name_key(one.name))
    return Contents(
        account=account_id,
        at=moment.at,
        today=moment.today,
        batch=moment.batch,
        head=moment.head,
        otcs=[
            otc_holding(
                one, used.get(one.code, 0), activated.get(one.code), holders.get(one.code, ())
            )
            for one in sorted(otcs, key=lambda one: one.code)
        ],
        customers=[
            CustomerHolding(one, tuple(held[one.id]), tuple(owned.get(one.id, ())))
            for one in by_name
        ],
    )


def _activation_days(
    connection: sa.Connection, account_id: str, number: int
) -> dict[str, dt.date]:  # fmt: skip
    """The day (UTC) of each OTC's first subscription, which only the journal knows.

    What was taken back by then has activated nothing.
    """
    standing = [
        one.batch for one in load_batches(connection, account_id, number) if not one.undone_by
    ]
    query = (
        sa.select(journal.c.key, sa.func.min(batch.c.at))
        .join(batch, _its_batch())
        .where(
            journal.c.account_id == account_id,
            journal.c.kind == "subscription",
            journal.c.before.is_(None),
            is_one_of(connection, batch.c.batch, standing),
        )
        .group_by(journal.c.key)
    )
    days: dict[str, dt.date] = {}
    for key, at in connection.execute(query):
        code = key.partition("/")[2]  # the key of a subscription is `customer/otc`
        day = dt.date.fromisoformat(at[:10])
        days[code] = min(day, days.get(code, day))
    return days
