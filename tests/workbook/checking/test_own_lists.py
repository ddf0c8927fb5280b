"""Lists of a person's own: other sheet names, other headers, a title above and a total below."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from builders import HEADERS, A, edit_workbook, otc
from command_line import CommandLine, CommandResult
from importer.base.texts import LANGUAGES
from importer.domain.sheets import SHEETS
from importer.workbook.likeness import columns_like
from importer.workbook.synonyms import SYNONYMS
from own_lists import LIST_SUFFIXES, write_list
from reports import problem_of, problems_of

pytestmark = pytest.mark.thorough

ENGLISH = ("Customer", "OTC", "Licences", "E-mail")
SPANISH = ("Cliente", "Código", "Nº licencias", "Correo")
ROWS = [("Clinica Norte", A, 5, "ana@norte.example"), ("Taller Sur", A, 3, "luis@sur.example")]


def near(result: CommandResult) -> dict[str, str]:
    """The suggestion for each misnamed column, by the cell of its header."""
    return {
        problem["cell"]: problem["fix"].partition("?")[0]
        for problem in result.report["problems"]
        if problem["code"] == "unknown-column"
    }


@pytest.mark.parametrize("suffix", LIST_SUFFIXES)
@pytest.mark.parametrize(("name", "header", "titles"), [
    ("Customers", ENGLISH, ("Customer (Site) Name", "Avira OTC", "No of Licenses", "Email")),
    ("Licencias", SPANISH,
     ("Nombre del cliente", "OTC de Avira", "Número de licencias", "Correo electrónico")),
])  # fmt: skip
def test_a_list_with_other_names_says_what_each_may_mean(
    suffix: str, name: str, header: Sequence[str], titles: Sequence[str], command: CommandLine
) -> None:
    """The header is found below a title, all at once is reported, and no row is applied. A CSV file
    has no name of a sheet but the file's."""
    path = write_list(Path(f"{name}{suffix}"), name, [("Our list 2026",), (), header, *ROWS])
    result = command("apply", path, "--partial", "--json")
    assert (result.exit_code, result.row_counts) == (1, (2, 0, 0, 2))
    problem = problem_of(result, "unknown-sheet")
    assert problem["sheet"] == name
    assert "Add Customer" in problem["message"] + problem["fix"]
    assert "Edit Customer" in problem["message"] + problem["fix"]
    assert '--sheet "Add Customer"' in problem["fix"]
    assert near(result) == {
        f"{letter}3": f"Did you mean {title}" for letter, title in zip("ABCD", titles, strict=True)
    }


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(("name", "encoding"), [
    ("Clientes.csv", "utf-8-sig"), ("Clientes.txt", "cp1252"), ("Clientes.xls", "utf-16"),
])  # fmt: skip
def test_a_list_of_separated_values_is_understood_whatever_separates_them(
    separator: str, name: str, encoding: str, command: CommandLine
) -> None:
    """No header is known, and commas in the title, names and numbers do not mislead."""
    rows = [["Clientes, mayo"], [], SPANISH, ["Norte", A, "5", "a@norte.example"],
            ["Sur, S.L.", A, "3,0", "b@sur.example"], ["Este, S.L.", A, "3,0", ""]]  # fmt: skip
    with Path(name).open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=separator).writerows(rows)
    result = command("check", name, "--json")
    assert set(near(result)) == {"A3", "B3", "C3", "D3"}
    assert "Add Customer" in problem_of(result, "unknown-sheet")["message"]
    result = command("check", name, "--sheet", "Add Customer", "--json")
    assert set(near(result)) == {"A3", "B3", "C3", "D3"}


@pytest.mark.parametrize("suffix", LIST_SUFFIXES)
def test_the_option_sheet_is_enough_for_a_list_with_the_right_columns(
    suffix: str, command: CommandLine
) -> None:
    command.apply(("Add OTC", [otc()]))
    header = ("Customer (Site) Name", "Managed By", "Avira OTC", "No of Licenses")
    path = write_list(Path(f"list{suffix}"), "Hoja1", [header, ("Norte", "Admin", A, 5)])
    result = command("apply", path, "--sheet", "Agregar cliente", "--json")
    assert (result.exit_code, result.row_counts) == (0, (1, 1, 0, 0))


def test_headers_are_suggested_alone_once_the_sheet_is_named(command: CommandLine) -> None:
    """A required column that no header may mean is missing, and the fix says what it holds."""
    path = write_list(Path("x.xlsx"), "Customers", [ENGLISH, *ROWS])
    result = command("check", path, "--sheet", "Add Customer", "--json")
    assert [(cell, code) for _, cell, code in problems_of(result)] == [
        (None, "missing-column"), *((f"{letter}1", "unknown-column") for letter in "ABCD"),
    ]  # fmt: skip
    assert "Managed By" in problem_of(result, "missing-column")["fix"]
    assert "Admin or Customer" in problem_of(result, "missing-column")["fix"]


@pytest.mark.parametrize(("header", "sheets"), [
    (("Sede", "Clave", "Cantidad"), ("Add Customer", "Add Avira Subscription", "Edit Customer")),
    (("Code", "Mail", "Company", "Qty", "Expires"), ("Add OTC", "Edit OTC")),
    (("Cliente", "Gestionado por", "OTC", "Licencias"), ("Add Customer",)),
    (("Client", "Old code", "New code"), ("Update OTC",)),
    (("Cliente", "Causa"), ("Disable Customer",)),
    (("Site", "Hostname", "OS", "Model"), ("Devices",)),
])  # fmt: skip
def test_the_sheets_with_most_of_the_columns_are_suggested(
    header: tuple[str, ...], sheets: tuple[str, ...], command: CommandLine
) -> None:
    result = command.check(cells={"Sheet1": [header, ("x",) * len(header)]})
    *first, last = sheets
    expected = f"{', '.join(first)} or {last}" if first else last
    assert f"Did you mean {expected}?" in problem_of(result, "unknown-sheet")["fix"]


