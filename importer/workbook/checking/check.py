"""Turn a workbook into a request for each good row and a problem for each bad cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from importer.base.errors import FileError
from importer.base.texts import N_, text, visible
from importer.domain.additions import ADDED_BY, Addition, Kind, addition
from importer.domain.names import fits_console, tidy_text
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.requests import Request
from importer.domain.sheets import SHEETS, Column, ColumnKind, Sheet
from importer.workbook.cell import BadCell, Cell, cell_text, is_blank
from importer.workbook.checking.cell_problems import cell_problem
from importer.workbook.checking.cells import Value, reader_of
from importer.workbook.checking.layout import InputSheet, find_sheets
from importer.workbook.checking.naming import name_sheets
from importer.workbook.checking.schemas import bad_cells
from importer.workbook.labels import META, PREFILLED, VERSION
from importer.workbook.reading.raw import RawWorkbook

_TIDIED = (ColumnKind.OTC, ColumnKind.NAME, ColumnKind.TEXT, ColumnKind.EMAIL)


class Prefilled(NamedTuple):
    """The state of the ledger that a workbook was prefilled from: its last batch and its hash."""

    batch: int
    head: str


@dataclass(slots=True)
class CheckedWorkbook:
    """A workbook whose cells have been checked; `is_template` if it was made from the template.

    `requests` are in the order of the file. `refused` holds the sheet and number of each row
    without one; `read` counts both. `refused_additions` would have created an OTC or a customer.
    """

    sheets: list[InputSheet]
    problems: list[Problem]
    sha256: str
    is_template: bool
    prefilled: Prefilled | None
    requests: list[Request] = field(default_factory=list)
    refused: set[tuple[str, int]] = field(default_factory=set)
    read: int = 0
    refused_additions: dict[Addition, Place] = field(default_factory=dict)


def check_workbook(
    path: Path,
    raw: RawWorkbook,
    tick: Callable[[], object] = lambda: None,
    sheet: str | None = None,
) -> CheckedWorkbook:
    """Check every cell of `raw`; raise FileError if it has no known sheet.

    `tick` is called once per sheet. `sheet` is what the only sheet holds, whatever its name.
    """
    name_sheets(path, raw.sheets, sheet)
    sheets, problems = find_sheets(raw.sheets)
    if not sheets:
        raise FileError(
            Code.NOT_A_WORKBOOK,
            text(N_("{path} has none of the sheets of an onboarding workbook."), path=path),
            text(
                N_(
                    "Name each sheet after what it holds: {sheets}. To create an empty workbook: "
                    "avira-importer template"
                ),
                sheets=SHEETS,
            ),
        )
    problems[:0] = [Problem(Code.NORMALISED, message, fix) for message, fix in raw.notes]
    hidden = (sheet.rows for sheet in raw.sheets if sheet.name == META)
    meta = {cells[0]: cells[1:] for rows in hidden for _, cells in rows}
    prefilled = None
    match meta.get(PREFILLED):
        case [float() | int() as batch, str(head), *_]:
            prefilled = Prefilled(int(batch), head)
    checked = CheckedWorkbook(sheets, problems, raw.sha256, VERSION in meta, prefilled)
    for input_sheet in sheets:
        checked.read += len(input_sheet.rows)
        refused = (
            (row for row, _ in input_sheet.rows) if input_sheet.refused else input_sheet.totals
        )
        checked.refused.update((input_sheet.place.name, row) for row in refused)
        to_check = input_sheet.without_totals()
        if input_sheet.sheet is not None and to_check.rows and input_sheet.columns:
            _check_sheet(to_check, input_sheet.sheet, checked)
        tick()
    return checked


def _check_sheet(input_sheet: InputSheet, sheet: Sheet, checked: CheckedWorkbook) -> None:
    columns = [column for column in sheet.columns if column.field in input_sheet.columns]
    rows = [row for row, _ in input_sheet.rows]
    raw = {column.field: _cells(input_sheet, column) for column in columns}
    values: dict[str, list[Value | BadCell | None]] = {}
    for column in columns:
        read = reader_of(column)
        cells = raw[column.field]
        values[column.field] = [None if cell is None else read(cell) for cell in cells]
    # A blank optional column cannot be bad, and pandera takes a millisecond for each column.
    checkable = {
        field: cells
        for field, cells in values.items()
        if sheet.column(field).required or any(cell is not None for cell in cells)
    }
    bad = bad_cells(sheet, pd.DataFrame(checkable, index=rows, dtype=object))
    bad_rows = {row for row, _, _ in bad}
    index_of = {row: index for index, row in enumerate(rows)}
    for row, name, code in bad:
        place, cell = Place(input_sheet.place, row), raw[name][index_of[row]]
        checked.problems.append(cell_problem(place, sheet.column(name), code, cell))
    checked.refused.update((input_sheet.place.name, row) for row in bad_rows)
    for column in columns:
        checked.problems += _warnings(input_sheet, column, raw[column.field], values[column.field])
    kind = ADDED_BY.get(sheet.request)
    if kind in values:
        _record_refused_additions(checked, input_sheet, kind, values[kind], bad_rows)
    if input_sheet.refused:
        return
    fields: Sequence[str] = sheet.request._fields[1:]
    make: Any = sheet.request  # the checks guarantee the types of its fields
    by_field = [values.get(field, repeat(None)) for field in fields]
    checked.requests += [
        make(Place(input_sheet.place, row), *cells)
        for row, *cells in zip(rows, *by_field, strict=False)
        if row not in bad_rows
    ]


def _record_refused_additions(
    checked: CheckedWorkbook, input_sheet: InputSheet, kind: Kind,
    names: Sequence[Value | BadCell | None], bad_rows: set[int],
) -> None:  # fmt: skip
    """Record the OTCs or customers that refused rows would have created."""
    for (row, _), name in zip(input_sheet.rows, names, strict=False):
        if isinstance(name, str) and (input_sheet.refused or row in bad_rows):
            place = Place(input_sheet.place, row)
            checked.refused_additions.setdefault(addition(kind, name), place)


def _cells(input_sheet: InputSheet, column: Column) -> list[Cell]:
    index = input_sheet.columns[column.field]
    cells = [cells[index] if index < len(cells) else None for _, cells in input_sheet.rows]
    # pandas takes the number NaN, which differs from itself, for a blank.
    return [None if is_blank(cell) else "NaN" if cell != cell else cell for cell in cells]


def _warnings(
    input_sheet: InputSheet, column: Column, cells: list[Cell],
    values: Sequence[Value | BadCell | None],
) -> Iterator[Problem]:  # fmt: skip
    """Warnings about good cells: tidied text, names beyond the console's limits, formulas."""
    number = input_sheet.columns[column.field] + 1
    formulas, quoted = input_sheet.markup.formulas, input_sheet.markup.quoted
    names_something = column.kind is ColumnKind.NAME and column.known is None
    for (row, _), cell, value in zip(input_sheet.rows, cells, values, strict=True):
        if isinstance(cell, str) and value is not None and not isinstance(value, BadCell):
            tidied = str(value) if column.kind in _TIDIED else tidy_text(cell)
            typed = quoted.get((row, number), cell) if quoted else cell
            if tidied != typed:
                yield _warning(_NORMALISED, Place(input_sheet.place, row), column, typed,
                               before=visible(typed), after=tidied)  # fmt: skip
        if names_something and isinstance(value, str) and not fits_console(value):
            yield _warning(_CONSOLE_LIMIT, Place(input_sheet.place, row), column, value)
        if formulas and formulas.get((row, number)) and cell is not None:
            place = Place(input_sheet.place, row)
            yield _warning(_FORMULA_VALUE_USED, place, column, cell_text(cell))


_NORMALISED = (
    Code.NORMALISED, N_("“{before}” was read as “{after}”."),
    N_("No action is needed if this is correct."),
)  # fmt: skip
_CONSOLE_LIMIT = (
    Code.CONSOLE_LIMIT,
    N_("The console does not accept “{value}”: it allows 25 characters of A-Z, a-z, digits, space, "
       "- _ and ., and no double underscore."),
    N_("No action is needed here. Choose another name if it must also be entered in the console."),
)  # fmt: skip
_FORMULA_VALUE_USED = (
    Code.FORMULA_VALUE_USED, N_("The cell contains a formula; its value “{value}” was used."),
    N_("Check that the value is correct."),
)  # fmt: skip


def _warning(
    kind: tuple[Code, str, str], place: Place, column: Column, value: str, **facts: object
) -> Problem:
    code, message, fix = kind
    return problem_at(place, column.field, code, text(message, value=value, **facts), text(fix),
                      value)  # fmt: skip
