"""What a cell means in the corrections: the same as in the workbook that was refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from builders import HEADERS, code_of, edit_workbook, write_cells
from command_line import CommandLine, CommandResult
from workbook_files import substitute

OTHER = "--ledger", "other.db"
COLUMNS = {"total": 4, "description": 5, "purchase": 6, "expiry": 7, "product": 8, "runtime": 9}
PROOFS: list[tuple[str, Any, str]] = [("expiry", "12/31/2040", ""), ("purchase", "31/12/2025", ""),
          ("purchase", "12/31/2025", "")]  # fmt: skip
"""Month comes first in one column; in the other, the dates contradict each other."""
GOOD: list[tuple[str, Any, str]] = [
    ("product", 123, "00000"), ("product", 123, '"SKU-"000'), ("product", 0.1 + 0.2, ""),
    ("product", -7, "0"), ("product", 1234567.891, ""), ("product", True, ""),
    ("product", "00123", "@"), ("product", "5", ""), ("description", "  two  spaces ", ""),
    ("description", "Cli\u200bnica", ""), ("description", "_x005F_x0041_", ""),
    ("total", 5.0, ""), ("total", "5.0", ""), ("total", 50, "00000"), ("total", 5, "0%"),
    ("runtime", 12, "000"), ("expiry", "03/04/2040", ""), ("expiry", "2040-02-29", ""),
    ("expiry", "03/04/2040 09:30", ""), ("expiry", "12/30/2040", ""),
    ("expiry", dt.date(2040, 1, 2), "dd/mm/yyyy"), ("expiry", dt.datetime(2040, 1, 2, 9, 30), ""),
]  # fmt: skip
BAD: list[tuple[str, Any, str]] = [
    ("product", 0.21, "0%"), ("product", 0.215, "0.0%"), ("product", 0.1 + 0.2, "0.00 %"),
    ("product", 12345678901234567890.0, ""), ("product", dt.date(2026, 2, 1), ""),
    ("product", dt.time(9, 30), ""), ("product", dt.timedelta(hours=30), "[h]:mm"),
    ("description", "PeluquerÃ­a", ""), ("description", "two\nlines", ""),
    ("product", -0.5, "[Red]#,##0.0#%;-0%"), ("total", 2.5, ""), ("total", True, ""),
    ("total", 0.5, "0%"), ("expiry", dt.datetime(2040, 1, 2, 22), ""), ("expiry", 51_926, ""),
    ("expiry", "1/1/1800", ""), ("expiry", "03/04/2040 22:00", ""), ("expiry", "30/02/2040", ""),
    ("expiry", True, ""), ("purchase", "03/04/2025", ""), ("purchase", "2025-13-01", ""),
]  # fmt: skip
KINDS = PROOFS + GOOD + BAD


def fill(sheet: Worksheet) -> None:
    """Add a row for each kind of cell; the address of email is bad in all but the proving ones."""
    for row, (column, value, number_format) in enumerate(KINDS, start=2):
        email = "nobody" if row > len(PROOFS) + 1 else "it@msp.example"
        sheet[f"A{row}"], sheet[f"B{row}"] = code_of(row), email
        sheet[f"C{row}"], sheet[f"D{row}"] = "Acme", 5
        cell = sheet.cell(row, COLUMNS[column])
        cell.value = value
        if number_format:
            cell.number_format = number_format


def write_kinds(command: CommandLine, form: str) -> Path:
    """A workbook of all kinds: the user's own, or one made from the template."""
    path = Path("kinds.xlsx")
    if form == "fresh":
        write_cells(path, {"Add OTC": [HEADERS["Add OTC"]]})
    else:
        assert command("template", "-o", path).exit_code == 0
    return edit_workbook(path, lambda workbook: fill(workbook["Add OTC"]))


def fix(path: Path) -> Path:
    """Correct the addresses in a copy."""
    fixed = path.with_name("fixed.xlsx")
    workbook = load_workbook(path)
    for row in workbook["Add OTC"].iter_rows(min_row=2):
        for cell in row:
            if cell.value == "nobody":
                cell.value = "it@msp.example"
    workbook.save(fixed)
    return fixed


def reasons(result: CommandResult) -> list[tuple[str, str, str]]:
    """The errors, wherever they are."""
    return sorted((e["column"], e["code"], e["message"]) for e in result.errors)


