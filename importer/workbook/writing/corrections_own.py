"""Refused rows in the user's own workbook: all else stays as it is.

That is how an onboarding workbook is given back. openpyxl, which keeps formats, notes, widths and
drop-downs, does not keep charts, pictures and macros.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from importer.domain.problems import Problem
from importer.workbook.cell import cell_text, is_merged
from importer.workbook.checking.check import CheckedWorkbook
from importer.workbook.checking.layout import InputSheet
from importer.workbook.labels import (
    LISTS,
    META,
    is_problems,
)
from importer.workbook.markup import column_letters, column_number, escaped
from importer.workbook.writing.corrections_marks import (
    Places,
    head_problems,
    mark,
    put,
    tell,
    unmark,
)
from importer.workbook.writing.loading import load_small
from importer.workbook.writing.styles import note
from importer.workbook.writing.template import add_drop_downs


def own_workbook(
    source: Path,
    checked: CheckedWorkbook,
    wanted: Callable[[str, int], bool] | None,
    by_sheet: Mapping[str | None, Sequence[Problem]],
    places: Places,
) -> Workbook | None:
    """The workbook at `source` with what is wrong marked; None if it is no template of ours.

    Of our sheets only the `wanted` rows (by sheet and row) are kept; None keeps all.
    """
    if not checked.is_template or any(map(_has_rows_above, checked.sheets)):
        return None
    workbook = _loaded(source, checked)
    if workbook is None:
        return None
    for title in workbook.sheetnames:
        if is_problems(title):
            del workbook[title]
    for sheet in workbook.worksheets:
        unmark(sheet)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment:  # of which openpyxl has forgotten how large they were
                    cell.comment = note(cell.comment.text, cell.comment.author)
    for input_sheet in checked.sheets:
        sheet = workbook[input_sheet.place.name]
        if input_sheet.sheet is not None and not sheet.data_validations.dataValidation:
            columns = {field: index + 1 for field, index in input_sheet.columns.items()}
            add_drop_downs(workbook, sheet, input_sheet.sheet, columns, input_sheet.header_row)
        _escape(sheet, input_sheet)
        if input_sheet.rows:
            _mark(sheet, input_sheet, wanted, by_sheet.get(input_sheet.place.name, ()), places)
    return workbook


def _has_rows_above(input_sheet: InputSheet) -> bool:
    """Whether rows stand where the header should, or above it."""
    first = input_sheet.rows[0][0] if input_sheet.rows else input_sheet.header_row + 1
    return first <= input_sheet.header_row


def _loaded(source: Path, checked: CheckedWorkbook) -> Workbook | None:
    """The file that was checked, and no other, if openpyxl can read it."""
    with suppress(OSError):  # somebody may have taken it away
        content = source.read_bytes()
        if hashlib.sha256(content).hexdigest() == checked.sha256:
            workbook = load_small(content)
            if workbook is not None and {META, LISTS} <= set(workbook.sheetnames):
                return workbook
    return None


def _escape(sheet: Worksheet, input_sheet: InputSheet) -> None:
    """Put right the texts that openpyxl does not write as it has read them: those with escapes."""
    for number, cells in input_sheet.rows:
        for index, value in enumerate(cells, start=1):
            if isinstance(value, str) and "_x" in (escaped_text := escaped(value)):
                cell = sheet.cell(number, index)
                if isinstance(cell, Cell) and cell.data_type == "s":
                    cell.value, cell.data_type = escaped_text, "s"


def _mark(
    sheet: Worksheet,
    input_sheet: InputSheet,
    wanted: Callable[[str, int], bool] | None,
    problems: Sequence[Problem],
    places: Places,
) -> None:
    last = _problems_column(sheet, input_sheet)
    stands_in = {number: number for number, _ in input_sheet.rows}
    if wanted is not None:
        kept = [number for number, _ in input_sheet.rows if wanted(input_sheet.place.name, number)]
        stands_in = _keep(sheet, input_sheet, kept)
    head_problems(sheet, input_sheet.header_row, last)
    by_row: dict[int | None, list[Problem]] = defaultdict(list)
    of_layout = []
    for problem in problems:
        letters = (problem.cell or "").rstrip("0123456789")
        first = min(input_sheet.columns.values(), default=0) + 1
        column = column_number(letters) if letters else first
        row = stands_in.get(problem.row or 0)
        if row is None:
            of_layout.append(problem)
        else:
            by_row[row].append(problem)
        mark(sheet, (row or input_sheet.header_row, column), problem, places)
    for row in stands_in.values():
        reasons = by_row.get(row) or (of_layout if input_sheet.refused else [])
        if reasons:
            tell(sheet, row, last, reasons)


def _problems_column(sheet: Worksheet, input_sheet: InputSheet) -> int:
    """The column that says what is wrong: the one that is there, emptied, or the next free one."""
    for index, cell in enumerate(input_sheet.header):
        if is_problems(cell_text(cell)):
            for number in range(input_sheet.header_row + 1, sheet.max_row + 1):
                sheet.cell(number, index + 1).value = None
            return index + 1
    return max(len(input_sheet.header), *(len(cells) for _, cells in input_sheet.rows)) + 1


def _keep(sheet: Worksheet, input_sheet: InputSheet, kept: Sequence[int]) -> dict[int, int]:
    """Leave of the rows below the header only those `kept`; give the row in which each stands."""
    header_row = input_sheet.header_row
    for merged in list(sheet.merged_cells.ranges):
        if merged.max_row > header_row:
            sheet.unmerge_cells(str(merged))
    rows = dict(input_sheet.rows)
    right = column_letters(sheet.max_column)
    heights = {row: sheet.row_dimensions[row].height for row in kept}
    hidden = {row: sheet.row_dimensions[row].hidden for row in kept}
    stands_in = {}
    for row, number in enumerate(kept, start=header_row + 1):
        stands_in[number] = row
        sheet.move_range(f"A{number}:{right}{number}", rows=row - number, translate=True)
        sheet.row_dimensions[row].height = heights[number]
        sheet.row_dimensions[row].hidden = hidden[number]
        for index, value in enumerate(rows[number]):
            if is_merged(value):  # whose value stood in a row or column that may be gone
                put(sheet.cell(row, index + 1), value, "General")
        for cell in sheet[row]:
            if cell.hyperlink:
                cell.hyperlink.ref = cell.coordinate
    after = header_row + len(kept) + 1
    sheet.delete_rows(after, sheet.max_row - after + 1)
    for row in [row for row in sheet.row_dimensions if row >= after]:
        del sheet.row_dimensions[row]
    return stands_in
