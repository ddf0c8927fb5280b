"""The journal lines of one customer, of which only the blocks that may have some are parsed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from unittest.mock import Mock

import pytest

from importer.domain.contents import Movement
from importer.domain.entities import Customer, Otc
from importer.ledger.opening import open_ledger
from importer.ledger.reading import blocks
from importer.ledger.reading.contents import AccountView, load_contents
from importer.ledger.reading.journal import load_movements
from importer.ledger.tables import journal_block
from sound_ledger import SoundLedger

pytest_plugins = "filled_ledgers"
pytestmark = pytest.mark.both_engines

CUSTOMERS = range(1, 5)


def owner_of(movement: Movement) -> int | None:
    """The number of the customer that a movement is about."""
    match movement.entity:
        case Otc():
            return None
        case Customer(id=number):
            return number
        case entity:
            return entity.customer


def movements(
    sound: SoundLedger, customer: int | None = None, most: int | None = None
) -> list[Movement]:
    """The movements of the account `default`, or of one of its customers; the newest, or all."""
    with open_ledger(sound.command.ledger).reading() as connection:
        contents = load_contents(AccountView(connection, "default", dt.datetime.min, dt.date.min))
        return load_movements(connection, contents, most, customer)


def assert_none_is_missed(sound: SoundLedger) -> None:
    """Each customer has those of all movements that are about it."""
    everything = movements(sound)
    assert everything
    for customer in CUSTOMERS:
        own = [movement for movement in everything if owner_of(movement) == customer]
        assert movements(sound, customer) == own != []


def escaped(text: str) -> str:
    """A key whose every character is an escape."""
    return "".join(f"\\u{ord(character):04X}" for character in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "digits": lambda key: escaped(key[0]) + key[1:],
    "slashes": lambda key: key.replace("/", "\\/"),
    "slashes by number": lambda key: key.replace("/", "\\u002f"),
    "everything": escaped,
}


def test_no_line_of_a_customer_is_missed(sound: SoundLedger) -> None:
    """Of the customer itself, its licences and its devices, in whatever block they are."""
    assert_none_is_missed(sound)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_line_is_missed_however_its_json_is_spelled(spelling: str, sound: SoundLedger) -> None:
    """This program writes keys as they are; other JSON may have escapes and blanks."""
    expected = {customer: movements(sound, customer) for customer in CUSTOMERS}
    for block in sound.rows(journal_block):
        text = json.dumps(json.loads(block["lines"]), indent=1)
        for _number, _sheet, _row, _kind, key, *_images in json.loads(block["lines"]):
            text = text.replace(f"  {json.dumps(key)},", f'  "{SPELLINGS[spelling](key)}",')
        assert json.loads(text) == json.loads(block["lines"])
        sound.update(journal_block, block, {"lines": text})
    assert {customer: movements(sound, customer) for customer in CUSTOMERS} == expected
    assert_none_is_missed(sound)


def test_the_newest_are_as_they_are_among_all(sound: SoundLedger) -> None:
    """However many: a customer has its name of then, though the line that gave it is not read, and
    though an undo removes the customer before its licences."""
    for customer in (None, *CUSTOMERS):
        everything = movements(sound, customer)
        for most in range(1, len(everything) + 2):
            assert movements(sound, customer, most) == everything[-most:], (customer, most)


def test_blocks_of_older_lines_are_not_parsed(
    sound: SoundLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The history of a ledger grows for ever; the block of the next older line may be."""
    parse = Mock(wraps=blocks._LINES.decode)
    monkeypatch.setattr(blocks, "_LINES", Mock(decode=parse))
    movements(sound, most=4)
    assert parse.call_count <= 4 < len(sound.rows(journal_block)) / 4


def test_blocks_about_others_are_not_parsed(
    sound: SoundLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the export of a customer does not cost as much as that of all."""
    parse = Mock(wraps=blocks._LINES.decode)
    monkeypatch.setattr(blocks, "_LINES", Mock(decode=parse))
    movements(sound)
    blocks_of_all = parse.call_count
    parse.reset_mock()
    movements(sound, 4)
    assert 0 < parse.call_count < blocks_of_all / 2
