"""Find the sheets and columns of the onboarding workbook in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from importer.base.texts import current_language
from importer.domain.problems import ColumnPlace, Problem, Problems, Severity, SheetPlace
from importer.domain.sheets import Sheet
from importer.domain.tidying import tidy_text
from importer.workbook import labels
from importer.workbook.cell import Cell, cell_text
from importer.workbook.checking import layout_problems as problem
from importer.workbook.checking.header import are_data, find_header, first_headers, rows_below
from importer.workbook.checking.naming import filled_sheets
from importer.workbook.checking.totals import total_rows
from importer.workbook.likeness import (
    columns_like,
    fields_named,
    sheets_like,
)
from importer.workbook.markup import Markup, column_letters
from importer.workbook.reading.raw import FilledRows, RawSheet

_FEWEST = 2
"""Columns in other words that make a list of the user's a sheet to apply."""
_FEWEST_BESIDE = 3
"""The same beside a sheet with a known name, where it is more probably a list of something else."""


@dataclass(slots=True)
class InputSheet:
    """A sheet of the onboarding workbook as a file holds it; `sheet` is None if it is not certain.

    `name` is the one that its rows are given back under. `columns` gives the index (A is 0) of each
    field's column; `asked_about` has the fields that misnamed columns may mean. `rows` are the
    filled rows below the header, all `refused` if the layout is wrong or, `is_unread`, their cells
    may be; `totals` are the numbers of those that are no rows to apply, and refused too. `days`
    gives, by row and column (A is 1), the days that typed dates were read as, which may depend on
    other rows.
    """

    sheet: Sheet | None
    place: SheetPlace
    name: str
    columns: dict[str, int]
    header: Sequence[Cell]
    rows: FilledRows
    markup: Markup
    header_row: int = 1
    refused: bool = False
    is_unread: bool = False
    asked_about: set[str] = field(default_factory=set)
    totals: set[int] = field(default_factory=set)
    days: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def without_totals(self) -> InputSheet:
        """The sheet without its rows of totals, whose cells mean nothing."""
        if not self.totals:
            return self
        return replace(self, rows=self.rows.only(n not in self.totals for n in self.rows.numbers))


def find_sheets(raw_sheets: list[RawSheet]) -> tuple[list[InputSheet], Problems]:
    """The known sheets of a file, in its order, and the problems of their layout."""
    sheets: list[InputSheet] = []
    problems = Problems()
    fewest = _FEWEST_BESIDE if any(labels.sheet_named(raw.title) for raw in raw_sheets) else _FEWEST
    for raw in raw_sheets:
        sheet = labels.sheet_named(raw.title)
        first_rows = list(first_headers(raw.rows).values())
        candidates = [sheet] if sheet else sheets_like(raw.name, first_rows, fewest)
        if not candidates or (sheet is None and not raw.rows):
            if raw.rows and not labels.is_own_sheet(raw.name):
                problems.add([problem.ignored_sheet(raw)])
            continue
        input_sheet = _input_sheet(raw, sheet, candidates[0])
        if sheet:
            of_layout = list(_problems(raw, sheet, input_sheet))
        else:
            is_only = filled_sheets(raw_sheets) == [raw]
            of_layout = list(_problems_of_unknown(raw, candidates, input_sheet, is_only))
        if raw.unread:
            input_sheet.is_unread = True
            of_layout.append(problem.unreadable_sheet(raw))
        if input_sheet.rows or raw.unread:
            severities = {of_sheet.severity for of_sheet in of_layout}
            input_sheet.refused = Severity.ERROR in severities
            problems.add(of_layout)
            columns = {index: sheet.column(field) for field, index in input_sheet.columns.items()
                       if sheet}  # fmt: skip
            for row, label in total_rows(input_sheet.rows, columns):
                input_sheet.totals.add(row)
                problems.add([problem.total_row(raw, row, label)])
            numbers = input_sheet.rows.numbers
            problems.add(problem.hidden_cells(raw, numbers, input_sheet.columns))
        sheets.append(input_sheet)
    return sheets, problems


def _input_sheet(raw: RawSheet, sheet: Sheet | None, likely: Sheet) -> InputSheet:
    """The rows below the header of the sheet, which is `likely` if it is not certain."""
    row, header = find_header(raw.rows, likely)
    places: dict[str, ColumnPlace] = {}
    columns: dict[str, int] = {}
    for index, cell in enumerate(header):
        name = cell_text(cell)
        column = labels.column_named(sheet, name) if sheet else None
        if column is not None and column.field not in columns:
            columns[column.field] = index
            bare = tidy_text(name.replace("*", ""))
            places[column.field] = ColumnPlace(column_letters(index + 1), bare, column.header)
    rows = rows_below(raw.rows, row, header)
    place = SheetPlace(raw.name, places)
    return InputSheet(sheet, place, raw.title, columns, header, rows, raw.markup, row)


def _problems_of_unknown(
    raw: RawSheet, candidates: Sequence[Sheet], input_sheet: InputSheet, is_only: bool
) -> Iterator[Problem]:
    """The problems of a sheet that is one of `candidates`, and of headers that mean the same on
    each of them."""
    yield problem.unknown_sheet(raw, candidates, is_only)
    names = [cell_text(cell) for cell in input_sheet.header]
    named = [fields_named(sheet, names) for sheet in candidates]
    for index, name in enumerate(names):
        if not any(labels.column_named(sheet, name) for sheet in candidates):
            first, *others = (
                list(columns_like(sheet, name, taken, current_language()).values())
                for sheet, taken in zip(candidates, named, strict=True)
            )
            if first and all(first == other for other in others):
                header = problem.Header(raw, input_sheet.header_row, index, name)
                yield problem.misnamed_column(header, first)


def _problems(raw: RawSheet, sheet: Sheet, input_sheet: InputSheet) -> Iterator[Problem]:
    """The problems of a known sheet's layout; rows above its header may be added to its rows."""
    row, rows = input_sheet.header_row, input_sheet.rows
    unknown: list[problem.Header] = []
    for index, cell in enumerate(input_sheet.header):
        header = problem.Header(raw, row, index, cell_text(cell))
        column = labels.column_named(sheet, header.name)
        if column is None:
            unknown.append(header)
            continue
        first = input_sheet.place.columns[column.field]
        if input_sheet.columns[column.field] != index:
            yield problem.duplicate_column(header, first)
        if labels.hides_characters(header.name):
            yield problem.tidied_header(header, first)
    above, _below = raw.rows.split(row)
    if are_data(above, input_sheet.columns):
        input_sheet.rows = above  # they are refused and given back too
        above.add(rows)
        yield problem.header_below_data(raw, row)
    elif row > 1:
        yield problem.title_rows(raw, row, above.numbers)
    for header in unknown:
        name = header.name
        if not labels.is_problems(name) and (name or input_sheet.rows.is_filled(header.index)):
            of_column, fields = problem.unknown_column(header, sheet, input_sheet.columns)
            input_sheet.asked_about.update(fields)
            yield of_column
    missing = sheet.required - input_sheet.columns.keys() - input_sheet.asked_about
    for column in sheet.columns:
        if column.field in missing:
            yield problem.missing_column(raw, sheet, column, row)
    if raw.chosen is None and not labels.is_exactly(raw.name, sheet):
        yield problem.similar_sheet_name(raw, sheet)
