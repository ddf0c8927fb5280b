"""What a workbook's cells, headers and sheets are taken for, and what is said of the others."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from builders import HEADERS, write_cells, write_workbook
from command_line import CommandLine, CommandResult
from importer.base.texts import visible

CODE = "ABCDE-12345-FGHIJ-67890"
OTHER_CODE = "KLMNO-12345-FGHIJ-67890"
SHORT_HEADER = ("OTC", "Email", "Company Name", "Total Licenses")
SHORT_ROW = (CODE, "it@msp.example", "Acme", 50)
CUSTOMER_HEADER = HEADERS["Add Customer"]

Problem = Mapping[str, Any]
Cells = dict[str, list[tuple[Any, ...]]]


def otc(**cells: Any) -> dict[str, Any]:
    """A good row of Add OTC but for `cells`, by header with `_` for a space."""
    row = dict(zip(SHORT_HEADER, SHORT_ROW, strict=True))
    return row | {header.replace("_", " "): value for header, value in cells.items()}


def customer(name: Any = "Norte", licenses: Any = 5, code: Any = CODE) -> dict[str, Any]:
    """A row of Add Customer."""
    values = (name, "Admin", code, licenses)
    return dict(zip(CUSTOMER_HEADER, values, strict=False))


def report(said: CommandResult) -> dict[str, Any]:
    """The object of the only file of a command."""
    [only] = said.json
    assert isinstance(only, dict)
    return only


def rows(said: CommandResult) -> tuple[int, int, int, int]:
    """Rows read, applied, unchanged and rejected."""
    read, applied, unchanged, rejected = report(said)["rows"].values()
    return read, applied, unchanged, rejected


def places(said: CommandResult) -> list[tuple[str, str | None, str]]:
    """Sheet, cell and code of every problem, warnings included, as reported."""
    return [(one["sheet"], one["cell"], one["code"]) for one in report(said)["problems"]]


def errors(said: CommandResult) -> list[tuple[str, str]]:
    """Cell and code of every error."""
    return [
        (one["cell"], one["code"])
        for one in report(said)["problems"]
        if one["severity"] == "error"
    ]  # fmt: skip


def the_problem(said: CommandResult, code: str) -> Problem:
    """The one problem of that code."""
    [found] = [one for one in report(said)["problems"] if one["code"] == code]
    assert isinstance(found, dict)
    return found


def edited(path: Path, edit: Callable[[Workbook], object]) -> Path:
    """`path` after `edit` has changed its workbook."""
    workbook = load_workbook(path)
    edit(workbook)
    workbook.save(path)
    return path


def rewritten(path: Path, part: str, pattern: str, replacement: str) -> Path:
    """`path` with every match of `pattern` in one part of its archive replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[part].decode()
    parts[part] = re.sub(pattern, replacement, before).encode()
    assert parts[part].decode() != before, f"{pattern} is not in {part}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


FIRST_SHEET = "xl/worksheets/sheet1.xml"


# Rows


def test_row_numbers_are_those_that_excel_shows(command: CommandLine, tmp_path: Path) -> None:
    """Header in row 1, rows 2, 3 and 5 blank: the bad rows are 4 and 6."""
    bad = (*SHORT_ROW[:3], "many")
    path = write_cells(
        tmp_path / "x.xlsx", {"Add OTC": [SHORT_HEADER, (), (), bad, (), (OTHER_CODE, *bad[1:])]}
    )
    said = command("check", path, "--json")
    assert errors(said) == [("D4", "bad-number"), ("D6", "bad-number")]
    assert [one["row"] for one in report(said)["problems"]] == [4, 6]


def test_a_row_of_spaces_is_no_row(command: CommandLine, tmp_path: Path) -> None:
    """Of rows that are empty, hold spaces, tabs or non-breaking spaces, none is read."""
    blanks = [(), (" ", "  ", None, "\t"), ("\u00a0", "", "\n", " ")]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": [SHORT_HEADER, *blanks, SHORT_ROW]})
    said = command("apply", path, "--json")
    assert rows(said) == (1, 1, 0, 0)
    assert command("history", "1", "--json").json["lines"][0]["row"] == 5


