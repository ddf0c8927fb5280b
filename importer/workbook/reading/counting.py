"""Compare the cells that calamine gives with those that the look at the file found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from operator import countOf

from importer.workbook.cell import Cell, is_blank
from importer.workbook.markup import Markup, cell_name

_MOST_NAMED = 20

Grid = Sequence[Sequence[Cell]]


def count_values(grid: Grid, left: int, markup: Markup) -> int:
    """The number of cells of `grid` with values, except errors and formulas without a value.

    Its first column is the one at index `left`. Where there are any of these, it begins at row 1.
    """
    width = len(grid[0]) if grid else 0
    count = len(grid) * width - countOf(chain.from_iterable(grid), "")
    for row, column in _not_counted(markup):
        index = column - 1 - left
        if row <= len(grid) and 0 <= index < width and grid[row - 1][index] != "":
            count -= 1
    return count


def differing_cells(
    grid: Grid, left: int, markup: Markup, filled: Iterable[tuple[int, int]]
) -> list[str]:
    """The first cells of a sheet that only one of both found, or that occur twice.

    The first row of `grid` is row 1, its first column the one at index `left`. The look found cells
    with values at `filled`.
    """
    given = {
        (row, column): cell
        for row, cells in enumerate(grid, start=1)
        for column, cell in enumerate(cells, start=left + 1)
        if cell != ""
    }
    times, not_counted = Counter(filled), _not_counted(markup)
    differing = chain(
        (at for at, count in times.items() if count > 1 or at not in given),
        (at for at, cell in given.items()
         if at not in times and at not in not_counted and not is_blank(cell)),
    )  # fmt: skip
    return [cell_name(*at) for at in islice(differing, _MOST_NAMED)]


def _not_counted(markup: Markup) -> set[tuple[int, int]]:
    without_value = (at for at, has_value in markup.formulas.items() if not has_value)
    return {*markup.errors, *without_value}
