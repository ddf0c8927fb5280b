"""Cells that a file has and its reader does not give: counted twice, in every format."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from builders import HEADERS, B, customer, otc, write_workbook
from command_line import HOME_VARIABLES, CommandLine
from hostile.originals import (
    CODE,
    ODS_HEADER,
    XLSX,
    Make,
    ods_cell,
    ods_content,
    ods_parts,
    ods_row,
)
from hostile.sheets import xlsb_with
from hostile.xls import biff, xls, xls_text
from reports import refusal_of
from workbook_files import SHEET, Parts, pack, substitute
from xlsb_files import XlsbSheet, record, write_xlsb

pytestmark = pytest.mark.thorough

STRINGS = b"<sst><si><t>50</t></si><si><t>60</t></si><si><t></t></si><si/></sst>"
TOTAL = HEADERS["Add OTC"].index("Total Licenses")


def xlsx_row(*cells: bytes, number: int = 2) -> bytes:
    """The XML of a row."""
    return b'<row r="%d">%s</row>' % (number, b"".join(cells))


def xlsx_text(reference: bytes, value: bytes) -> bytes:
    """The XML of a text."""
    return b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (reference, value)


GOOD_CELLS = [
    xlsx_text(b"A2", CODE.encode()), xlsx_text(b"B2", b"a@b.example"), xlsx_text(b"C2", b"Acme"),
]  # fmt: skip


def xlsx_parts(*rows: bytes) -> Parts:
    """A workbook whose sheet has a header and these rows."""
    start, end = XLSX[SHEET].index(b'<row r="2"'), XLSX[SHEET].index(b"</sheetData>")
    sheet = XLSX[SHEET][:start] + b"".join(rows) + XLSX[SHEET][end:]
    return {**XLSX, SHEET: sheet, "xl/sharedStrings.xml": STRINGS}


def xlsx(*rows: bytes) -> Make:
    """Such a workbook in a file."""
    return lambda path: pack(path, xlsx_parts(*rows))


def with_index(index: bytes) -> Make:
    """The total is the shared string of this number."""
    return xlsx(xlsx_row(*GOOD_CELLS, b'<c r="D2" t="s"><v>%s</v></c>' % index))


def xlsb_with_string(index: int) -> Make:
    """One more row, with a shared string in column A."""
    return xlsb_with(
        record(0, struct.pack("<IIHBBBI", 2, 0, 300, 0, 0, 0, 0)),
        record(7, struct.pack("<III", 0, 0, index)),
    )


NO_SUCH_TEXT = {
    **{f"xlsx: {index!r}": ("x.xlsx", "D2", with_index(index.encode()))
       for index in (" 1 ", "-1", "x", "1x", "9", "1.5", "+1")},
    "xlsb": ("x.xlsb", "A3", xlsb_with_string(9_999)),
    "xls": ("x.xls", "D2", xls(biff(0xFD, struct.pack("<HHHI", 1, TOTAL, 0, 9_999)))),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_SUCH_TEXT)
def test_a_cell_whose_text_does_not_exist_refuses_the_file_and_is_named(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """It is not the first text, nor blank."""
    file, cell, make = NO_SUCH_TEXT[name]
    make(tmp_path / file)
    problem = refusal_of(command("check", tmp_path / file, "--json"))
    assert problem["code"] == "unreadable-file"
    assert f"the text of cell {cell} does not exist" in problem["message"]


def test_the_text_of_a_cell_is_the_one_it_refers_to(command: CommandLine, tmp_path: Path) -> None:
    with_index(b"1")(tmp_path / "x.xlsx")
    command("apply", tmp_path / "x.xlsx")
    assert command("show", "otcs", "--json").json[0]["total"] == 60


D2 = b'<c r="D2"><v>10</v></c>'
TWO_ROWS = {
    "the same cells": ("x.xlsx", xlsx(xlsx_row(*GOOD_CELLS, D2), xlsx_row(*GOOD_CELLS, D2))),
    "other cells": ("x.xlsx", xlsx(xlsx_row(*GOOD_CELLS), xlsx_row(D2))),
    "other rows between": (
        "x.xlsx", xlsx(xlsx_row(*GOOD_CELLS, D2), xlsx_row(number=3), xlsx_row(D2))),
    "xlsb": ("x.xlsb", xlsb_with(*[record(0, struct.pack("<IIHBBBI", 1, 0, 300, 0, 0, 0, 0))])),
}  # fmt: skip


@pytest.mark.parametrize("name", TWO_ROWS)
def test_two_rows_of_one_number_refuse_the_file(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """Neither is lost, nor are they mixed."""
    file, make = TWO_ROWS[name]
    make(tmp_path / file)
    problem = refusal_of(command("check", tmp_path / file, "--json"))
    assert problem["code"] == "unreadable-file"
    assert "two of its rows have the number 2" in problem["message"]


def number_twice(kind: str) -> Make:
    """A workbook of Excel 97 with two numbers in D2, or a text that has no end."""
    cells = [biff(0x203, struct.pack("<HHHd", 1, TOTAL, 0, 10.0))] * 2
    if kind == "endless":
        cells = [biff(0x204, struct.pack("<HHHHB", 1, TOTAL, 0, 0xFFFF, 0))]
    row = [xls_text(1, column, value) for column, value in enumerate((CODE, "a@b.example", "Acme"))]
    return xls(*row, *cells)


def xlsb_twice(path: Path) -> None:
    """A binary workbook with two numbers in one cell."""
    row = record(0, struct.pack("<IIHBBBI", 2, 0, 300, 0, 0, 0, 0))
    number = record(5, struct.pack("<IId", TOTAL, 0, 10.0))
    xlsb_with(row, number, number)(path)


def ods_with(cell: str) -> Make:
    """An OpenDocument spreadsheet with a cell in D2."""
    rows = ODS_HEADER + ods_row(*map(ods_cell, (CODE, "a@b.example", "Acme")), cell)
    return lambda path: pack(path, ods_parts(ods_content(rows, "Add OTC")))


LOST = {
    "xlsx: a text and a value": ("x.xlsx", "D2", xlsx(xlsx_row(
        *GOOD_CELLS, b'<c r="D2" t="inlineStr"><is><t>10</t></is><v>1</v></c>'))),
    **{f"xlsx: two values: {space!r}": ("x.xlsx", "D2", xlsx(xlsx_row(
        *GOOD_CELLS, b'<c r="D2"><v>1</v>%s<v>0</v></c>' % space))) for space in (b"", b"\n ")},
    "xlsx: two texts": ("x.xlsx", "D2", xlsx(xlsx_row(
        *GOOD_CELLS, xlsx_text(b"D2", b"1").replace(b"</c>", b"<is><t>0</t></is></c>")))),
    "xlsx: a cell twice": ("x.xlsx", "D2", xlsx(xlsx_row(*GOOD_CELLS, D2, D2))),
    "xlsx: a text of the wrong kind": ("x.xlsx", "D2", xlsx(xlsx_row(
        *GOOD_CELLS, b'<c r="D2" t="inlineStr"><v>10</v></c>'))),
    "xlsb: a cell twice": ("x.xlsb", "D3", xlsb_twice),
    "xls: a cell twice": ("x.xls", "D2", number_twice("twice")),
    "xls: a text without an end": ("x.xls", "D2", number_twice("endless")),
    "ods: a number without its value": ("x.ods", "D2", ods_with(
        '<table:table-cell office:value-type="float"><text:p>10</text:p></table:table-cell>')),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_a_sheet_of_which_a_cell_is_lost_is_refused_and_the_cell_is_named(
    name: str, command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log names it as well."""
    for variable in HOME_VARIABLES:
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    file, cell, make = LOST[name]
    make(tmp_path / file)
    report = command("apply", tmp_path / file, "--json", "--partial").report
    [problem] = [p for p in report["problems"] if p["code"] == "unreadable-sheet"]
    assert f": {cell}." in problem["message"]
    assert report["rows"]["read"] == report["rows"]["rejected"] > 0
    (log,) = (tmp_path / "home").rglob("avira-importer.log")
    assert f"differ in {cell}\n" in log.read_text(encoding="utf-8")