def test_a_header_of_both_languages_is_suggested_in_that_of_the_sheet_or_the_user(
    command: CommandLine,
) -> None:
    path = write_list(Path("x.xlsx"), "List", [("Cliente", "OTC", "Licencias"), ("Norte", A, 5)])
    for options, title in ((["--sheet", "Agregar cliente"], "OTC de Avira"),
                           (["--lang", "es"], "OTC de Avira"), ([], "Avira OTC")):  # fmt: skip
        assert title in near(command("check", path, *options, "--json"))["B1"]


def test_a_column_that_may_be_two_is_asked_about_with_both(command: CommandLine) -> None:
    header = ("Name", "Managed By", "Avira OTC", "No of Licenses")
    result = command.check(cells={"Add Customer": [header, ("Norte", "Admin", A, 5)]})
    fix = problem_of(result, "unknown-column")["fix"]
    assert "Did you mean Customer (Site) Name, First Name or Last Name?" in fix


def test_a_header_is_the_row_with_the_most_columns(command: CommandLine) -> None:
    """A title that names a column, and data that say "Customer", are none."""
    rows = [("Customer",), ("Customer", "Managed", "OTC", "Qty"), ("Norte", "Customer", A, 5)]
    result = command.check(cells={"Add Customer": rows})
    assert set(near(result)) == {"A2", "B2", "C2", "D2"}
    assert result.row_counts == (1, 0, 0, 1)


def test_other_lists_beside_a_sheet_are_ignored_and_a_list_of_licences_is_not(
    command: CommandLine,
) -> None:
    """Only the last can be meant to be applied."""
    table = [tuple(otc()), tuple(otc().values())]
    contacts = [("Cliente", "Correo", "Teléfono"), ("Norte", "ana@norte.example", "5551234")]
    invoices = [("Date", "Name", "Total", "Status"), ("2026-01-01", "Norte", 7, "paid")]
    result = command.check(cells={"Add OTC": table, "Contactos": contacts, "Invoices": invoices})
    assert (result.exit_code, result.row_counts) == (0, (1, 1, 0, 0))
    ignored = [p["sheet"] for p in result.report["problems"] if p["code"] == "ignored-sheet"]
    assert ignored == ["Contactos", "Invoices"]
    result = command.check(cells={"Add OTC": table, "Customers": [ENGLISH, *ROWS]})
    assert problem_of(result, "unknown-sheet")["sheet"] == "Customers"
    assert "--sheet" not in problem_of(result, "unknown-sheet")["fix"]


def test_a_file_without_any_known_column_names_the_sheets_that_there_are(
    command: CommandLine,
) -> None:
    result = command.check(cells={"Hoja1": [("Fecha", "Importe"), ("2026-01-01", 7)]})
    assert result.exit_code == 3
    [problem] = result.report["problems"]
    assert problem["code"] == "not-a-workbook"
    assert "Add Customer" in problem["fix"]


def test_the_users_own_template_comes_back_with_the_sheet_that_was_named(
    command: CommandLine,
) -> None:
    """It keeps its formats, and needs no --sheet afterwards."""

    def keep_one(workbook: Any) -> None:
        for name in workbook.sheetnames:
            if name in HEADERS and name != "Add OTC":
                del workbook[name]
        sheet = workbook["Add OTC"]
        sheet.title, sheet["A2"].value, sheet["A2"].font = "Hoja1", A, Font(italic=True)

    command("template", "--output", "x.xlsx")
    edit_workbook(Path("x.xlsx"), keep_one)
    corrections = command("check", "x.xlsx", "--sheet", "agregar otcs", "--json").corrections
    cell = load_workbook(corrections)["Agregar OTC"]["A2"]
    assert (cell.value, cell.font.i) == (A, True)


def test_synonyms_mean_one_column_of_each_sheet() -> None:
    """Otherwise the suggestion would be two, or one of a column that does not exist."""
    fields = {column.field for sheet in SHEETS for column in sheet.columns}
    for language, sheet in product(LANGUAGES, SHEETS):
        assert SYNONYMS[language].keys() <= fields
        for column in sheet.columns:
            for words in filter(None, SYNONYMS[language].get(column.field, "").split(", ")):
                assert len(columns_like(sheet, words, (), language)) == 1, (sheet.name, words)


def test_the_corrections_of_a_list_are_applied_as_the_sheet_that_was_named(
    command: CommandLine,
) -> None:
    """Misnamed columns come back once, to be renamed, and missing ones are added. Afterwards the
    file needs no --sheet."""
    command.apply(("Add OTC", [otc()]))
    path = write_list(Path("x.xlsx"), "Customers", [("Our list",), ENGLISH, *ROWS])
    corrections = command("check", path, "--sheet", "Add Customer", "--json").corrections
    titles = dict(zip(ENGLISH, ("Customer (Site) Name", "Avira OTC", "No of Licenses", "Email"),
                      strict=True))  # fmt: skip

    def correct(workbook: Any) -> None:
        sheet = workbook["Add Customer"]
        headers = {cell.value: cell for cell in sheet[1]}
        assert [title for title in titles.values() if title in headers] == []
        for name, title in titles.items():
            headers[name].value = title
        for row in (2, 3):
            sheet.cell(row, headers["Managed By *"].column).value = "Admin"

    edit_workbook(corrections, correct)
    result = command("apply", corrections, "--json")
    assert (result.exit_code, result.row_counts) == (0, (2, 2, 0, 0)), result
