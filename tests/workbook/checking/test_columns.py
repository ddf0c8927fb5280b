"""Columns: how their headers may be written, and which refuse a sheet."""

from __future__ import annotations

import re

import pytest

from builders import A, B, otc
from command_line import CommandLine
from reports import errors_in, problem_of

HEADER, ROW, OTHER_ROW = tuple(otc()), tuple(otc().values()), tuple(otc(B).values())


def test_a_table_may_begin_to_the_right(command: CommandLine) -> None:
    """Columns A and B are blank: cells are named where they are."""
    table = [(None, None, *row) for row in (HEADER, (A, "nobody", "=A1", "x"))]
    assert errors_in(command.check(cells={"Add OTC": table}).report) == [
        ("D2", "bad-email"), ("E2", "formula-without-value"), ("F2", "bad-number"),
    ]  # fmt: skip


def test_columns_may_be_in_any_order(command: CommandLine) -> None:
    """Each value goes where its header says, and a problem names the cell where it is."""
    table = [cells[::-1] for cells in (HEADER, ROW, (B, "nobody", "Acme", 5))]
    result = command.apply(cells={"Add OTC": table}, options=["--partial"])
    assert errors_in(result.report) == [("C3", "bad-email")]
    [stored] = command("show", "otcs", "--json").json
    assert (stored["otc"], stored["email"], stored["company"], stored["total"]) == ROW


@pytest.mark.parametrize("header", [
    ("OTC *", "Email*", "Company Name *", "Total Licenses *"),
    ("Código OTC", "Correo electrónico", "Nombre de la empresa", "Total de licencias"),
    ("OTC", "Correo electrónico*", "Company Name", "Total de licencias *"),
    ("otc", "EMAIL", "company name", "tOTAL lICENSES"),
    ("codigo otc", "CORREO ELECTRONICO", "nombre de la empresa", "Total De Licencias"),
    (" OTC ", "E mail", "Company\u00a0Name", "Total   Licenses"),
    ("OTC\n*", "Email\n*", "Company\nName", "TotalLicenses"),
], ids=lambda header: header[1])  # fmt: skip
def test_a_header_is_recognised_in_both_languages_and_any_spelling(
    header: tuple[str, ...], command: CommandLine
) -> None:
    """English, Spanish or mixed; with `*` or without; other case, accents and spacing."""
    result = command.check(cells={"Add OTC": [header, ROW]})
    assert (result.report["problems"], result.row_counts) == ([], (1, 1, 0, 0))


@pytest.mark.parametrize("column", ["Total Licenses", "OTC"])
def test_a_missing_column_refuses_the_rows_of_its_sheet_only(
    column: str, command: CommandLine
) -> None:
    """With --partial the rows of other sheets are applied; the fix names the header to write."""
    at = HEADER.index(column)
    table = [row[:at] + row[at + 1 :] for row in (HEADER, ROW, OTHER_ROW)]
    sheets = {"Add OTC": [HEADER, ROW], "Edit OTC": [], "Agregar OTC": table}
    result = command.apply(cells=sheets, options=["--partial"])
    assert (result.exit_code, result.row_counts) == (1, (3, 1, 0, 2))
    problem = problem_of(result, "missing-column")
    assert (problem["sheet"], problem["row"], problem["column"]) == ("Agregar OTC", 1, column)
    spanish = {"Total Licenses": "Total de licencias", "OTC": "Código OTC"}
    assert spanish[column] in problem["fix"]
    assert len(command("show", "otcs", "--json").json) == 1


