"""Warnings about good cells: what was tidied, names beyond the console's limits, formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

from importer.base.texts import N_, Text, visible
from importer.config.settings import DateOrder
from importer.domain.names import fits_console
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.sheets import Column, ColumnKind
from importer.domain.tidying import tidy_text
from importer.workbook.cell import Cell, cell_text
from importer.workbook.checking.cells import Value
from importer.workbook.checking.dates import DatesRead
from importer.workbook.checking.layout import InputSheet

_TIDIED = (ColumnKind.OTC, ColumnKind.NAME, ColumnKind.TEXT, ColumnKind.EMAIL)
_IF_CORRECT = N_("No action is needed if this is correct.")
_NORMALISED = (Code.NORMALISED, N_("“{before}” was read as “{after}”."), _IF_CORRECT)
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
_TIME_LEFT_OFF = (
    Code.NORMALISED,
    N_("“{before}” was read as {after}, without its time of day. Cells of {column} read so: "
       "{count}."),
    _IF_CORRECT,
)  # fmt: skip
_YEAR_LAST = (
    Code.NORMALISED,
    N_("“{before}” was read as {after}. Cells of {column} read so: {count}."),
    _IF_CORRECT,
)  # fmt: skip
_ORDERS: dict[DateOrder, tuple[str, str, str]] = {
    "dmy": (
        N_("“{before}” was read as {after}, day first. Cells of {column} read so: {count}."),
        N_("“{before}” was read as {after}, day first, because {proof} can only be day first. "
           "Cells of {column} read so: {count}."),
        N_("If they are month first, run again with --dates mdy."),
    ),
    "mdy": (
        N_("“{before}” was read as {after}, month first. Cells of {column} read so: {count}."),
        N_("“{before}” was read as {after}, month first, because {proof} can only be month first. "
           "Cells of {column} read so: {count}."),
        N_("If they are day first, run again with --dates dmy."),
    ),
}  # fmt: skip
"""How dates with two readings were read, without and with proof, and the fix."""


def cell_warnings(
    input_sheet: InputSheet, column: Column, cells: Sequence[Cell], values: Sequence[Value],
    bad_rows: Set[int],
) -> Iterator[Problem]:  # fmt: skip
    """The warnings about the cells of `column`; those of `bad_rows` are bad."""
    number = input_sheet.columns[column.field] + 1
    formulas, quoted = input_sheet.markup.formulas, input_sheet.markup.quoted
    names_something = column.kind is ColumnKind.NAME and column.known is None
    is_date, is_tidied = column.kind is ColumnKind.DATE, column.kind in _TIDIED
    for (row, _), cell, value in zip(input_sheet.rows, cells, values, strict=True):
        if cell is None:
            continue
        if row not in bad_rows:
            if not is_date and isinstance(cell, str):
                tidied = str(value) if is_tidied else tidy_text(cell)
                typed = quoted.get((row, number), cell) if quoted else cell
                if tidied != typed:
                    yield _warning(_NORMALISED, Place(input_sheet.place, row), column, typed,
                                   before=visible(typed), after=tidied)  # fmt: skip
            if names_something and not fits_console(str(value)):
                yield _warning(_CONSOLE_LIMIT, Place(input_sheet.place, row), column, str(value))
        if formulas and formulas.get((row, number)):
            place = Place(input_sheet.place, row)
            yield _warning(_FORMULA_VALUE_USED, place, column, cell_text(cell))


def date_warnings(
    input_sheet: InputSheet, column: Column, cells: Sequence[Cell], dates: DatesRead,
    bad_rows: Set[int],
) -> Iterator[Problem]:  # fmt: skip
    """How the dates of `column` were read where that is not plain: a warning for all of them."""
    numbers = [row for row, _ in input_sheet.rows]
    for all_indices, is_typed in ((dates.typed, True), (dates.timed, False)):
        indices = [index for index in all_indices if numbers[index] not in bad_rows]
        if not indices:
            continue
        example = dates.ordered[0] if is_typed and dates.ordered else indices[0]
        kind = _YEAR_LAST if is_typed else _TIME_LEFT_OFF
        facts: dict[str, Any] = {}
        if is_typed and dates.ordered and dates.order:
            plain, proved, fix = _ORDERS[dates.order]
            kind = Code.NORMALISED, plain if dates.proof is None else proved, fix
            facts["proof"] = _cell_name(input_sheet, column, dates.proof)
        place = Place(input_sheet.place, numbers[example])
        before = cell_text(cells[example])
        yield _warning(kind, place, column, before, before=visible(before), count=len(indices),
                       after=dates.values[example], **facts)  # fmt: skip


def _cell_name(input_sheet: InputSheet, column: Column, index: int | None) -> str:
    if index is None:
        return ""
    letter = input_sheet.place.columns[column.field].letter
    return f"{letter}{input_sheet.rows[index][0]}"


def _warning(
    kind: tuple[Code, str, str], place: Place, column: Column, value: str, **facts: object
) -> Problem:
    code, message, fix = kind
    header = place.sheet.columns[column.field].header
    facts |= {"value": value, "column": header}
    return problem_at(place, column.field, code, Text(message, facts), Text(fix, facts), value)
