"""The corrections workbook: refused rows given back, each bad cell coloured and explained."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from importer.domain.problems import Problem, Severity
from importer.domain.sheets import SHEETS
from importer.files import whole_file
from importer.texts import N_, _, current_language
from importer.workbook.cells import Broken, Cell, is_blank
from importer.workbook.corrections_place import stamp
from importer.workbook.labels import PROBLEMS, is_problems_column, language_of
from importer.workbook.layout import LaidOutSheet
from importer.workbook.markup import column_letters, column_number
from importer.workbook.requests import Checked
from importer.workbook.styles import (
    AT_TOP,
    AT_TOP_LEFT,
    BAD_FILL,
    BAD_FONT,
    DATE_FORMAT,
    HEADER_FILL,
    HEADER_FONT,
    TITLE_FONT,
    WRAPPED,
    format_of,
    note,
    print_on_one_width,
)
from importer.workbook.template import add_sheet, new_workbook

_PROBLEMS_WIDTH = 80
_LINE_HEIGHT = 15
_ROW_HEIGHT_LIMIT = 409  # Excel's
_SPARE_WIDTH = 20
_LIST_COLUMNS = (
    (N_("Sheet"), 26),
    (N_("Cell"), 10),
    (N_("Row in your file"), 18),
    (N_("Column"), 24),
    (N_("Value"), 28),
    (N_("Problem"), 70),
    (N_("What to do"), 60),
)
_LIST_HEADER_ROW = 4
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_FORBIDDEN = re.compile(r"[\\*?:/\[\]]")
_TITLE_LIMIT = 31
_LINKS_LIMIT = 65_000  # Excel takes 65,530 on a sheet


Places = dict[Problem, tuple[str, str]]
"""The sheet and cell in which each problem is marked."""


class _Column(NamedTuple):
    """A column of a given-back sheet: where it stands in the user's file, and its number format."""

    position: int
    format: str


def write_corrections(
    path: Path,
    source: Path,
    checked: Checked,
    problems: Sequence[Problem],
    refused: set[tuple[str, int]] | None,
) -> None:
    """Write to `path` the rows of `source` that are `refused` (None: all), and why they are.

    `checked` is what was read of `source`, `problems` are those of the whole workbook, by place.
    A row that was not refused is given back too where nothing was applied, so that applying the
    mended workbook finishes the job.
    """
    language = current_language()
    workbook = new_workbook(language)
    listed = workbook.create_sheet(_(PROBLEMS), 0)
    places: Places = {}
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    by_sheet: dict[str | None, list[Problem]] = defaultdict(list)
    for problem in errors:
        by_sheet[problem.sheet].append(problem)
    for laid_out in checked.sheets:
        name = laid_out.place.name
        rows = [
            (number, cells)
            for number, cells in laid_out.rows
            if refused is None or (name, number) in refused
        ]
        if rows:
            _give_back(workbook, laid_out, rows, by_sheet[name], places)
    _add_missing_sheets(workbook, checked.sheets, language)
    _list_problems(listed, errors, places)
    workbook.active = 0
    stamp(workbook, source)
    with whole_file(path) as temporary:
        workbook.save(temporary)


def _add_missing_sheets(
    workbook: Workbook, given_back: Sequence[LaidOutSheet], language: str
) -> None:  # fmt: skip
    """Add the template's other sheets, where they stand in it: mending may need them.

    Not beside a misnamed sheet, which is mended by giving it one of their names.
    """
    if any(one.sheet is None for one in given_back):
        return
    places = {
        one.sheet.name: _title(one.place.name)
        for one in given_back
        if one.sheet and _title(one.place.name) in workbook.sheetnames
    }
    if given_back and given_back[0].sheet:
        language = language_of(given_back[0].place.name, given_back[0].sheet)
    after = 0  # the list of problems
    for ours in SHEETS:
        if ours.name in places:
            after = workbook.sheetnames.index(places[ours.name])
        elif ours.title(language) not in workbook.sheetnames:
            after += 1
            add_sheet(workbook, ours, ours.title(language), language, after)


