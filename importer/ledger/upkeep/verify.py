"""Proves a ledger: everything that it holds is derived again from the journal and compared.

A fault is a value, not an exception; each has a code for scripts (docs/ledger.md), the key of what
it concerns and a sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from importer.base.progress import NoProgress, Progress
from importer.base.texts import N_, text
from importer.domain.entities import Customer, Device, Entity, ManagedBy, Otc, Subscription
from importer.domain.invariants import State, violations
from importer.domain.problems import Code
from importer.domain.rules.verdict import display_value
from importer.ledger.storage import STORAGE, entity_of, storage_of
from importer.ledger.tables import account, batch, journal, otc
from importer.ledger.upkeep.soundness import Fault, engine_faults
from importer.ledger.writing.chain import hash_of_batch, hash_of_lines

SHOWN = 1000
"""How many faults of one kind are listed; a ledger with more is known to be broken."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found: how many batches there are, the hash of the last, and what is wrong."""

    batches: int
    head: str
    faults: list[Fault]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


Images = dict[tuple[str, str], Entity | None]
Row = sa.RowMapping | Mapping[str, Any]


def verify(
    connection: sa.Connection,
    account_id: str,
    expect_head: str | None = None,
    progress: Progress | None = None,
) -> Proof:
    """Prove the account's part of the ledger, and the whole database as far as its engine can.

    `expect_head` is the hash of a batch that must be there: an export prints it.
    """
    progress = progress or NoProgress()
    progress.stage(text(N_("Checking the database")))
    damage = _some(engine_faults(connection))
    try:
        proof = _derived(connection, account_id, expect_head, progress)
    except Exception:
        if not damage:
            raise
        return Proof(0, "", damage)  # a damaged database may give values of any kind
    return Proof(proof.batches, proof.head, damage + proof.faults)


def _derived(
    connection: sa.Connection, account_id: str, expect_head: str | None, progress: Progress
) -> Proof:  # fmt: skip
    """What comes of deriving everything again."""
    faults: list[Fault] = []
    query = sa.select(batch).where(batch.c.account_id == account_id).order_by(batch.c.batch)
    batches = connection.execute(query).mappings().all()
    tick = progress.stage(text(N_("Checking the batches")), len(batches))
    images: Images = {}
    head = ""
    for expected, one in enumerate(batches, start=1):
        lines = _lines(connection, account_id, one["entry"])
        faults += _some(_batch_faults(one, lines, expected, head))
        faults += _some(_image_faults(lines, one["batch"], images))
        head = one["hash"]
        tick()
    faults += _some(_stray_lines(connection, account_id))
    faults += _some(_account_faults(connection, account_id, len(batches), head, images))
    progress.stage(text(N_("Checking the balances")))
    state: list[Entity] = []
    faults += _some(_table_faults(connection, account_id, images, state))
    faults += _some(_rule_faults(state))
    faults += _some(_balance_faults(connection, account_id, images, state))
    # Before the first batch the hash is empty, and so is that of an export made then.
    if expect_head and expect_head not in {one["hash"] for one in batches}:
        faults.append(_head_missing(expect_head))
    return Proof(len(batches), head, faults)


def _some(found: Iterator[Fault]) -> list[Fault]:
    """The first of them; all are looked for, since what is derived on the way is needed."""
    kept: list[Fault] = []
    for fault in found:
        if len(kept) < SHOWN:
            kept.append(fault)
    return kept


# The chain


def _lines(connection: sa.Connection, account_id: str, entry: int) -> Sequence[Row]:
    query = (
        sa.select(journal)
        .where(journal.c.account_id == account_id, journal.c.entry == entry)
        .order_by(journal.c.line)
    )
    return connection.execute(query).mappings().all()