@pytest.mark.parametrize("language", ["en", pytest.param("es", marks=pytest.mark.thorough)])
@pytest.mark.parametrize("form", ["fresh", "own"])
@pytest.mark.parametrize("partial", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_every_cell_of_the_corrections_means_what_it_meant(
    partial: bool, form: str, language: str, command: CommandLine
) -> None:
    """Unchanged, they have the same errors. Once the addresses are corrected, they make the ledger
    that the workbook would have made, and what else was refused is refused again."""
    lang = "--lang", language
    path = write_kinds(command, form)
    first = command("apply", path, "--json", *lang, *["--partial"] * partial)
    again = command("check", first.corrections, "--json", *lang)
    assert reasons(again) == reasons(first)
    assert len(first.errors) == len(GOOD) + 2 * len(BAD)
    direct = command("apply", fix(path), "--json", "--partial", *lang, *OTHER)
    assert direct.row_counts == (len(KINDS), len(GOOD) + len(PROOFS), 0, len(BAD))
    corrected = command("apply", fix(first.corrections), "--json", "--partial", *lang)
    assert reasons(corrected) == reasons(direct)
    assert command.contents() == command.contents(*OTHER)


def test_numbers_on_a_sheet_that_is_not_recognised_stay_what_they_show(
    command: CommandLine,
) -> None:
    """Only once it has its name is it known which of its columns hold text."""
    path = write_cells(Path("x.xlsx"), {"My OTCs": [
        ("OTC", "Email", "Company Name", "Total Licenses", "Product ID", "Our number"),
        (code_of(1), "it@msp.example", "Acme", 50, 123, 7),
        (code_of(2), "it@msp.example", "Acme", 50, 0.21, 8),
    ]})  # fmt: skip

    def show(workbook: Workbook) -> None:
        sheet = workbook["My OTCs"]
        sheet["D2"].number_format = sheet["E2"].number_format = sheet["F2"].number_format = "00000"
        sheet["E3"].number_format = "0%"

    edit_workbook(path, show)
    path = command("check", path, "--json").corrections
    assert load_workbook(path)["My OTCs"]["F2"].value == "00007"
    edit_workbook(path, lambda workbook: setattr(workbook["My OTCs"], "title", "Add OTC"))
    result = command("apply", path, "--json", "--partial")
    assert [(error["code"], error["value"]) for error in result.errors] == [("not-text", "21%")]
    otcs, _ = command.contents()
    assert [(otc["total"], otc["product_id"]) for otc in otcs] == [(50, "00123")]


def test_a_formula_about_another_row_comes_back_as_its_value_if_that_row_does_not(
    command: CommandLine,
) -> None:
    """Moved up, =C2 would be =C1, the header. The user's own columns keep their formulas."""
    path = write_kinds(command, "own")

    def calculate(workbook: Workbook) -> None:
        sheet = workbook["Add OTC"]
        sheet["C5"] = sheet["C6"] = "=C2"
        sheet["J1"], sheet["J5"] = "Twice", "=D5*2"

    edit_workbook(path, calculate)
    substitute(path, "xl/worksheets/sheet2.xml", r'(r="C5"[^>]*)><f>C2</f><v ?(/|></v)>',
               r'\1 t="str"><f>C2</f><v>Acme</v>')  # fmt: skip
    whole = command("check", path, "--json").corrections
    assert load_workbook(whole)["Add OTC"]["C5"].value == "=C2"
    part = command("apply", path, "--json", "--partial").corrections
    sheet = load_workbook(part)["Add OTC"]
    assert [cell.value for cell in sheet["C"]][1:4] == ["Acme", "#N/A", "Acme"]
    assert sheet["J2"].value == "=D2*2"


@pytest.mark.parametrize(("form", "part"), [("fresh", "sheet1"), ("own", "sheet2")])
def test_rows_of_a_sheet_that_cannot_be_read_stay_refused(
    form: str, part: str, command: CommandLine
) -> None:
    """The values that were read may be wrong: one of two in a cell that is in the file twice."""
    path = write_kinds(command, form)
    substitute(path, f"xl/worksheets/{part}.xml", r'(<c r="D2".*?</c>)', r"\1\1")
    first = command("apply", path, "--json", "--partial")
    assert "unreadable-sheet" in {error["code"] for error in first.errors}
    again = command("apply", first.corrections, "--json", "--partial")
    assert again.row_counts == (len(KINDS), 0, 0, len(KINDS))
    assert {error["code"] for error in again.errors if error["column"] == "OTC"} == {"cell-error"}
