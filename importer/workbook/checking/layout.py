"""Raw sheets to the sheets and columns of ours that they are, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from importer.base.texts import LANGUAGES
from importer.domain.problems import Code, ColumnPlace, Problem, Severity, SheetPlace
from importer.domain.sheets import Column, Sheet
from importer.workbook.cell import Cell, is_blank, is_merged, shown
from importer.workbook.checking.layout_problems import (
    column_of_another_sheet,
    duplicate_column,
    header_amid_rows,
    hidden_problems,
    ignored_column,
    ignored_sheet,
    missing_column,
    roughly_named_sheet,
    title_rows,
    unknown_column,
    unknown_sheet,
    unnamed_column,
)
from importer.workbook.labels import (
    HEADER_SEARCH,
    column_named,
    headers_like,
    is_exactly,
    is_our_note,
    is_problems_column,
    language_of,
    sheet_named,
    sheets_like,
    sheets_with,
    sheets_with_column,
)
from importer.workbook.markup import Markup, column_letters
from importer.workbook.reading.raw import RawSheet

Row = tuple[int, Sequence[Cell]]

TITLE_ROWS = 10
"""How many rows above a header may be titles; with more, they are rows that were sorted there."""


@dataclass(slots=True)
class LaidOutSheet:
    """A sheet of ours as it stands in the file.

    `columns` gives the index (A is 0) of each field's column, `header_row` the row of the header,
    `rows` the rows below it that hold anything. Where `refused`, the layout is wrong and every row
    is refused with it; `has_strange_columns` where columns that may be ours are to blame. `sheet`
    is None when the sheet looks like one of ours but has no such name.
    """

    sheet: Sheet | None
    place: SheetPlace
    columns: dict[str, int]
    header: Sequence[Cell]
    rows: list[Row]
    markup: Markup
    header_row: int = 1
    refused: bool = False
    has_strange_columns: bool = False


def lay_out(raw_sheets: list[RawSheet]) -> tuple[list[LaidOutSheet], list[Problem]]:
    """The sheets of ours among `raw_sheets`, in the file's order, and what is wrong with them."""
    sheets: list[LaidOutSheet] = []
    problems: list[Problem] = []
    for raw in raw_sheets:
        sheet = sheet_named(raw.name)
        if sheet is None and not (raw.rows and _may_be(raw)):
            if raw.rows and not is_our_note(raw.name):
                problems.append(ignored_sheet(raw))
            continue
        laid_out, found = _lay_out(raw, sheet)
        if laid_out.rows:
            if sheet is not None and not is_exactly(raw.name, sheet):
                found.append(roughly_named_sheet(raw, sheet))
            found += hidden_problems(raw, laid_out.rows, laid_out.columns)
            laid_out.refused = any(one.severity is Severity.ERROR for one in found)
            laid_out.has_strange_columns = any(one.code is Code.UNKNOWN_COLUMN for one in found)
            problems += found
        sheets.append(laid_out)
    return sheets, problems


def _may_be(raw: RawSheet) -> list[Sheet]:
    """The sheets of ours that a sheet with no name of ours may be, by its header or its name."""
    if is_our_note(raw.name):
        return []
    for _number, cells in raw.rows[:HEADER_SEARCH]:
        fitting = sheets_with([shown(cell) for cell in cells if not is_blank(cell)])
        if fitting:
            return fitting
    return sheets_like(raw.name)


