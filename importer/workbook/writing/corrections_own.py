"""Give back the user's own workbook with its problems marked, in a confined process.

openpyxl keeps formats, comments, widths and drop-downs, but not charts, pictures and macros.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Sequence, Set
from functools import partial
from typing import NamedTuple
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.packaging import extended  # noqa: F401 - openpyxl imports it as it saves
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import in_language, translated
from importer.config.limits import MB, Limits
from importer.domain.problems import Problem
from importer.workbook.cell import cell_text, is_merged
from importer.workbook.checking.layout import InputSheet
from importer.workbook.labels import LISTS, META, PROBLEMS, UNDECIDED, is_problems
from importer.workbook.markup import column_letters, escaped
from importer.workbook.reading.confinement import allow
from importer.workbook.reading.raw import FilledRows
from importer.workbook.writing import corrections_marks as marking
from importer.workbook.writing.new_rows import NewRows, save
from importer.workbook.writing.styles import WRAPPED, put
from importer.workbook.writing.template import add_validations

LARGEST = 64 * MB
"""Unpacked bytes of the largest workbook to open, some 100,000 rows. openpyxl needs 20 times as
much memory."""
_WIDEST = 1_000_000
"""Cells from A1 to the last one of a sheet, including blank ones: openpyxl visits all of them."""
_GROWTH = 3
"""How much more time and memory openpyxl may take than reading the workbook."""


class Marking(NamedTuple):
    """The checked sheets of a workbook that may be given back, and its problems.

    `refused` are the rows to give back; None stands for all.
    """

    sheets: Sequence[InputSheet]
    problems: Sequence[Problem]
    refused: Set[tuple[str, int]] | None
    is_undecided: bool
    language: str
    limits: Limits


def prepare(work: Marking) -> tuple[Limits, Callable[[bytes], Iterator[bytes]]]:
    """The limits, and the function that marks the workbook in the given bytes."""
    translated(PROBLEMS, work.language)  # which loads the catalogue
    return work.limits, partial(_marked, work)


def _marked(work: Marking, content: bytes) -> Iterator[bytes]:
    """The marked workbook; nothing if it cannot be given back."""
    with in_language(work.language):
        marks = marking.Marks(work.problems, work.refused)
        workbook = _own_workbook(content, work.sheets, marks)
        if workbook is not None:
            written = io.BytesIO()
            finish(workbook, [], marks, written, is_undecided=work.is_undecided)
            yield written.getvalue()


def finish(
    workbook: Workbook, added: list[NewRows], marks: marking.Marks, file: io.BytesIO, *,
    is_undecided: bool,
) -> None:  # fmt: skip
    """Add the list of problems, and write the workbook."""
    added.append(marks.add_list(workbook))
    meta = workbook[META]
    if is_undecided and meta.cell(meta.max_row, 1).value != UNDECIDED:
        meta.append((UNDECIDED,))  # alone, one of the dates that contradict each other is certain
    save(workbook, added, file)


def _own_workbook(
    content: bytes, sheets: Sequence[InputSheet], marks: marking.Marks
) -> Workbook | None:
    workbook = load_small(content)
    if workbook is None or not {META, LISTS} <= set(workbook.sheetnames):
        return None
    for title in workbook.sheetnames:
        if is_problems(title):
            del workbook[title]
    for sheet in workbook.worksheets:
        marking.unmark(sheet)
    for input_sheet in sheets:
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
    """Open a workbook with openpyxl; None if it is large or openpyxl cannot read it."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > LARGEST:
                return None
        allow(size * _GROWTH)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts that openpyxl drops
            workbook = load_workbook(io.BytesIO(content), rich_text=True)
    except Exception:  # openpyxl raises anything; callers have another way
        return None
    area = sum(sheet.max_row * sheet.max_column for sheet in workbook.worksheets)
    return workbook if area <= _WIDEST else None


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
