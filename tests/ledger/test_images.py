"""Journal lines and images are the JSON that they were when json.dumps made them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from importer.domain.entities import Customer, Device, Entity, ManagedBy, Otc, Status, Subscription
from importer.ledger import storage, tables
from importer.ledger.storage import entity_of, image_of, storage_of
from importer.ledger.writing.chain import LINE, LinesHash, hash_of_lines

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


def by_json(entity: Entity) -> str:
    """The image as it was first defined."""
    return json.dumps(
        entity._asdict(), default=dt.date.isoformat, ensure_ascii=False, separators=(",", ":")
    )


def hash_by_json(account: str, lines: list[tuple[Any, ...]]) -> str:
    """The hash of lines as it was first defined."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(json.dumps((account, *line), ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def check_image(entity: Entity) -> None:
    """The image is the JSON of the facts, and the entity comes back from it."""
    image = image_of(entity)
    assert image == by_json(entity)
    assert entity_of(storage_of(entity).kind, image) == entity


def check_hash(account: str, lines: list[Any]) -> None:
    """The hash is that of the lines' JSON, all at once or one after the other."""
    right = hash_by_json(account, lines)
    assert hash_of_lines(account, [dict(zip(LINE, line, strict=True)) for line in lines]) == right
    digest = LinesHash(account)
    for line in lines:
        digest.add(*line)
    assert digest.hexdigest() == right


@given(ENTITIES)
def test_an_image_is_the_json_of_its_facts(entity: Entity) -> None:
    """Whatever the texts hold."""
    check_image(entity)


@given(TEXT, LINES)
def test_the_hash_of_lines_is_that_of_their_json(account: str, lines: list[Any]) -> None:
    """As ledgers of every version have it."""
    check_hash(account, lines)


@pytest.mark.parametrize("quote", [ascii, repr, json.dumps])
def test_another_way_to_quote_is_found(quote: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each of these differs for a text that people type."""
    check_image(Subscription(1, "Peña", 3))
    check_hash("Peña", [])
    monkeypatch.setattr(storage, "quoted", quote)
    otherwise = storage._storage(Subscription, tables.subscription,
                                 renamed={"customer": "customer_id"})  # fmt: skip
    monkeypatch.setitem(storage._BY_TYPE, Subscription, otherwise)
    monkeypatch.setattr("importer.ledger.writing.chain.quoted", quote)
    with pytest.raises(AssertionError):
        check_image(Subscription(1, "Peña", 3))
    with pytest.raises(AssertionError):
        check_hash("Peña", [(1, "Add OTC", 2, "otc", "Peña", None, "{}")])
