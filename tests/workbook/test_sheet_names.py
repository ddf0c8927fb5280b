"""Sheets: which are recognised, which refuse their rows and which are ignored."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import HEADERS, B, edit_workbook, otc, write_cells, write_workbook
from checks import apply, check
from command_line import CommandLine
from reports import problem_of, problems_of
from workbook_files import substitute

HEADER, ROW, OTHER_ROW = tuple(otc()), tuple(otc().values()), tuple(otc(B).values())
BAD_ROW = tuple(otc(total="many").values())


@pytest.mark.parametrize("name", ["Agregar OTC", "agregar otc", "ADD OTC", "Add  OTC"])
def test_a_sheet_is_recognised_in_both_languages_and_any_spelling(
    name: str, command: CommandLine
) -> None:
    """The report names the sheet as the file does."""
    result = check(command, {name: [HEADER, BAD_ROW]})
    assert problems_of(result) == [(name, "D2", "bad-number")]
    assert problem_of(result, "bad-number")["column"] == "Total Licenses"


def test_two_sheets_of_one_kind_are_both_read(command: CommandLine) -> None:
    """Each problem is reported under its own sheet."""
    sheets = {"Add OTC": [HEADER, ROW], "Agregar OTC": [HEADER, OTHER_ROW, BAD_ROW]}
    result = apply(command, sheets, "--partial")
    assert result.row_counts == (3, 2, 0, 1)
    assert problems_of(result) == [("Agregar OTC", "D3", "bad-number")]


def test_two_sheets_of_the_same_name_are_refused_or_both_read(
    command: CommandLine, tmp_path: Path
) -> None:
    """No spreadsheet program writes such a file."""
    sheets = {name: [HEADER, BAD_ROW] for name in ("Add OTC", "Agregar OTC")}
    path = write_cells(tmp_path / "x.xlsx", sheets)
    substitute(path, "xl/workbook.xml", "Agregar OTC", "Add OTC")
    result = command("check", path, "--json")
    assert (result.exit_code, result.row_counts) in [(1, (2, 0, 0, 2)), (3, (0, 0, 0, 0))]


@pytest.mark.parametrize("name", ["Sheet1", "Add OTC (2)", "New OTCs"])
def test_an_unknown_sheet_with_known_headers_refuses_its_rows(
    name: str, command: CommandLine
) -> None:
    """The fix suggests names; the other sheet is applied with --partial."""
    result = apply(command, {"Add OTC": [HEADER, ROW], name: [HEADER, OTHER_ROW]}, "--partial")
    assert (result.exit_code, result.row_counts) == (1, (2, 1, 0, 1))
    problem = problem_of(result, "unknown-sheet")
    assert problem["sheet"] == name
    assert "Did you mean Add OTC or Edit OTC?" in problem["fix"]


def test_a_misnamed_sheet_of_a_single_column_is_not_taken_for_notes(command: CommandLine) -> None:
    """Somebody asks for the rows of "Enabled": exit 0 would hide them."""
    sheets = {"Add OTC": [HEADER, ROW], "Enabled": [("Customer (Site) Name *",), ("Norte",)]}
    result = check(command, sheets)
    assert problem_of(result, "unknown-sheet")["sheet"] == "Enabled"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "name", ["add otcs", "ADD_OTC", "Add-OTC", "Agregar  OTC", "agregar otcs", "Ágregar OTC."]
)
def test_a_slightly_renamed_sheet_is_read(name: str, command: CommandLine) -> None:
    """More than case, accents and spaces is a warning with the name that it was read as."""
    result = check(command, {name: [HEADER, ROW]})
    assert result.row_counts == (1, 1, 0, 0)
    if name != "Agregar  OTC":
        problem = problem_of(result, "normalised")
        assert (problem["sheet"], problem["value"]) == (name, name)
        assert name in problem["message"]


def test_a_misspelt_sheet_refuses_its_rows_with_a_suggestion(command: CommandLine) -> None:
    result = check(command, {"Ad OTC": [HEADER, ROW]})
    assert result.row_counts == (1, 0, 0, 1)
    assert "Did you mean Add OTC" in problem_of(result, "unknown-sheet")["fix"]


def test_a_sheet_of_notes_is_ignored_with_a_warning(command: CommandLine) -> None:
    """Its rows do not count; the warning names all known sheets."""
    notes = [("To do", "Who"), ("call Ana", "me"), ("renew", "you")]
    result = apply(command, {"Notes": notes, "Add OTC": [HEADER, ROW]})
    assert (result.exit_code, result.row_counts) == (0, (1, 1, 0, 0))
    problem = problem_of(result, "ignored-sheet")
    assert (problem["severity"], problem["sheet"]) == ("warning", "Notes")
    assert [sheet for sheet in HEADERS if sheet not in problem["fix"]] == []


@pytest.mark.parametrize("name", ['It\'s "new" & <odd>', "Ventas 🚀", "'"])
def test_a_sheet_of_any_name_is_reported_and_returned_under_it(
    name: str, command: CommandLine
) -> None:
    result = check(command, {name: [HEADER, ROW]})
    assert result.exit_code == 1
    assert problem_of(result, "unknown-sheet")["sheet"] == name
    assert name in load_workbook(result.corrections).sheetnames


@pytest.mark.parametrize("name", ["A/B", "[x]", "a:b", "what?", "*"])
def test_a_sheet_with_a_name_that_excel_forbids_refuses_its_rows(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """Other programs write such names."""
    path = write_cells(tmp_path / "x.xlsx", {"PLACEHOLDER": [HEADER, ROW]})
    substitute(path, "xl/workbook.xml", "PLACEHOLDER", name)
    result = command("check", path, "--json")
    assert result.exit_code == 1
    assert problem_of(result, "unknown-sheet")["sheet"] == name


def test_a_chart_sheet_in_front_moves_nothing(command: CommandLine, tmp_path: Path) -> None:
    """The sheets behind it keep their names and rows."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(total="x")])])
    edit_workbook(path, lambda workbook: workbook.create_chartsheet("Chart", 0))
    assert problems_of(command("check", path, "--json")) == [("Add OTC", "D2", "bad-number")]
