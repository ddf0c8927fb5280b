"""Compare the cells that calamine gives with those that the look at the file found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import countOf

from importer.workbook.cell import Cell, is_blank
from importer.workbook.markup import Markup, cell_name

_MOST_NAMED = 20


def count_values(
    grid: Sequence[Sequence[Cell]], first: int, left: int, markup: Markup
) -> int:  # fmt: skip
    """The number of cells of `grid` with values, except errors and formulas without a value.

    Its first cell is in row `first`, counted from 1, and column `left`, counted from 0.
    """
    width = len(grid[0]) if grid else 0
    count = len(grid) * width - countOf(chain.from_iterable(grid), "")
    for row, column in _not_counted(markup, first, left):
        if 0 <= row < len(grid) and 0 <= column < width and grid[row][column] != "":
            count -= 1
    return count


def differing_cells(
    grid: Sequence[Sequence[Cell]], left: int, markup: Markup,
    filled: Callable[[], Iterable[tuple[int, int]]],
) -> list[str]:  # fmt: skip
    """The first cells of a sheet that only one of both found, or that occur twice.

    Column `left` of the sheet, counted from 0, is the first of `grid`, and row 1. The look found
    cells with values at `filled`.
    """
    width = len(grid[0]) if grid else 0
    seen = bytearray(len(grid) * width)
    differing = []
    for row, column in filled():
        at = row - 1, column - 1 - left
        is_inside = 0 <= at[0] < len(grid) and 0 <= at[1] < width
        index = at[0] * width + at[1]
        if not is_inside or grid[at[0]][at[1]] == "" or seen[index]:
            differing.append(cell_name(row, column))
            if len(differing) == _MOST_NAMED:
                return differing
        else:
            seen[index] = 1
    not_counted = _not_counted(markup, 1, left)
    for number, cells in enumerate(grid):
        differing += [
            cell_name(number + 1, column + left + 1)
            for column, cell in enumerate(cells)
            if not (is_blank(cell) or seen[number * width + column])
            and (number, column) not in not_counted
        ]
    return differing[:_MOST_NAMED]


def _not_counted(markup: Markup, first: int, left: int) -> set[tuple[int, int]]:
    without_value = (at for at, has_value in markup.formulas.items() if not has_value)
    return {(row - first, column - 1 - left) for row, column in chain(markup.errors, without_value)}
