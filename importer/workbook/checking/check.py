"""Turn a workbook into a request for each good row and a problem for each bad cell."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from importer.base.errors import FileError
from importer.base.texts import N_, current_language, text
from importer.config.settings import DateOrder
from importer.domain.problems import Code, Place, Problem
from importer.domain.requests import Request
from importer.domain.sheets import SHEETS, Column, ColumnKind, Sheet
from importer.workbook.cell import BadCell, Cell, is_blank
from importer.workbook.checking.cell_problems import cell_problem
from importer.workbook.checking.cell_warnings import cell_warnings, date_warnings
from importer.workbook.checking.cells import READERS, Value
from importer.workbook.checking.dates import DatesRead, read_dates
from importer.workbook.checking.layout import InputSheet, find_sheets
from importer.workbook.checking.naming import name_sheets
from importer.workbook.checking.schemas import failures
from importer.workbook.labels import META, PREFILLED, UNDECIDED, VERSION
from importer.workbook.markup import Markup
from importer.workbook.reading.raw import RawWorkbook

OF_TEXT = (ColumnKind.NAME, ColumnKind.TEXT)
"""The columns in which a number is text as a person sees it."""


Orders = tuple[DateOrder | None, DateOrder | None]
"""The order of dates that is stated, and the usual one."""


class Prefilled(NamedTuple):
    """The state of the ledger that a workbook was prefilled from: its last batch and its hash."""

    batch: int
    head: str


@dataclass(slots=True)
class CheckedWorkbook:
    """A workbook whose cells have been checked; `is_template` if it was made from the template.

    `requests` are in the order of the file. `refused` holds the sheet and number of each row
    without one; `read` counts both. `is_undecided` if the dates of a column contradict each other,
    or did in the workbook that these are the corrections of.
    """

    sheets: list[InputSheet]
    problems: list[Problem]
    sha256: str
    is_template: bool
    prefilled: Prefilled | None
    is_undecided: bool = False
    requests: list[Request] = with_default(default_factory=list)
    refused: set[tuple[str, int]] = with_default(default_factory=set)
    read: int = 0


def check_workbook(
    path: Path, raw: RawWorkbook, tick: Callable[[], object] = lambda: None,
    sheet: str | None = None, dates: DateOrder | None = None,
) -> CheckedWorkbook:  # fmt: skip
    """Check every cell of `raw`; raise FileError if it has no known sheet.

    `tick` is called once per sheet. `sheet` is what the only sheet holds, whatever its name, and
    `dates` how dates with two readings are read.
    """
    name_sheets(path, raw.sheets, sheet)
    sheets, problems = find_sheets(raw.sheets)
    if not sheets:
        message = N_("{path} has none of the sheets of an onboarding workbook.")
        fix = N_("Name each sheet after what it holds: {sheets}. To create an empty workbook: "
                 "avira-importer template")  # fmt: skip
        raise FileError(Code.NOT_A_WORKBOOK, text(message, path=path), text(fix, sheets=SHEETS))
    problems[:0] = [Problem(Code.NORMALISED, message, fix) for message, fix in raw.notes]
    hidden = (sheet.rows for sheet in raw.sheets if sheet.name == META)
    meta = {cells[0]: cells[1:] for rows in hidden for _, cells in rows}
    prefilled = None
    match meta.get(PREFILLED):
        case [float() | int() as batch, str(head), *_] if math.isfinite(batch):
            prefilled = Prefilled(int(batch), head)
    checked = CheckedWorkbook(sheets, problems, raw.sha256, VERSION in meta, prefilled,
                              UNDECIDED in meta)  # fmt: skip
    usual: DateOrder | None = "dmy" if current_language() == "es" else None
    orders = dates, None if checked.is_undecided else usual
    for input_sheet in sheets:
        checked.read += len(input_sheet.rows)
        refused = (
            (row for row, _ in input_sheet.rows) if input_sheet.refused else input_sheet.totals
        )
        checked.refused.update((input_sheet.place.name, row) for row in refused)
        to_check = input_sheet.without_totals()
        if input_sheet.sheet is not None and to_check.rows and input_sheet.columns:
            _check_sheet(to_check, input_sheet.sheet, checked, orders)
        tick()
    return checked


def _check_sheet(
    input_sheet: InputSheet, sheet: Sheet, checked: CheckedWorkbook, orders: Orders
) -> None:
    rows = [row for row, _ in input_sheet.rows]
    raw = {
        column.field: cells_of(input_sheet, column)
        for column in sheet.columns
        if column.field in input_sheet.columns
    }
    values, dates = _read(sheet, raw, orders)
    checked.is_undecided |= any(read.is_undecided for read in dates.values())
    # A blank optional column cannot be bad, and pandera takes a while for each column.
    checkable = {
        field: cells
        for field, cells in values.items()
        if sheet.column(field).required or any(cell is not None for cell in cells)
    }
    bad = failures(sheet, pd.DataFrame(checkable, index=rows, dtype=object))
    index_of = {row: index for index, row in enumerate(rows)}
    bad_rows_of: dict[str, set[int]] = {field: set() for field in raw}
    for row, field, rule in bad:
        cell = None
        if field in raw:  # not if the column, which this row needs, is missing
            cell = raw[field][index_of[row]]
            bad_rows_of[field].add(row)
        place = Place(input_sheet.place, row)
        checked.problems.append(cell_problem(place, sheet.column(field), rule, cell))
    bad_rows = {row for row, _, _ in bad}
    checked.refused.update((input_sheet.place.name, row) for row in bad_rows)
    for field, cells in raw.items():
        of_cells = input_sheet, sheet.column(field), cells
        if field in dates:
            checked.problems += date_warnings(*of_cells, dates[field], bad_rows_of[field])
            number = input_sheet.columns[field] + 1
            input_sheet.days.update(
                ((rows[index], number), dates[field].values[index])
                for index in dates[field].typed
                if rows[index] not in bad_rows_of[field]
            )
        checked.problems += cell_warnings(*of_cells, values[field], bad_rows_of[field])
    if not input_sheet.refused:
        checked.requests += _requests(input_sheet, sheet, values, bad_rows)


def _read(
    sheet: Sheet, raw: Mapping[str, list[Cell]], orders: Orders
) -> tuple[dict[str, list[Value]], dict[str, DatesRead]]:
    """The values of each column, and how its dates were read."""
    values: dict[str, list[Value]] = {}
    dates: dict[str, DatesRead] = {}
    for field, cells in raw.items():
        kind = sheet.column(field).kind
        if kind is ColumnKind.DATE:
            dates[field] = read_dates(cells, *orders)
            values[field] = [*dates[field].values]
        else:
            read = READERS[kind]
            values[field] = [None if cell is None else read(cell) for cell in cells]
    return values, dates


def _requests(
    input_sheet: InputSheet, sheet: Sheet, values: Mapping[str, list[Value]], bad_rows: set[int]
) -> list[Request]:
    fields: Sequence[str] = sheet.request.__struct_fields__[1:]
    make: Any = sheet.request  # the schema guarantees the types of its fields
    by_field = [values.get(field, repeat(None)) for field in fields]
    return [
        make(Place(input_sheet.place, row), *cells)
        for (row, _), *cells in zip(input_sheet.rows, *by_field, strict=False)
        if row not in bad_rows
    ]


def cells_of(input_sheet: InputSheet, column: Column) -> list[Cell]:
    """The cells of a column; in text, numbers as a person sees them."""
    index = input_sheet.columns[column.field]
    cells = [cells[index] if index < len(cells) else None for _, cells in input_sheet.rows]
    markup = input_sheet.markup
    if column.kind in OF_TEXT and (markup.shown or markup.not_text):
        cells = [
            _as_shown(cell, markup, (row, index + 1))
            for (row, _), cell in zip(input_sheet.rows, cells, strict=True)
        ]
    # pandas takes the number NaN, which differs from itself, for a blank.
    return [None if is_blank(cell) else "NaN" if cell != cell else cell for cell in cells]


def _as_shown(cell: Cell, markup: Markup, at: tuple[int, int]) -> Cell:
    if is_blank(cell) or isinstance(cell, BadCell):
        return cell
    if at in markup.not_text:
        return BadCell(Code.NOT_TEXT, markup.not_text[at])
    return markup.shown.get(at, cell)