def _give_back(
    workbook: Workbook,
    laid_out: LaidOutSheet,
    rows: list[tuple[int, Sequence[Cell]]],
    problems: list[Problem],
    places: Places,
) -> None:
    """Write `rows` of one sheet and mark what is wrong; note in `places` where each problem is."""
    index = len(workbook.sheetnames) - 2  # before the hidden sheets
    name = _title(laid_out.place.name)
    if laid_out.sheet is None:
        sheet = workbook.create_sheet(name, index)
    else:
        language = language_of(laid_out.place.name, laid_out.sheet)
        sheet = add_sheet(workbook, laid_out.sheet, name, language, index)
    columns = _columns(laid_out, rows, sheet)
    last = len(columns) + 1
    header = sheet.cell(1, last, _(PROBLEMS))
    header.font, header.fill = HEADER_FONT, HEADER_FILL
    sheet.column_dimensions[column_letters(last)].width = _PROBLEMS_WIDTH
    by_row: dict[int | None, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_row[problem.row].append(problem)
    where = {column.position: position for position, column in enumerate(columns, start=1)}
    of_rows = {number for number, _ in rows}
    of_layout = [problem for problem in problems if problem.row not in of_rows]
    for problem in of_layout:
        _mark(sheet, 1, where, problem, places)
    for row, (number, cells) in enumerate(rows, start=2):
        for position, column in enumerate(columns, start=1):
            value = cells[column.position] if column.position < len(cells) else None
            cell = sheet.cell(row, position)
            _put(cell, value, column.format)
            cell.alignment = AT_TOP
        for problem in by_row.get(number, ()):
            _mark(sheet, row, where, problem, places)
        words = sheet.cell(row, last)
        reasons = by_row.get(number) or (of_layout if laid_out.refused else [])
        _put(words, "\n".join(_in_words(problem) for problem in reasons), "@")
        words.alignment = WRAPPED
        _fit_height(sheet, row, [(words.value, _PROBLEMS_WIDTH)])


def _title(name: str) -> str:
    """A sheet's name as Excel allows it; other programs allow more."""
    return _FORBIDDEN.sub(" ", name)[:_TITLE_LIMIT]


def _columns(
    laid_out: LaidOutSheet, rows: list[tuple[int, Sequence[Cell]]], sheet: Worksheet
) -> list[_Column]:
    """The template's columns, then what else the user's sheet holds, which may be misnamed."""
    ours = laid_out.sheet.columns if laid_out.sheet else ()
    beyond = len(laid_out.header) + max(len(cells) for _, cells in rows)
    columns = [
        _Column(laid_out.columns.get(column.field, beyond), format_of(column)) for column in ours
    ]
    known = set(laid_out.columns.values())
    width = max(len(laid_out.header), *(len(cells) for _, cells in rows))
    for index in range(width):
        name = laid_out.header[index] if index < len(laid_out.header) else None
        held = not is_blank(name) or any(
            index < len(cells) and not is_blank(cells[index]) for _, cells in rows
        )
        if index in known or not held or is_problems_column(str(name or "")):
            continue
        columns.append(_Column(index, "General"))
        header = sheet.cell(1, len(columns))
        _put(header, name, "@")
        header.font, header.fill = HEADER_FONT, HEADER_FILL
        sheet.column_dimensions[column_letters(len(columns))].width = _SPARE_WIDTH
    return columns


def _put(cell: SheetCell | object, value: Cell, number_format: str) -> None:
    """Write `value` as it was: text stays text, an unusable cell stays one until it is mended."""
    assert isinstance(cell, SheetCell)
    if isinstance(value, Broken):
        cell.value, cell.data_type = "#N/A", "e"
    elif value and isinstance(value, str):
        cell.value, cell.data_type = _escaped(value), "s"
        cell.number_format = "@"
    elif value not in (None, ""):
        cell.value = value
        # A number in a column of dates would be given back as a day that nobody wrote.
        if isinstance(value, int | float) and number_format != DATE_FORMAT:
            cell.number_format = number_format


def _escaped(text: str) -> str:
    """`text` so that a reader of the file gets it back: ECMA-376, 22.9.2.19, ST_Xstring."""
    escaped = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _CONTROL.sub(lambda control: f"_x{ord(control[0]):04X}_", escaped)


def _mark(
    sheet: Worksheet, row: int, where: dict[int, int], problem: Problem, places: Places
) -> None:
    """Colour and comment the cell that `problem` names, the first of its row if it names none."""
    letters = (problem.cell or "").rstrip("0123456789")
    position = where.get(column_number(letters) - 1, 1) if letters else 1
    cell = sheet.cell(row, position)
    places[problem] = (sheet.title, f"{column_letters(position)}{row}")
    cell.fill, cell.font = BAD_FILL, BAD_FONT
    said = [cell.comment.text] if cell.comment and row > 1 else []
    cell.comment = note("\n\n".join((*said, _in_words(problem))))


def _fit_height(sheet: Worksheet, row: int, wrapped: list[tuple[object, int]]) -> None:
    """Make `row` high enough for texts that are wrapped to a width in characters."""
    lines = max(
        sum(1 + len(line) // width for line in str(words or "").splitlines() or [""])
        for words, width in wrapped
    )
    if lines > 1:
        sheet.row_dimensions[row].height = min(_LINE_HEIGHT * lines, _ROW_HEIGHT_LIMIT)


def _in_words(problem: Problem) -> str:
    return f"{problem.message} → {problem.fix}"


def _list_problems(sheet: Worksheet, problems: list[Problem], places: Places) -> None:
    """The first sheet: every problem, with a link to its cell in this workbook."""
    sheet.cell(1, 1, _(N_("What is wrong, and what to do"))).font = TITLE_FONT
    sheet.cell(
        2, 1,
        _(N_("Mend the coloured cells on the sheets to the right, save this file and apply it. "
             "This sheet and the Problems columns are not read.")),
    )  # fmt: skip
    for number, (title, width) in enumerate(_LIST_COLUMNS, start=1):
        header = sheet.cell(_LIST_HEADER_ROW, number, _(title))
        header.font, header.fill = HEADER_FONT, HEADER_FILL
        sheet.column_dimensions[column_letters(number)].width = width
    for row, problem in enumerate(problems, start=_LIST_HEADER_ROW + 1):
        title, place = places[problem]
        texts = (
            problem.sheet, place, None, problem.header, problem.value,
            str(problem.message), str(problem.fix),
        )  # fmt: skip
        for number, words in enumerate(texts, start=1):
            if words is not None:
                cell = sheet.cell(row, number)
                _put(cell, words, "@")
                cell.alignment = WRAPPED
        if problem.row is not None:
            sheet.cell(row, 3, problem.row).alignment = AT_TOP_LEFT
        widths = [width for _title_of, width in _LIST_COLUMNS]
        _fit_height(sheet, row, list(zip(texts, widths, strict=True)))
        link = sheet.cell(row, 2)
        quoted = title.replace("'", "''")
        if row <= _LINKS_LIMIT:
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!{place}")
            link.style = "Hyperlink"
            link.alignment = WRAPPED
    print_on_one_width(sheet)
    sheet.freeze_panes = f"A{_LIST_HEADER_ROW + 1}"
    last = column_letters(len(_LIST_COLUMNS))
    sheet.auto_filter.ref = f"A{_LIST_HEADER_ROW}:{last}{_LIST_HEADER_ROW + len(problems)}"
