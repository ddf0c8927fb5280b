"""`ledger verify --against EXPORT`: the history still contains an export that somebody kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders import A, customer, otc, write_workbook
from command_line import CommandLine
from importer.base.texts import LANGUAGES
from importer.ledger.tables import account, batch, journal_block
from importer.ledger.tables import otc as otcs
from sound_ledger import SoundLedger, StoredRow

pytestmark = pytest.mark.thorough

pytest_plugins = "filled_ledgers"

FORMATS = ["xlsx", "ods", "json", "html"]
DEFAULT = {"account_id": "default"}


def cut_off_the_last_batch(sound: SoundLedger) -> StoredRow:
    """Remove it and the OTC that it added: the rest is a sound ledger. Gives the batch."""
    *_, previous, last = (row for row in sound.rows(batch) if row["account_id"] == "default")
    [added] = json.loads(next(
        block["lines"] for block in sound.rows(journal_block)
        if (block["account_id"], block["entry"]) == ("default", last["entry"])
    ))  # fmt: skip
    sound.delete(otcs, DEFAULT | {"code": added[4]})
    sound.delete(journal_block, DEFAULT | {"entry": last["entry"], "first_line": 1})
    sound.delete(batch, DEFAULT | {"batch": last["batch"]})
    values = {name: previous[field] for name, field in (("last_batch", "batch"), ("head", "hash"))}
    sound.update(account, DEFAULT, values | {"last_entry": previous["entry"]})
    return last


@pytest.mark.both_engines
@pytest.mark.parametrize("form", FORMATS)
def test_an_export_proves_that_its_batch_is_still_there(form: str, sound: SoundLedger) -> None:
    """Also after further batches, and in either language. Without the batch, the ledger alone looks
    sound: that is the control."""
    kept = [f"{language}.{form}" for language in LANGUAGES]
    for language, name in zip(LANGUAGES, kept, strict=True):
        assert sound.command("export", "-o", name, "--lang", language).exit_code == 0
    earlier = f"earlier.{form}"
    assert sound.command("export", "-o", earlier, "--as-of", "2").exit_code == 0
    options = [word for name in (*kept, earlier) for word in ("--against", name)]
    result = sound.command("ledger", "verify", *options)
    assert result.exit_code == 0
    assert all(f"still contains {name}" in result.out for name in (*kept, earlier))

    cut_off_the_last_batch(sound)
    assert sound.faults() == []
    assert sound.faults("default", "--against", earlier) == []
    assert sound.faults("default", *options) == ["head-missing"] * len(kept)
    out = sound.command("ledger", "verify", *options).out
    assert all(f"{name}: no batch has the hash" in out for name in kept)


@pytest.fixture
def filled(command: CommandLine, tmp_path: Path) -> CommandLine:
    """A ledger with one batch, applied from first.xlsx."""
    sheets = [("Add OTC", [otc(A)]), ("Add Customer", [customer("Norte", 5)])]
    assert command("apply", write_workbook(tmp_path / "first.xlsx", sheets)).exit_code == 0
    return command


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_of_a_customer_and_of_another_account(form: str, filled: CommandLine) -> None:
    """The first is as good as any; the second is said to be one."""
    mine, theirs = f"norte.{form}", f"theirs.{form}"
    assert filled("export", "--customer", "Norte", "-o", mine).exit_code == 0
    assert filled("ledger", "verify", "--against", mine).exit_code == 0
    assert filled("apply", "first.xlsx", "--account", "00123").exit_code == 0
    assert filled("export", "--account", "00123", "-o", theirs).exit_code == 0
    assert filled("ledger", "verify", "--account", "00123", "--against", theirs).exit_code == 0
    result = filled("ledger", "verify", "--against", theirs)
    assert (result.exit_code, len(result.err.splitlines())) == (3, 1)
    assert f"{theirs} is an export of the account 00123" in result.err


NO_EXPORTS = {
    "text.txt": b"hello\n",
    "mark.json": b'{"document": "avira-importer export"}',
    "cut.json": b'{"document": "avira-importer export", "account": "default", "head',
    "deep.json": b'{"document": "avira-importer export", "x": ' + b"[" * 100_000,
    "short.json": b'{"document": "avira-importer export", "account": "default", "head": "0f"}',
    "mark.html": b'<meta name="generator" content="avira-importer export"><dl class="origin">',
    "bomb.xlsx": b"PK\x03\x04" + bytes(100),
    "empty.ods": b"",
}


@pytest.mark.parametrize("name", [*NO_EXPORTS, "first.xlsx", "ledger.db", "missing.xlsx", "."])
def test_what_is_no_export_is_said_to_be_none_in_one_line(name: str, filled: CommandLine) -> None:
    if name in NO_EXPORTS:
        Path(name).write_bytes(NO_EXPORTS[name])
    result = filled("ledger", "verify", "--against", name)
    assert (result.exit_code, result.out, len(result.err.splitlines())) == (3, "", 1)


def test_spreadsheets_are_read_in_the_sandbox(
    filled: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its process, nothing is read."""
    assert filled("export", "-o", "kept.xlsx").exit_code == 0
    monkeypatch.setattr("importer.workbook.reading.sandbox._sent", lambda _work: None)
    assert filled("ledger", "verify", "--against", "kept.xlsx").exit_code == 70
