"""Blocks of the journal hold every fact of every change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.json import decode
from msgspec.structs import asdict

from importer.base.texts import printable
from importer.domain.entities import Customer, Device, Entity, ManagedBy, Otc, Status, Subscription
from importer.domain.planning.changes import Change
from importer.domain.problems import Place, SheetPlace
from importer.ledger.reading.blocks import JournalLine
from importer.ledger.storage import storage_of
from importer.ledger.writing import apply as writing
from importer.ledger.writing.balances import NetChanges
from importer.ledger.writing.chain import LinesHash
from tiers import examples

TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
MAYBE_TEXT = some.none() | TEXT
NUMBER = some.integers(-(2**40), 2**40)
ID = some.integers(0, 2**40)
DAY = some.none() | some.dates()

KINDS: tuple[some.SearchStrategy[Entity], ...] = (
    some.builds(
        Otc, TEXT, TEXT, TEXT, NUMBER, MAYBE_TEXT, DAY, DAY, MAYBE_TEXT, some.none() | NUMBER
    ),
    some.builds(
        Customer, ID, TEXT, some.sampled_from(ManagedBy), some.sampled_from(Status),
        MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT,
    ),
    some.builds(Subscription, ID, TEXT, NUMBER),
    some.builds(
        Device, ID, TEXT, MAYBE_TEXT, MAYBE_TEXT, DAY, DAY, DAY, DAY, MAYBE_TEXT, MAYBE_TEXT
    ),
)  # fmt: skip
SHEETS = some.builds(SheetPlace, TEXT.map(printable), some.just({}))
CHANGES = some.lists(
    some.builds(
        lambda pair, sheet, row: Change(None, pair[0], pair[1], Place(sheet, row)),
        some.one_of(*(
            some.tuples(before, after)
            for kind in KINDS
            for before, after in ((some.none() | kind, kind), (kind, some.none()))
        )),
        SHEETS, NUMBER,
    ), max_size=5,
)  # fmt: skip


def line(number: int, change: Change) -> list[Any]:
    """The line of a change."""
    storage = storage_of(change.entity)
    images = []
    for entity in (change.before, change.after):
        images.append(entity and json.loads(json.dumps(asdict(entity), default=str)))
    key = storage.key(change.entity)
    return [number, change.place.sheet.name, change.place.row, storage.kind, key, *images]


def check_blocks(account: str, changes: list[Change]) -> None:
    digest = LinesHash(account)
    blocks = list(writing._blocks(changes, digest, NetChanges()))
    lines = [line(number, change) for number, change in enumerate(changes, start=1)]
    assert [(first_line, json.loads(block)) for first_line, block in blocks] == [
        (start + 1, lines[start : start + 2]) for start in range(0, len(lines), 2)
    ]
    stored = [line for _, block in blocks for line in decode(block, type=list[JournalLine])]
    assert [line.line for line in stored] == list(range(1, len(changes) + 1))
    assert [line.entities() for line in stored] == [
        (change.before, change.after) for change in changes
    ]
    hashed = json.dumps(account, ensure_ascii=False)
    hashed += "".join(f"{first_line}{block}" for first_line, block in blocks)
    assert digest.hexdigest() == hashlib.sha256(hashed.encode()).hexdigest()


@pytest.fixture(autouse=True, scope="module")
def _small_blocks() -> Iterator[None]:
    """Two lines in a block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "LINES_OF_A_BLOCK", 2)
        yield


@given(TEXT, CHANGES)
@settings(max_examples=examples(100))
def test_a_block_is_the_json_of_its_lines(account: str, changes: list[Change]) -> None:
    """That text is stored and hashed, whatever the texts in it are."""
    check_blocks(account, changes)


def test_a_letter_that_is_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    named = Change(None, None, Subscription(1, "Peña", 3), Place(SheetPlace("Añadir", {}), 2))
    check_blocks("Peña", [named])
    encode = msgspec.json.encode
    monkeypatch.setattr(writing, "encode", lambda lines: encode(lines).replace("ñ".encode(), b"n"))
    with pytest.raises(AssertionError):
        check_blocks("Peña", [named])
