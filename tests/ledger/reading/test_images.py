"""Images and blocks of the journal, compared with what json.dumps gives."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from importer.domain.entities import Customer, Device, Entity, ManagedBy, Otc, Status, Subscription
from importer.domain.planning.changes import Change
from importer.domain.problems import Place, SheetPlace
from importer.ledger import storage, tables
from importer.ledger.reading.blocks import line_of
from importer.ledger.storage import entity_of, image_of, storage_of
from importer.ledger.writing import apply as writing
from importer.ledger.writing.balances import NetChanges
from importer.ledger.writing.chain import LinesHash
from tiers import examples

TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
MAYBE_TEXT = some.none() | TEXT
NUMBER = some.integers(-(2**40), 2**40)
ID = some.integers(0, 2**40)
DAY = some.none() | some.dates()

ENTITIES: some.SearchStrategy[Entity] = some.one_of(
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
SHEETS = some.builds(SheetPlace, TEXT, some.just({}))
CHANGES = some.lists(
    some.builds(
        lambda pair, sheet, row: Change(None, pair[0], pair[1], Place(sheet, row)),
        some.tuples(some.none() | ENTITIES, ENTITIES) | some.tuples(ENTITIES, some.none()),
        SHEETS, NUMBER,
    ), max_size=5,
)  # fmt: skip


def in_json(document: Any) -> str:
    return json.dumps(
        document, default=dt.date.isoformat, ensure_ascii=False, separators=(",", ":")
    )  # fmt: skip


def check_image(entity: Entity) -> None:
    image = image_of(entity)
    assert image == in_json(entity._asdict())
    assert entity_of(storage_of(entity).kind, json.loads(image)) == entity


def line_text(number: int, change: Change) -> str:
    """The line of a change as json.dumps gives it."""
    kind, key = storage_of(change.entity).kind, storage_of(change.entity).key(change.entity)
    images = [entity and entity._asdict() for entity in (change.before, change.after)]
    line = [number, change.place.sheet.name, change.place.row, kind, key, *images]
    text = in_json(line)
    assert line_of(json.loads(text))[:5] == tuple(line[:5])
    return text


def check_blocks(account: str, changes: list[Change]) -> None:
    digest = LinesHash(account)
    blocks = list(writing._blocks(changes, {}, digest, NetChanges()))
    lines = [line_text(number, change) for number, change in enumerate(changes, start=1)]
    assert blocks == [
        (start + 1, "[" + ",\n".join(lines[start : start + 2]) + "]")
        for start in range(0, len(lines), 2)
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


@given(ENTITIES)
@settings(max_examples=examples(100))
def test_an_image_is_the_json_of_its_facts(entity: Entity) -> None:
    """And the entity is read back from it, whatever the texts are."""
    check_image(entity)


@given(TEXT, CHANGES)
@settings(max_examples=examples(100))
def test_a_block_is_the_json_of_its_lines(account: str, changes: list[Change]) -> None:
    """That text is stored and hashed, whatever the texts in it are."""
    check_blocks(account, changes)


NAMED = Change(None, None, Subscription(1, "Peña", 3), Place(SheetPlace("Añadir", {}), 2))


@pytest.mark.parametrize("quote", [ascii, repr, json.dumps])
def test_another_way_to_quote_is_found(quote: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each of these differs for a text that people type."""
    check_image(Subscription(1, "Peña", 3))
    check_blocks("Peña", [NAMED])
    monkeypatch.setattr(storage, "quoted", quote)
    changed = storage._storage(
        Subscription, tables.subscription, renamed={"customer": "customer_id"}
    )
    monkeypatch.setitem(storage._BY_TYPE, Subscription, changed)
    monkeypatch.setattr(writing, "quoted", quote)
    with pytest.raises(AssertionError):
        check_image(Subscription(1, "Peña", 3))
    with pytest.raises(AssertionError):
        check_blocks("Peña", [NAMED])