def _batch_faults(one: Row, lines: Sequence[Row], expected: int, head: str) -> Iterator[Fault]:
    number = one["batch"]
    if number != expected:
        message = text(N_("Batch {expected} should be next, but it is {number}."),
                       expected=expected, number=number)  # fmt: skip
        yield Fault("batch-missing", str(number), message)
    if one["previous_hash"] != head:
        message = text(N_("Batch {number} does not follow on the batch before it."), number=number)
        yield Fault("chain-broken", str(number), message)
    if hash_of_lines(one["account_id"], lines) != one["lines_hash"]:
        message = text(N_("The journal lines of batch {number} are not those that were written."),
                       number=number)  # fmt: skip
        yield Fault("lines-changed", str(number), message)
    if hash_of_batch(one) != one["hash"]:
        message = text(N_("Batch {number} is not as it was written."), number=number)
        yield Fault("batch-changed", str(number), message)


def _image_faults(lines: Sequence[Row], number: int, images: Images) -> Iterator[Fault]:
    """What each line says was before must be what the lines before it left."""
    for line in lines:
        key = (line["kind"], line["key"])
        place = f"{number}/{line['line']}"
        try:
            before, after = (entity_of(line["kind"], line[name]) for name in ("before", "after"))
            broken = any(
                one is not None and not (_is_whole(one) and _kind_and_key(one) == key)
                for one in (before, after)
            )
        except (KeyError, RecursionError, TypeError, ValueError):
            broken = True
        if broken:
            message = text(N_("Line {line} of batch {number} holds no image of what it names."),
                           line=line["line"], number=number)  # fmt: skip
            yield Fault("image-broken", place, message)
            continue
        if before != images.get(key):
            message = text(N_("Line {line} of batch {number} does not begin where {kind} {key} "
                              "was left."), line=line["line"], number=number, kind=key[0],
                           key=key[1])  # fmt: skip
            yield Fault("images-apart", place, message)
        images[key] = after


def _kind_and_key(entity: Entity) -> tuple[str, str]:
    storage = storage_of(entity)
    return storage.kind, storage.key(entity)


def _is_whole(entity: Entity) -> bool:
    """Whether each of its facts is of its type; an image may have been given any."""
    return all(map(isinstance, entity, storage_of(entity).types))


def _stray_lines(connection: sa.Connection, account_id: str) -> Iterator[Fault]:
    """Journal lines of no batch."""
    query = (
        sa.select(journal.c.entry, sa.func.count())
        .outerjoin(
            batch,
            sa.and_(batch.c.account_id == journal.c.account_id, batch.c.entry == journal.c.entry),
        )
        .where(journal.c.account_id == account_id, batch.c.batch.is_(None))
        .group_by(journal.c.entry)
        .order_by(journal.c.entry)
    )
    for entry, count in connection.execute(query):
        message = text(N_("{count} journal lines (entry {entry}) belong to no batch."),
                       count=count, entry=entry)  # fmt: skip
        yield Fault("lines-stray", str(entry), message)


def _account_faults(
    connection: sa.Connection, account_id: str, batches: int, head: str, images: Images
) -> Iterator[Fault]:
    query = sa.select(account).where(account.c.account_id == account_id)
    ours = connection.execute(query).one_or_none()
    stated = (ours.last_batch, ours.head) if ours else (0, "")
    if stated != (batches, head):
        message = text(N_("The last batch is {number}; the account says {stated}, or has another "
                          "hash."), number=batches, stated=stated[0])  # fmt: skip
        yield Fault("head-wrong", account_id, message)
    known = [int(key) for kind, key in images if kind == "customer" and key.isdecimal()]
    last = sa.select(sa.func.max(journal.c.entry)).where(journal.c.account_id == account_id)
    entries = connection.scalar(last) or 0
    if ours and (ours.last_customer < max(known, default=0) or ours.last_entry < entries):
        message = text(N_("The account's counters are behind what was written."))
        yield Fault("counter-wrong", account_id, message)


