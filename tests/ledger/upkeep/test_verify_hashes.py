"""`ledger verify` and the chain of hashes, up to a hash that an export shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import B, E, customer, write_workbook
from importer.ledger.tables import account, batch, journal_block, otc
from importer.ledger.writing.chain import hash_of_batch
from journals import hash_of_blocks, with_lines
from sound_ledger import SoundLedger, StoredRow

pytest_plugins = "filled_ledgers"
pytestmark = pytest.mark.both_engines

DEFAULT = {"account_id": "default"}


def test_batches_that_changed_places_are_found(sound: SoundLedger) -> None:
    """Even where the hash of each is computed again."""
    for number, new_number in ((1, 99), (2, 1), (99, 2)):
        sound.update(batch, DEFAULT | {"batch": number}, {"batch": new_number})
    assert {"chain-broken", "batch-changed"} <= set(sound.faults())
    for row in sound.rows(batch):
        sound.update(batch, row, {"hash": hash_of_batch(row)})
    codes = sound.faults()
    assert "chain-broken" in codes
    assert "batch-changed" not in codes


@pytest.mark.contract
def test_a_batch_cut_off_the_end_is_found_by_a_noted_hash_only(sound: SoundLedger) -> None:
    """Somebody removes the last batch and everything that it added: the rest is a sound ledger,
    but not the one whose hash an export has printed."""
    *_, previous, last = sound.command("history", "--json").json
    assert sound.faults("default", "--expect-head", last["hash"]) == []
    [entry] = (row["entry"] for row in sound.rows(batch) if row["batch"] == last["batch"])
    sound.delete(otc, DEFAULT | {"code": E})
    sound.delete(journal_block, DEFAULT | {"entry": entry, "first_line": 1})
    sound.delete(batch, DEFAULT | {"batch": last["batch"]})
    number, head = previous["batch"], previous["hash"]
    sound.update(account, DEFAULT, {"last_batch": number, "head": head, "last_entry": number})
    assert sound.faults() == []
    assert sound.faults("default", "--expect-head", head) == []
    assert sound.faults("default", "--expect-head", last["hash"]) == ["head-missing"]


@pytest.mark.contract
def test_an_image_changed_together_with_its_balance_is_found_by_its_hash(
    sound: SoundLedger,
) -> None:
    """An OTC gets more licences in the journal and in the tables alike. Computing the hashes again
    up to the account's hides it, but a noted hash finds that too."""
    head = sound.command("history", "--json").json[-1]["hash"]
    block = change_image(sound, E, total=500)
    sound.update(otc, DEFAULT | {"code": E}, {"total": 500})
    assert sound.faults() == ["lines-changed"]

    last = sound.rows(batch)[-1]
    last["lines_hash"] = hash_of_blocks("default", [block])
    last["hash"] = hash_of_batch(last)
    sound.update(batch, last, last)
    sound.update(account, DEFAULT, {"head": last["hash"]})
    assert sound.faults() == []
    assert sound.faults("default", "--expect-head", head) == ["head-missing"]


def change_image(sound: SoundLedger, code: str, **facts: object) -> StoredRow:
    """Change facts in the first image of an OTC; gives its block."""
    block = next(
        block for block in sound.rows(journal_block)
        if block["account_id"] == "default" and f'"{code}",null,' in block["lines"]
    )  # fmt: skip
    changed = with_lines(
        block, lambda lines: [
            [*line[:-1], line[-1] | facts] if line[4] == code else line for line in lines
        ],
    )  # fmt: skip
    assert changed != block
    sound.update(journal_block, block, changed)
    return changed


def test_an_image_that_does_not_follow_on_is_found(sound: SoundLedger) -> None:
    """Whatever the hashes say: the next image starts from another one."""
    change_image(sound, B, email="x@msp.example")
    assert sound.faults() == ["lines-changed", "images-apart"]


def test_the_hash_that_an_export_shows_is_known_ever_after(
    sound: SoundLedger, tmp_path: Path
) -> None:
    """It is in the Summary and in the JSON; after further batches it is known, in the account of
    the export and in no other."""
    target = tmp_path / "details.xlsx"
    head = sound.command("export", "-o", target, "--json").json["head"]
    rows = [list(filter(None, row)) for row in load_workbook(target)["Summary"].values]
    assert [row[row.index("Ledger hash") :] for row in rows if "Ledger hash" in row] == [
        ["Ledger hash", head]
    ]
    path = write_workbook(tmp_path / "x.xlsx", [("Add Customer", [customer("Oeste")])])
    assert sound.command("apply", path).exit_code == 0
    assert sound.command("undo", "6").exit_code == 0
    assert sound.faults("default", "--expect-head", head) == []
    assert sound.faults("another", "--expect-head", head) == ["head-missing"]
    assert sound.faults("default", "--expect-head", "0" * 64) == ["head-missing"]
    result = sound.command("ledger", "verify", "--expect-head", head[:-1])
    assert (result.exit_code, len(result.err.splitlines())) == (2, 1)


def test_an_export_before_the_first_batch_has_no_hash(sound: SoundLedger, tmp_path: Path) -> None:
    """Nothing can have been lost since."""
    export = ("export", "-o", tmp_path / "x.xlsx", "--json", "--account", "new")
    assert sound.command(*export).json["head"] == ""
    for name in ("new", "default"):
        assert sound.faults(name, "--expect-head", "") == [], name
