"""Sheets of ours to requests, one a good row, and a problem for each bad cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd

from importer.base.errors import FileError
from importer.base.texts import N_, text, visible
from importer.domain.names import fits_console, tidy_text
from importer.domain.planning.snapshot import Addition, addition
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.requests import AddCustomer, AddOtc, Request
from importer.domain.sheets import Column, ColumnKind, Sheet
from importer.workbook.cell import Broken, Cell, is_blank, shown
from importer.workbook.checking.cell_problems import bad_cell
from importer.workbook.checking.cells import Value, reader_of
from importer.workbook.checking.exported_files import refuse_export
from importer.workbook.checking.layout import LaidOutSheet, lay_out
from importer.workbook.checking.schemas import bad_cells
from importer.workbook.labels import META, PREFILLED, VERSION
from importer.workbook.reading.raw import RawWorkbook

_CREATES: dict[type[Request], Literal["otc", "customer"]] = {
    AddOtc: "otc",
    AddCustomer: "customer",
}
_TIDIED = (ColumnKind.OTC, ColumnKind.NAME, ColumnKind.TEXT, ColumnKind.EMAIL)


class Prefilled(NamedTuple):
    """The state of a ledger that a workbook was filled in with: its last batch, and its hash."""

    batch: int
    head: str


@dataclass(slots=True)
class CheckedWorkbook:
    """A workbook after its cells were checked.

    `requests` stand in the order of the file; `refused` are the rows that ask for nothing, by
    the sheet's name and row; `read` counts both. `sha256` is that of the file,
    `is_template` whether it was made from our template. `refused_additions` are the refused rows
    that would have created an OTC or a customer.
    """

    sheets: list[LaidOutSheet]
    requests: list[Request]
    problems: list[Problem]
    refused: set[tuple[str, int]]
    read: int
    sha256: str = ""
    is_template: bool = False
    refused_additions: dict[Addition, Place] = field(default_factory=dict)
    prefilled: Prefilled | None = None


def check_workbook(
    path: Path, raw: RawWorkbook, tick: Callable[[], object] = lambda: None
) -> CheckedWorkbook:  # fmt: skip
    """Check every cell of `raw`; raise FileError if no sheet of it is ours.

    `tick` is called once a sheet, for a progress bar.
    """
    refuse_export(path, raw.sheets)
    sheets, problems = lay_out(raw.sheets)
    if not sheets:
        raise FileError(
            Code.NOT_A_WORKBOOK,
            text(N_("{path} has none of the sheets of an onboarding workbook."), path=path),
            text(N_("To get one to fill in: avira-importer template")),
        )
    if raw.guessed_encoding:
        problems.insert(0, _guessed_encoding(path, raw.guessed_encoding))
    checked = CheckedWorkbook(sheets, [], problems, set(), 0, raw.sha256, _is_template(raw))
    checked.prefilled = _prefilled(raw)
    for laid_out in sheets:
        checked.read += len(laid_out.rows)
        if laid_out.refused:
            checked.refused.update((laid_out.place.name, row) for row, _ in laid_out.rows)
        if laid_out.sheet is not None and laid_out.rows and laid_out.columns:
            _check_sheet(laid_out, laid_out.sheet, checked)
        tick()
    return checked


def _is_template(raw: RawWorkbook) -> bool:
    """Whether we have made the workbook, filled in or not: its hidden sheet says so."""
    return any(
        sheet.name == META and any(cells[0] == VERSION for _, cells in sheet.rows)
        for sheet in raw.sheets
    )


def _prefilled(raw: RawWorkbook) -> Prefilled | None:
    for sheet in raw.sheets:
        for _, cells in sheet.rows if sheet.name == META else ():
            match cells:
                case [label, float() | int() as batch, str(head), *_] if label == PREFILLED:
                    return Prefilled(int(batch), head)
    return None


def _check_sheet(laid_out: LaidOutSheet, sheet: Sheet, checked: CheckedWorkbook) -> None:
    columns = [column for column in sheet.columns if column.field in laid_out.columns]
    rows = [row for row, _ in laid_out.rows]
    raw = {column.field: _cells(laid_out, column) for column in columns}
    values = {column.field: _values(column, raw[column.field]) for column in columns}
    bad = bad_cells(sheet, pd.DataFrame(values, index=rows, dtype=object))
    bad_rows = {row for row, _, _ in bad}
    index_of = {row: index for index, row in enumerate(rows)}
    checked.problems += [
        bad_cell(Place(laid_out.place, row), sheet.column(field), code, raw[field][index_of[row]])
        for row, field, code in bad
    ]
    checked.refused.update((laid_out.place.name, row) for row in bad_rows)
    for column in columns:
        checked.problems += _warnings(laid_out, column, raw[column.field], values[column.field])
    _note_missed(checked, laid_out, sheet, bad_rows, values)
    if laid_out.refused:
        return
    fields: Sequence[str] = sheet.request._fields[1:]
    make: Any = sheet.request  # the checks have made sure of the types of its fields
    by_field = [values.get(field, repeat(None)) for field in fields]
    checked.requests += [
        make(Place(laid_out.place, row), *stated)
        for row, *stated in zip(rows, *by_field, strict=False)
        if row not in bad_rows
    ]


def _note_missed(
    checked: CheckedWorkbook,
    laid_out: LaidOutSheet,
    sheet: Sheet,
    bad_rows: set[int],
    values: Mapping[str, Sequence[Value | Broken | None]],
) -> None:
    """Remember what the refused rows of an Add sheet would have created."""
    kind: Literal["otc", "customer"] | None = _CREATES.get(sheet.request)
    if kind is None:
        return
    for (row, _), name in zip(laid_out.rows, values.get(kind, ()), strict=False):
        if isinstance(name, str) and (laid_out.refused or row in bad_rows):
            checked.refused_additions.setdefault(addition(kind, name), Place(laid_out.place, row))


def _cells(laid_out: LaidOutSheet, column: Column) -> list[Cell]:
    index = laid_out.columns[column.field]
    return [
        None if index >= len(cells) or is_blank(cells[index]) else _no_nan(cells[index])
        for _, cells in laid_out.rows
    ]


def _no_nan(cell: Cell) -> Cell:
    """`cell`, or the text NaN where it holds that number, which pandas takes for a blank."""
    return "NaN" if cell != cell else cell


def _values(column: Column, cells: list[Cell]) -> list[Value | Broken | None]:
    read = reader_of(column)
    return [None if cell is None else read(cell) for cell in cells]


def _warnings(
    laid_out: LaidOutSheet,
    column: Column,
    cells: list[Cell],
    values: Sequence[Value | Broken | None],
) -> Iterator[Problem]:
    """What is worth knowing of good cells: tidied text, names beyond the console, formulas."""
    number = laid_out.columns[column.field] + 1
    formulas = laid_out.markup.formulas
    names_something = column.kind is ColumnKind.NAME and column.known is None
    for (row, _), cell, value in zip(laid_out.rows, cells, values, strict=True):
        if isinstance(cell, str) and value is not None and not isinstance(value, Broken):
            tidied = str(value) if column.kind in _TIDIED else tidy_text(cell)
            if tidied != cell:
                yield _normalised(Place(laid_out.place, row), column, cell, tidied)
        if names_something and isinstance(value, str) and not fits_console(value):
            yield _console_limit(Place(laid_out.place, row), column, value)
        if formulas and formulas.get((row, number)) and cell is not None:
            yield _formula_value_used(Place(laid_out.place, row), column, cell)


def _guessed_encoding(path: Path, encoding: str) -> Problem:
    return Problem(
        Code.NORMALISED,
        text(N_("{path} does not tell its encoding; it was read as {encoding}."),
             path=path.name, encoding=encoding),
        text(N_("Check accented letters; if they are wrong, save the file as CSV UTF-8.")),
    )  # fmt: skip


def _normalised(place: Place, column: Column, before: str, after: str) -> Problem:
    return problem_at(
        place, column.field, Code.NORMALISED,
        text(N_("“{before}” was read as “{after}”."), before=visible(before), after=after),
        text(N_("Nothing to do if that is what you mean.")),
        before,
    )  # fmt: skip


def _console_limit(place: Place, column: Column, name: str) -> Problem:
    return problem_at(
        place, column.field, Code.CONSOLE_LIMIT,
        text(N_("The console's own form would not take “{name}”: it allows 25 characters of A-Z, "
                "a-z, digits, space, - _ and ., and no double underscore."), name=name),
        text(N_("Nothing to do here; choose another name if it must be keyed there too.")),
        name,
    )  # fmt: skip


def _formula_value_used(place: Place, column: Column, cell: Cell) -> Problem:
    return problem_at(
        place, column.field, Code.FORMULA_VALUE_USED,
        text(N_("The cell holds a formula; its value “{value}” was used."), value=shown(cell)),
        text(N_("Check that the value is the one you mean.")),
        shown(cell),
    )  # fmt: skip