def xlsb_with_empty_text(path: Path) -> None:
    """Text without a letter in column E."""
    row = dict(enumerate(otc(CODE, description="").values()))
    cells = {(0, column): header for column, header in enumerate(otc(CODE, description=""))}
    write_xlsb(path, [XlsbSheet("Add OTC", {**cells, **{(1, c): v for c, v in row.items()}})])


def xlsb_with_rich_text(path: Path) -> None:
    """The company is text with formats of its own, which calamine skips."""
    letters = "Acme".encode("utf-16-le")
    company = record(62, struct.pack("<II", 2, 0), b"\1", struct.pack("<I", 4), letters, bytes(8))
    texts = [
        record(6, struct.pack("<III", column, 0, len(value)), value.encode("utf-16-le"))
        for column, value in ((0, B), (1, "a@b.example"))
    ]
    total = record(5, struct.pack("<IId", TOTAL, 0, 10.0))
    row = record(0, struct.pack("<IIHBBBI", 2, 0, 300, 0, 0, 0, 0))
    xlsb_with(row, *texts, company, total)(path)


def test_text_with_formats_in_an_xlsb_cell_is_read(command: CommandLine, tmp_path: Path) -> None:
    xlsb_with_rich_text(tmp_path / "x.xlsb")
    assert command("apply", tmp_path / "x.xlsb", "--json").row_counts == (2, 2, 0, 0)
    assert {otc["company"] for otc in command("show", "otcs", "--json").json} == {"Acme"}


