"""A cell as a file holds it, before it is given a meaning."""

from __future__ import annotations

import datetime as dt
import re
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
        "#FIELD!", "#BLOCKED!", "#BUSY!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA",
        "#N/D", "#¡VALOR!", "#¡REF!", "#¡DIV/0!", "#¡NUM!", "#¿NOMBRE?", "#¡NULO!", "#¡CALC!",
        "#NOMBRE?", "#DESBORDAMIENTO!", "#¡DESBORDAMIENTO!", "#NV", "#VALEUR!",
    }
)  # fmt: skip
"""The errors that Excel writes, in English, Spanish and more. As text they mean the same."""
_ERROR_NUMBER = re.compile("ERR:[0-9]{3}")
"""The errors that LibreOffice writes, in capitals."""

Row = tuple[int, Sequence[Cell]]  # a row's number (from 1) and its cells, starting at column A


INK = re.compile("[!-~]")
"""A visible character, of those that nearly every text contains."""


def error_in(cell: str) -> BadCell | None:
    """The error that a text names, if any, whatever space and invisible characters surround it."""
    word = tidy_text(cell)
    capitals = word.upper()
    is_error = capitals in ERROR_WORDS or _ERROR_NUMBER.fullmatch(capitals)
    return BadCell(Code.CELL_ERROR, word) if is_error else None


def is_blank(cell: Cell) -> bool:
    """Whether a cell is empty or holds nothing visible."""
    if not isinstance(cell, str):
        return cell is None
    return not (INK.search(cell) or tidy_text(cell))


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
