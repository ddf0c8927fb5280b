"""A cell as a file holds it, before anybody asks what it means."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from importer.domain.names import tidy_text
from importer.domain.problems import Code


class Broken(NamedTuple):
    """A cell without a meaning: the problem it is, and what it shows."""

    code: Code
    shown: str


Cell = str | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | Broken | None
"""A cell as read; None is blank. A Broken one is an error value, part of a merged range, or a
formula without a value."""


def is_blank(cell: Cell) -> bool:
    """Whether a cell states nothing: empty, or nothing that could be seen."""
    if not isinstance(cell, str):
        return cell is None
    return not (cell.strip() and (cell.isascii() or tidy_text(cell)))


def is_merged(cell: Cell) -> bool:
    """Whether the cell's value, if it has one, stands elsewhere in a merged range."""
    return isinstance(cell, Broken) and cell.code is Code.MERGED_CELLS


def shown(cell: Cell) -> str:
    """What a person sees in the cell, near enough to find it by."""
    match cell:
        case None:
            return ""
        case Broken():
            return cell.shown
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
