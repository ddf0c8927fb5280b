"""Facts about a sheet that calamine leaves out: formulas, errors, merged and hidden cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

Range = tuple[tuple[int, int], tuple[int, int]]
"""First and last row and column of a range, counted from 0."""

Positions = list[tuple[int, int]]
"""Rows and columns of cells, counted from 1."""

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384


@dataclass(slots=True)
class Markup:
    """Of one sheet, by row and column counted from 1: formulas (and whether each has a value),
    error values, constants that calamine reads as numbers, and the hidden rows and columns.

    `values` counts the cells with values that calamine should find: neither errors nor formulas
    without a value; a cell with empty text may be among them. `error_words` is false where no text
    of the sheet can be the name of an error.
    `shown` is what a person sees of a number with leading zeros: 00123. `not_text` is what one
    sees of a percentage, a date or a time that calamine reads as a number or text: 21%, 36:00.
    `quoted` holds text of a CSV file as it was written to keep its zeros: ="00123".
    `merged` holds merged ranges that calamine does not report. `rows` and `columns` reach from A1
    to the last cell with a value; they are 0 where they are certain to be small.
    """

    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    booleans: dict[tuple[int, int], bool] = field(default_factory=dict)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    not_text: dict[tuple[int, int], str] = field(default_factory=dict)
    quoted: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    values: int = 0
    error_words: bool = True
    rows: int = 0
    columns: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    @property
    def area(self) -> int:
        """The number of cells from A1 to the last one with a value."""
        return self.rows * self.columns

    def reach(self, row: int, column: int) -> None:
        """Record that there is a value at `row` and `column`."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


class Look(NamedTuple):
    """The look at a file before calamine reads it: the markup of each sheet, by its name or in the
    file's order, and the file for calamine.

    `filled` takes the same key; it looks at that sheet again and gives the positions of all cells
    with a value, one that occurs twice also twice. It raises RefusedError for an invalid sheet.
    """

    markups: dict[str, Markup] | list[Markup]
    content: bytes
    filled: Callable[[Any], Iterable[tuple[int, int]]]


def column_number(letters: str) -> int:
    """The number of a column; A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@cache
def column_letters(number: int) -> str:
    """The letters of a column; 1 is A."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """The name of a cell, such as A1."""
    return f"{column_letters(column)}{row}"


def escaped(text: str) -> str:
    """Escape `text` for a file in Excel's format: ECMA-376, 22.9.2.19, ST_Xstring.

    U+FFFE and U+FFFF, which no reader decodes, become the control character for that, U+001A.
    """
    if text.isprintable() and "_x" not in text:
        return text
    escaped = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _NOT_IN_XML.sub(lambda c: f"_x{ord(c[0]) if c[0] < ' ' else 0x1A:04X}_", escaped)


_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
