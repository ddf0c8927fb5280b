"""`ledger verify` in a ledger whose journal has other lines than the program wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from importer.ledger.tables import account, batch, journal_block
from importer.ledger.writing.chain import hash_of_batch
from journals import StoredLines, hash_of_blocks, with_lines
from sound_ledger import SoundLedger, StoredRow

pytest_plugins = "filled_ledgers"
pytestmark = [pytest.mark.both_engines, pytest.mark.thorough]


def compute_hashes(sound: SoundLedger) -> None:
    """Do what somebody does who hides a change: compute every hash of `default` again."""
    head = ""
    blocks = sound.rows(journal_block)
    for row in sound.rows(batch):
        if row["account_id"] == "default":
            own = [b for b in blocks if b["account_id"] == "default" and b["entry"] == row["entry"]]
            row |= {"lines_hash": hash_of_blocks("default", own), "previous_hash": head}
            head = hash_of_batch(row)
            sound.update(batch, row, row | {"hash": head})
    sound.update(account, {"account_id": "default"}, {"head": head})


def first_blocks(sound: SoundLedger) -> list[StoredRow]:
    """The blocks of the first batch of `default`, of two lines each."""
    blocks = [
        block for block in sound.rows(journal_block)
        if block["account_id"] == "default" and block["entry"] == 1
    ]  # fmt: skip
    assert [block["first_line"] for block in blocks] == list(range(1, 2 * len(blocks), 2))
    assert len(blocks) > 3
    return blocks


def edited(lines: StoredLines, place: int, value: Any) -> StoredLines:
    """The lines with another fact in the first of them."""
    [first, *others] = lines
    return [[*first[:place], value, *first[place + 1 :]], *others]


WITHIN_RULES: dict[str, Callable[[StoredLines], StoredLines]] = {
    "another sheet": lambda lines: edited(lines, 1, "Edit OTC"),
    "another row": lambda lines: edited(lines, 2, 99),
}
"""Changes that contradict nothing: only a hash tells, and if all are computed anew, a noted one."""

AGAINST_RULES: dict[str, Callable[[StoredLines], StoredLines]] = {
    "no first line": lambda lines: lines[1:],
    "no last line": lambda lines: lines[:-1],
    "no lines": lambda lines: [],
    "a line twice": lambda lines: [*lines, lines[-1]],
    "one more line": lambda lines: [*lines, [3, *lines[-1][1:]]],
    "another order": lambda lines: lines[::-1],
    "numbers that changed places": lambda lines: [
        [2, *lines[0][1:]], [1, *lines[1][1:]]
    ],
    "another number": lambda lines: edited(lines, 0, 7),
    "half a number": lambda lines: edited(lines, 0, 1.0),
    "no number": lambda lines: edited(lines, 0, None),
    "a sheet that is no text": lambda lines: edited(lines, 1, 5),
    "a row that is no number": lambda lines: edited(lines, 2, "2"),
    "a row that is true": lambda lines: edited(lines, 2, True),
    "an unknown kind": lambda lines: edited(lines, 3, "pony"),
    "another kind": lambda lines: edited(lines, 3, "customer"),
    "a kind that is a list": lambda lines: edited(lines, 3, []),
    "another key": lambda lines: edited(lines, 4, "ZZZZZ-11111-22222-33333"),
    "a key that is no text": lambda lines: edited(lines, 4, {}),
    "an image before": lambda lines: edited(lines, 5, lines[0][6]),
    "an image before of nothing": lambda lines: edited(lines, 5, {}),
    "no image": lambda lines: edited(lines, 6, None),
    "an image that is a list": lambda lines: edited(lines, 6, list(lines[0][6])),
    "another fact": lambda lines: edited(lines, 6, lines[0][6] | {"company": "Other"}),
    "a fact of another type": lambda lines: edited(lines, 6, lines[0][6] | {"company": 5}),
    "a fact too many": lambda lines: edited(lines, 6, lines[0][6] | {"colour": "red"}),
    "one more image": lambda lines: [lines[0], [*lines[1], None]],
    "a line that is an object": lambda lines: [dict.fromkeys("abcdefg"), *lines[1:]],
    "a line that is text": lambda lines: ["1234567", *lines[1:]],
    "a line that is nothing": lambda lines: [None, *lines[1:]],
}  # fmt: skip
TEXTS = {
    "nothing": "", "a blank": " ", "no JSON": "[[1,", "an object": "{}", "text": '"x"',
    "a number": "1", "null": "null", "an empty list": "[]", "nested without end": "[" * 100_000,
    "a number without end": f"[[{'9' * 5000}]]", "no number": "[NaN]",
}  # fmt: skip
"""What is no block of lines."""


def tampered(sound: SoundLedger, block: StoredRow, lines: str) -> Iterator[list[str]]:
    """The faults where a block has other text: with the hashes as they were, and computed again."""
    assert lines != block["lines"]
    sound.update(journal_block, block, {"lines": lines})
    yield sound.faults()
    compute_hashes(sound)
    yield sound.faults()
    sound.update(journal_block, block, block)
    compute_hashes(sound)
    assert sound.faults() == []


def test_a_line_that_contradicts_others_is_found_whatever_the_hashes_say(
    sound: SoundLedger,
) -> None:
    """A line changed, removed, added, moved, renumbered, or in another shape: first by the hash of
    the batch, and by the lines themselves once every hash is computed again."""
    block = first_blocks(sound)[0]
    for description, change in AGAINST_RULES.items():
        with_hashes, without = tampered(sound, block, with_lines(block, change)["lines"])
        assert "lines-changed" in with_hashes, description
        assert "lines-changed" not in without, description
        assert set(without) & {"image-broken", "images-apart", "balance-wrong"}, description


def test_a_line_that_contradicts_nothing_is_found_by_its_hash(sound: SoundLedger) -> None:
    """Where all hashes are computed again, by a hash that was noted before."""
    head = sound.command("history", "--json").json[-1]["hash"]
    block = first_blocks(sound)[0]
    for description, change in WITHIN_RULES.items():
        lines = with_lines(block, change)["lines"]
        assert [*tampered(sound, block, lines)] == [["lines-changed"], []], description
    sound.update(journal_block, block, {"lines": lines})
    compute_hashes(sound)
    assert sound.faults("default", "--expect-head", head) == ["head-missing"]


def test_other_text_for_the_same_lines_is_found(sound: SoundLedger) -> None:
    """Not one blank may change: what is stored is what was hashed."""
    block = first_blocks(sound)[0]
    lines = json.loads(block["lines"])
    for text in (
        json.dumps(lines), json.dumps(lines, indent=1), f" {block['lines']}",
        block["lines"].replace("Add", "\\u0041dd"),
    ):  # fmt: skip
        assert [*tampered(sound, block, text)] == [["lines-changed"], []], text


def test_a_block_that_has_no_lines_is_found(sound: SoundLedger) -> None:
    """As a list of faults, which names the place where its first line should be."""
    block = first_blocks(sound)[1]
    for description, text in TEXTS.items():
        for faults in tampered(sound, block, text):
            assert "image-broken" in faults, description
    sound.update(journal_block, block, {"lines": "{}"})
    proof = sound.command("ledger", "verify", "--json").json
    broken = [fault["key"] for fault in proof["faults"] if fault["code"] == "image-broken"]
    assert broken[0] == "1/3"


def test_blocks_that_changed_places_are_found(sound: SoundLedger) -> None:
    """In their batch, between batches, and under other numbers in the same order."""
    one, two, *_, last = first_blocks(sound)
    for changes in (
        [(one, {"lines": two["lines"]}), (two, {"lines": one["lines"]})],
        [(last, {"entry": 2, "first_line": 99})],
        [(last, {"first_line": last["first_line"] + 1})],
        [(last, {"account_id": "another", "first_line": 99})],
    ):
        for block, values in changes:
            sound.update(journal_block, block, values)
        assert "lines-changed" in sound.faults(), changes
        for block, values in changes:
            sound.update(journal_block, block | values, block)
        assert sound.faults() == []
        assert sound.faults("another") == []
