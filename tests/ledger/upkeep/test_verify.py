"""`ledger verify` in a ledger whose rows were tampered with.

A raised `account.last_entry` or `account.last_customer` is not found, by design: failed attempts
advance these counters too, so that gaps mean nothing.
"""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders import A, B, customer, row, write_workbook
from importer.domain.rules import subscriptions
from importer.ledger import tables
from importer.ledger.tables import (
    account,
    batch,
    device,
    journal_block,
    metadata,
    otc,
    subscription,
)
from importer.ledger.upkeep import schema, soundness
from importer.ledger.upkeep import verify as proving
from scripts import ROOT
from sound_ledger import SoundLedger, StoredRow
from tiers import examples

pytest_plugins = "filled_ledgers"
pytestmark = pytest.mark.both_engines


@pytest.mark.contract
def test_a_sound_ledger_has_no_faults(sound: SoundLedger) -> None:
    """In either account; the proof has the number of batches and the hash of the last one."""
    for name, batches in (("default", 5), ("another", 1)):
        head = sound.command("history", "--account", name, "--json").json[-1]["hash"]
        result = sound.command("ledger", "verify", "--account", name, "--json")
        assert result.exit_code == 0
        assert result.json == {"ok": True, "batches": batches, "head": head, "faults": []}
    result = sound.command("ledger", "verify")
    assert result.exit_code == 0
    assert "verified" in result.out


def test_what_to_do_comes_before_a_line_for_each_fault(sound: SoundLedger) -> None:
    sound.execute(otc.update().where(otc.c.code == A).values(total=51, used=16))
    sound.execute(tables.customer.delete().where(tables.customer.c.name_key == "sur"))
    result = sound.command("ledger", "verify", "-q")
    assert result.exit_code == 4
    advice, *lines = result.out.splitlines()
    assert "Restore an earlier copy" in advice
    codes = {line.strip().partition(":")[0] for line in lines}
    assert codes >= {"balance-wrong", "used-wrong", "balance-missing", "reference-broken"}


COLUMNS = [column for table in metadata.sorted_tables for column in table.c]
COUNTERS = (account.c.last_entry, account.c.last_customer)
"""These may be higher than what was taken from them, and never lower."""
CONTRACT = {otc.c.used, journal_block.c.lines}


def other_values(column: sa.Column[Any], value: Any) -> Iterator[Any]:
    """What a value may be turned into: something similar, beyond every bound, or nothing."""
    if column in COUNTERS:
        yield from range(value)
        return
    if isinstance(column.type, sa.Integer):
        yield from ((value or 0) - 1, (value or 0) + 1, -5, 2**31 - 1)
    else:
        text = value or "x"
        yield from (f"{text} ", text[:-1], text.swapcase(), "", '{"id": 1}', "[" * 3000)
    if column.nullable:
        yield None


@pytest.mark.parametrize(
    "column",
    [pytest.param(c, id=str(c), marks=[pytest.mark.contract] * (c in CONTRACT)) for c in COLUMNS],
)
def test_a_changed_value_is_found(
    column: sa.Column[Any], sound: SoundLedger, dice: random.Random
) -> None:
    """In the account of its row, whatever it was changed to; once it is changed back, the ledger is
    sound again."""
    table = column.table
    assert isinstance(table, sa.Table)
    rows = sound.rows(table)
    changed = 0
    while changed < examples(2):
        row = dice.choice(rows)
        original = row[column.name]
        others = [] if column in COUNTERS else [other[column.name] for other in rows]
        value = dice.choice([*other_values(column, original), *others] or [original])
        if value == original:
            continue
        try:
            sound.update(table, row, {column.name: value})
        except sa.exc.IntegrityError:  # another row has that key
            continue
        codes = sound.faults(row["account_id"])
        assert codes != [], f"{row} with {value!r}"
        assert column not in COUNTERS or codes == ["counter-wrong"]
        sound.update(table, row | {column.name: value}, {column.name: original})
        changed += 1
    assert sound.faults() == sound.faults("another") == []


@pytest.mark.parametrize("counter", COUNTERS, ids=str)
def test_a_raised_counter_does_no_harm(
    counter: sa.Column[int], sound: SoundLedger, tmp_path: Path
) -> None:
    """Some numbers are never used, as after attempts that failed; an import goes on from there."""
    sound.execute(account.update().values({counter: counter + 7}))
    assert sound.faults() == []
    path = write_workbook(tmp_path / "x.xlsx", [("Add Customer", [customer("Oeste")])])
    assert sound.command("apply", path).exit_code == 0
    assert sound.faults() == []


IMAGE = f'{{"customer":2,"otc":"{A}","licenses":9}}'
INVALID_IMAGES = {
    "nothing": "",
    "blank": " ",
    "two at once": f"{IMAGE},{IMAGE}",
    "no JSON": "{",
    "nested without end": "[" * 100_000,
    "of another shape": '["AAAAA", 5]',
    "with a fact too many": IMAGE.replace("}", ',"more":1}'),
    "with a fact too few": IMAGE.replace(',"licenses":9', ""),
    "with text for a number": IMAGE.replace("9", '"9"'),
    "with nothing for a number": IMAGE.replace("9", "null"),
    "with half a number": IMAGE.replace("9", "9.5"),
    "of another entity": IMAGE.replace('"customer":2', '"customer":3'),
}