@pytest.mark.parametrize(("sheet", "header", "suggested"), [
    ("Add OTC", "Expiry Dat", ["Did you mean Expiry Date?"]),
    ("Add OTC", "Expiry", ["Did you mean Expiry Date?"]),
    ("Add OTC", "Expiry Date (day)", ["Did you mean Expiry Date?"]),
    ("Add OTC", "expiration date", ["Did you mean Expiry Date?"]),
    ("Add OTC", "Descriptoin", ["Did you mean Description?"]),
    ("Add OTC", "Produkt ID", ["Did you mean Product ID?"]),
    ("Add OTC", "Expiri Date", ["Did you mean Expiry Date?"]),
    ("Add OTC", "Date of expiry", ["Did you mean Expiry Date?"]),
    ("Add OTC", "Fecha de vencimineto", ["Did you mean Fecha de vencimiento?"]),
    ("Agregar OTC", "Fecha de vencimineto", ["Did you mean Fecha de vencimiento?"]),
    ("Agregar OTC", "Fecha vencimiento", ["Did you mean Fecha de vencimiento?"]),
    ("Agregar OTC", "Vencimiento", ["Fecha de vencimiento"]),
    ("Agregar OTC", "Descripcion del OTC", ["Did you mean Descripción?"]),
    ("Add OTC", "No of Licenses", ["Add Customer", "Add Avira Subscription", "Edit Customer"]),
])  # fmt: skip
def test_a_column_that_is_misspelt_or_of_another_sheet_refuses_its_sheet_with_a_suggestion(
    sheet: str, header: str, suggested: list[str], command: CommandLine
) -> None:
    """The values below it would be lost, if there are any. Headers are suggested in the language of
    the sheet."""
    for value in ("2029-01-31", None):
        result = command.check(cells={sheet: [(*HEADER, header), (*ROW, value)]})
        assert result.row_counts == (1, 0, 0, 1)
        problem = problem_of(result, "unknown-column")
        assert (problem["cell"], problem["value"]) == ("E1", header)
        assert [text for text in suggested if text not in problem["fix"]] == []
        assert not (sheet == "Agregar OTC" and "Expiry Date" in problem["fix"])


def test_columns_of_the_users_own_are_ignored_with_a_warning(command: CommandLine) -> None:
    own = ("Phone", "Teléfono", "Email 2", "Notes", "Our no.")
    table = [(*HEADER, *own), (*ROW, *"abcde")]
    result = command.check(cells={"Add OTC": table})
    assert result.row_counts == (1, 1, 0, 0)
    problems = result.report["problems"]
    assert [(p["severity"], p["code"], p["cell"], p["value"]) for p in problems] == [
        ("warning", "ignored-column", f"{letter}1", header)
        for letter, header in zip("EFGHI", own, strict=True)
    ]
    assert all(problem["value"] in problem["message"] for problem in problems)


@pytest.mark.parametrize("value", ["call back", 7, 0, False])
def test_values_without_a_header_refuse_the_sheet(value: object, command: CommandLine) -> None:
    """The column is named by its letter."""
    result = command.check(cells={"Add OTC": [HEADER, (*ROW, None, value)]})
    assert result.row_counts == (1, 0, 0, 1)
    problem = problem_of(result, "unknown-column")
    assert (problem["column"], problem["cell"]) == ("F", "F1")


def test_a_column_that_occurs_twice_is_refused_with_both_letters(command: CommandLine) -> None:
    """Email in B and Correo electrónico in E are one column; which is meant is not guessed."""
    table = [(*HEADER, "Correo electrónico"), (*ROW, "other@msp.example")]
    result = command.check(cells={"Add OTC": table})
    assert result.row_counts == (1, 0, 0, 1)
    problem = problem_of(result, "duplicate-column")
    assert (problem["column"], problem["cell"]) == ("Email", "E1")
    assert re.search(r"\bB\b.*\bE\b", problem["message"])


def test_bad_cells_are_reported_together_with_a_bad_column(command: CommandLine) -> None:
    table = [(*HEADER, "Expiry"), (A, "nobody", "Acme", "x", 1)]
    assert errors_in(command.check(cells={"Add OTC": table}).report) == [
        ("E1", "unknown-column"), ("B2", "bad-email"), ("D2", "bad-number"),
    ]  # fmt: skip
