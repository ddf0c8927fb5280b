"""`template --prefill`: the ledger as a workbook that changes nothing until somebody edits it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from builders import A, B, Sheets, edit, edit_otc, edit_workbook, otc, write_workbook
from command_line import CommandLine
from odd_names_ledger import DEDICATED, SHEETS, fill_ledger


@pytest.fixture
def prefilled(command: CommandLine, tmp_path: Path) -> Path:
    """The ledger as a workbook to edit."""
    fill_ledger(command, tmp_path)
    path = tmp_path / "edit.xlsx"
    result = command("template", "--prefill", "-o", path)
    assert (result.exit_code, "avira-importer check" in result.out) == (0, True)
    return path


def applied(command: CommandLine, path: Path) -> dict[str, Any]:
    """The report of applying a workbook, no row of which is refused."""
    result = command("apply", path, "--json")
    assert result.exit_code == 0, result.out
    return result.report


def rows(workbook: Workbook, sheet: str, name: str) -> list[int]:
    """The numbers of the rows whose first cell holds `name`."""
    return [cell.row or 0 for cell in workbook[sheet]["A"] if cell.value == name]


@pytest.mark.both_engines
def test_applied_unedited_it_changes_nothing(command: CommandLine, prefilled: Path) -> None:
    """Every OTC and customer is in it, every row is unchanged, and no batch is made."""
    report = applied(command, prefilled)
    assert (report["status"], report["batch"]) == ("unchanged", None)
    codes = {problem["code"] for problem in report["problems"]}
    assert codes == {"console-limit"}  # of company names
    read = len(SHEETS[0][1]) + len(SHEETS[1][1]) + 1  # Norte holds licences of two OTCs
    assert report["rows"] == {"read": read, "applied": 0, "unchanged": read, "rejected": 0}
    assert len(command("history", "--json").json) == 1


def test_three_edited_cells_are_three_changes(command: CommandLine, prefilled: Path) -> None:
    """A total, an email and the licences of one of two subscriptions."""

    def change(workbook: Workbook) -> None:
        otcs, customers = workbook["Edit OTC"], workbook["Edit Customer"]
        [row] = rows(workbook, "Edit OTC", B)
        otcs[f"D{row}"] = 60
        first, last = rows(workbook, "Edit Customer", "Norte")
        customers[f"C{last}"] = "new@norte.example"
        customers[f"G{first}"] = 12

    report = applied(command, edit_workbook(prefilled, change))
    assert (report["status"], report["rows"]["applied"]) == ("applied", 3)
    assert {kind: count for kind, count in report["changes"].items() if count} == {
        "otcs_edited": 1, "customers_edited": 1, "subscriptions_edited": 1,
    }  # fmt: skip
    lines = command("history", "2", "--json").json["lines"]
    assert [
        {fact for fact in line["after"] if line["after"][fact] != line["before"][fact]}
        for line in lines
    ] == [{"total"}, {"licenses"}, {"email"}]


def test_a_customer_with_several_otcs_can_be_renamed(command: CommandLine, prefilled: Path) -> None:
    """In its last row, so that no row below needs the old name."""

    def rename(workbook: Workbook) -> None:
        workbook["Edit Customer"][f"B{rows(workbook, 'Edit Customer', 'Norte')[-1]}"] = "Norte Dos"

    assert applied(command, edit_workbook(prefilled, rename))["rows"]["applied"] == 1
    assert command("show", "customers", "Norte Dos").exit_code == 0


def test_cells_that_should_stay_blank_are_hatched(prefilled: Path) -> None:
    """The person's cells in all rows of a customer but its last; the licences of one that manages
    itself, or has none."""
    workbook = load_workbook(prefilled)
    sheet = workbook["Edit Customer"]
    hatched = {
        (name, number): "".join(cell.coordinate[0] for cell in sheet[row] if cell.fill.patternType)
        for name in ("Norte", "Este", "Vacante", "Sur")
        for number, row in enumerate(rows(workbook, "Edit Customer", name))
    }
    assert hatched == {
        ("Norte", 0): "BCDE", ("Norte", 1): "", ("Este", 0): "FG", ("Vacante", 0): "FG",
        ("Sur", 0): "",
    }  # fmt: skip
    first = rows(workbook, "Edit Customer", "Norte")[0]
    assert [sheet[f"{letter}{first}"].value for letter in "BCDE"] == [None] * 4


def test_a_dedicated_otc_is_topped_up_by_its_total_alone(
    command: CommandLine, prefilled: Path
) -> None:
    """The licences of its customer follow, and no row states the old number."""

    def top_up(workbook: Workbook) -> None:
        workbook["Edit OTC"][f"D{rows(workbook, 'Edit OTC', DEDICATED)[0]}"] = 9

    assert applied(command, edit_workbook(prefilled, top_up))["rows"]["applied"] == 1
    [este] = command("show", "customers", "Este", "--json").json
    assert este["subscriptions"] == [{"otc": DEDICATED, "licenses": 9}]


def test_it_is_available_in_spanish(command: CommandLine, prefilled: Path) -> None:
    """The same rows below Spanish headers; applied, nothing changes."""
    path = prefilled.with_name("editar.xlsx")
    assert command("template", "--prefill", "--lang", "es", "-o", path).exit_code == 0
    assert load_workbook(path)["Editar OTC"]["A1"].value == "Código OTC *"
    assert applied(command, path)["rows"] == applied(command, prefilled)["rows"]


BY_OTHERS: Sheets = [
    ("Edit OTC", [edit_otc(B, total=70, company="Beta")]),
    ("Edit Customer", [edit("Norte", email="other@norte.example", otc=A, licenses=20)]),
]
"""What somebody else changes after the workbook was written."""


def edit_expiry_and_first_name(workbook: Workbook) -> None:
    """Edit cells beside those that somebody else has changed."""
    workbook["Edit OTC"][f"G{rows(workbook, 'Edit OTC', B)[0]}"] = dt.date(2032, 1, 1)
    workbook["Edit Customer"][f"D{rows(workbook, 'Edit Customer', 'Norte')[-1]}"] = "Ana"


@pytest.mark.both_engines
def test_changes_by_others_are_not_undone(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """Only edited cells ask for anything, also on rows that others have changed."""
    assert applied(command, write_workbook(tmp_path / "other.xlsx", BY_OTHERS))["batch"] == 2
    report = applied(command, edit_workbook(prefilled, edit_expiry_and_first_name))
    assert (report["batch"], report["rows"]["applied"]) == (3, 2)
    [of_b] = command("show", "otcs", B, "--json").json
    assert (of_b["total"], of_b["company"], of_b["expiry_date"]) == (70, "Beta", "2032-01-01")
    [norte] = command("show", "customers", "Norte", "--json").json
    assert (norte["email"], norte["first_name"]) == ("other@norte.example", "Ana")
    assert {s["otc"]: s["licenses"] for s in norte["subscriptions"]} == {A: 20, B: 4}


def test_if_every_cell_counted_changes_by_others_would_be_undone(
    command: CommandLine, prefilled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A control of the test above."""
    applied(command, write_workbook(tmp_path / "other.xlsx", BY_OTHERS))
    monkeypatch.setattr("importer.pipeline.apply._filled_in", lambda _prefilled, _job: None)
    applied(command, edit_workbook(prefilled, edit_expiry_and_first_name))
    assert command("show", "otcs", B, "--json").json[0]["total"] == 50


