"""A cell as a file holds it, before it is given a meaning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from importer.domain.problems import Code
from importer.domain.tidying import tidy_text


class BadCell(NamedTuple):
    """A cell that has no meaning: the code of its problem, and the text that it shows."""

    code: Code
    text: str


Cell = str | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | BadCell | None
"""A cell as read; None is blank. A BadCell is an error value, part of a merged range, or a formula
without a value."""

ERROR_WORDS = frozenset(
    {
        "#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!",
        "#N/D", "#¡VALOR!", "#¡REF!", "#¡DIV/0!", "#¡NUM!", "#¿NOMBRE?", "#¡NULO!",
    }
)  # fmt: skip
"""The errors that Excel writes, in English and Spanish. As text they mean the same."""

Row = tuple[int, Sequence[Cell]]  # a row's number (from 1) and its cells, starting at column A


def is_blank(cell: Cell) -> bool:
    """Whether a cell is empty or holds nothing visible."""
    if not isinstance(cell, str):
        return cell is None
    return not (cell.strip() and (cell.isascii() or tidy_text(cell)))


def is_merged(cell: Cell) -> bool:
    """Whether the cell is part of a merged range, whose value is in its first cell."""
    return isinstance(cell, BadCell) and cell.code is Code.MERGED_CELLS


DIGITS = 15
"""The digits of a number that Excel and a double keep."""
_MOST_DIGITS = 30


def number_text(number: float) -> str:
    """A number as a person sees it: up to 15 digits, no exponent, no tail of binary fractions."""
    if isinstance(number, int) or not abs(number) < 10**_MOST_DIGITS:  # also infinity
        return str(number)
    shortest = f"{number:.{DIGITS}g}" if abs(number) < 10**DIGITS else repr(number)
    return f"{Decimal(shortest).normalize() + 0:f}"  # 0 is neither -0 nor 0.0


def cell_text(cell: Cell) -> str:
    """The text that a person sees in the cell, or close to it."""
    match cell:
        case None:
            return ""
        case BadCell():
            return cell.text
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() | int():
            return number_text(cell)
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case dt.time():
            return cell.isoformat(timespec="seconds")
        case dt.timedelta():
            minutes, seconds = divmod(round(abs(cell.total_seconds())), 60)
            sign = "-" if cell < dt.timedelta() else ""
            return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(cell)
