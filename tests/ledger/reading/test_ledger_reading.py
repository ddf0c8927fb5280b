"""How the ledger's file is opened, and what problems quote from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import A, B, C, Sheets, customer, edit_otc, otc, write_workbook
from command_line import CommandLine
from importer.base.errors import LedgerError
from importer.ledger.engines.sqlite import FileLedger
from importer.messages.report import Rows


def test_a_reading_transaction_cannot_write(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """SQLite itself refuses."""
    path = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc()])])
    assert command("apply", path).exit_code == 0
    with pytest.raises(LedgerError), FileLedger(ledger).reading() as connection:
        connection.exec_driver_sql("UPDATE otc SET total = 60")


def test_the_ledger_is_written_in_the_safest_way(ledger: Path) -> None:
    """Rollback journal, every commit on disk, foreign keys enforced, no functions in the schema."""
    with FileLedger(ledger).migrating() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
    assert pragmas == {
        "journal_mode": "delete", "synchronous": 3, "foreign_keys": 1, "trusted_schema": 0,
    }  # fmt: skip


def test_a_mistyped_otc_is_compared_with_the_ledger_and_the_workbook(
    command: CommandLine, tmp_path: Path
) -> None:
    path = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc(B)])])
    assert command("apply", path).exit_code == 0
    later: Sheets = [
        ("Add OTC", [otc(C)]),
        ("Add Customer", [customer("Uno", 1, f"{B[:-1]}8"), customer("Dos", 1, f"{C[:-1]}8")]),
    ]
    report = command("check", write_workbook(tmp_path / "2.xlsx", later), "--json").report
    fixes = [p["fix"] for p in report["problems"] if p["code"] == "unknown-otc"]
    assert fixes == [f"Did you mean {B}?", f"Did you mean {C}?"]


def test_a_long_list_of_holders_is_cut_at_ten_and_counted(
    command: CommandLine, tmp_path: Path
) -> None:
    sheets: Sheets = [
        ("Add OTC", [otc()]),
        ("Add Customer", [customer(f"Norte {number}") for number in range(13)]),
        ("Edit OTC", [edit_otc(A, total=1)]),
    ]
    report = command("check", write_workbook(tmp_path / "1.xlsx", sheets), "--json").report
    [problem] = (p for p in report["problems"] if p["code"] == "total-below-used")
    assert problem["message"].count("Norte") == 10
    assert "+3" in problem["message"]


def test_a_lost_row_stops_the_program() -> None:
    """Rows read are applied, unchanged or rejected; anything else is an internal error."""
    assert Rows(6, 3, 2, 1).checked() == Rows(6, 3, 2, 1)
    with pytest.raises(AssertionError, match="rows were lost"):
        Rows(6, 3, 2, 0).checked()
