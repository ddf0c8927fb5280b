"""Refusals that follow from others say so, instead of sending a person the wrong way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from builders import Sheets, write_workbook
from command_line import CommandLine

ONE, TWO = "AAAAA-AAAAA-AAAAA-AAAA1", "AAAAA-AAAAA-AAAAA-AAAA2"


def otc(code: str, total: Any = 10) -> dict[str, Any]:
    """A row of Add OTC."""
    return {"OTC": code, "Email": "a@x.example", "Company Name": "Empresa", "Total Licenses": total}


def customer(name: str, code: str = ONE, licenses: int = 1) -> dict[str, Any]:
    """A row of Add Customer."""
    return {
        "Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
        "No of Licenses": licenses,
    }  # fmt: skip


def fixes(command: CommandLine, folder: Path, sheets: Sheets) -> dict[tuple[str, int], str]:
    """What to do about each refused row, by sheet and row."""
    (report,) = command("check", write_workbook(folder / "in.xlsx", sheets), "--json").json
    return {
        (one["sheet"], one["row"]): one["fix"]
        for one in report["problems"]
        if one["severity"] == "error"
    }


def test_an_otc_whose_own_row_is_refused_is_not_mistaken_for_another(
    command: CommandLine, tmp_path: Path
) -> None:
    """TWO has a bad cell; rows that need it are sent there, and not to ONE that looks like it."""
    sheets: Sheets = [
        ("Add OTC", [otc(ONE), otc(TWO, "many")]),
        ("Add Customer", [customer("Uno", TWO)]),
    ]
    said = fixes(command, tmp_path, sheets)
    assert "Row 3 of Add OTC" in said["Add Customer", 2]
    assert ONE not in said["Add Customer", 2]


def test_a_mistyped_otc_is_still_compared_with_the_known_ones(
    command: CommandLine, tmp_path: Path
) -> None:
    """The control: nothing would add TWO, so ONE is suggested."""
    sheets: Sheets = [("Add OTC", [otc(ONE)]), ("Add Customer", [customer("Uno", TWO)])]
    assert fixes(command, tmp_path, sheets)["Add Customer", 2] == f"Did you mean {ONE}?"


@pytest.mark.parametrize(
    "refused", [customer("Uno", licenses=11), customer("Uno") | {"Managed By": "?"}]
)
def test_a_customer_whose_own_row_is_refused_is_to_be_mended_there(
    refused: dict[str, Any], command: CommandLine, tmp_path: Path
) -> None:
    """Refused by the rules or by a bad cell alike."""
    sheets: Sheets = [
        ("Add OTC", [otc(ONE)]),
        ("Add Customer", [refused]),
        ("Disable Customer", [{"Customer (Site) Name": "UNO"}]),
    ]
    said = fixes(command, tmp_path, sheets)
    assert "Row 2 of Add Customer" in said["Disable Customer", 2]


def test_a_customer_renamed_above_is_named_as_it_is_called_now(
    command: CommandLine, tmp_path: Path
) -> None:
    """The old name is unknown, and the new one is told."""
    sheets: Sheets = [
        ("Add OTC", [otc(ONE)]),
        ("Add Customer", [customer("Uno")]),
        ("Edit Customer", [{"Customer (Site) Name": "Uno", "New Name": "Eins"}]),
        ("Disable Customer", [{"Customer (Site) Name": "Uno"}]),
    ]
    assert "Eins" in fixes(command, tmp_path, sheets)["Disable Customer", 2]


def test_an_account_without_anything_is_told_of(command: CommandLine, tmp_path: Path) -> None:
    """A mistyped account shows nothing, and says why."""
    path = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc(ONE)])])
    assert "account default" in command("apply", path).out
    assert command("show", "summary").err == ""
    assert "otra" in command("show", "summary", "--account", "otra").err


def test_a_workbook_without_rows_is_asked_about(command: CommandLine, ledger: Path) -> None:
    """Nothing is wrong with it, but nobody applies nothing on purpose; no ledger is made for it."""
    command("template", "-o", "t.xlsx")
    assert "No row is filled in" in command("check", "t.xlsx").out
    assert "No row is filled in" in command("apply", "t.xlsx").out
    assert not ledger.exists()


@pytest.mark.parametrize("words", [["template", "-o", "t.xls"], ["export", "-o", "t.csv"]])
def test_a_workbook_is_named_like_one(
    words: list[str], command: CommandLine, tmp_path: Path
) -> None:
    """Excel refuses an xlsx file under another ending."""
    command("apply", write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc(ONE)])]))
    said = command(*words)
    assert said.exit_code == 2
    assert ".xlsx" in said.err
    assert not (tmp_path / words[-1]).exists()


def test_warnings_of_one_kind_are_gathered_unless_all_are_asked_for(
    command: CommandLine, tmp_path: Path
) -> None:
    """One in full and where the others are; each with -v."""
    sheets: Sheets = [
        ("Add OTC", [otc(ONE)]),
        ("Add Customer", [customer(f"Peña {number}") for number in range(5)]),
    ]
    path = write_workbook(tmp_path / "in.xlsx", sheets)
    said = command("check", path).out
    assert said.count("Choose another name") == 1
    assert "A3, A4, A5, A6" in said
    assert command("check", path, "-v").out.count("Choose another name") == 5


def test_the_number_to_write_is_told_as_the_cell_means_it(
    command: CommandLine, tmp_path: Path
) -> None:
    """Edit Customer holds the new number, not the increase: 8 held and 2 pending make 10."""
    sheets: Sheets = [
        ("Add OTC", [otc(ONE)]),
        ("Add Customer", [customer("Uno", licenses=8)]),
        ("Edit Customer", [{"Customer (Site) Name": "Uno", "No of Licenses": 20}]),
    ]
    assert "10 or fewer" in fixes(command, tmp_path, sheets)["Edit Customer", 2]


def test_a_database_of_something_else_stays_as_it_is(
    command: CommandLine, ledger: Path, tmp_path: Path
) -> None:
    """Not a byte of it changes, though its journal mode is not ours."""
    with closing(sqlite3.connect(ledger)) as shop:
        shop.execute("PRAGMA journal_mode = WAL")
        shop.execute("CREATE TABLE goods (name TEXT)")
    before = ledger.read_bytes()
    path = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc(ONE)])])
    for words in (["check", path], ["apply", path], ["show", "otcs"]):
        assert command(*words).exit_code == 4
    assert ledger.read_bytes() == before


def test_an_account_that_is_no_text_is_no_fault_of_the_program(
    command: CommandLine, tmp_path: Path
) -> None:
    """A command line may hold any bytes; the rows arrive all the same."""
    path = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc(ONE)])])
    said = command("apply", path, "--account", "nor\udcffte", "--actor", "a\udcff")
    assert said.exit_code == 0
    assert command("show", "otcs", ONE, "--account", "nor?te").exit_code == 0
