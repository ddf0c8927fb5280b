"""Formulas and error values."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import A, B, otc, write_workbook
from command_line import CommandLine
from hostile.originals import ods_cell, ods_content, ods_parts, ods_row
from reports import errors_in, problem_of
from workbook_files import SHEET, pack, read_parts, substitute


def store_result(path: Path, value: str) -> Path:
    """Store `value` as the result of every formula of the first sheet."""
    return substitute(path, SHEET, r"(</f>)<v\s*(?:/>|></v>)", rf"\g<1><v>{value}</v>")


def test_a_formula_without_a_stored_value_is_refused(command: CommandLine) -> None:
    """It is neither blank nor zero, in a required or an optional column."""
    rows = [otc(total="=40+10", runtime="=6+6")]
    result = command.check(("Add OTC", rows))
    assert result.row_counts == (1, 0, 0, 1)
    assert errors_in(result.report) == [
        ("D2", "formula-without-value"), ("I2", "formula-without-value"),
    ]  # fmt: skip
    assert "Excel" in result.report["problems"][0]["fix"]


def test_rows_of_formulas_without_values_are_not_lost_at_the_end(command: CommandLine) -> None:
    formulas = [[f"={letter}{row}" for letter in "ABCD"] for row in (2, 3)]
    table = [tuple(otc()), tuple(otc().values()), *formulas]
    result = command.check(cells={"Add OTC": table})
    assert result.row_counts == (3, 1, 0, 2)
    assert errors_in(result.report) == [
        (f"{letter}{row}", "formula-without-value") for row in (3, 4) for letter in "ABCD"
    ]


def test_the_stored_value_of_a_formula_is_used_with_a_warning(command: CommandLine) -> None:
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [otc(total="=40+10")])])
    result = command("apply", store_result(path, "50"), "--json")
    assert result.row_counts == (1, 1, 0, 0)
    problem = problem_of(result, "formula-value-used")
    assert (problem["severity"], problem["cell"], problem["value"]) == ("warning", "D2", "50")
    assert command("show", "otcs", "--json").json[0]["total"] == 50


def test_an_error_value_is_refused_as_excel_shows_it(command: CommandLine) -> None:
    """In any column, also in an optional text."""
    shown = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!"]
    rows = [otc(company=error, description=error) for error in shown]
    result = command.check(("Add OTC", rows))
    assert result.row_counts == (4, 0, 0, 4)
    assert errors_in(result.report) == [
        (f"{letter}{row}", "cell-error") for row in range(2, 6) for letter in "CE"
    ]
    for error, problem in zip(shown, result.report["problems"][::2], strict=True):
        assert error in problem["message"]


STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main":
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships":
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
}  # fmt: skip
"""Namespaces of what Excel saves as "Strict Open XML Spreadsheet" (ISO/IEC 29500-1)."""


def as_strict(path: Path) -> None:
    """Give every part the namespaces of a strict workbook."""
    for part, content in read_parts(path).items():
        for transitional, strict in STRICT.items():
            if transitional.encode() in content:
                substitute(path, part, re.escape(transitional), strict)


def in_other_case(path: Path) -> None:
    """Name the sheet's part in other letters than it is stored under; OPC ignores case."""
    substitute(path, "xl/_rels/workbook.xml.rels", "worksheets/sheet1", "Worksheets/Sheet1")


@pytest.mark.parametrize("rewrite", [as_strict, in_other_case])
def test_errors_and_formulas_are_noticed_however_the_file_is_written(
    rewrite: Callable[[Path], None], command: CommandLine
) -> None:
    """In an optional column, neither is taken for blank. To refuse such a file is as safe."""
    rows = [otc(description="#N/A", runtime="=6+6")]
    path = write_workbook(Path("x.xlsx"), [("Add OTC", rows)])
    rewrite(path)
    result = command("check", path, "--json")
    assert (result.exit_code, errors_in(result.report)) in [
        (1, [("E2", "cell-error"), ("I2", "formula-without-value")]),
        (3, [(None, result.report["problems"][0]["code"])]),
    ]


# ODS


def write_ods(path: Path, header: tuple[str, ...], row: str, attributes: str = "") -> Path:
    """An ODS file with a header and one row on Edit OTC."""
    rows = ods_row(*map(ods_cell, header)) + ods_row(row, attributes=attributes)
    script = {"Basic/Standard/script-lb.xml": b"<!DOCTYPE library:library><a/>"}
    return pack(path, {**ods_parts(ods_content(rows, "Edit OTC")), **script})


def test_a_formula_without_a_result_in_ods_is_refused(command: CommandLine, tmp_path: Path) -> None:
    """LibreOffice gives empty text no type, others give none to what they have not calculated."""
    formula = '<table:table-cell table:formula="of:=TODAY()+30"/>'
    path = write_ods(tmp_path / "x.ods", ("OTC", "Expiry Date"), ods_cell(A) + formula)
    assert ("B2", "formula-without-value") in errors_in(command("check", path, "--json").report)


def test_an_error_that_ods_stores_once_for_many_cells_is_an_error_in_each(
    command: CommandLine, tmp_path: Path
) -> None:
    """Two equal errors beside each other, in two equal rows, are one tag."""
    error = (
        '<table:table-cell table:number-columns-repeated="2" office:value-type="string" '
        'xmlns:calcext="c" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    path = write_ods(
        tmp_path / "x.ods", ("OTC", "Company Name", "Description"), ods_cell(B) + error,
        ' table:number-rows-repeated="2"',
    )  # fmt: skip
    assert errors_in(command("check", path, "--json").report) == [
        (cell, "cell-error") for cell in ("B2", "C2", "B3", "C3")
    ]