EMPTY = {
    **{f"xlsx: {cell!r}": ("x.xlsx", xlsx(xlsx_row(*GOOD_CELLS, D2, cell)))
       for cell in (b'<c r="E2" t="s"><v>2</v></c>', b'<c r="E2" t="s"><v>3</v></c>',
                    b'<c r="E2" t="s"><v></v></c>', b'<c r="E2" t="str"><v></v></c>',
                    b'<c r="E2" t="str"><v/></c>', b'<c r="E2"></c>',
                    b'<c r="E2" t="inlineStr"><is><t></t></is></c>',
                    b'<c r="E2" t="str"><v></v></c>' + xlsx_text(b"H2", b"\xe2\x80\x8b"),
                    b'<c r="E2" t="str"><v></v></c>' + xlsx_text(b"H2", b"  "))},
    "xlsb": ("x.xlsb", xlsb_with_empty_text),
    "xls": ("x.xls", xls(
        *(xls_text(1, column, value) for column, value in enumerate(
            (CODE, "a@b.example", "Acme", "10", ""))))),
    "ods": ("x.ods", ods_with(ods_cell("10") + ods_cell(""))),
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY)
def test_text_without_a_letter_is_blank_and_not_lost(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    file, make = EMPTY[name]
    make(tmp_path / file)
    assert command("check", tmp_path / file, "--json").row_counts == (1, 1, 0, 0)


def test_the_other_sheets_of_the_workbook_can_be_applied(
    command: CommandLine, tmp_path: Path
) -> None:
    sheets = [("Add OTC", [otc(CODE)]), ("Add Customer", [customer("Norte", 5, CODE)])]
    path = write_workbook(tmp_path / "x.xlsx", sheets)
    substitute(path, SHEET.replace("1", "2"), r'(<c r="D2".*?</c>)', r"\1\1")
    assert command("apply", path, "--json").report["status"] == "rejected"
    result = command("apply", path, "--json", "--partial")
    assert result.row_counts == (2, 1, 0, 1)
    otcs, customers = command.contents()
    assert ([otc["otc"] for otc in otcs], customers) == ([CODE], [])
