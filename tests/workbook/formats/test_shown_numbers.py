"""Numbers in text columns that show leading zeros or a percentage, in every format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook

from builders import HEADERS, edit_workbook, otc, write_workbook
from command_line import CommandLine
from hostile.originals import CODE, ods_cell, ods_content, ods_parts, ods_row
from reports import problem_of
from workbook_files import change_part, pack
from xlsb_files import XlsbSheet, record, write_xlsb

ROW = otc(CODE)
NUMBER_AT = HEADERS["Add OTC"].index("Product ID")


def xlsx(path: Path, value: float, code: str) -> Path:
    """A workbook of openpyxl."""

    def change(workbook: Workbook) -> None:
        cell = workbook["Add OTC"].cell(2, NUMBER_AT + 1, value)
        cell.number_format = code

    return edit_workbook(write_workbook(path, [("Add OTC", [ROW])]), change)


def xlsm(path: Path, value: float, code: str) -> Path:
    """The same with the other ending."""
    return xlsx(path, value, code)


def xlsb(path: Path, value: float, code: str) -> Path:
    """A binary workbook, whose style for dates gets another format."""
    day = dt.datetime(1899, 12, 30) + dt.timedelta(days=value)
    cells = {(0, column): header for column, header in enumerate(HEADERS["Add OTC"])}
    row = [*(ROW.get(header) for header in HEADERS["Add OTC"][:NUMBER_AT]), day]
    filled = {(1, column): cell for column, cell in enumerate(row) if cell is not None}
    write_xlsb(path, [XlsbSheet("Add OTC", {**cells, **filled})])
    letters = code.encode("utf-16-le")
    length = len(code).to_bytes(4, "little")
    new_format = record(44, (164).to_bytes(2, "little"), length, letters)

    def change(styles: bytes) -> bytes:
        date, own = b"\0\0\x0e\0" + bytes(6), b"\0\0\xa4\0" + bytes(6)
        return styles.replace(record(278), record(278) + new_format).replace(date, own)

    return change_part(path, "xl/styles.bin", change)


def xls(path: Path, value: float, code: str) -> Path:
    """A workbook of Excel 97."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Add OTC")
    for column, header in enumerate(HEADERS["Add OTC"]):
        sheet.write(0, column, header)
        if header in ROW:
            sheet.write(1, column, ROW[header])
    style = xlwt.XFStyle()
    style.num_format_str = code
    sheet.write(1, NUMBER_AT, value, style)
    workbook.save(str(path))
    return path


def ods(path: Path, value: float, code: str) -> Path:
    """An OpenDocument spreadsheet, in which the text of a number is what it shows."""
    kind, shown = ("percentage", "21%") if code == "0%" else ("float", SHOWN[code])
    number = (
        f'<table:table-cell office:value-type="{kind}" office:value="{value}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )
    columns = HEADERS["Add OTC"][: NUMBER_AT + 1]
    cells = [ods_cell(ROW[header]) if header in ROW else "<table:table-cell/>"
             for header in columns[:-1]]  # fmt: skip
    rows = ods_row(*map(ods_cell, columns)) + ods_row(*cells, number)
    style = b'<office:styles><number:number number:min-integer-digits="5"/></office:styles>'
    content = ods_content(rows, "Add OTC").replace(b"<office:body>", style + b"<office:body>")
    return pack(path, ods_parts(content))


SHOWN = {"00000": "00123", "000-000": "000-123", '"P"0000': "P0123"}
FORMATS = (xlsx, xlsm, xlsb, xls, ods)
Write = Callable[[Path, float, str], Path]


@pytest.mark.parametrize("write", FORMATS)
@pytest.mark.parametrize("code", SHOWN)
def test_a_number_with_leading_zeros_is_read_as_a_person_sees_it(
    write: Write, code: str, command: CommandLine, tmp_path: Path
) -> None:
    path = write(tmp_path / f"x.{write.__name__}", 123, code)
    assert command("apply", path, "--json").report["status"] == "applied"
    assert command("show", "otcs", "--json").json[0]["product_id"] == SHOWN[code]


@pytest.mark.parametrize("write", FORMATS)
def test_a_percentage_is_no_text_and_quoted_as_a_person_sees_it(
    write: Write, command: CommandLine, tmp_path: Path
) -> None:
    path = write(tmp_path / f"x.{write.__name__}", 0.21, "0%")
    problem = problem_of(command("check", path, "--json"), "not-text")
    assert problem["cell"] == "H2"
    assert "21%" in problem["message"] or problem["value"] == "21%"


PERCENTAGES = {
    "0.0%": "21.0%", "0.00%": "21.00%", "#,##0%": "21%", "0.##%": "21%", "0 %": "21 %",
    "0%;[Red]-0%": "21%",
}  # fmt: skip


@pytest.mark.parametrize("code", PERCENTAGES)
def test_a_percentage_has_the_places_of_its_format(
    code: str, command: CommandLine, tmp_path: Path
) -> None:
    problem = problem_of(command("check", xlsx(tmp_path / "x.xlsx", 0.21, code), "--json"),
                         "not-text")  # fmt: skip
    assert problem["value"] == PERCENTAGES[code]


@pytest.mark.parametrize("code", ["General", "0", "0.00", "#,##0", "@", "0E+00"])
def test_a_number_in_another_format_is_the_number(
    code: str, command: CommandLine, tmp_path: Path
) -> None:
    path = xlsx(tmp_path / "x.xlsx", 123, code)
    assert command("apply", path, "--json").report["status"] == "applied"
    assert command("show", "otcs", "--json").json[0]["product_id"] == "123"
