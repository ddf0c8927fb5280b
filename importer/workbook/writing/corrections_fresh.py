"""Refused rows in a workbook of our own making, where the user's cannot be given back as it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import current_language
from importer.domain.problems import Problem
from importer.domain.sheets import SHEETS, Sheet
from importer.workbook.cell import Cell, is_blank
from importer.workbook.checking.layout import InputSheet
from importer.workbook.labels import is_problems, language_of
from importer.workbook.markup import column_letters, column_number
from importer.workbook.writing.corrections_marks import (
    Places,
    head_problems,
    mark,
    put,
    put_new,
    tell,
)
from importer.workbook.writing.styles import AT_TOP, HEADER_FILL, HEADER_FONT, Looks, format_of
from importer.workbook.writing.template import add_sheet, new_workbook

_SPARE_WIDTH = 20
_FORBIDDEN = re.compile(r"[\\*?:/\[\]]")
_TITLE_LIMIT = 31

Rows = list[tuple[int, Sequence[Cell]]]


class _Column(NamedTuple):
    """A column of a given-back sheet: where it stands in the user's file, and its number format."""

    position: int
    format: str


def fresh_workbook(
    sheets: Sequence[InputSheet],
    wanted: Callable[[str, int], bool],
    by_sheet: Mapping[str | None, Sequence[Problem]],
    places: Places,
) -> Workbook:
    """A workbook with the `wanted` rows (by sheet and row) of `sheets`, bad cells marked."""
    workbook = new_workbook(current_language())
    for input_sheet in sheets:
        name = input_sheet.place.name
        rows = [(number, cells) for number, cells in input_sheet.rows if wanted(name, number)]
        if rows:
            _give_back(workbook, input_sheet, rows, by_sheet.get(name, ()), places)
    _add_missing_sheets(workbook, sheets)
    return workbook


def _add_missing_sheets(workbook: Workbook, given_back: Sequence[InputSheet]) -> None:
    """Add the template's other sheets, where they stand in it: mending may need them.

    Not beside a misnamed sheet, which is mended by giving it one of their names.
    """
    if any(one.sheet is None for one in given_back):
        return
    language = current_language()
    places = {
        one.sheet.name: _title(one.place.name)
        for one in given_back
        if one.sheet and _title(one.place.name) in workbook.sheetnames
    }
    if given_back and given_back[0].sheet:
        language = language_of(given_back[0].place.name, given_back[0].sheet)
    after = -1
    for ours in SHEETS:
        if ours.name in places:
            after = workbook.sheetnames.index(places[ours.name])
        elif ours.title(language) not in workbook.sheetnames:
            after += 1
            add_sheet(workbook, ours, ours.title(language), language, after)


def _give_back(
    workbook: Workbook,
    input_sheet: InputSheet,
    rows: Rows,
    problems: Sequence[Problem],
    places: Places,
) -> None:
    """Write `rows` of one sheet and mark what is wrong; note in `places` where each problem is."""
    index = len(workbook.sheetnames) - 2  # before the hidden sheets
    name = _title(input_sheet.place.name)
    if input_sheet.sheet is None:
        sheet: Worksheet = workbook.create_sheet(name, index)
    else:
        language = language_of(input_sheet.place.name, input_sheet.sheet)
        sheet = add_sheet(workbook, _as_in_the_file(input_sheet), name, language, index)
    columns = _columns(input_sheet, rows, sheet)
    last = len(columns) + 1
    head_problems(sheet, 1, last)
    by_row: dict[int | None, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_row[problem.row].append(problem)
    where = {column.position: position for position, column in enumerate(columns, start=1)}
    of_rows = {number for number, _ in rows}
    of_layout = [problem for problem in problems if problem.row not in of_rows]
    for problem in of_layout:
        mark(sheet, (1, _position(where, problem)), problem, places)
    looks = Looks()
    for row, (number, cells) in enumerate(rows, start=2):
        for position, column in enumerate(columns, start=1):
            value = cells[column.position] if column.position < len(cells) else None
            put_new(sheet.cell(row, position), value, column.format, looks, AT_TOP)
        for problem in by_row.get(number, ()):
            mark(sheet, (row, _position(where, problem)), problem, places)
        tell(sheet, row, last, by_row.get(number) or (of_layout if input_sheet.refused else []))


def _as_in_the_file(input_sheet: InputSheet) -> Sheet:
    """Our sheet; without the columns that the file lacks, where one of its own may be meant so.

    It would be there twice once it is named as it should be.
    """
    assert input_sheet.sheet is not None
    if not input_sheet.has_unknown_columns:
        return input_sheet.sheet
    columns = (
        column for column in input_sheet.sheet.columns if column.field in input_sheet.columns
    )
    return replace(input_sheet.sheet, columns=tuple(columns))


def _position(where: Mapping[int, int], problem: Problem) -> int:
    """The column to mark for a problem; the first where it names none."""
    letters = (problem.cell or "").rstrip("0123456789")
    return where.get(column_number(letters) - 1, 1) if letters else 1


def _title(name: str) -> str:
    """A sheet's name as Excel allows it; other programs allow more."""
    return _FORBIDDEN.sub(" ", name)[:_TITLE_LIMIT]


def _columns(input_sheet: InputSheet, rows: Rows, sheet: Worksheet) -> list[_Column]:
    """The template's columns, then what else the user's sheet holds, which may be misnamed."""
    ours = _as_in_the_file(input_sheet).columns if input_sheet.sheet else ()
    beyond = len(input_sheet.header) + max(len(cells) for _, cells in rows)
    columns = [
        _Column(input_sheet.columns.get(column.field, beyond), format_of(column)) for column in ours
    ]
    known = set(input_sheet.columns.values())
    width = max(len(input_sheet.header), *(len(cells) for _, cells in rows))
    for index in range(width):
        name = input_sheet.header[index] if index < len(input_sheet.header) else None
        held = not is_blank(name) or any(
            index < len(cells) and not is_blank(cells[index]) for _, cells in rows
        )
        if index in known or not held or is_problems(str(name or "")):
            continue
        columns.append(_Column(index, "General"))
        header = sheet.cell(1, len(columns))
        put(header, name, "@")
        header.font, header.fill = HEADER_FONT, HEADER_FILL
        sheet.column_dimensions[column_letters(len(columns))].width = _SPARE_WIDTH
    return columns
