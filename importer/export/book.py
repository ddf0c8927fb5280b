"""What an export says, whatever format it is written in: a summary, and tables of plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from types import MappingProxyType
from typing import Literal, NamedTuple

from importer.base.texts import current_language
from importer.messages.lines import Tone

Value = str | int | float | dt.date | dt.datetime | None
Row = tuple[Value, ...]


class Shown(Enum):
    """How a value is shown; the formats of each writer follow it."""

    TEXT = "text"
    WORDS = "words"
    """Text that tells of what was, which nobody has a reason to edit."""
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    PERCENT = "percent"


def readable(value: Value, how: Shown) -> str:
    """A value as people read it, in the current language."""
    if value is None:
        return ""
    if how is Shown.PERCENT and isinstance(value, int | float):
        percent = f"{value:.1%}"
        in_spanish = current_language() == "es"
        return percent.replace(".", ",").replace("%", "\u202f%") if in_spanish else percent
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")  # a space that is good in every language
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


class Column(NamedTuple):
    """One column: its key, the same in every language, and its header, which people read.

    `tones` colours cells by the words that they hold; `bar` is the colour of bars in proportion to
    the numbers.
    """

    key: str
    header: str
    shown: Shown = Shown.TEXT
    tones: Mapping[str, Tone] = MappingProxyType({})
    bar: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; `key` is its name in every language, `title` that which people read."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]

    @property
    def headers(self) -> list[str]:
        """The headers, as people read them."""
        return [column.header for column in self.columns]

    def values(self, key: str) -> Iterator[Value]:
        """The values of one column, from the top."""
        at = [column.key for column in self.columns].index(key)
        return (row[at] for row in self.rows)


class Line(NamedTuple):
    """A label, the value beside it, and how that is shown; `key` is the same in every language."""

    key: str
    label: str
    value: Value
    shown: Shown = Shown.NUMBER


class Block(NamedTuple):
    """A small table of the summary, and the kind of chart that is drawn of it.

    The first column holds labels, the others a number for each series.
    """

    table: Table
    chart: Literal["column", "bar", "stacked bar"]


@dataclass(frozen=True, slots=True)
class Summary:
    """The first sheet: of what and when it is, the figures, and tables with a chart each."""

    title: str
    heading: str
    origin: Sequence[Line]
    figures: Sequence[Line]
    blocks: Sequence[Block]


class Sheet(NamedTuple):
    """A sheet of a spreadsheet: a table, or as much of one as the sheet can hold.

    `number` is 1 for a table's first sheet; `key` is the sheet's name in every language.
    """

    key: str
    title: str
    table: Table
    number: int


@dataclass(frozen=True, slots=True)
class Book:
    """An export of the ledger at the instant `at` (UTC), in one language.

    `overview` are its OTCs and customers with a row each, for formats that people only read; it is
    empty for others.
    """

    at: dt.datetime
    summary: Summary
    tables: Sequence[Table]
    overview: Sequence[Table]

    def table(self, key: str) -> Table | None:
        """The table of that key, if the export has it."""
        return next((one for one in self.tables if one.key == key), None)

    def sheets(self, row_limit: int) -> list[Sheet]:
        """The tables as sheets of at most `row_limit` rows: what is longer goes on in a further
        one, “OTC Details (2)” and so on."""
        return list(chain.from_iterable(_in_sheets(table, row_limit) for table in self.tables))


def _in_sheets(table: Table, row_limit: int) -> Iterator[Sheet]:
    for number, start in enumerate(range(0, max(len(table.rows), 1), row_limit), 1):
        rows = table.rows[start : start + row_limit] if len(table.rows) > row_limit else table.rows
        end = "" if number == 1 else f" ({number})"
        part = Table(table.key, table.title, table.columns, rows)
        yield Sheet(table.key + end, table.title + end, part, number)
