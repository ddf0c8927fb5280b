"""Read the sheets of a spreadsheet file with calamine."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.cell import BadCell, Cell, Row, error_in, is_blank
from importer.workbook.formats.refusals import hostile, too_large, unreadable, unreadable_sheet
from importer.workbook.markup import Look, Markup, Range, cell_name
from importer.workbook.reading.counting import count_values, differing_cells
from importer.workbook.reading.raw import AT_ONCE, FilledRows, RawSheet, blocks_of

_MERGED_TWICE = 1_000_000
"""Cells that several merged ranges may share, as only careless programs write them."""

Filled = Callable[[], Iterable[tuple[int, int]]]
"""Gives the positions of all cells with a value, as `Look.filled` does."""


def read_sheets(look: Look, limits: Limits) -> Iterator[FilledRows | RawSheet]:
    """Read every worksheet, its rows first; raise RefusedError before calamine sees any that is too
    large."""
    markups = look.markups
    by_key: dict[Any, Markup] = dict(markups if isinstance(markups, dict) else enumerate(markups))
    for markup in by_key.values():
        _check_size(markup, limits)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(look.content))
    names = workbook.sheet_names
    worksheets = [
        (index, sheet.visible != SheetVisibleEnum.Visible)
        for index, sheet in enumerate(workbook.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    if len({names[index] for index, _ in worksheets}) < len(worksheets):
        raise unreadable(text(N_("two of its sheets have the same name")))
    for index, hidden in worksheets:
        key = names[index] if isinstance(markups, dict) else index
        yield from _read_sheet(workbook, index, hidden, by_key[key], partial(look.filled, key))


def _read_sheet(
    workbook: CalamineWorkbook, index: int, hidden: bool, markup: Markup, filled: Filled
) -> Iterator[FilledRows | RawSheet]:
    name = workbook.sheet_names[index]
    sheet = _attempt(name, filled, workbook.get_sheet_by_index, index)
    left = sheet.start[1] if sheet.start else 0
    merged = sheet.merged_cell_ranges or markup.merged
    rows = sheet.iter_rows()
    grids: Iterable[list[list[Cell]]]
    if merged or markup.errors or markup.booleans or markup.formulas:  # which may be anywhere
        grids = [_attempt(name, filled, list, rows)]
    else:
        grids = iter(lambda: _attempt(name, filled, list, islice(rows, AT_ONCE)), [])
    first, values = 1, 0
    for grid in grids:
        values += count_values(grid, left, markup)
        yield from blocks_of(_marked(grid, first, left, merged, markup))
        first += len(grid)
    unread = []
    if values != markup.values:
        whole = _attempt(name, filled, list, sheet.iter_rows())
        unread = differing_cells(whole, left, markup, filled())
    yield RawSheet(name, hidden=hidden, markup=markup, unread=unread)


def _attempt(name: str, filled: Filled, read: Callable[..., Any], *arguments: object) -> Any:
    """What calamine reads of the sheet `name`; raise RefusedError if it fails."""
    try:
        return read(*arguments)
    except BaseException as error:  # also pyo3's PanicException
        if isinstance(error, MemoryError):
            raise
        deque(filled(), 0)  # which may know a better reason
        raise unreadable_sheet(name) from error


def _check_size(markup: Markup, limits: Limits) -> None:
    far_apart = N_("the cells of one of its sheets are too far apart")
    for size, limit, most, reason in (
        (markup.rows, "rows", limits.rows, N_("one of its sheets has {size} rows")),
        (markup.columns, "columns", limits.columns, N_("one of its sheets has {size} columns")),
        (markup.area, "cells", limits.cells, far_apart),
    ):
        if size > most:
            raise too_large(text(reason, size=size), limit, most)


def _marked(
    grid: list[list[Cell]], first: int, left: int, merged: Sequence[Range], markup: Markup
) -> list[Row]:
    """The rows of `grid`, which begins in row `first`, with what calamine leaves out."""
    if left:
        grid = [[None] * left + row for row in grid]
    if markup.error_words:
        _mark_error_words(grid)
    _mark_merged_ranges(grid, merged)
    # Most rows may be blank, where a cell far below has a value.
    blank = [None] * left + [""] * (len(grid[0]) - left) if grid else []
    by_number = {number: row for number, row in enumerate(grid, start=first) if row != blank}
    for at, error in markup.errors.items():
        _put(by_number, at, BadCell(Code.CELL_ERROR, error))
    for at, value in markup.booleans.items():
        _put(by_number, at, value)
    for at, has_value in markup.formulas.items():
        if not has_value:
            _put(by_number, at, BadCell(Code.FORMULA_WITHOUT_VALUE, "="))
    return sorted(by_number.items())


def _mark_error_words(grid: list[list[Cell]]) -> None:
    """Put errors where texts name them."""
    for row in grid:
        for index, cell in enumerate(row):
            if isinstance(cell, str) and ("#" in cell or ":" in cell):  # Err:502
                row[index] = error_in(cell) or cell


def _put(by_number: dict[int, list[Cell]], at: tuple[int, int], cell: Cell) -> None:
    """Put `cell` at row and column (A is 1), even beyond the last cell with a value."""
    row, column = at
    cells = by_number.setdefault(row, [])
    cells += [None] * (column - len(cells))
    cells[column - 1] = cell


def _mark_merged_ranges(grid: list[list[Cell]], ranges: Sequence[Range]) -> None:
    """Mark the cells of merged ranges, except their first ones, which have the value.

    Raises RefusedError where too many ranges overlap.
    """
    left = _MERGED_TWICE + sum(map(len, grid))
    for (top, first), (bottom, last) in ranges:
        if top >= len(grid) or first >= len(grid[0]) or is_blank(grid[top][first]):
            continue
        value = grid[top][first]
        corners = cell_name(top + 1, first + 1), cell_name(bottom + 1, last + 1)
        merged = [BadCell(Code.MERGED_CELLS, ":".join(corners))] * len(grid[top][first : last + 1])
        for cells in grid[top : bottom + 1]:
            cells[first : last + 1] = merged
            left -= len(merged)
        grid[top][first] = value
        if left < 0:
            raise hostile(text(N_("its merged cells overlap")))
