"""Sheets: which are recognised, which refuse their rows and which are ignored."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import HEADERS, B, edit_workbook, otc, otcs_with, write_cells, write_workbook
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
    result = command.check(cells={name: [HEADER, BAD_ROW]})
    assert problems_of(result) == [(name, "D2", "bad-number")]
    assert problem_of(result, "bad-number")["column"] == "Total Licenses"


def test_two_sheets_of_one_kind_are_both_read(command: CommandLine) -> None:
    """Each problem is reported under its own sheet."""
    sheets = {"Add OTC": [HEADER, ROW], "Agregar OTC": [HEADER, OTHER_ROW, BAD_ROW]}
    result = command.apply(cells=sheets, options=["--partial"])
    assert result.row_counts == (3, 2, 0, 1)
    assert problems_of(result) == [("Agregar OTC", "D3", "bad-number")]


def test_two_sheets_of_the_same_name_are_refused_or_both_read(command: CommandLine) -> None:
    """No spreadsheet program writes such a file."""
    sheets = {name: [HEADER, BAD_ROW] for name in ("Add OTC", "Agregar OTC")}
    path = write_cells(Path("x.xlsx"), sheets)
    substitute(path, "xl/workbook.xml", "Agregar OTC", "Add OTC")
    result = command("check", path, "--json")
    assert (result.exit_code, result.row_counts) in [(1, (2, 0, 0, 2)), (3, (0, 0, 0, 0))]


def test_unknown_sheets_with_known_headers_refuse_their_rows(command: CommandLine) -> None:
    """The fix suggests names. A sheet of a single column may hold rows too, and is not taken for
    notes. With --partial the other sheets are applied."""
    names = ["Sheet1", "Add OTC (2)", "New OTCs", "Ad OTC"]
    rows = [tuple(row.values()) for row in otcs_with("total", range(1, 5))]
    result = command.apply(cells={
        "Add OTC": [HEADER, ROW],
        **{name: [HEADER, row] for name, row in zip(names, rows, strict=True)},
        "Enabled": [("Customer (Site) Name *",), ("Norte",)],
        "Agregar clinte": [HEADERS["Add Customer"], ("Norte",)],
    }, options=["--partial"])  # fmt: skip
    assert (result.exit_code, result.row_counts) == (1, (7, 1, 0, 6))
    unknown = [*names, "Enabled", "Agregar clinte"]
    assert problems_of(result) == [(name, None, "unknown-sheet") for name in unknown]
    fixes = {problem["sheet"]: problem["fix"] for problem in result.report["problems"]}
    assert [name for name in names if "Did you mean Add OTC" not in fixes[name]] == []
    assert "Did you mean Add Customer" in fixes["Agregar clinte"]


@pytest.mark.parametrize(
    "name", ["add otcs", "ADD_OTC", "Add-OTC", "Agregar  OTC", "agregar otcs", "Ágregar OTC."]
)
def test_a_slightly_renamed_sheet_is_read(name: str, command: CommandLine) -> None:
    """More than case, accents and spaces is a warning with the name that it was read as."""
    result = command.check(cells={name: [HEADER, ROW]})
    assert result.row_counts == (1, 1, 0, 0)
    if name != "Agregar  OTC":
        problem = problem_of(result, "normalised")
        assert (problem["sheet"], problem["value"]) == (name, name)
        assert name in problem["message"]


def test_a_sheet_of_notes_is_ignored_with_a_warning(command: CommandLine) -> None:
    """Its rows do not count; the warning names all known sheets."""
    notes = [("To do", "Who"), ("call Ana", "me"), ("renew", "you")]
    result = command.apply(cells={"Notes": notes, "Add OTC": [HEADER, ROW]})
    assert (result.exit_code, result.row_counts) == (0, (1, 1, 0, 0))
    problem = problem_of(result, "ignored-sheet")
    assert (problem["severity"], problem["sheet"]) == ("warning", "Notes")
    assert [sheet for sheet in HEADERS if sheet not in problem["fix"]] == []


def test_sheets_are_reported_and_returned_under_any_name(command: CommandLine) -> None:
    names = ['It\'s "new" & <odd>', "Ventas 🚀", "'"]
    result = command.check(cells={name: [HEADER, ROW] for name in names})
    assert problems_of(result) == [(name, None, "unknown-sheet") for name in names]
    assert set(names) <= set(load_workbook(result.corrections).sheetnames)


def test_sheets_with_names_that_excel_forbids_are_reported_under_them(command: CommandLine) -> None:
    """Other programs write such names."""
    names = ["A/B", "[x]", "a:b", "what?", "*"]
    path = write_cells(
        Path("x.xlsx"), {f"PLACEHOLDER{n}": [HEADER, ROW] for n, _ in enumerate(names)}
    )
    for number, name in enumerate(names):
        substitute(path, "xl/workbook.xml", f"PLACEHOLDER{number}", name)
    result = command("check", path, "--json")
    assert problems_of(result) == [(name, None, "unknown-sheet") for name in names]


def test_a_chart_sheet_in_front_moves_nothing(command: CommandLine) -> None:
    """The sheets behind it keep their names and rows."""
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [otc(total="x")])])
    edit_workbook(path, lambda workbook: workbook.create_chartsheet("Chart", 0))
    assert problems_of(command("check", path, "--json")) == [("Add OTC", "D2", "bad-number")]
