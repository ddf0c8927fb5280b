"""Turn a workbook into a request for each good row and a problem for each bad cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from itertools import compress, repeat
from pathlib import Path
from typing import Any, NamedTuple

from importer.base.errors import FileError
from importer.base.texts import N_, current_language, text
from importer.config.settings import DateOrder
from importer.domain.prefilled import FilledIn
from importer.domain.problems import Code, Place, Problem, Problems, SheetPlace, cause_in
from importer.domain.requests import Request
from importer.domain.sheets import SHEETS, Column, ColumnKind, Sheet
from importer.workbook.cell import BadCell, Cell
from importer.workbook.checking import checks  # noqa: F401 - loads pandera while a file is read
from importer.workbook.checking.cell_problems import cell_problem, code_of
from importer.workbook.checking.cell_warnings import cell_warnings, date_warnings
from importer.workbook.checking.cells import READERS, Value, read_column
from importer.workbook.checking.dates import DatesRead, read_dates
from importer.workbook.checking.layout import InputSheet, find_sheets
from importer.workbook.checking.naming import name_sheets
from importer.workbook.checking.schemas import broken_rules
from importer.workbook.labels import META, PREFILLED, UNDECIDED, VERSION
from importer.workbook.markup import Markup
from importer.workbook.reading.raw import RawWorkbook

OF_TEXT = (ColumnKind.NAME, ColumnKind.TEXT)
"""The columns in which a number is text as a person sees it."""


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of good rows. Each iteration makes them, so that they never all exist at once.

    `sheets` has the type of each sheet's requests, its place, and the columns of its good rows: the
    numbers of the rows, and the values of each field.
    """

    sheets: list[tuple[Any, SheetPlace, list[Any]]] = with_default(default_factory=list)

    def __len__(self) -> int:
        return sum(len(numbers) for _make, _place, (numbers, *_values) in self.sheets)

    def __iter__(self) -> Iterator[Request]:
        for make, place, (numbers, *values) in self.sheets:
            # The schema guarantees the types of the values.
            yield from map(make, map(Place, repeat(place), numbers), *values)


_BATCHES = 2**31
"""More than a ledger numbers; whatever else stands in a workbook is no batch that filled it in."""

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
    or did in the workbook that these are the corrections of. `filled_in` is what its ledger held
    when the workbook was prefilled.
    """

    path: Path
    sheets: list[InputSheet]
    problems: Problems
    sha256: str
    is_template: bool
    prefilled: Prefilled | None
    is_undecided: bool = False
    requests: Requests | Sequence[Request] = ()
    refused: set[tuple[str, int]] = with_default(default_factory=set)
    read: int = 0
    filled_in: FilledIn | None = None


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
    problems.add(Problem(Code.NORMALISED, message, fix) for message, fix in raw.notes)
    hidden = (sheet.rows for sheet in raw.sheets if sheet.name == META)
    meta = {cells[0]: cells[1:] for rows in hidden for _, cells in rows}
    prefilled = None
    match meta.get(PREFILLED):
        case [float() | int() as batch, str(head), *_] if 0 < batch < _BATCHES:
            prefilled = Prefilled(int(batch), head)
    checked = CheckedWorkbook(path, sheets, problems, raw.sha256, VERSION in meta, prefilled,
                              UNDECIDED in meta)  # fmt: skip
    usual: DateOrder | None = "dmy" if current_language() == "es" else None
    orders = dates, None if checked.is_undecided else usual
    checked.requests = requests = Requests()
    for input_sheet in sheets:
        checked.read += len(input_sheet.rows)
        refused = input_sheet.rows.numbers if input_sheet.refused else input_sheet.totals
        checked.refused.update((input_sheet.place.name, row) for row in refused)
        to_check = input_sheet.without_totals()
        if input_sheet.sheet is not None and to_check.rows and input_sheet.columns:
            _check_sheet(to_check, input_sheet.sheet, checked, requests, orders)
        tick()
    return checked


def _check_sheet(
    input_sheet: InputSheet, sheet: Sheet, checked: CheckedWorkbook, requests: Requests,
    orders: Orders,
) -> None:  # fmt: skip
    raw = {
        column.field: cells_of(input_sheet, column)
        for column in sheet.columns
        if column.field in input_sheet.columns
    }
    values, dates = _read(sheet, raw, orders)
    checked.is_undecided |= any(read.is_undecided for read in dates.values())
    numbers = input_sheet.rows.numbers
    broken = broken_rules(sheet, values)
    bad_rows: list[int] = []
    for index, rules in enumerate(zip(*broken.values(), strict=True)):
        for field, rule in zip(broken, rules, strict=True):
            if rule is None:
                continue
            # The column, which this row needs, may be missing.
            cell = raw[field][index] if field in raw else None
            place = Place(input_sheet.place, numbers[index])
            if checked.problems.has_room(cause_in(place.sheet, field, code_of(rule, cell))):
                problem = cell_problem(place, sheet.column(field), rule, cell)
                checked.problems.in_full.append(problem)
        if any(rules):
            bad_rows.append(index)
    checked.refused.update((input_sheet.place.name, numbers[index]) for index in bad_rows)
    for field, cells in raw.items():
        of_cells = input_sheet, sheet.column(field), cells
        bad = {index for index, rule in enumerate(broken.get(field, ())) if rule}
        if field in dates:
            checked.problems.add(date_warnings(*of_cells, dates[field], bad))
            letter = input_sheet.columns[field] + 1
            input_sheet.days.update(
                ((numbers[index], letter), dates[field].values[index])
                for index in dates[field].typed
                if index not in bad
            )
        checked.problems.add(cell_warnings(*of_cells, values[field], bad))
    if not input_sheet.refused:
        fields = sheet.request.__struct_fields__[1:]
        columns: list[Any] = [numbers, *(values.get(field, repeat(None)) for field in fields)]
        if bad_rows:
            good = [True] * len(numbers)
            for index in bad_rows:
                good[index] = False
            columns = [list(compress(column, good)) for column in columns]
        requests.sheets.append((sheet.request, input_sheet.place, columns))


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
            values[field] = read_column(cells, READERS[kind])
    return values, dates


def cells_of(input_sheet: InputSheet, column: Column) -> list[Cell]:
    """The cells of a column; in text, numbers as a person sees them."""
    index, rows, markup = input_sheet.columns[column.field], input_sheet.rows, input_sheet.markup
    cells = rows.column(index)
    if column.kind in OF_TEXT and (markup.shown or markup.not_text):
        return [
            _as_shown(cell, markup, (row, index + 1))
            for row, cell in zip(rows.numbers, cells, strict=True)
        ]
    return cells


def _as_shown(cell: Cell, markup: Markup, at: tuple[int, int]) -> Cell:
    if cell is None or isinstance(cell, BadCell):
        return cell
    if at in markup.not_text:
        return BadCell(Code.NOT_TEXT, markup.not_text[at])
    return markup.shown.get(at, cell)
