"""Images and hashes of journal lines, compared with those that json.dumps gives."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from importer.domain.entities import Customer, Device, Entity, ManagedBy, Otc, Status, Subscription
from importer.ledger import storage, tables
from importer.ledger.storage import entity_of, image_of, storage_of
from importer.ledger.writing.chain import LINE, LinesHash, hash_of_lines
from tiers import examples

TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
MAYBE_TEXT = some.none() | TEXT
NUMBER = some.integers(-(2**40), 2**40)
DAY = some.none() | some.dates()

ENTITIES: some.SearchStrategy[Entity] = some.one_of(
    some.builds(
        Otc, TEXT, TEXT, TEXT, NUMBER, MAYBE_TEXT, DAY, DAY, MAYBE_TEXT, some.none() | NUMBER
    ),
    some.builds(
        Customer, NUMBER, TEXT, some.sampled_from(ManagedBy), some.sampled_from(Status),
        MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT,
    ),
    some.builds(Subscription, NUMBER, TEXT, NUMBER),
    some.builds(
        Device, NUMBER, TEXT, MAYBE_TEXT, MAYBE_TEXT, DAY, DAY, DAY, DAY, MAYBE_TEXT, MAYBE_TEXT
    ),
)  # fmt: skip
LINES = some.lists(
    some.tuples(NUMBER, TEXT, NUMBER, TEXT, TEXT, MAYBE_TEXT, MAYBE_TEXT), max_size=5
)


def check_image(entity: Entity) -> None:
    image = image_of(entity)
    assert image == json.dumps(
        entity._asdict(), default=dt.date.isoformat, ensure_ascii=False, separators=(",", ":")
    )
    assert entity_of(storage_of(entity).kind, image) == entity


def check_hash(account: str, lines: list[Any]) -> None:
    """Of all lines at once, and of one after the other."""
    expected = hashlib.sha256()
    digest = LinesHash(account)
    for line in lines:
        expected.update(json.dumps((account, *line), ensure_ascii=False).encode() + b"\n")
        digest.add(*line)
    assert digest.hexdigest() == expected.hexdigest()
    rows = [dict(zip(LINE, line, strict=True)) for line in lines]
    assert hash_of_lines(account, rows) == expected.hexdigest()


@given(ENTITIES)
@settings(max_examples=examples(100))
def test_an_image_is_the_json_of_its_facts(entity: Entity) -> None:
    """And the entity is read back from it, whatever the texts are."""
    check_image(entity)


@given(TEXT, LINES)
@settings(max_examples=examples(100))
def test_the_hash_of_lines_is_that_of_their_json(account: str, lines: list[Any]) -> None:
    """As in ledgers of every version."""
    check_hash(account, lines)


@pytest.mark.parametrize("quote", [ascii, repr, json.dumps])
def test_another_way_to_quote_is_found(quote: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each of these differs for a text that people type."""
    check_image(Subscription(1, "Peña", 3))
    check_hash("Peña", [])
    monkeypatch.setattr(storage, "quoted", quote)
    changed = storage._storage(
        Subscription, tables.subscription, renamed={"customer": "customer_id"}
    )
    monkeypatch.setitem(storage._BY_TYPE, Subscription, changed)
    monkeypatch.setattr("importer.ledger.writing.chain.quoted", quote)
    with pytest.raises(AssertionError):
        check_image(Subscription(1, "Peña", 3))
    with pytest.raises(AssertionError):
        check_hash("Peña", [(1, "Add OTC", 2, "otc", "Peña", None, "{}")])
