"""The samples are current, and show what they are kept for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from command_line import CommandLine
from importer.domain.problems import CODES, Code
from importer.domain.sheets import SHEETS
from make_samples import TODAY, expected_export, expected_report, make_samples
from scripts import ROOT

SAMPLES = ROOT / "samples"
ONBOARDING = SAMPLES / "onboarding.xlsx"
CHANGES = SAMPLES / "changes.xlsx"
OVERALLOCATION = SAMPLES / "overallocation.xlsx"
PROBLEMS = SAMPLES / "problems.xlsx"
WORKBOOKS = [ONBOARDING, CHANGES, OVERALLOCATION, PROBLEMS]

OF_A_FILE = {
    Code.UNREADABLE_FILE, Code.NOT_A_WORKBOOK, Code.TOO_LARGE, Code.PASSWORD_PROTECTED,
    Code.HOSTILE_FILE, Code.APPLIED_BEFORE, Code.UNREADABLE_SHEET,
}  # fmt: skip
OF_AN_UNDO = {Code.CHANGED_SINCE, Code.STILL_HELD, Code.ALREADY_UNDONE}
OF_A_WORKBOOK = set(Code) - OF_A_FILE - OF_AN_UNDO
OF_A_SHEET = {
    Code.UNKNOWN_SHEET, Code.IGNORED_SHEET, Code.MISSING_COLUMN, Code.UNKNOWN_COLUMN,
    Code.DUPLICATE_COLUMN, Code.HIDDEN_ROWS, Code.TITLE_ROWS, Code.IGNORED_COLUMN,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day that the expected reports were made on."""
    monkeypatch.setattr("importer.base.clock.today", lambda: TODAY)


@pytest.mark.thorough
def test_the_folder_holds_the_workbooks_that_are_made_now_and_no_others(tmp_path: Path) -> None:
    """Sheet by sheet: values, formulas and their results, formats, merged and hidden cells."""
    make_samples(tmp_path)
    names = {path.name for path in SAMPLES.iterdir() if path.suffix in (".xlsx", ".txt")}
    kept = {name for name in names if "corrections" not in name}  # of whoever tried the samples
    assert kept == {path.name for path in tmp_path.iterdir()}
    for path in WORKBOOKS:
        assert _cells(path) == _cells(tmp_path / path.name), path.name


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.stem)
def test_a_kept_report_is_what_the_program_prints_now(path: Path, ledger: Path) -> None:
    if path == CHANGES:
        expected_report(ONBOARDING, ledger)
    expected = path.with_suffix(".expected.txt").read_text("utf-8")
    assert expected_report(path, ledger) == expected


def test_the_kept_export_is_what_the_program_writes_now(tmp_path: Path) -> None:
    """Every cell of every sheet after both good samples are applied; a person has read them."""
    expected = (SAMPLES / "export.expected.txt").read_text("utf-8")
    assert expected_export(SAMPLES, tmp_path) == expected


def test_onboarding_fills_in_every_sheet() -> None:
    """For about 12 OTCs and 40 customers."""
    rows = {sheet.title: sheet.max_row - 1 for sheet in load_workbook(ONBOARDING).worksheets}
    assert all(rows[sheet.name] >= 2 for sheet in SHEETS)
    assert 10 <= rows["Add OTC"] <= 14
    assert 38 <= rows["Add Customer"] <= 42


@pytest.mark.parametrize("day", [TODAY, dt.date(2026, 11, 1), dt.date(2027, 6, 30)], ids=str)
def test_onboarding_is_applied_on_any_day_and_a_second_time_unchanged(
    day: dt.date, command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one warning is about a name."""
    monkeypatch.setattr("importer.base.clock.today", lambda: day)
    first, second = command("apply", ONBOARDING, "--json"), command("apply", ONBOARDING, "--json")
    assert (first.exit_code, second.exit_code) == (0, 0)
    applied, unchanged = first.report, second.report
    assert [problem["code"] for problem in applied["problems"]] == ["console-limit"]
    read = applied["rows"]["read"]
    assert applied["status"] == "applied"
    assert (unchanged["status"], unchanged["batch"]) == ("unchanged", None)
    assert unchanged["rows"] == {"read": read, "applied": 0, "unchanged": read, "rejected": 0}


def test_onboarding_and_changes_make_every_kind_of_change(command: CommandLine) -> None:
    """Every row of changes.xlsx changes something."""
    onboarding, changes = command("apply", ONBOARDING, CHANGES, "--json").json
    assert changes["rows"]["read"] == changes["rows"]["applied"]
    assert all(onboarding["changes"][kind] or count for kind, count in changes["changes"].items())


def test_overallocation_is_refused_and_changes_nothing(
    command: CommandLine, tmp_path: Path
) -> None:
    """Too few licences are the only problem."""

    command("apply", ONBOARDING)
    before = command.contents(), command("history", "--json").json
    result = command("apply", OVERALLOCATION, "--json", "--corrections", tmp_path)
    assert result.exit_code == 1
    assert {problem["code"] for problem in result.report["problems"]} == {Code.OVERALLOCATION}
    assert (command.contents(), command("history", "--json").json) == before


@pytest.mark.usefixtures("no_corrections")
def test_problems_has_every_code_but_those_of_a_file_in_the_rows_that_name_it(
    command: CommandLine,
) -> None:
    """A new code needs a sample. A row that calls itself good is not refused."""
    result = command("check", PROBLEMS, "--json")
    assert result.exit_code == 1
    problems = result.report["problems"]
    assert {problem["code"] for problem in problems} == OF_A_WORKBOOK
    places = {
        (problem["sheet"], None if problem["code"] in OF_A_SHEET else problem["row"],
         problem["code"])
        for problem in problems
    }  # fmt: skip
    refused = {(p["sheet"], p["row"]) for p in problems if p["severity"] == "error"}
    notes = list(_notes(PROBLEMS))
    assert {code for _, _, code in notes} >= OF_A_WORKBOOK
    for sheet, row, code in notes:
        if code == "Good":
            assert (sheet, row) not in refused
        else:
            assert (sheet, None if code in OF_A_SHEET else row, code) in places


def _notes(path: Path) -> Iterator[tuple[str, int, str]]:
    """Sheet, row, and the code that a text of the row begins with, or `Good`."""
    for sheet in load_workbook(path).worksheets:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            for cell in row:
                match = re.match(r"([A-Za-z-]+)[:.,]", str(cell.value))
                if match is not None and (match[1] in CODES or match[1] == "Good"):
                    yield sheet.title, number, match[1]


def _cells(path: Path) -> dict[str, Any]:
    formulas, results = load_workbook(path), load_workbook(path, data_only=True)
    return {
        sheet.title: (
            sheet.sheet_state,
            sorted(str(merged) for merged in sheet.merged_cells.ranges),
            [row for row, height in sheet.row_dimensions.items() if height.hidden],
            [
                (cell.coordinate, cell.value, results[sheet.title][cell.coordinate].value,
                 cell.number_format)
                for row in sheet.iter_rows()
                for cell in row
            ],
        )
        for sheet in formulas.worksheets
    }  # fmt: skip
