"""Find the sheets and columns of the onboarding workbook in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from importer.base.texts import LANGUAGES
from importer.domain.problems import Code, ColumnPlace, Problem, Severity, SheetPlace
from importer.domain.sheets import Sheet
from importer.workbook import labels
from importer.workbook.cell import Cell, Row, cell_text, is_blank, is_merged
from importer.workbook.checking import layout_problems as problem
from importer.workbook.markup import Markup, column_letters
from importer.workbook.reading.raw import RawSheet, sheets_below

_TITLE_ROWS = 10  # rows above a header that may be titles; more are data that was sorted there


@dataclass(slots=True)
class InputSheet:
    """A sheet of the onboarding workbook as a file holds it; `sheet` is None if it is not certain.

    `columns` gives the index (A is 0) of each field's column. `rows` are the filled rows below the
    header, all `refused` if the layout is wrong, perhaps for `has_unknown_columns`.
    """

    sheet: Sheet | None
    place: SheetPlace
    columns: dict[str, int]
    header: Sequence[Cell]
    rows: list[Row]
    markup: Markup
    header_row: int = 1
    refused: bool = False
    has_unknown_columns: bool = False


def find_sheets(raw_sheets: list[RawSheet]) -> tuple[list[InputSheet], list[Problem]]:
    """The known sheets of a file, in its order, and the problems of their layout."""
    sheets: list[InputSheet] = []
    problems: list[Problem] = []
    for raw in raw_sheets:
        sheet = labels.sheet_named(raw.name)
        candidates = [sheet] if sheet else _candidates(raw)
        if not candidates or (sheet is None and not raw.rows):
            if raw.rows and not labels.is_own_sheet(raw.name):
                problems.append(problem.ignored_sheet(raw))
            continue
        header_row = _header_row(raw, sheet) if sheet else 1
        input_sheet = _input_sheet(raw, sheet, header_row)
        of_layout = (
            list(_problems(raw, sheet, input_sheet))
            if sheet
            else [problem.unknown_sheet(raw, candidates)]
        )
        if input_sheet.rows:
            codes = {of_sheet.code for of_sheet in of_layout}
            input_sheet.refused = any(code.severity is Severity.ERROR for code in codes)
            input_sheet.has_unknown_columns = Code.UNKNOWN_COLUMN in codes
            problems += of_layout
            problems += problem.hidden_cells(raw, input_sheet.rows, input_sheet.columns)
        sheets.append(input_sheet)
    return sheets, problems


def _candidates(raw: RawSheet) -> list[Sheet]:
    """The sheets that one with an unknown name may be, by its header or its name."""
    if labels.is_own_sheet(raw.name):
        return []
    return sheets_below(raw.rows) or labels.sheets_like(raw.name)


def _input_sheet(raw: RawSheet, sheet: Sheet | None, header_row: int) -> InputSheet:
    header = next((cells for number, cells in raw.rows if number == header_row), ())
    if sheet and not any(labels.column_named(sheet, cell_text(cell)) for cell in header):
        header = ()  # a row of data
    places: dict[str, ColumnPlace] = {}
    columns: dict[str, int] = {}
    for index, cell in enumerate(header):
        name = cell_text(cell)
        column = labels.column_named(sheet, name) if sheet else None
        if column is not None and column.field not in columns:
            columns[column.field] = index
            bare = name.replace("*", "").strip()
            places[column.field] = ColumnPlace(column_letters(index + 1), bare, column.header)
    rows = _rows_below(raw, header_row, header)
    place = SheetPlace(raw.name, places)
    return InputSheet(sheet, place, columns, header, rows, raw.markup, header_row)


def _problems(raw: RawSheet, sheet: Sheet, input_sheet: InputSheet) -> Iterator[Problem]:
    """The problems of a known sheet's layout; rows above its header may be added to its rows."""
    row, rows = input_sheet.header_row, input_sheet.rows
    unknown: list[tuple[int, str]] = []
    for index, cell in enumerate(input_sheet.header):
        name = cell_text(cell)
        column = labels.column_named(sheet, name)
        if column is None:
            unknown.append((index, name))
        elif input_sheet.columns[column.field] != index:
            first = input_sheet.place.columns[column.field]
            yield problem.duplicate_column(raw, row, index, name, first)
    width = max((len(cells) for _, cells in rows), default=0) if input_sheet.header else 0
    unknown += [(index, "") for index in range(len(input_sheet.header), width)]
    above = [(number, cells) for number, cells in raw.rows if number < row]
    if _are_data(above, input_sheet.columns):
        input_sheet.rows = [*above, *rows]  # they are refused and given back too
        yield problem.header_below_data(raw, row)
    elif row > 1:
        yield problem.title_rows(raw, row, [number for number, _ in above])
    asked_about = set()
    for index, name in unknown:
        if not labels.is_problems(name) and (name.strip() or is_filled(input_sheet.rows, index)):
            fields = input_sheet.columns
            of_column = problem.unknown_column(raw, sheet, row, index, name, fields)
            asked_about.add(str(of_column.fix.facts.get("near")))
            yield of_column
    for column in sheet.columns:
        is_missing = column.required and column.field not in input_sheet.columns
        if is_missing and asked_about.isdisjoint(map(column.title, LANGUAGES)):
            yield problem.missing_column(raw, sheet, column, row)
    if not labels.is_exactly(raw.name, sheet):
        yield problem.similar_sheet_name(raw, sheet)


def is_filled(rows: Sequence[Row], index: int) -> bool:
    """Whether a row has a value in the column at `index`."""
    return any(index < len(cells) and not is_blank(cells[index]) for _, cells in rows)


def _rows_below(raw: RawSheet, header_row: int, header: Sequence[Cell]) -> list[Row]:
    """The rows below the header, except those with nothing but an explanation under Problems."""
    if not header:
        return raw.rows
    notes = {index for index, cell in enumerate(header) if labels.is_problems(cell_text(cell))}
    return [
        (number, cells)
        for number, cells in raw.rows
        if number > header_row
        and (not notes or any(not is_blank(c) for i, c in enumerate(cells) if i not in notes))
    ]


def _header_row(raw: RawSheet, sheet: Sheet) -> int:
    """The first row with every required column; if there is none, that with the most columns."""
    best, most = 1, 1
    required = {column.field for column in sheet.columns if column.required}
    for number, cells in raw.rows[: labels.HEADER_SEARCH]:
        columns = (labels.column_named(sheet, cell_text(cell)) for cell in cells)
        fields = {column.field for column in columns if column}
        if required <= fields:
            return number
        if len(fields) > most:
            best, most = number, len(fields)
    return best


def _are_data(above: list[Row], columns: dict[str, int]) -> bool:
    """Whether the rows above a header look like data rather than titles."""
    filled = [
        sum(
            index < len(cells) and not is_blank(cells[index]) and not is_merged(cells[index])
            for index in columns.values()
        )
        for _, cells in above
    ]
    more_than_a_title = len(columns) == 1 and sum(filled) > 1
    return max(filled, default=0) > 1 or more_than_a_title or len(above) > _TITLE_ROWS