def test_an_invalid_image_is_a_fault_of_the_ledger(sound: SoundLedger) -> None:
    """Whatever the journal has: a list of faults, and no error of the program."""
    block = next(row for row in sound.rows(journal_block) if IMAGE in row["lines"])
    for description, image in INVALID_IMAGES.items():
        sound.update(journal_block, block, {"lines": block["lines"].replace(IMAGE, image)})
        assert {"lines-changed", "image-broken"} <= set(sound.faults("another")), description


MISSING = {
    account: {"head-wrong"},
    otc: {"balance-missing"},
    tables.customer: {"balance-missing"},
    subscription: {"balance-missing", "used-wrong"},
    device: {"balance-missing"},
    batch: {"lines-stray", "head-wrong"},
    journal_block: {"lines-changed"},
}
"""Faults that are found, among others, where a row is missing."""


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_a_missing_row_is_found(table: sa.Table, sound: SoundLedger, dice: random.Random) -> None:
    row = dice.choice(sound.rows(table))
    sound.delete(table, row)
    assert set(sound.faults(row["account_id"])) >= MISSING[table], row


UNKNOWN: dict[sa.Table, tuple[StoredRow, set[str]]] = {
    account: ({"account_id": "a third"}, {"head-wrong"}),
    otc: ({"code": "ZZZZZ-11111-22222-33333"}, {"balance-unknown"}),
    tables.customer: (
        {"customer_id": 77, "name_key": "nobody", "email_key": "z@site.example"},
        {"balance-unknown"},
    ),
    subscription: ({"customer_id": 77}, {"balance-unknown", "reference-broken", "used-wrong"}),
    device: ({"customer_id": 77}, {"balance-unknown", "reference-broken"}),
    batch: ({"batch": 9, "entry": 9}, {"batch-missing", "batch-changed", "head-wrong"}),
    journal_block: ({"first_line": 99}, {"lines-changed", "image-broken"}),
}
"""What makes a copy of a row another row, and faults that are found, among others."""


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_an_added_row_is_found(table: sa.Table, sound: SoundLedger, dice: random.Random) -> None:
    difference, codes = UNKNOWN[table]
    row = dice.choice(sound.rows(table)) | difference
    sound.execute(table.insert().values(row))
    assert set(sound.faults(row["account_id"])) >= codes, row


def test_lines_without_a_batch_are_found(sound: SoundLedger) -> None:
    """Under an entry that no batch has, whether before the last one or after it."""
    [block, *_] = sound.rows(journal_block)
    for entry in (0, 99):
        sound.execute(journal_block.insert().values(block | {"entry": entry}))
    assert sound.faults("another").count("lines-stray") == 2


def test_a_row_without_an_account_is_found(sound: SoundLedger, engine: str) -> None:
    """A file reports it in every account. On a server, verify looks at one account: its foreign
    keys hold for all but the superuser."""
    [row, *_] = sound.rows(otc)
    sound.execute(otc.insert().values(row | {"account_id": "nobody"}))
    assert sound.faults("nobody") != []
    assert (sound.faults() != []) is (engine == "sqlite")


def test_a_fault_of_one_account_is_not_reported_in_another(sound: SoundLedger) -> None:
    another = tables.customer.c.account_id == "another"
    sound.execute(tables.customer.update().where(another).values(status="disabled"))
    assert sound.faults() == []
    assert set(sound.faults("another")) == {"balance-wrong"}


def test_a_broken_rule_is_found_where_rows_and_journal_agree(
    sound: SoundLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program without rule 10 gave a customer that manages itself a part of an OTC."""
    monkeypatch.setattr(subscriptions, "hand_out", lambda *_facts: None)
    part = row("Add Customer", customer="Oeste", managed_by="Customer", otc=B, licenses=2,
               email="o@x.example", first_name="Admin", last_name="Oeste")  # fmt: skip
    path = write_workbook(tmp_path / "x.xlsx", [("Add Customer", [part])])
    assert sound.command("apply", path).exit_code == 0
    assert sound.faults() == ["rule-broken"]


def add_a_stray_block(sound: SoundLedger) -> None:
    """Add journal lines under an entry that is taken, but has no batch."""
    [block, *_] = sound.rows(journal_block)
    sound.execute(journal_block.insert().values(block | {"entry": 0}))


NEEDED: dict[str, Callable[[SoundLedger], None]] = {
    "_batch_faults": lambda sound: sound.execute(batch.update().values(actor="nobody")),
    "_row_faults": lambda sound: sound.execute(
        tables.customer.update().values(accentless_key="nobody")
    ),
    "_account_faults": lambda sound: sound.execute(account.update().values(head="0" * 64)),
    "_balance_faults": lambda sound: sound.execute(otc.update().values(used=4)),
    "_stray_lines": add_a_stray_block,
}


@pytest.mark.parametrize("check", NEEDED)
def test_each_check_finds_something_that_no_other_does(
    check: str, sound: SoundLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: these tests would notice that a check is missing."""
    NEEDED[check](sound)
    assert sound.faults("another") != []
    monkeypatch.setattr(proving, check, lambda *_arguments: iter(()))
    assert sound.faults("another") == []


def test_every_code_of_a_fault_is_explained_in_docs_ledger() -> None:
    sources = "".join(map(inspect.getsource, (proving, schema, soundness)))
    codes = set(re.findall(r'[Ff]ault\("([a-z-]+)"', sources))
    docs = (ROOT / "docs" / "ledger.md").read_text("utf-8")
    _, _, table = docs.partition("| fault | meaning |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    assert codes == {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)} != set()
