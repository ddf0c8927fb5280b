"""Verify a ledger: derive everything from the journal again, and compare.

docs/ledger.md lists the codes of faults.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from msgspec import MsgspecError, Raw
from msgspec.json import decode

from importer.base.errors import LedgerError
from importer.base.progress import NoProgress, Progress
from importer.base.texts import N_, text
from importer.domain.entities import Customer, Device, Entity, ManagedBy, Otc, Subscription
from importer.domain.invariants import State, violations
from importer.domain.problems import Code
from importer.domain.rules.verdict import display_value
from importer.ledger.reading.blocks import Block, JournalLine, journal_blocks
from importer.ledger.storage import STORAGE, storage_of
from importer.ledger.tables import account, batch, journal_block, otc
from importer.ledger.upkeep.schema import schema_faults
from importer.ledger.upkeep.soundness import Fault, engine_faults, fault
from importer.ledger.writing.chain import LinesHash, hash_of_batch

SHOWN = 1000
"""The most faults listed of each check."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The result: the number of batches, the hash of the last one, and the faults."""

    batches: int
    head: str
    faults: list[Fault]

    @property
    def ok(self) -> bool:
        """Whether there are no faults."""
        return not self.faults


Images = dict[tuple[str, str], Entity | None]
Row = sa.RowMapping | Mapping[str, Any]