def test_a_sheet_with_nothing_but_its_header_asks_for_nothing(
    command: CommandLine, tmp_path: Path
) -> None:
    """No rows, no problems; the rows of the other sheet count."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc()]), ("Add Customer", [])])
    said = command("apply", path, "--json")
    assert rows(said) == (1, 1, 0, 0)
    assert report(said)["problems"] == []


@pytest.mark.parametrize("above", [[(), ()], [("Our OTCs",), ("as of today",)]])
def test_title_rows_above_the_header_are_named_and_passed_over(
    above: list[tuple[str, ...]], command: CommandLine, tmp_path: Path
) -> None:
    """A header in row 3 is found; what stands above it is named in a warning."""
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": [*above, SHORT_HEADER, SHORT_ROW]})
    said = command("check", path, "--json")
    assert said.exit_code == 0
    assert rows(said) == (1, 1, 0, 0)
    problem = the_problem(said, "title-rows")
    assert (problem["severity"], problem["sheet"], problem["row"]) == ("warning", "Add OTC", 3)
    assert "row 3" in problem["message"]
    assert ("1-2" in problem["message"]) is bool(above[0])


def test_a_header_that_was_sorted_among_the_rows_is_no_header_below_titles(
    command: CommandLine, tmp_path: Path
) -> None:
    """A row above the header that fills our columns would be lost: all rows are refused."""
    table = [SHORT_ROW, SHORT_HEADER, (OTHER_CODE, *SHORT_ROW[1:])]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": table})
    said = command("check", path, "--json")
    assert rows(said) == (2, 0, 0, 2)
    problem = the_problem(said, "missing-column")
    assert (problem["sheet"], problem["row"]) == ("Add OTC", 2)
    assert "above" in problem["fix"]


def test_rows_without_a_header_are_refused_and_counted(
    command: CommandLine, tmp_path: Path
) -> None:
    """Rows 3 and 4 without a header anywhere: each required column is named, both are refused."""
    second = (OTHER_CODE, *SHORT_ROW[1:])
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": [(), (), SHORT_ROW, second]})
    said = command("check", path, "--json")
    assert rows(said) == (2, 0, 0, 2)
    missing = [one["column"] for one in report(said)["problems"] if one["code"] == "missing-column"]
    assert missing == list(SHORT_HEADER)


def test_a_single_row_in_place_of_the_header_is_not_lost(
    command: CommandLine, tmp_path: Path
) -> None:
    """A sheet of ours that holds data in row 1 and nothing else is answered, not passed over."""
    path = write_cells(tmp_path / "x.xlsx", {"Enable Customer": [("Clinica Norte",)]})
    said = command("apply", path, "--json")
    assert said.exit_code == 1
    assert the_problem(said, "missing-column")["column"] == "Customer (Site) Name"


# Columns


def test_columns_may_stand_in_any_order(command: CommandLine, tmp_path: Path) -> None:
    """Each value goes where its header says, and a problem names the cell where it stands."""
    table = [reversed(SHORT_HEADER), reversed(SHORT_ROW), (5, "Acme", "no email", OTHER_CODE)]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": [tuple(row) for row in table]})
    said = command("apply", path, "--partial", "--json")
    assert errors(said) == [("C3", "bad-email")]
    [held] = command("show", "otcs", "--json").json
    assert (held["otc"], held["email"], held["company"], held["total"]) == SHORT_ROW


def test_a_table_may_begin_to_the_right(command: CommandLine, tmp_path: Path) -> None:
    """Columns A and B are blank throughout: cells are named where they stand."""
    bad = (CODE, "nobody", "=A1", "x")
    table = [(None, None, *row) for row in (SHORT_HEADER, bad)]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": table})
    assert errors(command("check", path, "--json")) == [
        ("D2", "bad-email"), ("E2", "formula-without-value"), ("F2", "bad-number"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        ("OTC *", "Email*", "Company Name *", "Total Licenses *"),
        ("Código OTC", "Correo electrónico", "Nombre de la empresa", "Total de licencias"),
        ("OTC", "Correo electrónico*", "Company Name", "Total de licencias *"),
        ("otc", "EMAIL", "company name", "tOTAL lICENSES"),
        ("codigo otc", "CORREO ELECTRONICO", "nombre de la empresa", "Total De Licencias"),
        (" OTC ", "E mail", "Company\u00a0Name", "Total   Licenses"),
        ("OTC\n*", "Email\n*", "Company\nName", "TotalLicenses"),
    ],
)
def test_a_header_is_known_in_both_languages_and_any_spelling(
    header: tuple[str, ...], command: CommandLine, tmp_path: Path
) -> None:
    """English, Spanish or mixed; with `*` or without; other case, accents and spacing."""
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": [header, SHORT_ROW]})
    said = command("apply", path, "--json")
    assert report(said)["problems"] == []
    assert rows(said) == (1, 1, 0, 0)


@pytest.mark.parametrize("name", ["Agregar OTC", "agregar otc", "ADD OTC", "Add  OTC"])
def test_a_sheet_is_known_in_both_languages_and_any_spelling(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """The report names the sheet as the file does."""
    bad = (*SHORT_ROW[:3], "many")
    path = write_cells(tmp_path / "x.xlsx", {name: [SHORT_HEADER, bad]})
    said = command("check", path, "--json")
    assert places(said) == [(name, "D2", "bad-number")]
    assert the_problem(said, "bad-number")["column"] == "Total Licenses"


def test_two_sheets_of_one_kind_are_both_read(command: CommandLine, tmp_path: Path) -> None:
    """Add OTC and Agregar OTC in one workbook: rows of both, each problem under its own sheet."""
    rows_of_spanish = [(OTHER_CODE, *SHORT_ROW[1:]), (OTHER_CODE, *SHORT_ROW[1:3], "x")]
    sheets: Cells = {
        "Add OTC": [SHORT_HEADER, SHORT_ROW],
        "Agregar OTC": [SHORT_HEADER, *rows_of_spanish],
    }
    said = command("apply", write_cells(tmp_path / "x.xlsx", sheets), "--partial", "--json")
    assert rows(said) == (3, 2, 0, 1)
    assert places(said) == [("Agregar OTC", "D3", "bad-number")]


def test_two_sheets_of_the_very_same_name_are_answered(
    command: CommandLine, tmp_path: Path
) -> None:
    """No spreadsheet program writes such a file; it is refused or read, but it stops nothing."""
    second = (OTHER_CODE, *SHORT_ROW[1:])
    sheets: Cells = {"Add OTC": [SHORT_HEADER, (*SHORT_ROW[:3], "x")],
              "Agregar OTC": [SHORT_HEADER, (*second[:3], "x")]}  # fmt: skip
    path = write_cells(tmp_path / "x.xlsx", sheets)
    rewritten(path, "xl/workbook.xml", "Agregar OTC", "Add OTC")
    said = command("check", path, "--json")
    assert said.exit_code in (1, 3)
    if said.exit_code == 1:
        assert rows(said) == (2, 0, 0, 2)


@pytest.mark.parametrize("part", ["Total Licenses", "OTC"])
def test_a_missing_column_refuses_every_row_of_its_sheet_alone(
    part: str, command: CommandLine, tmp_path: Path
) -> None:
    """With --partial the other sheet's rows are applied; the fix names the header to write."""
    at = SHORT_HEADER.index(part)
    without = [
        tuple(cell for index, cell in enumerate(row) if index != at)
        for row in (SHORT_HEADER, SHORT_ROW, (OTHER_CODE, *SHORT_ROW[1:]))
    ]
    sheets: Cells = {"Add OTC": [SHORT_HEADER, SHORT_ROW], "Edit OTC": [], "Agregar OTC": without}
    said = command("apply", write_cells(tmp_path / "x.xlsx", sheets), "--partial", "--json")
    assert said.exit_code == 1
    assert rows(said) == (3, 1, 0, 2)
    problem = the_problem(said, "missing-column")
    assert (problem["sheet"], problem["row"], problem["column"]) == ("Agregar OTC", 1, part)
    spanish = {"Total Licenses": "Total de licencias", "OTC": "Código OTC"}
    assert spanish[part] in problem["fix"]
    assert len(command("show", "otcs", "--json").json) == 1