def _lay_out(raw: RawSheet, sheet: Sheet | None) -> tuple[LaidOutSheet, list[Problem]]:
    stands_in = 1 if sheet is None else _header_row(raw, sheet)
    header = next((cells for number, cells in raw.rows if number == stands_in), ())
    if sheet is not None and not any(column_named(sheet, shown(cell)) for cell in header):
        header = ()  # what stands there is a row like the others
    rows = _rows_below(raw, stands_in, header)
    places: dict[str, ColumnPlace] = {}
    columns: dict[str, int] = {}
    place = SheetPlace(raw.name, places)
    laid_out = LaidOutSheet(sheet, place, columns, header, rows, raw.markup, stands_in)
    if sheet is None:
        return laid_out, [unknown_sheet(raw, _may_be(raw))]
    problems: list[Problem] = []
    strange: list[tuple[int, str]] = []
    for index, cell in enumerate(header):
        name = shown(cell)
        column = column_named(sheet, name)
        if column is None:
            strange.append((index, name))
        elif column.field in columns:
            first = places[column.field]
            problems.append(duplicate_column(raw, stands_in, index, name, first))
        else:
            columns[column.field] = index
            bare = name.replace("*", "").strip()
            places[column.field] = ColumnPlace(column_letters(index + 1), bare, column.header)
    width = max((len(cells) for _, cells in rows), default=0) if header else 0
    strange += [(index, "") for index in range(len(header), width)]
    above = [(number, cells) for number, cells in raw.rows if number < stands_in]
    if _are_rows(above, columns):
        laid_out.rows = [*above, *rows]  # refused with the others, and given back
        problems.append(header_amid_rows(raw, stands_in))
    elif stands_in > 1:
        problems.append(title_rows(raw, stands_in, [number for number, _ in above]))
    for index, name in strange:
        problems += _strange_column(raw, laid_out, sheet, index, name)
    asked_about = {str(near) for one in problems if (near := one.fix.facts.get("near"))}
    problems += [
        missing_column(raw, sheet, column, stands_in)
        for column in sheet.columns
        if column.required
        and column.field not in columns
        and asked_about.isdisjoint(map(column.title, LANGUAGES))
    ]
    return laid_out, problems


def _strange_column(
    raw: RawSheet, laid_out: LaidOutSheet, sheet: Sheet, index: int, name: str
) -> Iterator[Problem]:
    """What to say of a column that is none of ours: it may be the user's own, or a misspelt one."""
    row = laid_out.header_row
    if is_problems_column(name):
        return
    if name.strip():
        others = sheets_with_column(name)
        if others:
            yield column_of_another_sheet(raw, row, index, name, others)
            return
        language = language_of(raw.name, sheet)
        meant = headers_like(sheet, name, laid_out.columns, language)
        if meant:
            yield unknown_column(raw, row, index, name, meant)
        else:
            yield ignored_column(raw, row, index, name)
    elif any(index < len(cells) and not is_blank(cells[index]) for _, cells in laid_out.rows):
        absent = [column for column in sheet.columns if column.field not in laid_out.columns]
        if absent:  # its header may have been deleted
            yield unnamed_column(raw, sheet, row, index, absent)
        else:
            yield ignored_column(raw, row, index, name)


def _rows_below(raw: RawSheet, header_row: int, header: Sequence[Cell]) -> list[Row]:
    """The rows that hold anything but what we wrote into the Problems column ourselves."""
    if not header:
        return raw.rows
    ours = {index for index, cell in enumerate(header) if is_problems_column(shown(cell))}
    return [
        (number, cells)
        for number, cells in raw.rows
        if number > header_row
        and (not ours or any(not is_blank(c) for i, c in enumerate(cells) if i not in ours))
    ]


def _header_row(raw: RawSheet, sheet: Sheet) -> int:
    """The row that holds every required column; where none does, the one that holds most."""
    best, most = 1, 0
    required = {column.field for column in sheet.columns if column.required}
    for number, cells in raw.rows[:HEADER_SEARCH]:
        named: list[Column | None] = [column_named(sheet, shown(cell)) for cell in cells]
        fields = {column.field for column in named if column}
        if required <= fields:
            return number
        if len(fields) > max(most, 1):
            best, most = number, len(fields)
    return best


def _are_rows(above: list[Row], columns: dict[str, int]) -> bool:
    """Whether what stands above a header looks like rows that would be lost, not like titles."""
    filled = [_filled(cells, columns) for _, cells in above]
    more_than_a_title = len(columns) == 1 and sum(filled) > 1
    return max(filled, default=0) > 1 or more_than_a_title or len(above) > TITLE_ROWS


def _filled(cells: Sequence[Cell], columns: dict[str, int]) -> int:
    """In how many of our columns a row holds a value of its own."""
    return sum(
        index < len(cells) and not is_blank(cells[index]) and not is_merged(cells[index])
        for index in columns.values()
    )
