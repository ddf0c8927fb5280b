"""Carries a plan out: what changed on the whole, set by set, and every change into the journal."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from importer.domain.changes import Change
from importer.domain.entities import Customer, Entity, Otc, Subscription
from importer.domain.names import accentless_key, name_key
from importer.domain.snapshot import email_key
from importer.ledger.images import image_of, key_of, kind_of
from importer.ledger.tables import account, batch, customer, journal, otc, subscription

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What a batch says of itself: who applied which file when, and what became of its rows."""

    account: str
    at: dt.datetime
    actor: str
    file: str
    sha256: str
    applied: int
    unchanged: int
    rejected: int


def apply_changes(connection: sa.Connection, changes: Sequence[Change], facts: BatchFacts) -> int:
    """Write `changes` and their journal; give the new batch's number.

    The caller holds the ledger's write lock since before it took the snapshot that the plan was
    made from. How many statements are executed does not depend on how many changes there are.
    """
    ours = _own_row(connection, facts.account)
    changes, last_customer = _with_ids(changes, ours.last_customer)
    number: int = ours.last_batch + 1
    lines = [
        {
            "account_id": facts.account, "batch": number, "line": line,
            "sheet": change.place.sheet.name, "row": change.place.row,
            "kind": kind_of(change.entity), "key": key_of(change.entity),
            "before": image_of(change.before), "after": image_of(change.after),
        }
        for line, change in enumerate(changes, start=1)
    ]  # fmt: skip
    header = {
        "account_id": facts.account, "batch": number, "kind": "apply",
        "at": facts.at.isoformat().replace("+00:00", "Z"), "actor": facts.actor,
        "file": facts.file, "sha256": facts.sha256, "applied": facts.applied,
        "unchanged": facts.unchanged, "rejected": facts.rejected, "undoes": None,
        "previous_hash": ours.head,
    }  # fmt: skip
    head = batch_hash(header, lines)
    connection.execute(sa.insert(batch), {**header, "hash": head})
    _write(connection, sa.insert(journal), lines)
    _write_entities(connection, facts.account, changes)
    connection.execute(
        sa.update(account)
        .where(account.c.account_id == facts.account)
        .values(last_batch=number, last_customer=last_customer, head=head)
    )
    return number