def test_a_column_of_another_sheet_is_not_passed_over(command: CommandLine, tmp_path: Path) -> None:
    """A header that is none of the sheet's but another sheet's: whoever wrote it expects something
    of it, and is told where it belongs."""
    header, row = (*SHORT_HEADER, "No of Licenses"), (*SHORT_ROW, 5)
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": [header, row]})
    said = command("check", path, "--json")
    assert rows(said) == (1, 0, 0, 1)
    problem = the_problem(said, "unknown-column")
    assert (problem["cell"], problem["value"]) == ("E1", "No of Licenses")
    for other in ("Add Customer", "Add Avira Subscription", "Edit Customer"):
        assert other in problem["fix"]


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("Expiry Dat", "Expiry Date"),
        ("Expiry", "Expiry Date"),
        ("Expiry Date (day)", "Expiry Date"),
        ("expiration date", "Expiry Date"),
        ("Descriptoin", "Description"),
        ("Produkt ID", "Product ID"),
    ],
)
def test_a_misspelt_column_refuses_its_sheet_and_is_answered_with_the_one_that_is_meant(
    header: str, meant: str, command: CommandLine, tmp_path: Path
) -> None:
    """What stands below it would be lost."""
    table = [(*SHORT_HEADER, header), (*SHORT_ROW, "2029-01-31")]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": table})
    said = command("check", path, "--json")
    assert rows(said) == (1, 0, 0, 1)
    problem = the_problem(said, "unknown-column")
    assert (problem["cell"], problem["value"]) == ("E1", header)
    assert f"Did you mean {meant}?" in problem["fix"]


def test_a_misspelt_column_of_a_spanish_sheet_is_answered_in_its_headers(
    command: CommandLine, tmp_path: Path
) -> None:
    """The fix names the headers of the language that the sheet is named in."""
    table = [(*SHORT_HEADER, "Vencimiento"), (*SHORT_ROW, 5)]
    path = write_cells(tmp_path / "x.xlsx", {"Agregar OTC": table})
    fix = the_problem(command("check", path, "--json"), "unknown-column")["fix"]
    assert "Fecha de vencimiento" in fix
    assert "Expiry Date" not in fix


@pytest.mark.parametrize("header", ["Phone", "Teléfono", "Email 2", "Notes", "Our no."])
def test_a_column_of_the_users_own_is_named_and_left_alone(
    header: str, command: CommandLine, tmp_path: Path
) -> None:
    """Nothing in it is used, and that is said."""
    table = [(*SHORT_HEADER, header), (*SHORT_ROW, "x")]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": table})
    said = command("apply", path, "--json")
    assert rows(said) == (1, 1, 0, 0)
    problem = the_problem(said, "ignored-column")
    assert (problem["severity"], problem["cell"], problem["value"]) == ("warning", "E1", header)
    assert header in problem["message"]


@pytest.mark.parametrize("value", ["call back", 7, 0, False])
def test_values_below_no_header_are_an_unknown_column(
    value: object, command: CommandLine, tmp_path: Path
) -> None:
    """A column with values and no header refuses the rows, named by its letter."""
    table = [SHORT_HEADER, (*SHORT_ROW, None, value)]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": table})
    said = command("check", path, "--json")
    assert rows(said) == (1, 0, 0, 1)
    problem = the_problem(said, "unknown-column")
    assert (problem["column"], problem["cell"]) == ("F", "F1")


def test_a_column_that_is_there_twice_is_named_with_both_places(
    command: CommandLine, tmp_path: Path
) -> None:
    """Email in B and Correo electrónico in E are one column; which is meant is not guessed."""
    table = [(*SHORT_HEADER, "Correo electrónico"), (*SHORT_ROW, "other@msp.example")]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": table})
    said = command("check", path, "--json")
    assert rows(said) == (1, 0, 0, 1)
    problem = the_problem(said, "duplicate-column")
    assert (problem["column"], problem["cell"]) == ("Email", "E1")
    assert re.search(r"\bB\b.*\bE\b", problem["message"])


def test_bad_cells_of_a_sheet_with_a_bad_column_are_named_in_the_same_run(
    command: CommandLine, tmp_path: Path
) -> None:
    """What else is wrong need not wait until the header is right."""
    path = write_cells(
        tmp_path / "x.xlsx",
        {"Add OTC": [(*SHORT_HEADER, "Expiry"), (CODE, "nobody", "Acme", "x", 1)]},
    )
    assert errors(command("check", path, "--json")) == [
        ("E1", "unknown-column"), ("B2", "bad-email"), ("D2", "bad-number"),
    ]  # fmt: skip


# Sheets


