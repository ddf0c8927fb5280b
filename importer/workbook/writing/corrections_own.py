"""Give back the user's own workbook with its problems marked.

openpyxl keeps formats, comments, widths and drop-downs, but not charts, pictures and macros.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from contextlib import suppress
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from importer.config.limits import MB
from importer.workbook.cell import cell_text, is_merged
from importer.workbook.checking.check import CheckedWorkbook
from importer.workbook.checking.layout import InputSheet
from importer.workbook.labels import LISTS, META, is_problems
from importer.workbook.markup import column_letters, escaped
from importer.workbook.reading.raw import FilledRows
from importer.workbook.writing import corrections_marks as marking
from importer.workbook.writing.styles import WRAPPED, put
from importer.workbook.writing.template import add_validations

LARGEST = 64 * MB
"""Unpacked bytes of the largest workbook to open, some 100,000 rows. openpyxl needs 20 times as
much memory."""
_WIDEST = 1_000_000
"""Cells from A1 to the last one of a sheet, including blank ones: openpyxl visits all of them."""


def own_workbook(checked: CheckedWorkbook, marks: marking.Marks) -> Workbook | None:
    """The checked workbook with its problems marked; None if it cannot be given back."""
    above = (
        min(own.rows.numbers, default=own.header_row + 1) <= own.header_row
        for own in checked.sheets
    )
    is_unread = any(own.is_unread for own in checked.sheets)
    if not checked.is_template or is_unread or any(above):  # rows instead of a header, or above it
        return None
    workbook = _loaded(checked)
    if workbook is None:
        return None
    for title in workbook.sheetnames:
        if is_problems(title):
            del workbook[title]
    for sheet in workbook.worksheets:
        marking.unmark(sheet)
    for input_sheet in checked.sheets:
        sheet = workbook[input_sheet.place.name]
        sheet.title = input_sheet.name
        if input_sheet.sheet is not None and not sheet.data_validations.dataValidation:
            fields = {field: index + 1 for field, index in input_sheet.columns.items()}
            add_validations(workbook, sheet, input_sheet.sheet, fields, input_sheet.header_row)
        _restore(sheet, input_sheet, is_whole=marks.refused is None)
        if input_sheet.rows:
            header_row = input_sheet.header_row
            last = _problems_column(sheet, input_sheet)
            columns = {index: index + 1 for index in range(max(last, sheet.max_column))}
            first = min(input_sheet.columns.values(), default=0) + 1
            rows = {number: number for number in input_sheet.rows.numbers}
            if marks.refused is not None:
                rows = _keep(sheet, header_row, marks.rows_of(input_sheet))
            marking.add_problems_column(sheet, header_row, last)
            marked, explained = marks.place(
                input_sheet, sheet.title, rows, columns, first, header_row
            )
            for at, words in marked.items():
                marking.mark(sheet, *at, words)
            for row, words in explained.items():
                _explain(sheet, row, last, words)
    return workbook


def load_small(content: bytes) -> Workbook | None:
    """Open a workbook with openpyxl; None if it is large or openpyxl cannot read it.

    `content` must have been read in the sandbox before, so that its sizes are true.
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts that openpyxl drops
            workbook = load_workbook(io.BytesIO(content), rich_text=True)
    except Exception:  # openpyxl raises anything; callers have another way
        return None
    area = sum(sheet.max_row * sheet.max_column for sheet in workbook.worksheets)
    return workbook if area <= _WIDEST else None


def _loaded(checked: CheckedWorkbook) -> Workbook | None:
    """The file that was checked, if it is unchanged and openpyxl can read it."""
    with suppress(OSError):  # it may be gone
        content = checked.path.read_bytes()
        if hashlib.sha256(content).hexdigest() == checked.sha256:
            workbook = load_small(content)
            if workbook is not None and {META, LISTS} <= set(workbook.sheetnames):
                return workbook
    return None


def _restore(sheet: Worksheet, input_sheet: InputSheet, *, is_whole: bool) -> None:
    """Restore escapes in texts, which openpyxl reads but does not write again, and state what
    other cells decide.

    Other dates may tell which day a typed date is. A formula, unless the sheet `is_whole`, may
    refer to rows that are gone.
    """
    formulas = {} if is_whole else input_sheet.markup.formulas
    known = {index + 1 for index in input_sheet.columns.values()}
    for number, cells in input_sheet.rows:
        for index, value in enumerate(cells, start=1):
            at = number, index
            day = input_sheet.days.get(at)
            if day or (at in formulas and index in known):
                cell = sheet.cell(*at)
                if isinstance(cell, Cell):
                    put(cell, day or value, cell.number_format)
            elif isinstance(value, str) and "_x" in (escaped_text := escaped(value)):
                cell = sheet.cell(*at)
                if isinstance(cell, Cell) and cell.data_type == "s":
                    cell.value, cell.data_type = escaped_text, "s"


def _explain(sheet: Worksheet, row: int, column: int, words: str) -> None:
    """Write why `row` is refused into its Problems column, and make it high enough."""
    cell = sheet.cell(row, column)
    put(cell, words, "@")
    cell.alignment = WRAPPED
    height = marking.fitting_height([(words, marking.PROBLEMS_WIDTH)])
    if height is not None:
        row_dimension = sheet.row_dimensions[row]
        row_dimension.height = max(height, row_dimension.height or 0)


def _problems_column(sheet: Worksheet, input_sheet: InputSheet) -> int:
    """The existing Problems column, emptied, or the next free one."""
    for index, cell in enumerate(input_sheet.header, start=1):
        if is_problems(cell_text(cell)):
            for number in range(input_sheet.header_row + 1, sheet.max_row + 1):
                sheet.cell(number, index).value = None
            return index
    return max(len(input_sheet.header), len(input_sheet.rows.columns)) + 1


def _keep(sheet: Worksheet, header_row: int, rows: FilledRows) -> dict[int, int]:
    """Keep only `rows` below the header; return the new number of each."""
    for merged in list(sheet.merged_cells.ranges):
        if merged.max_row > header_row:
            sheet.unmerge_cells(str(merged))
    right = column_letters(sheet.max_column)
    heights = {row: sheet.row_dimensions[row].height for row, _ in rows}
    hidden = {row: sheet.row_dimensions[row].hidden for row, _ in rows}
    new_rows = {}
    for row, (number, cells) in enumerate(rows, start=header_row + 1):
        new_rows[number] = row
        sheet.move_range(f"A{number}:{right}{number}", rows=row - number, translate=True)
        sheet.row_dimensions[row].height = heights[number]
        sheet.row_dimensions[row].hidden = hidden[number]
        for index, value in enumerate(cells, start=1):
            if is_merged(value):  # its value was in a row or column that may be gone
                put(sheet.cell(row, index), value, "General")
        for cell in sheet[row]:
            if cell.hyperlink:
                cell.hyperlink.ref = cell.coordinate
    after = header_row + len(rows) + 1
    sheet.delete_rows(after, sheet.max_row - after + 1)
    for row in [row for row in sheet.row_dimensions if row >= after]:
        del sheet.row_dimensions[row]
    return new_rows
