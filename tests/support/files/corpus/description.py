"""What a workbook holds, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple

from xlsb_files import Error, Value


class Formula(NamedTuple):
    """A formula, its result, and whether that is stored with it."""

    text: str
    result: Value | Error
    stored: bool = True


Cell = Value | Error | Formula | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows from row 1, and whatever is hidden and merged.

    `meaning` is the sheet of the declaration that it stands for, in the same language, or nothing;
    `far` is whether a blank cell in the last row of the grid has a colour.
    """

    name: str
    meaning: str
    rows: Sequence[Row]
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[str] = ()
    merged: Sequence[str] = ()
    far: bool = False

    def cells(self) -> Iterator[tuple[int, int, Cell]]:
        """Row and column, counted from 1, and value of each cell that has one."""
        for number, row in enumerate(self.rows, 1):
            for column, cell in enumerate(row, 1):
                if cell is not None:
                    yield number, column, cell


class Needs(Enum):
    """What a format may be unable to carry."""

    HIDING = auto()
    """Hidden rows, columns and sheets."""
    MERGING = auto()
    """Merged cells."""
    FORMULAS = auto()
    """That a value comes from a formula."""
    UNCALCULATED = auto()
    """A formula without its value: other programs calculate it, or keep a value always."""
    TEXT_RESULTS = auto()
    """A formula that gives text: unless LibreOffice has calculated it, it stores a 0 in xls."""
    TRUTH_RESULTS = auto()
    """That a formula gives TRUE: unless LibreOffice has calculated it, it stores a 1 in ods."""
    SHEETS = auto()
    """The names of sheets, and sheets with another meaning."""


Reported = tuple[str, str, str | None, str | int | None, str | None]
"""Severity, code, sheet, cell or row, and detail of a problem."""


class Problem(NamedTuple):
    """A problem that the program must report at a cell, at a row, or neither.

    `detail` is what was normalised or ignored, the range of merged cells, or the message about
    what is hidden. Where a format lacks what the problem `needs`, it is `otherwise`, or not there.
    """

    severity: str
    code: str
    sheet: str | None
    at: str | int | None
    detail: str | None = None
    needs: Needs | None = None
    otherwise: Problem | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the program reports of a workbook, and what the ledger holds after it."""

    rows: Mapping[str, int]
    problems: Sequence[Reported]
    otcs: Sequence[Mapping[str, Any]]
    customers: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook, and what must come of `apply --partial`: rows read, applied, unchanged, rejected;
    every problem; and the ledger."""

    name: str
    sheets: Sequence[Sheet]
    rows: tuple[int, int, int, int]
    problems: Sequence[Problem]
    otcs: Sequence[Mapping[str, Any]]
    customers: Sequence[Mapping[str, Any]] = ()
    from_1904: bool = False


def in_order(problems: Sequence[Reported]) -> list[Reported]:
    """Problems in an order that does not depend on the format."""
    return sorted(problems, key=lambda p: tuple(map(str, (*p[2:4], *p[:2], p[4]))))
