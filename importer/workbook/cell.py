"""A cell as a file holds it, before it is given a meaning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from importer.domain.names import tidy_text
from importer.domain.problems import Code


class BadCell(NamedTuple):
    """A cell that has no meaning: the code of its problem, and the text that it shows."""

    code: Code
    text: str


Cell = str | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | BadCell | None
"""A cell as read; None is blank. A BadCell is an error value, part of a merged range, or a formula
without a value."""

Row = tuple[int, Sequence[Cell]]  # a row's number (from 1) and its cells, starting at column A


def is_blank(cell: Cell) -> bool:
    """Whether a cell is empty or holds nothing visible."""
    if not isinstance(cell, str):
        return cell is None
    return not (cell.strip() and (cell.isascii() or tidy_text(cell)))


def is_merged(cell: Cell) -> bool:
    """Whether the cell is part of a merged range, whose value is in its first cell."""
    return isinstance(cell, BadCell) and cell.code is Code.MERGED_CELLS


def cell_text(cell: Cell) -> str:
    """The text that a person sees in the cell, or close to it."""
    match cell:
        case None:
            return ""
        case BadCell():
            return cell.text
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.datetime():
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)
