"""Books written as xlsx, xlsm and xlsb files."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from corpus.description import Book, Cell, Formula, Sheet
from workbook_files import pack, read_parts
from xlsb_files import Calculated, Error, Value, XlsbSheet, serial, write_xlsb
from xlsb_files import Cell as XlsbCell

LAST_CELL = "Z1048576"
"""In the last row of the grid; LibreOffice takes long for the last column, too."""


def write_xlsx(book: Book, path: Path) -> Path:
    """The book as Excel stores it, results of formulas included."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    if book.from_1904:
        workbook.epoch = CALENDAR_MAC_1904
    for described in book.sheets:
        sheet = workbook.create_sheet(described.name)
        sheet.sheet_state = "hidden" if described.hidden else "visible"
        for row, column, value in described.cells():
            cell = sheet.cell(row, column)
            shown = value.result if isinstance(value, Formula) else value
            cell.value = value.text if isinstance(value, Formula) else _shown_error(value)
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(shown, dt.date):
                cell.number_format = "yyyy-mm-dd"
        for number in described.hidden_rows:
            sheet.row_dimensions[number].hidden = True
        for letter in described.hidden_columns:
            sheet.column_dimensions[letter].hidden = True
        for merged in described.merged:
            sheet.merge_cells(merged)
        if described.far:
            sheet[LAST_CELL].fill = PatternFill("solid", fgColor="FFFF00")
    if any(sheet.hidden for sheet in book.sheets):
        workbook.active = next(i for i, sheet in enumerate(book.sheets) if not sheet.hidden)
    workbook.save(path)
    _store_results(book, path)
    return path


def _shown_error(value: Cell) -> Any:
    return value.shown if isinstance(value, Error) else value


def _store_results(book: Book, path: Path) -> None:
    """Store the result of each formula, which openpyxl does not write."""
    parts = read_parts(path)
    for number, sheet in enumerate(book.sheets, 1):
        part = f"xl/worksheets/sheet{number}.xml"
        xml = parts[part].decode()
        for row, column, value in sheet.cells():
            if isinstance(value, Formula) and value.stored:
                at = f"{get_column_letter(column)}{row}"
                kind, stored = _stored(value.result, from_1904=book.from_1904)
                pattern = rf'<c r="{at}"([^>]*)>(<f>[^<]*</f>)<v\s*(?:/>|></v>)</c>'
                replacement = rf'<c r="{at}"\1 t="{kind}">\2<v>{stored}</v></c>'
                xml, count = re.subn(pattern, replacement, xml)
                assert count == 1, f"no formula at {at}"
        parts[part] = xml.encode()
    pack(path, parts)


def _stored(value: Value | Error, *, from_1904: bool) -> tuple[str, str]:
    match value:
        case bool():
            return "b", str(int(value))
        case str():
            return "str", value
        case Error():
            return "e", value.shown
        case dt.date():
            return "n", str(serial(value, from_1904=from_1904))
        case _:
            return "n", str(value)


MACRO = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 macros that nobody runs"


def write_xlsm(book: Book, path: Path) -> Path:
    """The book with a part for macros."""
    parts = read_parts(write_xlsx(book, path))
    types = parts["[Content_Types].xml"].decode()
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert office in types
    macro = '<Override PartName="/xl/vbaProject.bin" ContentType="application/octet-stream"/>'
    types = types.replace(office, "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    parts["[Content_Types].xml"] = types.replace("</Types>", f"{macro}</Types>").encode()
    links = "xl/_rels/workbook.xml.rels"
    link = (
        '<Relationship Id="rIdMacros" Target="vbaProject.bin" '
        'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"/></Relationships>'
    )
    parts[links] = parts[links].replace(b"</Relationships>", link.encode())
    return pack(path, parts | {"xl/vbaProject.bin": MACRO})


def write_as_xlsb(book: Book, path: Path) -> Path:
    """The book in Excel's binary format."""
    return write_xlsb(path, [_xlsb_sheet(sheet) for sheet in book.sheets], from_1904=book.from_1904)


def _xlsb_sheet(sheet: Sheet) -> XlsbSheet:
    cells: dict[tuple[int, int], XlsbCell] = {}
    for row, column, cell in sheet.cells():
        cells[row - 1, column - 1] = Calculated(cell.result) if isinstance(cell, Formula) else cell
    if sheet.far:
        cells[1_048_575, 25] = None
    merged = []
    for reference in sheet.merged:
        left, top, right, bottom = (number or 1 for number in range_boundaries(reference))
        merged.append((top - 1, bottom - 1, left - 1, right - 1))
    hidden_rows = frozenset(number - 1 for number in sheet.hidden_rows)
    hidden_columns = frozenset(ord(letter) - ord("A") for letter in sheet.hidden_columns)
    return XlsbSheet(sheet.name, cells, sheet.hidden, hidden_rows, hidden_columns, merged)