@pytest.mark.parametrize("name", ["Sheet1", "Add OTC (2)", "New OTCs"])
def test_a_sheet_that_looks_like_ours_refuses_its_rows(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """Headers of ours below a name that is none of ours: unknown-sheet, with the names that it may
    be meant to have; the other sheet is applied with --partial."""
    sheets: Cells = {"Add OTC": [SHORT_HEADER, SHORT_ROW],
              name: [SHORT_HEADER, (OTHER_CODE, *SHORT_ROW[1:])]}  # fmt: skip
    said = command("apply", write_cells(tmp_path / "x.xlsx", sheets), "--partial", "--json")
    assert said.exit_code == 1
    assert rows(said) == (2, 1, 0, 1)
    problem = the_problem(said, "unknown-sheet")
    assert problem["sheet"] == name
    assert "Did you mean Add OTC or Edit OTC?" in problem["fix"]


def test_a_misnamed_sheet_of_a_single_column_is_not_taken_for_notes(
    command: CommandLine, tmp_path: Path
) -> None:
    """The rows of "Enabled" are asked for by somebody: exit 0 would hide them."""
    sheets: Cells = {"Add OTC": [SHORT_HEADER, SHORT_ROW],
              "Enabled": [("Customer (Site) Name *",), ("Norte",)]}  # fmt: skip
    said = command("check", write_cells(tmp_path / "x.xlsx", sheets), "--json")
    assert the_problem(said, "unknown-sheet")["sheet"] == "Enabled"
    assert said.exit_code == 1


@pytest.mark.parametrize(
    "name", ["add otcs", "ADD_OTC", "Add-OTC", "Agregar  OTC", "agregar otcs", "Ágregar OTC."]
)
def test_a_slightly_renamed_sheet_is_read(name: str, command: CommandLine, tmp_path: Path) -> None:
    """What is more than case, accents and spaces is said, with the name that it was read as."""
    path = write_cells(tmp_path / "x.xlsx", {name: [SHORT_HEADER, SHORT_ROW]})
    said = command("apply", path, "--json")
    assert rows(said) == (1, 1, 0, 0)
    if name != "Agregar  OTC":
        problem = the_problem(said, "normalised")
        assert (problem["sheet"], problem["value"]) == (name, name)
        assert name in problem["message"]


def test_a_misspelt_sheet_is_asked_about(command: CommandLine, tmp_path: Path) -> None:
    """Ad OTC may be Add OTC, and may be not."""
    path = write_cells(tmp_path / "x.xlsx", {"Ad OTC": [SHORT_HEADER, SHORT_ROW]})
    said = command("check", path, "--json")
    assert rows(said) == (1, 0, 0, 1)
    assert "Did you mean Add OTC" in the_problem(said, "unknown-sheet")["fix"]


def test_a_sheet_of_notes_is_mentioned_and_left_alone(command: CommandLine, tmp_path: Path) -> None:
    """Not ours and not like ours: a warning with the names of ours, and its rows do not count."""
    notes = [("To do", "Who"), ("call Ana", "me"), ("renew", "you")]
    path = write_cells(tmp_path / "x.xlsx", {"Notes": notes, "Add OTC": [SHORT_HEADER, SHORT_ROW]})
    said = command("apply", path, "--json")
    assert said.exit_code == 0
    assert rows(said) == (1, 1, 0, 0)
    problem = the_problem(said, "ignored-sheet")
    assert (problem["severity"], problem["sheet"]) == ("warning", "Notes")
    for known in HEADERS:
        assert known in problem["fix"]


@pytest.mark.parametrize("name", ['It\'s "new" & <odd>', "Ventas 🚀", "'"])
def test_a_sheet_of_any_name_is_given_back_under_it(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """Quotes, ampersands and emoji in a sheet's name disturb neither report nor corrections."""
    path = write_cells(tmp_path / "x.xlsx", {name: [SHORT_HEADER, SHORT_ROW]})
    said = command("check", path, "--json")
    assert said.exit_code == 1
    assert the_problem(said, "unknown-sheet")["sheet"] == name
    assert name in load_workbook(report(said)["corrections"]).sheetnames


@pytest.mark.parametrize("name", ["A/B", "[x]", "a:b", "what?", "*"])
def test_a_sheet_whose_name_excel_forbids_is_answered(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """Other programs write such names; the rows are refused as unknown-sheet, nothing breaks."""
    path = write_cells(tmp_path / "x.xlsx", {"PLACEHOLDER": [SHORT_HEADER, SHORT_ROW]})
    rewritten(path, "xl/workbook.xml", "PLACEHOLDER", name)
    said = command("check", path, "--json")
    assert said.exit_code == 1
    assert the_problem(said, "unknown-sheet")["sheet"] == name


def test_a_workbook_with_macros_is_read_like_any_other(
    command: CommandLine, tmp_path: Path
) -> None:
    """An .xlsm, its content type that of a workbook with macros."""
    path = write_workbook(tmp_path / "x.xlsm", [("Add OTC", [otc()])])
    rewritten(
        path,
        "[Content_Types].xml",
        re.escape("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    assert rows(command("apply", path, "--json")) == (1, 1, 0, 0)


def test_a_chart_sheet_in_front_moves_nothing(command: CommandLine, tmp_path: Path) -> None:
    """A sheet without cells is none, and the sheets behind it keep their names and rows."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Total_Licenses="x")])])
    edited(path, lambda workbook: workbook.create_chartsheet("Chart", 0))
    assert places(command("check", path, "--json")) == [("Add OTC", "D2", "bad-number")]


# What is hidden or merged


def hide_row(workbook: Workbook) -> None:
    """Hide row 3 and, though nobody would miss it, the blank row 9."""
    workbook["Add OTC"].row_dimensions[3].hidden = True
    workbook["Add OTC"].row_dimensions[9].hidden = True


def hide_column(workbook: Workbook) -> None:
    """Hide the column of the totals and, beside the table, column J."""
    workbook["Add OTC"].column_dimensions["D"].hidden = True
    workbook["Add OTC"].column_dimensions["J"].hidden = True


def hide_sheet(workbook: Workbook) -> None:
    """Hide the sheet from all menus."""
    workbook.create_sheet("Visible")
    workbook["Add OTC"].sheet_state = "veryHidden"


@pytest.mark.parametrize(
    ("hide", "told"), [(hide_row, r": 3\.$"), (hide_column, r": D\.$"), (hide_sheet, "Add OTC")]
)
def test_what_is_hidden_is_read_with_a_warning(
    hide: Callable[[Workbook], None], told: str, command: CommandLine, tmp_path: Path
) -> None:
    """Hidden rows, columns and sheets count like all others, and are named."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(), otc(OTC=OTHER_CODE)])])
    edited(path, hide)
    said = command("apply", path, "--json")
    assert rows(said) == (2, 2, 0, 0)
    problem = the_problem(said, "hidden-rows")
    assert problem["severity"] == "warning"
    assert re.search(told, problem["message"])


def test_the_rows_below_a_merged_cell_are_refused_by_its_range(
    command: CommandLine, tmp_path: Path
) -> None:
    """A2:A3 merged: row 2 has the value, row 3 has none, and the range to unmerge is named."""
    sheets = [("Add OTC", [otc()]), ("Add Customer", [customer(), customer(None)])]
    path = write_workbook(tmp_path / "x.xlsx", sheets)
    edited(path, lambda workbook: workbook["Add Customer"].merge_cells("A2:A3"))
    said = command("apply", path, "--partial", "--json")
    assert rows(said) == (3, 2, 0, 1)
    assert errors(said) == [("A3", "merged-cells")]
    problem = the_problem(said, "merged-cells")
    assert "A2:A3" in problem["message"]
    assert "A2:A3" in problem["fix"]


def test_blank_rows_below_a_merged_cell_are_no_rows(command: CommandLine, tmp_path: Path) -> None:
    """A2:A4 merged, rows 3 and 4 hold nothing else: as blank as without the merge."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(), {}, {}, otc(OTC=OTHER_CODE)])])
    edited(path, lambda workbook: workbook["Add OTC"].merge_cells("A2:A4"))
    assert rows(command("check", path, "--json")) == (2, 2, 0, 0)


def test_merged_cells_elsewhere_do_no_harm(command: CommandLine, tmp_path: Path) -> None:
    """Blank merged cells beside and below the table, and merged notes on another sheet."""
    path = write_cells(
        tmp_path / "x.xlsx",
        {"Add OTC": [SHORT_HEADER, SHORT_ROW], "Notes": [("Read me", None), ("a", "b")]},
    )

    def merge(workbook: Workbook) -> None:
        workbook["Add OTC"].merge_cells("F2:G9")
        workbook["Add OTC"].merge_cells("A5:D6")
        workbook["Notes"].merge_cells("A1:B1")

    said = command("apply", edited(path, merge), "--json")
    assert rows(said) == (1, 1, 0, 0)
    assert places(said) == [("Notes", None, "ignored-sheet")]


# Formulas and errors


def with_value(path: Path, value: str) -> Path:
    """`path` with `value` stored as the result of every formula of the first sheet."""
    return rewritten(path, FIRST_SHEET, r"(</f>)<v\s*(?:/>|></v>)", rf"\g<1><v>{value}</v>")


def test_a_formula_without_a_stored_value_is_refused(command: CommandLine, tmp_path: Path) -> None:
    """Nobody has calculated it: neither blank nor zero, in a required or an optional column."""
    path = write_workbook(
        tmp_path / "x.xlsx", [("Add OTC", [otc(Total_Licenses="=40+10", Runtime="=6+6")])]
    )
    said = command("check", path, "--json")
    assert rows(said) == (1, 0, 0, 1)
    assert errors(said) == [("D2", "formula-without-value"), ("I2", "formula-without-value")]
    assert "Excel" in report(said)["problems"][0]["fix"]


def test_rows_of_formulas_without_values_are_not_lost_at_the_end(
    command: CommandLine, tmp_path: Path
) -> None:
    """The last two rows hold nothing but formulas that nobody calculated: both are refused."""
    formulas = [("=A2", "=B2", "=C2", "=D2"), ("=A3", "=B3", "=C3", "=D3")]
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": [SHORT_HEADER, SHORT_ROW, *formulas]})
    said = command("check", path, "--json")
    assert rows(said) == (3, 1, 0, 2)
    assert errors(said) == [
        (f"{letter}{row}", "formula-without-value") for row in (3, 4) for letter in "ABCD"
    ]


def test_the_stored_value_of_a_formula_is_used_with_a_warning(
    command: CommandLine, tmp_path: Path
) -> None:
    """What Excel calculated last counts, and the cell is named."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Total_Licenses="=40+10")])])
    said = command("apply", with_value(path, "50"), "--json")
    assert rows(said) == (1, 1, 0, 0)
    problem = the_problem(said, "formula-value-used")
    assert (problem["severity"], problem["cell"], problem["value"]) == ("warning", "D2", "50")
    assert command("show", "otcs", "--json").json[0]["total"] == 50


def test_a_bad_stored_value_of_a_formula_is_a_bad_cell(
    command: CommandLine, tmp_path: Path
) -> None:
    """2.5 is no number of licences, whoever calculated it."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Total_Licenses="=5/2")])])
    assert errors(command("check", with_value(path, "2.5"), "--json")) == [("D2", "bad-number")]


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!"])
def test_an_error_value_is_refused(shown: str, command: CommandLine, tmp_path: Path) -> None:
    """In any column, an optional text too; the message shows the error as Excel does."""
    path = write_workbook(
        tmp_path / "x.xlsx", [("Add OTC", [otc(Company_Name=shown, Description=shown)])]
    )
    said = command("check", path, "--json")
    assert rows(said) == (1, 0, 0, 1)
    assert errors(said) == [("C2", "cell-error"), ("E2", "cell-error")]
    assert shown in report(said)["problems"][0]["message"]


def test_text_that_reads_like_an_error_is_text(command: CommandLine, tmp_path: Path) -> None:
    """A company that somebody typed as the text #N/A is called #N/A."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc()])])

    def type_it(workbook: Workbook) -> None:
        cell = workbook["Add OTC"]["C2"]
        cell.value = "#N/A"
        cell.data_type = "s"

    said = command("apply", edited(path, type_it), "--json")
    assert rows(said) == (1, 1, 0, 0)
    assert command("show", "otcs", "--json").json[0]["company"] == "#N/A"


STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main":
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships":
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
}  # fmt: skip
"""Namespaces of what Excel saves as "Strict Open XML Spreadsheet" (ISO/IEC 29500-1)."""


def as_strict(path: Path) -> None:
    """Give every part the namespaces of a strict workbook."""
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", FIRST_SHEET, "_rels/.rels"):
        for transitional, strict in STRICT.items():
            with zipfile.ZipFile(path) as archive:
                if transitional not in archive.read(part).decode():
                    continue
            rewritten(path, part, re.escape(transitional), strict)


def in_other_case(path: Path) -> None:
    """Name the sheet's part in other letters than it is stored under; OPC knows no case."""
    rewritten(path, "xl/_rels/workbook.xml.rels", "worksheets/sheet1", "Worksheets/Sheet1")


@pytest.mark.parametrize("write_so", [as_strict, in_other_case])
def test_errors_and_formulas_are_seen_however_the_file_is_written(
    write_so: Callable[[Path], None], command: CommandLine, tmp_path: Path
) -> None:
    """In an optional column, an error or a formula without value is not taken for blank."""
    path = write_workbook(
        tmp_path / "x.xlsx", [("Add OTC", [otc(Description="#N/A", Runtime="=6+6")])]
    )
    write_so(path)
    said = command("check", path, "--json")
    assert said.exit_code in (1, 3)  # not to take such a file at all would be as safe
    if said.exit_code == 1:
        assert errors(said) == [("E2", "cell-error"), ("I2", "formula-without-value")]


# Numbers


@pytest.mark.parametrize("typed", [5, 5.0, "5", "5.0", " 5 ", "5.00", "005", "5,0", "5,00", "５"])
def test_five_is_five_however_it_is_typed(
    typed: object, command: CommandLine, tmp_path: Path
) -> None:
    """A number, or plain digits as text."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Total_Licenses=typed)])])
    assert command("apply", path).exit_code == 0
    assert command("show", "otcs", "--json").json[0]["total"] == 5


@pytest.mark.parametrize(
    "typed",
    [
        2.5, True, False, "5 pcs", 1e20, -1, 0, "1e6,0", "٣", "five", "2.5", "2,5", "5,000,0",
        "1e3", "+5", "=5", 1_000_001, "1000001", dt.date(2026, 1, 5), "0x10", "5-6", "½",
    ],
)  # fmt: skip
def test_what_is_no_number_of_licences_is_refused_at_its_cell(
    typed: object, command: CommandLine, tmp_path: Path
) -> None:
    """No rounding, no guessing at separators, no digits of other scripts, no logical values."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc()])])

    def type_it(workbook: Workbook) -> None:
        cell = workbook["Add OTC"]["D2"]
        cell.value = typed
        if isinstance(typed, str):
            cell.data_type = "s"

    said = command("check", edited(path, type_it), "--json")
    assert rows(said) == (1, 0, 0, 1)
    assert places(said) == [("Add OTC", "D2", "bad-number")]
    problem = the_problem(said, "bad-number")
    assert (problem["row"], problem["column"]) == (2, "Total Licenses")
    assert "1,000,000" in problem["fix"]


@pytest.mark.parametrize("typed", ["1,000", "1.000", "1 000", "1\u00a0000", "1'000", "10.000"])
def test_a_thousands_mark_is_asked_about(typed: str, command: CommandLine, tmp_path: Path) -> None:
    """1.000 is a thousand to some and one to others."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Total_Licenses=typed)])])
    said = command("check", path, "--json")
    assert places(said) == [("Add OTC", "D2", "bad-number")]
    digits = "".join(filter(str.isdigit, typed))
    assert f"mean {digits}," in the_problem(said, "bad-number")["fix"]


@pytest.mark.parametrize("stored", ["NaN", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("column", ["Total Licenses", "Runtime"])
def test_a_stored_number_that_is_none_is_refused(
    stored: str, column: str, command: CommandLine, tmp_path: Path
) -> None:
    """Neither a required nor an optional column takes NaN or infinity, or takes them for blank."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc() | {column: 77}])])
    said = command("apply", rewritten(path, FIRST_SHEET, "<v>77</v>", f"<v>{stored}</v>"), "--json")
    assert said.exit_code in (1, 3)
    assert rows(said)[1] == 0


def test_limits_of_licences_belong_to_the_good_numbers(
    command: CommandLine, tmp_path: Path
) -> None:
    """1 and 1,000,000 are taken."""
    path = write_workbook(
        tmp_path / "x.xlsx",
        [("Add OTC", [otc(Total_Licenses=1), otc(OTC=OTHER_CODE, Total_Licenses=1_000_000)])],
    )
    assert rows(command("check", path, "--json")) == (2, 2, 0, 0)


# Dates


@pytest.mark.parametrize(
    "typed",
    [dt.date(2040, 2, 29), dt.datetime(2040, 2, 29, 13, 45), "2040-02-29", " 2040-02-29 "],
)
def test_a_real_date_or_iso_text_is_a_date(
    typed: object, command: CommandLine, tmp_path: Path
) -> None:
    """The time of day is left off."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Expiry_Date=typed)])])
    assert command("apply", path).exit_code == 0
    assert command("show", "otcs", "--json").json[0]["expiry_date"] == "2040-02-29"


def test_a_date_of_a_workbook_that_counts_from_1904_is_the_day_it_shows(
    command: CommandLine, tmp_path: Path
) -> None:
    """Such workbooks come from old Macs; their day numbers are 1,462 smaller."""
    path = write_workbook(
        tmp_path / "x.xlsx", [("Add OTC", [otc(Expiry_Date=dt.date(2036, 2, 28))])]
    )
    rewritten(path, "xl/workbook.xml", r"<workbookPr\s*/>", '<workbookPr date1904="1"/>')
    assert command("apply", path).exit_code == 0
    assert command("show", "otcs", "--json").json[0]["expiry_date"] == "2040-02-29"


@pytest.mark.parametrize(
    "typed",
    ["2026-02-30", 46024, True, "2026-13-01", "26-01-02", "2 January 2026",
     "20260102", "31/02/2026", "01/01/0026", dt.time(9, 30), dt.timedelta(days=2), "46024",
     dt.date(1900, 1, 5)],
)  # fmt: skip
def test_what_is_no_clear_date_is_refused_at_its_cell(
    typed: object, command: CommandLine, tmp_path: Path
) -> None:
    """Neither a bare number nor text that can be read in two ways is a date."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Purchase_Date=typed)])])
    said = command("check", path, "--json")
    assert rows(said) == (1, 0, 0, 1)
    assert places(said) == [("Add OTC", "F2", "bad-date")]
    assert "2026-12-31" in the_problem(said, "bad-date")["fix"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("13/04/2026", "2026-04-13"), ("04/13/2026", "2026-04-13"), ("2026/01/02", "2026-01-02"),
        ("2026-1-2", "2026-01-02"), ("5.5.2026", "2026-05-05"), ("2026.12.31", "2026-12-31"),
    ],
)  # fmt: skip
def test_a_date_that_means_one_day_in_another_form_is_asked_about(
    typed: str, meant: str, command: CommandLine, tmp_path: Path
) -> None:
    """It is not taken, but offered."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Purchase_Date=typed)])])
    problem = the_problem(command("check", path, "--json"), "bad-date")
    assert problem["cell"] == "F2"
    assert problem["fix"] == f"Did you mean {meant}?"


@pytest.mark.parametrize("typed", ["03/04/2026", "3-4-2026", "03.04.2026", " 03/04/2026 "])
def test_a_date_that_can_be_read_in_two_ways_is_asked_about(
    typed: str, command: CommandLine, tmp_path: Path
) -> None:
    """Both days are named, and neither is taken."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(Purchase_Date=typed)])])
    problem = the_problem(command("check", path, "--json"), "bad-date")
    assert problem["cell"] == "F2"
    assert "2026-04-03" in problem["fix"]
    assert "2026-03-04" in problem["fix"]


# Names


@pytest.mark.parametrize(
    ("typed", "name"),
    [("NA", "NA"), ("None", "None"), ("null", "null"), ("nan", "nan"), ("N/A", "N/A"),
     ("TRUE", "TRUE"), (123, "123"), ("007", "007"), ("-", "-"), ("=1+1", "=1+1"),
     ("L" * 100, "L" * 100), ("Clínica Ñandú", "Clínica Ñandú"), ("李", "李")],
)  # fmt: skip
def test_a_name_is_a_name_whatever_it_reads_like(
    typed: object, name: str, command: CommandLine, tmp_path: Path
) -> None:
    """No word stands for a blank cell, and a number is a name as Excel shows it."""
    sheets = [("Add OTC", [otc()]), ("Add Customer", [customer()])]
    path = write_workbook(tmp_path / "x.xlsx", sheets)

    def type_it(workbook: Workbook) -> None:
        cell = workbook["Add Customer"]["A2"]
        cell.value = typed
        if isinstance(typed, str):
            cell.data_type = "s"

    said = command("apply", edited(path, type_it), "--json")
    assert rows(said) == (2, 2, 0, 0)
    assert [one["name"] for one in command("show", "customers", "--json").json] == [name]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Clinica\nNorte", "bad-characters"), ("a\tb", "bad-characters"),
        ("a\x7fb", "bad-characters"), ("a\x85b", "bad-characters"),
        ("L" * 101, "too-long"), ("L" * 32767, "too-long"),
    ],
    ids=["line break", "tab", "delete", "next line", "101 characters", "32,767 characters"],
)  # fmt: skip
def test_a_name_that_cannot_be_one_is_refused(
    typed: str, code: str, command: CommandLine, tmp_path: Path
) -> None:
    """Control characters and more than 100 characters; the message gives the limit."""
    sheets = [("Add OTC", [otc()]), ("Add Customer", [customer(typed)])]
    said = command("check", write_workbook(tmp_path / "x.xlsx", sheets), "--json")
    assert errors(said) == [("A2", code)]
    if code == "too-long":
        message = the_problem(said, code)["message"]
        assert str(len(typed)) in message
        assert "100" in message


def test_a_control_character_of_the_file_format_is_refused_and_given_back(
    command: CommandLine, tmp_path: Path
) -> None:
    """Excel stores a bell as _x0007_; the row is refused and still comes with corrections."""
    sheets = [("Add OTC", [otc(Company_Name="PLACEHOLDER")])]
    path = write_workbook(tmp_path / "x.xlsx", sheets)
    said = command("check", rewritten(path, FIRST_SHEET, "PLACEHOLDER", "Ac_x0007_me"), "--json")
    assert errors(said) == [("C2", "bad-characters")]
    assert report(said)["corrections"] is not None


def test_what_a_cell_holds_cannot_command_the_terminal(
    command: CommandLine, tmp_path: Path
) -> None:
    """An escape sequence in a cell is not sent on to the screen of who checks the file."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(OTC="PLACEHOLDER")])])
    rewritten(path, FIRST_SHEET, "PLACEHOLDER", "_x001B_]0;title_x0007_")
    said = command("check", path)
    assert said.exit_code == 1
    assert "\x1b]" not in said.out
    assert "\x07" not in said.out


@pytest.mark.parametrize("typed", ["\u200b", "\ufeff", "\u00ad\u2060", "\u200b \u00a0"])
@pytest.mark.parametrize("column", ["Customer (Site) Name", "First Name"])
def test_a_name_of_which_nothing_can_be_seen_is_no_name(
    typed: str, column: str, command: CommandLine, tmp_path: Path
) -> None:
    """A cell of zero-width characters names nobody: the required cell is not filled in by it."""
    self_managed = dict(
        zip(CUSTOMER_HEADER, ("Sur", "Customer", CODE, None, "a@b.example", "Ana", "Ruiz"),
            strict=True)
    )  # fmt: skip
    sheets = [("Add OTC", [otc()]), ("Add Customer", [self_managed | {column: typed}])]
    said = command("check", write_workbook(tmp_path / "x.xlsx", sheets), "--json")
    assert rows(said) == (2, 1, 0, 1)


# OTCs


@pytest.mark.parametrize(
    "typed",
    [
        "abcde-12345-fghij-67890", "  ABCDE-12345-FGHIJ-67890 ", "ABCDE12345FGHIJ67890",
        "ABCDE–12345–FGHIJ–67890", "ABCDE—12345-FGHIJ67890", "\u00a0ABCDE-12345-FGHIJ-67890",
        "ABCDE-\u00a012345-FGHIJ-67890", "ABCDE‑12345‑FGHIJ‑67890", "abcde12345-fghij−67890",
        "\ufeffABCDE-12345-\u200bFGHIJ-67890",
    ],
)  # fmt: skip
def test_an_otc_is_normalised_and_that_is_listed(
    typed: str, command: CommandLine, tmp_path: Path
) -> None:
    """Lower case, surrounding and non-breaking spaces, odd and missing dashes; before and after
    are both in the message."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(OTC=typed)])])
    said = command("apply", path, "--json")
    assert rows(said) == (1, 1, 0, 0)
    problem = the_problem(said, "normalised")
    assert (problem["severity"], problem["cell"], problem["value"]) == ("warning", "A2", typed)
    assert visible(typed) in problem["message"]
    assert CODE in problem["message"]
    assert command("show", "otcs", "--json").json[0]["otc"] == CODE


def test_a_canonical_otc_is_not_called_normalised(command: CommandLine, tmp_path: Path) -> None:
    """What was typed as it must be is not worth a line."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc()])])
    assert places(command("check", path, "--json")) == []


@pytest.mark.parametrize(
    "typed",
    [
        "ßBCDE-12345-FGHIJ-67890", "ＡBCDE-12345-FGHIJ-67890", "ABCDE 12345 FGHIJ 67890",
        "ABCDE- 12345-FGHIJ-67890", "ABCDE-12345-FGHIJ-6789", "ABCDE-12345-FGHIJ-678901",
        "ÁBCDE-12345-FGHIJ-67890", "ABCDE-12345-FGHIJ-6789_", "-ABCDE-12345-FGHIJ-67890",
        "ABCDE--12345-FGHIJ-67890", "ABCD-E12345-FGHIJ-67890", "ABCDE-12345-FGHIJ-67890\nx",
        "ABCDE-12345-FGHIJ-6789٠", "ABCDE/12345/FGHIJ/67890", "ſBCDE-12345-FGHIJ-67890",
        True, 5, dt.date(2026, 1, 2),
    ],
)  # fmt: skip
def test_what_is_no_otc_is_refused(typed: object, command: CommandLine, tmp_path: Path) -> None:
    """No letter is folded into A-Z and no plain space is taken out of the middle."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(OTC=typed)])])
    said = command("check", path, "--json")
    assert errors(said) == [("A2", "bad-otc")]


def test_an_otc_that_excel_has_turned_into_a_number_is_refused_with_advice(
    command: CommandLine, tmp_path: Path
) -> None:
    """Twenty digits as a number have lost five: type it as text. As text they are an OTC."""
    digits = 12345678901234567890
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(OTC=digits)])])
    said = command("check", path, "--json")
    assert errors(said) == [("A2", "bad-otc")]
    assert "text" in the_problem(said, "bad-otc")["fix"]
    as_text = write_workbook(tmp_path / "y.xlsx", [("Add OTC", [otc(OTC=str(digits))])])
    assert command("check", as_text).exit_code == 0