def _head_missing(expected: str) -> Fault:
    message = text(N_("No batch has the hash {head}: the ledger has lost batches since that hash "
                      "was noted, or this is another ledger."), head=expected)  # fmt: skip
    return Fault("head-missing", expected, message)


# The balances


def _table_faults(
    connection: sa.Connection, account_id: str, images: Images, state: list[Entity]
) -> Iterator[Fault]:
    """Each row must be what its last image says, and each last image must have its row.

    `state` gets the entities of the rows.
    """
    left = {key: entity for key, entity in images.items() if entity is not None}
    for kind, storage in STORAGE.items():
        query = sa.select(storage.table).where(storage.table.c.account_id == account_id)
        for row in connection.execute(query).mappings():
            key = storage.key_of_row(row)
            entity = left.pop((kind, key), None)
            faults = list(_row_faults(kind, key, row, entity))
            state.append(_entity_of_row(kind, row) if faults or entity is None else entity)
            yield from faults
    for kind, key in left:
        message = text(N_("{kind} {key} is in the journal but not in the ledger."),
                       kind=kind, key=key)  # fmt: skip
        yield Fault("balance-missing", key, message)


def _row_faults(kind: str, key: str, row: Row, entity: Entity | None) -> Iterator[Fault]:
    if entity is None:
        message = text(N_("{kind} {key} is in the ledger but not in the journal."),
                       kind=kind, key=key)  # fmt: skip
        yield Fault("balance-unknown", key, message)
        return
    for name, right in storage_of(entity).row(entity).items():
        if row[name] != right:
            message = text(N_("{kind} {key}: {fact} is {stated}, but the journal says {right}."),
                           kind=kind, key=key, fact=name, stated=display_value(row[name]),
                           right=display_value(right))  # fmt: skip
            yield Fault("balance-wrong", key, message)


def _entity_of_row(kind: str, row: Row) -> Entity:
    """What the invariants look at, whatever else a wrong row holds."""
    match kind:
        case "otc":
            return Otc(row["code"], "", "", row["total"])
        case "customer":
            itself = row["managed_by"] == ManagedBy.CUSTOMER
            manager = ManagedBy.CUSTOMER if itself else ManagedBy.ADMIN
            return Customer(row["customer_id"], row["name"], manager, email=row["email"])
        case "subscription":
            return Subscription(row["customer_id"], row["otc"], row["licenses"])
    return Device(row["customer_id"], row["device_id"])


def _rule_faults(state: Iterable[Entity]) -> Iterator[Fault]:
    """The tables must keep the rules that every ledger keeps."""
    for violation in violations(State(state, {})):
        entity, message = violation.entities[0], violation.message
        key = storage_of(entity).key(entity)
        match violation.code:
            case Code.OVERALLOCATION:
                yield Fault("used-wrong", key, message)
            case Code.UNKNOWN_OTC | Code.UNKNOWN_CUSTOMER:
                yield Fault("reference-broken", key, message)
            case _:
                yield Fault("rule-broken", key, message)


def _balance_faults(
    connection: sa.Connection, account_id: str, images: Images, state: Iterable[Entity]
) -> Iterator[Fault]:
    """The used licences of each OTC must be the sum of its subscriptions: rows and images."""
    by_rows, by_images = _used(state), _used(images.values())
    query = sa.select(otc.c.code, otc.c.used).where(otc.c.account_id == account_id)
    for code, used in connection.execute(query.order_by(otc.c.code)):
        if not used == by_rows[code] == by_images[code]:
            message = text(N_("OTC {otc}: the ledger says that {used} licences are used; its "
                              "subscriptions hold {held}, by the journal {journal}."),
                           otc=code, used=used, held=by_rows[code],
                           journal=by_images[code])  # fmt: skip
            yield Fault("used-wrong", code, message)


def _used(entities: Iterable[Entity | None]) -> Counter[str]:
    used: Counter[str] = Counter()
    for entity in entities:
        if isinstance(entity, Subscription):
            used[entity.otc] += entity.licenses
    return used
