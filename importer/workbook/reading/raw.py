"""The cells of a file as it holds them, with their true row numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice, zip_longest
from types import NoneType
from typing import cast

from importer.base.texts import Text
from importer.workbook.cell import INK, BadCell, Cell, Row, is_blank, is_merged
from importer.workbook.markup import Markup

Note = tuple[Text, Text]
"""What is noteworthy, and what to do about it."""
AT_ONCE = 5_000
"""Rows that are read, and sent to the program, together."""


@dataclass(slots=True)
class FilledRows:
    """The numbers of rows, top to bottom, and the cells of each column from A on.

    Blank cells are None. There are as many cells in every column as there are rows.
    """

    numbers: list[int] = field(default_factory=list)
    columns: list[list[Cell]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Row]:
        return zip(self.numbers, zip(*self.columns, strict=True), strict=True)

    def column(self, index: int) -> list[Cell]:
        """The cells of the column at `index`; A is 0."""
        return self.columns[index] if index < len(self.columns) else [None] * len(self)

    def is_filled(self, index: int) -> bool:
        """Whether a row has a value in the column at `index`."""
        return any(cell is not None for cell in self.column(index))

    def split(self, number: int) -> tuple[FilledRows, FilledRows]:
        """The rows above the one with this number, and those below it."""
        first, last = bisect_left(self.numbers, number), bisect_right(self.numbers, number)
        above = FilledRows(self.numbers[:first], [column[:first] for column in self.columns])
        return above, FilledRows(self.numbers[last:], [column[last:] for column in self.columns])

    def only(self, wanted: Iterable[bool]) -> FilledRows:
        """The rows that are `wanted`."""
        wanted = list(wanted)
        columns = [list(compress(column, wanted)) for column in self.columns]
        return FilledRows(list(compress(self.numbers, wanted)), columns)

    def add(self, below: FilledRows) -> None:
        """Add the rows `below` these."""
        self.columns += ([None] * len(self) for _ in below.columns[len(self.columns) :])
        for index, column in enumerate(self.columns):
            column += below.column(index)
        self.numbers += below.numbers


@dataclass(slots=True)
class RawSheet:
    """A sheet of a file.

    `is_named` is false for a text file that does not say which sheet it holds. `chosen` is what
    the user says it holds. `unread` names cells that may be wrong or missing: the reader and the
    look at the file found different ones.
    """

    name: str
    rows: FilledRows = field(default_factory=FilledRows)
    hidden: bool = False
    markup: Markup = field(default_factory=Markup)
    is_named: bool = True
    chosen: str | None = None
    unread: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The name that says which sheet it holds."""
        return self.chosen or self.name


@dataclass(slots=True)
class RawWorkbook:
    """The sheets of a workbook from left to right, and the SHA-256 of its bytes.

    `notes` are what a person should know of how the file was read, each with what to do about it.
    """

    notes: Sequence[Note] = ()
    sheets: list[RawSheet] = field(default_factory=list)
    sha256: str = ""


def blocks_of(rows: Iterable[Row]) -> Iterator[FilledRows]:
    """The `rows` that have a value of their own, a few at a time."""
    remaining = iter(rows)
    while block := list(islice(remaining, AT_ONCE)):
        by_column = zip_longest(*(cells for _, cells in block))
        filled = FilledRows([number for number, _ in block], list(map(_compact, by_column)))
        # Most sheets have a column in which every cell is filled.
        if not any({NoneType, BadCell}.isdisjoint(map(type, cells)) for cells in filled.columns):
            filled = filled.only(
                any(not (cell is None or is_merged(cell)) for cell in cells) for _, cells in filled
            )
        yield filled


def _compact(cells: Sequence[Cell]) -> list[Cell]:
    """`cells` with None for blank ones, and with the same object for equal ones."""
    kinds, different = set(map(type, cells)), set(cells)
    if len(kinds & {bool, int, float}) > 1:  # True, 1 and 1.0 are equal
        return list(map(_plain, cells))
    are_plain = kinds == {str} and all(map(INK.search, cast(set[str], different)))
    plain = dict(zip(different, different if are_plain else map(_plain, different), strict=True))
    return list(map(plain.__getitem__, cells))


def _plain(cell: Cell) -> Cell:
    if is_blank(cell):
        return None
    return cell if cell == cell else "NaN"  # pandas takes that number for a blank
