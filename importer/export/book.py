"""An export before it is written: a summary, and tables of plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, NamedTuple

from importer.base.texts import current_language
from importer.messages.lines import Tone

Value = str | int | float | dt.date | dt.datetime | None
Row = tuple[Value, ...]


class CellFormat(Enum):
    """How a value is shown. Each writer has its own formats for these."""

    TEXT = "text"
    WORDS = "words"  # text about the past, which nobody has a reason to edit
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    PERCENT = "percent"

    @property
    def is_numeric(self) -> bool:
        """True for values that are aligned to the right."""
        return self in (CellFormat.NUMBER, CellFormat.PERCENT)


def readable(value: Value, cell_format: CellFormat) -> str:
    """A value as people read it, in the current language."""
    if value is None:
        return ""
    if cell_format is CellFormat.PERCENT and isinstance(value, int | float):
        percent = f"{value:.1%}"
        if current_language() == "es":
            percent = percent.replace(".", ",").replace("%", "\u202f%")
        return percent
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")  # a space suits every language
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


class TableColumn(NamedTuple):
    """A column of a written table: its key, the same in every language, and its header.

    `tones` colours cells by their words; `bar` is the colour of bars in proportion to numbers.
    """

    key: str
    header: str
    format: CellFormat
    tones: Mapping[str, Tone]
    bar: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers. `key` is its name in every language, `title` the name people read.

    `count` is the number of all rows, of which a page has only the first.
    """

    key: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: Sequence[Row]
    count: int

    @property
    def headers(self) -> list[str]:
        """The headers in the language of the export."""
        return [column.header for column in self.columns]


class SummaryLine(NamedTuple):
    """A label and the value beside it; `key` is the same in every language."""

    key: str
    label: str
    value: Value
    format: CellFormat = CellFormat.NUMBER


class Block(NamedTuple):
    """A small table of the summary, of labels and a series of numbers per column, and its chart."""

    table: Table
    chart: Literal["column", "bar", "stacked bar"]


@dataclass(frozen=True, slots=True)
class Summary:
    """The first sheet: where the figures come from, the figures, and tables with a chart each."""

    title: str
    heading: str
    origin: Sequence[SummaryLine]
    figures: Sequence[SummaryLine]
    blocks: Sequence[Block]


class ExportSheet(NamedTuple):
    """The sheet `number`, from 1, of a table; `key` is the sheet's name in every language."""

    key: str
    title: str
    table: Table
    number: int


@dataclass(frozen=True, slots=True)
class Book:
    """An export of the ledger at the instant `at` (UTC), in one language."""

    at: dt.datetime
    summary: Summary
    tables: Sequence[Table]

    def sheets(self, row_limit: int) -> list[ExportSheet]:
        """The tables as sheets of at most `row_limit` rows: “OTC Details”, “OTC Details (2)”, …"""
        sheets = []
        for table in self.tables:
            for number, start in enumerate(range(0, max(len(table.rows), 1), row_limit), 1):
                rows = table.rows
                if len(rows) > row_limit:
                    rows = rows[start : start + row_limit]
                end = "" if number == 1 else f" ({number})"
                part = replace(table, rows=rows)
                sheets.append(ExportSheet(table.key + end, table.title + end, part, number))
        return sheets
