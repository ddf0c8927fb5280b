"""Give refused rows back in a new workbook, where the user's own cannot be used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import current_language
from importer.domain.problems import Code
from importer.domain.sheets import SHEETS, Column, Sheet
from importer.workbook.cell import BadCell, Cell
from importer.workbook.checking.check import OF_TEXT
from importer.workbook.checking.layout import InputSheet
from importer.workbook.labels import is_problems, language_of
from importer.workbook.reading.raw import FilledRows
from importer.workbook.writing import corrections_marks as marking
from importer.workbook.writing.new_rows import NewCell, NewRows
from importer.workbook.writing.styles import BAD, WRAP, format_of, write_header
from importer.workbook.writing.template import add_sheet, new_workbook

_EXTRA_WIDTH = 20
_FORBIDDEN = re.compile(r"[\\*?:/\[\]]")
_PERCENTAGE = re.compile(r"(?:[.,]([0-9]+)|)(\s*)%")
_TITLE_LIMIT = 31


class _Column(NamedTuple):
    """A column: its position (A is 0) in the user's file, its number format, and its declaration if
    it is known."""

    position: int
    format: str
    declared: Column | None = None


def fresh_workbook(
    sheets: Sequence[InputSheet], marks: marking.Marks
) -> tuple[Workbook, list[NewRows]]:  # fmt: skip
    """A new workbook, and the rows to give back, their problems marked."""
    workbook = new_workbook(current_language())
    added = [
        _add_rows(workbook, input_sheet, rows, marks)
        for input_sheet in sheets
        if (rows := marks.rows_of(input_sheet))
    ]
    _add_missing_sheets(workbook, sheets)
    return workbook, added


def _add_missing_sheets(workbook: Workbook, sheets: Sequence[InputSheet]) -> None:
    """Add the other sheets of the template in their order: a fix may need them.

    They are left out if a sheet has an unknown name, since its fix is one of their names.
    """
    language = current_language()
    added: dict[str, str] = {}
    for input_sheet in sheets:
        if input_sheet.sheet is None:
            return
        if not added:
            language = language_of(input_sheet.name, input_sheet.sheet)
        added[input_sheet.sheet.name] = _title(input_sheet.name)
    last = -1
    for sheet in SHEETS:
        if added.get(sheet.name) in workbook.sheetnames:
            last = workbook.sheetnames.index(added[sheet.name])
        elif sheet.title(language) not in workbook.sheetnames:
            last += 1
            add_sheet(workbook, sheet, sheet.title(language), language, last)


def _add_rows(
    workbook: Workbook, input_sheet: InputSheet, rows: FilledRows, marks: marking.Marks
) -> NewRows:
    """Add one sheet and its `rows`, and mark their problems."""
    index = len(workbook.sheetnames) - 2  # before the hidden sheets
    name = _title(input_sheet.name)
    template = _template_sheet(input_sheet)
    if template is None:
        sheet: Worksheet = workbook.create_sheet(name, index)
    else:
        sheet = add_sheet(workbook, template, name, language_of(name, template), index)
    columns = _columns(input_sheet, template, rows, sheet)
    marking.add_problems_column(sheet, 1, len(columns) + 1)
    new_columns = {column.position: new for new, column in enumerate(columns, start=1)}
    new_rows = {row: number for number, row in enumerate(rows.numbers, start=2)}
    marked, explained = marks.place(input_sheet, sheet.title, new_rows, new_columns, 1, 1)
    for at, words in marked.items():
        if at[0] == 1:
            marking.mark(sheet, *at, words)
    added = NewRows(sheet)
    for number, (row, cells) in enumerate(rows, start=2):
        written = []
        for new, column in enumerate(columns, start=1):
            value = cells[column.position] if column.position < len(cells) else None
            cell = NewCell(*_meant(input_sheet, row, column, value))
            if why := marked.get((number, new)):
                cell = cell._replace(look=BAD, comment=f"{marking.SEPARATOR}\n\n{why}")
            written.append(cell)
        why = explained.get(number)
        height = marking.fitting_height([(why, marking.PROBLEMS_WIDTH)])
        added.add([*written, NewCell(why, look=WRAP)], height)
    return added


def _meant(
    input_sheet: InputSheet, row: int, column: _Column, value: Cell
) -> tuple[Cell, str]:  # fmt: skip
    """What stands for a cell where the format and the dates around it are not known, and how."""
    declared, markup = column.declared, input_sheet.markup
    if input_sheet.is_unread and declared and declared.required:
        return BadCell(Code.UNREADABLE_SHEET, ""), column.format  # only another program can help
    at = row, column.position + 1
    value = input_sheet.days.get(at, value)
    shown = markup.not_text.get(at) or markup.shown.get(at)
    is_text = declared is None or declared.kind in OF_TEXT
    if shown is None or not is_text or value is None or isinstance(value, BadCell):
        return value, column.format
    if at not in markup.not_text:
        return shown, column.format
    percentage = _PERCENTAGE.search(shown)
    if percentage and isinstance(value, int | float):
        decimals = "." + "0" * len(percentage[1]) if percentage[1] else ""
        return value, f"0{decimals}{percentage[2]}%"
    return BadCell(Code.NOT_TEXT, shown) if declared else value, column.format


def _template_sheet(input_sheet: InputSheet) -> Sheet | None:
    """The sheet's declaration, without missing columns that a misspelt header may mean.

    Otherwise they would occur twice once the header is corrected.
    """
    sheet = input_sheet.sheet
    if sheet is None or not input_sheet.asked_about:
        return sheet
    doubtful = input_sheet.asked_about.difference(input_sheet.columns)
    columns = (column for column in sheet.columns if column.field not in doubtful)
    return replace(sheet, columns=tuple(columns))


def _title(name: str) -> str:
    """A sheet's name as Excel allows it; other programs allow more."""
    return _FORBIDDEN.sub(" ", name)[:_TITLE_LIMIT]


def _columns(
    input_sheet: InputSheet, template: Sheet | None, rows: FilledRows, sheet: Worksheet
) -> list[_Column]:
    """The template's columns, then the other columns of the user's sheet with their headers."""
    header = input_sheet.header
    width = max(len(header), len(rows.columns))
    columns = [
        _Column(input_sheet.columns.get(column.field, width), format_of(column), column)
        for column in (template.columns if template else ())
    ]
    for index in sorted(set(range(width)).difference(input_sheet.columns.values())):
        name = header[index] if index < len(header) else None
        is_used = name is not None or rows.is_filled(index)
        if is_used and not is_problems(str(name or "")):
            columns.append(_Column(index, "General"))
            write_header(sheet, 1, len(columns), name, _EXTRA_WIDTH)
    return columns
