"""Commands that read a journal with blocks that the program did not write."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from builders import otc, write_workbook
from importer.ledger.tables import journal_block
from journals import StoredLines, with_lines
from sound_ledger import SoundLedger, StoredRow

pytest_plugins = "filled_ledgers"
pytestmark = pytest.mark.both_engines

READING = [
    ["history", "1"], ["undo", "1"], ["undo", "1", "--check"], ["export", "-o", "x.xlsx"],
    ["export", "--as-of", "1", "-o", "x.xlsx"], ["show", "otcs", "--as-of", "1"],
]  # fmt: skip
"""Commands that read the lines of the first batch."""
OF_CUSTOMER = ["export", "--customer", "Sur", "-o", "sur.xlsx"]
"""The export of a customer reads nothing that concerns only others."""

TEXTS = {
    "nothing": "", "no JSON": "[[1,", "an object": '{"a": 1}', "text": '"x"', "a number": "1",
    "null": "null", "nested without end": "[" * 100_000, "a line that is none": "[null]",
    "an empty line": "[[]]", "text for a line": '["1234567"]',
}  # fmt: skip
FACTS: dict[str, tuple[int, Any]] = {
    "no row": (2, None), "an unknown kind": (3, "pony"), "a kind that is a list": (3, ["otc"]),
    "a key that is no text": (4, 5), "an image that is text": (6, "x"), "no image": (6, None),
    "an image without facts": (6, {}), "an image of another shape": (6, {"id": 1}),
}  # fmt: skip
"""By place in a line, what is put there."""
OF_AN_IMAGE: dict[str, Any] = {
    "email": 5, "company": ["x"], "total": "many", "purchase_date": "yesterday", "runtime": 0.5,
}  # fmt: skip


def first_block(sound: SoundLedger) -> StoredRow:
    """The first block of the first batch: two OTCs."""
    return next(row for row in sound.rows(journal_block) if row["account_id"] == "default")


def assert_damaged(sound: SoundLedger, description: str) -> None:
    """Every command that reads lines says so in one line; the others work as before."""
    for words in READING:
        result = sound.command(*words)
        assert result.exit_code == 4, (description, words, result)
        assert len(result.err.splitlines()) == 1, (description, words, result)
        assert re.match("The ledger is damaged: .* ledger verify$", result.err.strip()), result
    assert not Path("x.xlsx").exists()
    assert "image-broken" in sound.faults(), description
    for words in (["history"], ["show", "otcs"], ["show", "customers"], OF_CUSTOMER):
        assert sound.command(*words).exit_code == 0, (description, words)


def test_a_block_that_is_none_is_named_in_one_line(sound: SoundLedger) -> None:
    """By every command that reads it; `ledger verify`, which it names, lists the fault."""
    block = first_block(sound)
    for description, text in TEXTS.items():
        sound.update(journal_block, block, {"lines": text})
        assert_damaged(sound, description)


@pytest.mark.thorough
def test_a_line_of_another_shape_is_named_in_one_line(sound: SoundLedger) -> None:
    """Even if only a fact of an image is of another type."""
    block = first_block(sound)
    image = json.loads(block["lines"])[0][6]
    facts = FACTS | {
        f"{name} is {fact}": (6, image | {name: fact}) for name, fact in OF_AN_IMAGE.items()
    }
    for description, (place, fact) in facts.items():

        def change(lines: StoredLines, place: int = place, fact: Any = fact) -> StoredLines:
            return [[*lines[0][:place], fact, *lines[0][place + 1 :]], *lines[1:]]

        sound.update(journal_block, block, with_lines(block, change))
        assert_damaged(sound, description)


def test_a_copy_has_a_damaged_block_or_says_why_there_is_none(
    sound: SoundLedger, engine: str
) -> None:
    """A file is copied page by page; rows of a server, one by one, must be a list of lists."""
    block = first_block(sound)
    for text in TEXTS.values():
        sound.update(journal_block, block, {"lines": text})
        result = sound.command("ledger", "backup", "copy.db")
        if engine == "sqlite" or text in ("[[]]", "[[1]]"):
            assert result.exit_code == 0, text
            Path("copy.db").unlink()
        else:
            result.assert_error("The ledger is damaged", "ledger verify", exit_code=4)
            assert not Path("copy.db").exists()


def test_a_damaged_journal_stops_no_import(sound: SoundLedger, tmp_path: Path) -> None:
    """What is applied depends on the tables alone."""
    block = first_block(sound)
    sound.update(journal_block, block, {"lines": "{"})
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc("ZZZZZ-11111-22222-33333")])])
    for words in (["check", path], ["apply", path], ["undo", "6"]):
        assert sound.command(*words).exit_code == 0, words
