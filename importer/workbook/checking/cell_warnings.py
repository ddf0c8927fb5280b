"""Warnings about good cells: what was tidied, names beyond the console's limits, formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from importer.base.texts import N_, Text, text, visible
from importer.config.settings import DateOrder
from importer.domain.names import fits_console
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.sheets import Column, ColumnKind
from importer.domain.tidying import tidy_text
from importer.workbook.cell import Cell, cell_text
from importer.workbook.checking.cells import Value, read_column
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
)
_IN_ORDER = N_("“{before}” was read as {after}, {order}. Cells of {column} read so: {count}.")
_AS_PROVED = N_("“{before}” was read as {after}, {order}, because {proof} can only be {order}. "
                "Cells of {column} read so: {count}.")  # fmt: skip
_OTHER_ORDER = N_("If they are {other}, run again with --dates {dates}.")
_ORDERS: dict[DateOrder, str] = {"dmy": N_("day first"), "mdy": N_("month first")}


def cell_warnings(
    input_sheet: InputSheet, column: Column, cells: Sequence[Cell], values: Sequence[Value],
    bad: Set[int],
) -> Iterator[Problem]:  # fmt: skip
    """The warnings about the cells of `column`; those at the indices `bad` are bad."""
    number, numbers = input_sheet.columns[column.field] + 1, input_sheet.rows.numbers
    formulas, quoted = input_sheet.markup.formulas, input_sheet.markup.quoted
    is_date = column.kind is ColumnKind.DATE
    tidied = values if is_date or column.kind in _TIDIED else read_column(cells, _tidied)
    pairs = zip(cells, tidied if quoted or tidied != cells else (), strict=False)
    for index, (cell, after) in enumerate(pairs):
        if (cell is after and not quoted) or not isinstance(cell, str) or index in bad:
            continue
        typed = quoted.get((numbers[index], number), "" if is_date else cell)
        if typed and typed != str(after):
            yield _warning(_NORMALISED, Place(input_sheet.place, numbers[index]), column, typed,
                           before=visible(typed), after=str(after))  # fmt: skip
    if column.kind is ColumnKind.NAME and column.known is None:
        for index, value in enumerate(values):
            if isinstance(value, str) and not fits_console(value) and index not in bad:
                place = Place(input_sheet.place, numbers[index])
                yield _warning(_CONSOLE_LIMIT, place, column, value)
    for row, cell in zip(numbers, cells if formulas else (), strict=False):
        if cell is not None and formulas.get((row, number)):
            place = Place(input_sheet.place, row)
            yield _warning(_FORMULA_VALUE_USED, place, column, cell_text(cell))


def _tidied(cell: Cell) -> Cell:
    return tidy_text(cell) if isinstance(cell, str) else cell


def date_warnings(
    input_sheet: InputSheet, column: Column, cells: Sequence[Cell], dates: DatesRead, bad: Set[int]
) -> Iterator[Problem]:
    """How the dates of `column` were read where that is not plain: a warning for all of them."""
    typed, in_order, ordered, timed = (
        [index for index in indices if index not in bad]
        for indices in (dates.typed, dates.in_order, dates.ordered, dates.timed)
    )
    numbers = input_sheet.rows.numbers

    def warning(kind: tuple[Code, str, str], indices: Sequence[int], **facts: object) -> Problem:
        index, before = indices[0], cell_text(cells[indices[0]])
        place = Place(input_sheet.place, numbers[index])
        return _warning(kind, place, column, before, before=visible(before),
                        after=dates.values[index], **facts)  # fmt: skip

    if ordered and dates.order:
        message = _IN_ORDER
        facts: dict[str, object] = {"order": text(_ORDERS[dates.order])}
        if dates.proof is not None:
            message, letter = _AS_PROVED, input_sheet.place.columns[column.field].letter
            facts["proof"] = f"{letter}{numbers[dates.proof]}"
        [(other, words)] = [item for item in _ORDERS.items() if item[0] != dates.order]
        kind = Code.NORMALISED, message, _OTHER_ORDER
        yield warning(kind, ordered, count=len(in_order), other=text(words), dates=other, **facts)
    elif typed:
        yield warning(_YEAR_LAST, typed, count=len(typed))
    if timed:
        yield warning(_TIME_LEFT_OFF, timed, count=len(timed))


def _warning(
    kind: tuple[Code, str, str], place: Place, column: Column, value: str, **facts: object
) -> Problem:
    code, message, fix = kind
    header = place.sheet.columns[column.field].header
    facts |= {"value": value, "column": header}
    return problem_at(place, column.field, code, Text(message, facts), Text(fix, facts), value)