# All at once


def test_every_bad_cell_of_a_workbook_is_named_once_in_one_run(
    command: CommandLine, tmp_path: Path
) -> None:
    """Three sheets, good rows among bad ones, several bad cells a row: all of them, in order."""
    path = write_workbook(
        tmp_path / "x.xlsx",
        [
            ("Add OTC", [
                otc(),
                {"OTC": "bad", "Email": "nobody", "Company Name": "a\nb", "Total Licenses": 2.5,
                 "Description": "L" * 1001, "Purchase Date": "03/04/2026",
                 "Expiry Date": 46024, "Product ID": "L" * 101, "Runtime": 0},
                {"Description": "all that is required is blank"},
            ]),
            ("Add Customer", [
                customer(),
                {"Customer (Site) Name": "Sur", "Managed By": "Nobody", "Avira OTC": 5,
                 "No of Licenses": "x", "Email": "@"},
            ]),
            ("Disable Customer", [
                {"Customer (Site) Name": "Norte", "Release Licenses": "perhaps"},
                {"Customer (Site) Name": "Norte", "Release Licenses": "Sí"},
            ]),
        ],
    )  # fmt: skip
    said = command("check", path, "--json")
    assert rows(said) == (7, 3, 0, 4)
    assert places(said) == [
        ("Add OTC", "A3", "bad-otc"), ("Add OTC", "B3", "bad-email"),
        ("Add OTC", "C3", "bad-characters"), ("Add OTC", "D3", "bad-number"),
        ("Add OTC", "E3", "too-long"), ("Add OTC", "F3", "bad-date"),
        ("Add OTC", "G3", "bad-date"), ("Add OTC", "H3", "too-long"),
        ("Add OTC", "I3", "bad-number"),
        ("Add OTC", "A4", "missing-value"), ("Add OTC", "B4", "missing-value"),
        ("Add OTC", "C4", "missing-value"), ("Add OTC", "D4", "missing-value"),
        ("Add Customer", "B3", "bad-choice"), ("Add Customer", "C3", "bad-otc"),
        ("Add Customer", "D3", "bad-number"), ("Add Customer", "E3", "bad-email"),
        ("Disable Customer", "B2", "bad-choice"),
    ]  # fmt: skip


def test_every_problem_says_what_and_what_to_do(command: CommandLine, tmp_path: Path) -> None:
    """Each problem has exactly the keys that are promised, and neither message nor fix is blank."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(OTC="x", Email="y")])])
    for problem in report(command("check", path, "--json"))["problems"]:
        assert list(problem) == [
            "severity", "code", "sheet", "row", "column", "cell", "value", "message", "fix",
        ]  # fmt: skip
        assert problem["message"]
        assert problem["fix"]
        assert "{" not in problem["message"] + problem["fix"]