def batch_hash(header: dict[str, Any], lines: Iterable[dict[str, Any]]) -> str:
    """SHA-256 over a batch, which names the hash of the one before it, and its journal lines."""
    digest = hashlib.sha256()
    for part in (header, *lines):
        digest.update(json.dumps(list(part.values()), ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _own_row(connection: sa.Connection, account_id: str) -> sa.Row[tuple[Any, ...]]:
    query = sa.select(account).where(account.c.account_id == account_id)
    found = connection.execute(query).one_or_none()
    if found is None:
        connection.execute(
            sa.insert(account),
            {"account_id": account_id, "last_batch": 0, "last_customer": 0, "head": ""},
        )
        found = connection.execute(query).one()
    return found


def _with_ids(changes: Sequence[Change], last: int) -> tuple[list[Change], int]:
    """The changes with the ledger's own ids in place of provisional ones, and the last id given."""
    created = [
        change.after.id
        for change in changes
        if change.before is None and isinstance(change.after, Customer)
    ]
    ids = {provisional: last + index for index, provisional in enumerate(created, start=1)}

    def own(entity: Entity | None) -> Entity | None:
        if isinstance(entity, Customer) and entity.id in ids:
            return entity._replace(id=ids[entity.id])
        if isinstance(entity, Subscription) and entity.customer in ids:
            return entity._replace(customer=ids[entity.customer])
        return entity

    if not ids:
        return list(changes), last
    renumbered = [
        Change(change.did, own(change.before), own(change.after), change.place)
        for change in changes
    ]  # fmt: skip
    return renumbered, last + len(ids)


def _write_entities(connection: sa.Connection, account_id: str, changes: Sequence[Change]) -> None:
    """Bring the tables to where the changes lead on the whole, each entity once."""
    first: dict[tuple[str, str], Entity | None] = {}
    last: dict[tuple[str, str], Entity | None] = {}
    handed_out: dict[str, int] = {}
    for before, after, entity in ((one.before, one.after, one.entity) for one in changes):
        key = (kind_of(entity), key_of(entity))
        first.setdefault(key, before)
        last[key] = after
        if isinstance(entity, Subscription):
            more = (after.licenses if isinstance(after, Subscription) else 0) - (
                before.licenses if isinstance(before, Subscription) else 0
            )
            handed_out[entity.otc] = handed_out.get(entity.otc, 0) + more
    net = [(before, last[key]) for key, before in first.items() if before != last[key]]
    _write_otcs(connection, account_id, net, handed_out)
    _write_customers(connection, account_id, net)
    _write_subscriptions(connection, account_id, net)


Net = list[tuple[Entity | None, Entity | None]]


def _write_otcs(
    connection: sa.Connection, account_id: str, net: Net, handed_out: dict[str, int]
) -> None:  # fmt: skip
    """Details and balances together, so that no total is ever below what is used of it."""
    added: Rows = []
    edited: Rows = []
    for before, after in net:
        if isinstance(after, Otc):
            row = _otc_row(account_id, after)
            more = handed_out.pop(after.code, 0)
            if before is None:
                added.append(row | {"used": more})
            else:
                edited.append(_new(row) | {"more": more})
    _write(connection, sa.insert(otc), added)
    details = [one.name for one in otc.c if one.name not in ("account_id", "code", "used")]
    _write(
        connection,
        sa.update(otc)
        .where(otc.c.account_id == sa.bindparam("new_account_id"),
               otc.c.code == sa.bindparam("new_code"))
        .values({name: sa.bindparam(f"new_{name}") for name in details}
                | {"used": otc.c.used + sa.bindparam("more")}),
        edited,
    )  # fmt: skip
    _write(
        connection,
        sa.update(otc)
        .where(otc.c.account_id == account_id, otc.c.code == sa.bindparam("of"))
        .values(used=otc.c.used + sa.bindparam("more")),
        [{"of": code, "more": more} for code, more in handed_out.items() if more],
    )


def _write_customers(connection: sa.Connection, account_id: str, net: Net) -> None:
    added: Rows = []
    edited: Rows = []
    for before, after in net:
        if isinstance(after, Customer):
            row = _customer_row(account_id, after)
            if before is None:
                added.append(row)
            else:
                edited.append(_new(row))
    this_one = (
        customer.c.account_id == sa.bindparam("new_account_id"),
        customer.c.customer_id == sa.bindparam("new_customer_id"),
    )
    # Names and emails may go round in a circle; each is unique, so all are let go of first.
    let_go = [
        {name: row[name] for name in ("new_account_id", "new_customer_id")}
        | {"parked": f"\0{row['new_customer_id']}"}
        for row in edited
    ]
    parked: dict[str, Any] = {
        "name_key": sa.bindparam("parked"),
        "email_key": sa.bindparam("parked"),
    }
    _write(connection, sa.update(customer).where(*this_one).values(parked), let_go)
    details = [one.name for one in customer.c if one.name not in ("account_id", "customer_id")]
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in details}
    _write(connection, sa.update(customer).where(*this_one).values(values), edited)
    _write(connection, sa.insert(customer), added)


def _write_subscriptions(connection: sa.Connection, account_id: str, net: Net) -> None:
    gone: Rows = []
    added: Rows = []
    edited: Rows = []
    for before, after in net:
        if isinstance(after, Subscription):
            row = {"customer_id": after.customer, "otc": after.otc, "licenses": after.licenses}
            if before is None:
                added.append(row | {"account_id": account_id})
            else:
                edited.append(_new(row))
        elif isinstance(before, Subscription):
            gone.append({"new_customer_id": before.customer, "new_otc": before.otc})
    this_one = (
        subscription.c.account_id == account_id,
        subscription.c.customer_id == sa.bindparam("new_customer_id"),
        subscription.c.otc == sa.bindparam("new_otc"),
    )
    _write(connection, sa.delete(subscription).where(*this_one), gone)
    _write(connection, sa.insert(subscription), added)
    licenses: sa.BindParameter[int] = sa.bindparam("new_licenses")
    _write(connection, sa.update(subscription).where(*this_one).values(licenses=licenses), edited)


def _new(row: dict[str, Any]) -> dict[str, Any]:
    """`row` as the parameters of an UPDATE, apart from the columns of the same name."""
    return {f"new_{name}": value for name, value in row.items()}


def _write(connection: sa.Connection, statement: sa.Executable, rows: Rows) -> None:
    """One statement for all `rows`."""
    if rows:
        connection.execute(statement, rows)


def _otc_row(account_id: str, one: Otc) -> dict[str, Any]:
    return one._asdict() | {
        "account_id": account_id,
        "company_key": accentless_key(one.company),
        "purchase_date": one.purchase_date and one.purchase_date.isoformat(),
        "expiry_date": one.expiry_date and one.expiry_date.isoformat(),
    }


def _customer_row(account_id: str, one: Customer) -> dict[str, Any]:
    row = one._asdict()
    return row | {
        "account_id": account_id,
        "customer_id": row.pop("id"),
        "name_key": name_key(one.name),
        "accentless_key": accentless_key(one.name),
        "email_key": None if one.email is None else email_key(one.email),
    }