def verify(
    connection: sa.Connection, account_id: str, heads: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Proof:  # fmt: skip
    """Check the account's part of the ledger, and the whole database as far as its engine can.

    `heads` are hashes of batches that must exist, by where they were noted: an export shows one.
    """
    progress = progress or NoProgress()
    progress.stage(text(N_("Checking the database")))
    damage = _some(engine_faults(connection))
    try:
        damage += _some(schema_faults(connection))
        proof = _derived(connection, account_id, heads or {}, progress)
    except Exception:
        if not damage:
            raise
        return Proof(0, "", damage)  # a damaged database may give values of any kind
    return Proof(proof.batches, proof.head, damage + proof.faults)


def _derived(
    connection: sa.Connection, account_id: str, heads: Mapping[str, str], progress: Progress
) -> Proof:  # fmt: skip
    faults: list[Fault] = []
    query = sa.select(batch).where(batch.c.account_id == account_id).order_by(batch.c.batch)
    batches = connection.execute(query).mappings().all()
    tick = progress.stage(text(N_("Checking the batches")), len(batches))
    blocks = groupby(journal_blocks(connection, account_id), attrgetter("batch"))
    number, of_batch = next(blocks, _NO_MORE)
    images: Images = {}
    head = ""
    for expected, row in enumerate(batches, start=1):
        digest = LinesHash(account_id)
        lines = _lines(of_batch if number == row["batch"] else (), digest)
        faults += _some(_image_faults(lines, row["batch"], images))
        faults += _some(_batch_faults(row, digest.hexdigest(), expected, head))
        head = row["hash"]
        if number == row["batch"]:
            number, of_batch = next(blocks, _NO_MORE)
        tick()
    faults += _some(_stray_lines(connection, account_id))
    faults += _some(_account_faults(connection, account_id, len(batches), head, images))
    progress.stage(text(N_("Checking the balances")))
    state: list[Entity] = []
    faults += _some(_table_faults(connection, account_id, images, state))
    faults += _some(_rule_faults(state))
    faults += _some(_balance_faults(connection, account_id, images, state))
    # Before the first batch the hash is empty, and so is that of an export made then.
    known = {"", *(row["hash"] for row in batches)}
    for source, noted in heads.items():
        if noted not in known:
            message = N_("{source}: no batch has the hash {head}. Either the ledger has lost "
                         "batches since it was noted, or this is another ledger.")  # fmt: skip
            faults.append(fault("head-missing", noted, message, source=source, head=noted))
    return Proof(len(batches), head, faults)


_NO_MORE: tuple[int | None, Iterable[Block]] = (None, ())


def _lines(blocks: Iterable[Block], digest: LinesHash) -> Iterator[Raw]:
    """What the blocks of a batch have for lines, and nothing for a block that has none.

    All blocks are hashed.
    """
    for block in blocks:
        digest.add(block.first_line, block.lines)
        try:
            lines = decode(block.lines, type=list[Raw])
        except (MsgspecError, RecursionError):
            lines = []
        yield from lines or [Raw()]


def _some(faults: Iterator[Fault]) -> list[Fault]:
    """The first faults of a check, which goes on to its end for what it derives for others."""
    shown = list(islice(faults, SHOWN))
    deque(faults, maxlen=0)
    return shown


def _batch_faults(row: Row, lines_hash: str, expected: int, head: str) -> Iterator[Fault]:
    number = row["batch"]
    key = str(number)
    if number != expected:
        message = N_("Batch {number} was found where batch {expected} should be.")
        yield fault("batch-missing", key, message, expected=expected, number=number)
    if row["previous_hash"] != head:
        message = N_("Batch {number} does not follow on from the batch before it.")
        yield fault("chain-broken", key, message, number=number)
    if lines_hash != row["lines_hash"]:
        message = N_("The journal lines of batch {number} have changed.")
        yield fault("lines-changed", key, message, number=number)
    if hash_of_batch(row) != row["hash"]:
        yield fault("batch-changed", key, N_("Batch {number} has changed."), number=number)


def _image_faults(lines: Iterable[Raw], number: int, images: Images) -> Iterator[Fault]:
    """Each line's image before must be the last image after of the same entity."""
    for count, raw in enumerate(lines, start=1):
        place = f"{number}/{count}"
        try:
            line = decode(raw, type=JournalLine)
            before, after = both = line.entities()
            keys = {storage_of(entity).key(entity) for entity in both if entity is not None}
            if line.line != count or keys != {line.key}:
                raise ValueError(raw)
        except (LedgerError, MsgspecError, RecursionError, ValueError):
            message = N_("Line {line} of batch {number} is not a valid line of the journal.")
            yield fault("image-broken", place, message, line=count, number=number)
            continue
        kind, key = line.kind, line.key
        if before != images.get((kind, key)):
            message = N_("Line {line} of batch {number} does not start from the last image of "
                         "{kind} {key}.")  # fmt: skip
            yield fault("images-apart", place, message, line=count, number=number, kind=kind,
                        key=key)  # fmt: skip
        images[kind, key] = after


def _stray_lines(connection: sa.Connection, account_id: str) -> Iterator[Fault]:
    entry, own = journal_block.c.entry, batch.c.account_id == journal_block.c.account_id
    query = (
        sa.select(entry, sa.func.count())
        .outerjoin(batch, sa.and_(own, batch.c.entry == entry))
        .where(journal_block.c.account_id == account_id, batch.c.batch.is_(None))
    )
    for number, count in connection.execute(query.group_by(entry).order_by(entry)):
        message = N_(
            "The journal has blocks of lines that belong to no batch (entry {entry}): {count}."
        )
        yield fault("lines-stray", str(number), message, count=count, entry=number)


def _account_faults(
    connection: sa.Connection, account_id: str, batches: int, head: str, images: Images
) -> Iterator[Fault]:
    query = sa.select(account).where(account.c.account_id == account_id)
    row = connection.execute(query).one_or_none()
    stated = (row.last_batch, row.head) if row else (0, "")
    if stated != (batches, head):
        message = N_("The last batch is {number}, but the account names batch {stated} or another "
                     "hash as its last.")  # fmt: skip
        yield fault("head-wrong", account_id, message, number=batches, stated=stated[0])
    known = [int(key) for kind, key in images if kind == "customer" and key.isdecimal()]
    last = sa.select(sa.func.max(journal_block.c.entry)).where(
        journal_block.c.account_id == account_id
    )
    entries = connection.scalar(last) or 0
    if row and (row.last_customer < max(known, default=0) or row.last_entry < entries):
        message = N_("The account's counters are lower than the numbers already used.")
        yield fault("counter-wrong", account_id, message)


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
        message = N_("{kind} {key} is in the journal but not in the ledger.")
        yield fault("balance-missing", key, message, kind=kind, key=key)


def _row_faults(kind: str, key: str, row: Row, entity: Entity | None) -> Iterator[Fault]:
    if entity is None:
        message = N_("{kind} {key} is in the ledger but not in the journal.")
        yield fault("balance-unknown", key, message, kind=kind, key=key)
        return
    for name, right in storage_of(entity).row(entity).items():
        if row[name] != right:
            message = N_("{kind} {key}: {fact} is {stated}, but the journal says {right}.")
            yield fault("balance-wrong", key, message, kind=kind, key=key, fact=name,
                        stated=display_value(row[name]), right=display_value(right))  # fmt: skip


def _entity_of_row(kind: str, row: Row) -> Entity:
    """The facts that the invariants look at, whatever else a wrong row holds."""
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
            message = N_("OTC {otc}: the ledger states {used} used licences, but its "
                         "subscriptions add up to {rows}, and to {images} by the "
                         "journal.")  # fmt: skip
            yield fault("used-wrong", code, message, otc=code, used=used, rows=by_rows[code],
                        images=by_images[code])  # fmt: skip


def _used(entities: Iterable[Entity | None]) -> Counter[str]:
    used: Counter[str] = Counter()
    for entity in entities:
        if isinstance(entity, Subscription):
            used[entity.otc] += entity.licenses
    return used
