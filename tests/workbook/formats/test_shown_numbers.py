"""Numbers in text columns that show leading zeros or a percentage, in every format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook

from builders import HEADERS, edit_workbook, otc, write_workbook
from command_line import CommandLine
from hostile.originals import CODE, ods_cell, ods_content, ods_parts, ods_row
from reports import errors_in, problem_of
from workbook_files import SHEET, change_part, pack, read_parts, substitute
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
    kind = "percentage" if value < 1 else "float"
    text = f"<text:p>{SHOWN[value, code]}</text:p>"
    return ods_cells(path, ods_typed(f'office:value-type="{kind}" office:value="{value}"', text))


def ods_typed(attributes: str, text: str = "") -> str:
    """The XML of a cell."""
    return f"<table:table-cell {attributes}>{text}</table:table-cell>"


def ods_cells(path: Path, number: str) -> Path:
    """An OpenDocument spreadsheet with this cell, and a padding format."""
    columns = HEADERS["Add OTC"][: NUMBER_AT + 1]
    cells = [ods_cell(ROW[header]) if header in ROW else "<table:table-cell/>"
             for header in columns[:-1]]  # fmt: skip
    rows = ods_row(*map(ods_cell, columns)) + ods_row(*cells, number)
    style = b"<office:styles><number:number number:min-integer-digits='5'/></office:styles>"
    content = ods_content(rows, "Add OTC").replace(b"<office:body>", style + b"<office:body>")
    return pack(path, ods_parts(content))


PADDED = {
    (123, "00000"): "00123", (123, "000-000"): "000-123", (123, '"P"0000'): "P0123",
    (5, "#00"): "05", (5, "?00"): "05", (5, "00.0"): "05.0", (12.5, "0000.00"): "0012.50",
    (123, "[>999]0;00000"): "00123", (123, "00000;;;@"): "00123", (123, '"a;b"0000'): "a;b0123",
}  # fmt: skip
PERCENTAGES = {
    (0.21, "0%"): "21%", (0.21, "0\\ %"): "21 %", (0.21, "0.0\\ %;[Red]\\-0.0\\ %"): "21.0 %",
    (0.21, "(0%)"): "(21%)", (0.21, "+0%"): "+21%", (0.21, '0%" IVA"'): "21% IVA",
    (21, '0" %"'): "21 %",
}  # fmt: skip
SHOWN = PADDED | PERCENTAGES
FORMATS = (xlsx, xlsm, xlsb, xls, ods)
Write = Callable[[Path, float, str], Path]


def each_format(numbers: Mapping[tuple[float, str], str]) -> pytest.MarkDecorator:
    """All numbers in one format, and one in each other; the others in the second tier."""
    first = next(iter(numbers))
    return pytest.mark.parametrize(("write", "value", "code"), [
        pytest.param(write, *number, marks=() if write is xlsx or number == first
                     else pytest.mark.thorough)
        for write in FORMATS
        for number in numbers
    ])  # fmt: skip


@each_format(PADDED)
def test_a_number_with_leading_zeros_is_read_as_a_person_sees_it(
    write: Write, value: float, code: str, command: CommandLine, tmp_path: Path
) -> None:
    path = write(tmp_path / f"x.{write.__name__}", value, code)
    assert command("apply", path, "--json").report["status"] == "applied"
    assert command("show", "otcs", "--json").json[0]["product_id"] == PADDED[value, code]


@each_format(PERCENTAGES)
def test_a_percentage_is_no_text_and_quoted_as_a_person_sees_it(
    write: Write, value: float, code: str, command: CommandLine, tmp_path: Path
) -> None:
    path = write(tmp_path / f"x.{write.__name__}", value, code)
    problem = problem_of(command("check", path, "--json"), "not-text")
    assert (problem["cell"], problem["value"]) == ("H2", PERCENTAGES[value, code])


PLACES = {
    "0.0%": "21.0%", "0.00%": "21.00%", "#,##0%": "21%", "0.##%": "21%", "0 %": "21 %",
    "0%;[Red]-0%": "21%", "0.00E+00%": "21%",
}  # fmt: skip


@pytest.mark.parametrize("code", PLACES)
def test_a_percentage_has_the_places_of_its_format(
    code: str, command: CommandLine, tmp_path: Path
) -> None:
    problem = problem_of(command("check", xlsx(tmp_path / "x.xlsx", 0.21, code), "--json"),
                         "not-text")  # fmt: skip
    assert problem["value"] == PLACES[code]


@pytest.mark.parametrize("attributes", [
    f'office:value-type="{kind}"' for kind in (
        'time" office:time-value="PT36H00M00S', 'time" office:time-value="P1DT12H',
        'time" office:time-value="-PT1H', 'date" office:date-value="2027-04',
        'date" office:date-value="2027-04-30T00:00:00.000Z')
])  # fmt: skip
@pytest.mark.parametrize("text", ["<text:p>36:00</text:p>", ""])
def test_a_date_or_time_that_is_stored_in_another_way_is_no_text(
    attributes: str, text: str, command: CommandLine, tmp_path: Path
) -> None:
    path = ods_cells(tmp_path / "x.ods", ods_typed(attributes, text))
    problem = problem_of(command("check", path, "--json"), "not-text")
    assert problem["value"] == ("36:00" if text else attributes.split('"')[-2])


def test_a_percentage_without_its_text_is_no_text(command: CommandLine, tmp_path: Path) -> None:
    cell = ods_typed('office:value-type="percentage" office:value="0.21"')
    path = ods_cells(tmp_path / "x.ods", cell)
    assert problem_of(command("check", path, "--json"), "not-text")["value"] == "21%"


MOMENT = "2027-04-30T00:00:00.000Z"


def test_a_date_in_iso_form_is_a_date_and_no_text(command: CommandLine, tmp_path: Path) -> None:
    """SheetJS writes it so on request."""
    path = xlsx(tmp_path / "x.xlsx", 1, "General")
    cells = [f'<c r="{at}" t="d"><v>{MOMENT}</v></c>' for at in ("G2", "H2")]
    substitute(path, SHEET, '<c r="H2"[^>]*><v>1</v></c>', "".join(cells))
    result = command("check", path, "--json")
    assert problem_of(result, "not-text")["value"] == MOMENT
    assert errors_in(result.report) == [("H2", "not-text")]


def test_a_cell_without_a_style_has_the_first_one(command: CommandLine, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "x.xlsx", 123, "00000")
    substitute(path, SHEET, ' s="1"', "")
    substitute(path, "xl/styles.xml", r'(<cellXfs[^>]*><xf [^>]*?numFmtId=)"0"', r'\1"164"')
    assert command("apply", path, "--json").report["status"] == "applied"
    assert command("show", "otcs", "--json").json[0]["product_id"] == "00123"
    substitute(path, "xl/styles.xml", r'(<cellXfs[^>]*><xf [^>]*?numFmtId=)"164"', r'\1"14"')
    problem = problem_of(command("check", path, "--json"), "not-text")
    assert (problem["cell"], problem["value"]) == ("H2", "1900-05-02")


@pytest.mark.parametrize("write", [xlsx, xlsb])
@pytest.mark.parametrize("is_left", [False, True])
def test_styles_and_texts_are_found_by_their_relationships(
    write: Write, is_left: bool, command: CommandLine, tmp_path: Path
) -> None:
    """Their usual names mean nothing, even if there are parts with these names."""
    path = write(tmp_path / f"x.{write.__name__}", 123, "00000")
    parts = dict(read_parts(path))
    for name, new in (("styles", "formats"), ("sharedStrings", "texts")):
        for part in [part for part in parts if part.startswith(f"xl/{name}.")]:
            parts[part.replace(name, f"shared/{new}")] = parts.pop(part)
            if is_left:
                parts[part] = b""
    for part in [part for part in parts if part.endswith(".rels")]:
        moved = parts[part].replace(b'"styles.', b'"shared/formats.')
        parts[part] = moved.replace(b'"sharedStrings.', b'"shared/texts.')
    assert command("apply", pack(path, parts), "--json").report["status"] == "applied"
    assert command("show", "otcs", "--json").json[0]["product_id"] == "00123"