def test_in_another_ledger_every_cell_counts(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """It has as many batches, but not the ones that the workbook was made from."""
    other = ("--ledger", str(tmp_path / "other.db"))
    first = write_workbook(tmp_path / "other.xlsx", [("Add OTC", [otc(B, 40)])])
    assert command("apply", first, *other).exit_code == 0
    result = command("apply", prefilled, "--partial", "--json", *other)
    assert result.report["changes"]["otcs_edited"] == 1
    assert command("show", "otcs", B, "--json", *other).json[0]["total"] == 50


def test_without_a_ledger_there_is_nothing_to_fill_in(command: CommandLine, tmp_path: Path) -> None:
    """A workbook without rows would look like an empty ledger's."""
    result = command("template", "--prefill", "-o", tmp_path / "edit.xlsx")
    assert result.exit_code == 4
    assert len(result.err.splitlines()) == 1
    assert not (tmp_path / "edit.xlsx").exists()


def test_more_rows_than_a_sheet_holds_are_refused(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is cut off, and nothing is written."""
    fill_ledger(command, tmp_path)
    monkeypatch.setattr("importer.pipeline.template.LAST_ROW", 20)
    result = command("template", "--prefill", "-o", tmp_path / "edit.xlsx")
    assert (result.exit_code, len(result.err.splitlines())) == (3, 1)
    assert not (tmp_path / "edit.xlsx").exists()
