"""What is read of the ledger: never changed by it, kept safely, and the days of first use right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from builders import Sheets, write_workbook
from command_line import CommandLine
from importer.base import clock
from importer.base.errors import LedgerError
from importer.ledger.engines.sqlite import FileLedger
from importer.messages.report import Rows

OTC, OTHER = "AAAAA-AAAAA-AAAAA-AAAA1", "AAAAA-AAAAA-AAAAA-AAAA2"


def otc(code: str, total: int = 50) -> dict[str, Any]:
    """A row of Add OTC."""
    return {"OTC": code, "Email": "a@x.example", "Company Name": "Empresa", "Total Licenses": total}


def customer(name: str, code: str = OTC) -> dict[str, Any]:
    """A row of Add Customer with one licence."""
    return {
        "Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
        "No of Licenses": 1,
    }  # fmt: skip


def test_reading_cannot_change_the_ledger(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """SQLite itself refuses to write within a reading transaction."""
    path = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc(OTC)])])
    assert command("apply", path).exit_code == 0
    with pytest.raises(LedgerError), FileLedger(ledger).reading() as connection:
        connection.exec_driver_sql("UPDATE otc SET total = 60")


def test_the_ledger_is_written_in_the_safest_way(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """Rollback journal, every commit on disk, foreign keys held, no functions in the schema."""
    path = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc(OTC)])])
    assert command("apply", path).exit_code == 0
    with FileLedger(ledger).migrating() as connection:
        set_to = {
            name: connection.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
    assert set_to == {
        "journal_mode": "delete", "synchronous": 3, "foreign_keys": 1, "trusted_schema": 0,
    }  # fmt: skip


def test_an_otc_is_active_since_its_first_subscription(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither since it was registered, nor since a later customer or change."""
    on_days: list[tuple[int, Sheets]] = [
        (1, [("Add OTC", [otc(OTC), otc(OTHER)])]),
        (2, [("Add Customer", [customer("Uno")])]),
        (3, [("Edit Customer", [{"Customer (Site) Name": "Uno", "No of Licenses": 3}])]),
        (4, [("Add Customer", [customer("Dos")])]),
    ]
    for day, sheets in on_days:
        instant = dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC)
        monkeypatch.setattr(clock, "now", lambda instant=instant: instant)
        monkeypatch.setattr(clock, "today", lambda instant=instant: instant.date())
        assert command("apply", write_workbook(tmp_path / f"{day}.xlsx", sheets)).exit_code == 0
    assert command("export", "-o", tmp_path / "out.xlsx").exit_code == 0
    header, *rows = load_workbook(tmp_path / "out.xlsx")["OTC Activation Details"].values
    found = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert found[OTC]["FirstActivationDate"] == dt.datetime(2026, 3, 2)
    assert found[OTC]["DaysActive"] == 2
    assert found[OTHER]["FirstActivationDate"] is None
    assert found[OTHER]["DaysActive"] is None


def test_a_mistyped_otc_is_compared_with_the_ledger_and_the_workbook(
    command: CommandLine, tmp_path: Path
) -> None:
    """The nearest code may stand in either."""
    path = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc("BBBBB-BBBBB-BBBBB-BBBB1")])])
    assert command("apply", path).exit_code == 0
    later: Sheets = [
        ("Add OTC", [otc(OTC)]),
        ("Add Customer", [customer("Uno", OTHER), customer("Dos", "BBBBB-BBBBB-BBBBB-BBBB8")]),
    ]
    (report,) = command("check", write_workbook(tmp_path / "2.xlsx", later), "--json").json
    fixes = [one["fix"] for one in report["problems"] if one["code"] == "unknown-otc"]
    assert fixes == [f"Did you mean {OTC}?", "Did you mean BBBBB-BBBBB-BBBBB-BBBB1?"]


def test_a_long_list_of_holders_is_cut_and_counted(command: CommandLine, tmp_path: Path) -> None:
    """total-below-used names ten customers and says how many more there are."""
    sheets: Sheets = [
        ("Add OTC", [otc(OTC)]),
        ("Add Customer", [customer(f"Norte {number}") for number in range(13)]),
    ]
    assert command("apply", write_workbook(tmp_path / "1.xlsx", sheets)).exit_code == 0
    less: Sheets = [("Edit OTC", [{"OTC": OTC, "Total Licenses": 1}])]
    (report,) = command("check", write_workbook(tmp_path / "2.xlsx", less), "--json").json
    message = report["problems"][0]["message"]
    assert message.count("Norte") == 10
    assert "+3" in message


def test_a_row_that_is_lost_stops_the_program() -> None:
    """Rows read are applied, unchanged or rejected; anything else is a fault of ours."""
    assert Rows(6, 3, 2, 1).checked() == Rows(6, 3, 2, 1)
    with pytest.raises(AssertionError, match="rows were lost"):
        Rows(6, 3, 2, 0).checked()
