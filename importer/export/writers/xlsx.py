"""Write an export as an Excel workbook with native tables and charts."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from string import ascii_uppercase

import numpy as np
import pandas as pd
import xlsxturbo
from xlsxturbo import types

from importer.base.files import whole_file
from importer.base.texts import N_, _, text
from importer.export.book import (
    Block,
    Book,
    CellFormat,
    ExportSheet,
    Summary,
    SummaryLine,
    Table,
    TableColumn,
)
from importer.messages.lines import Tone

ROW_LIMIT = 1_048_575
"""The most rows below a header: Excel's 1,048,576 less one."""
TABLE_STYLE = "Medium2"
COMPRESSION = 4
"""The file is 2% larger than with 6, the usual level, and takes two thirds of the time."""

EXCEL_BEGINS = dt.date(1899, 12, 30)
"""The day that Excel counts days from; all its dates are right from FIRST_YEAR on."""
FIRST_YEAR = 1901

ORIGIN_ROW = 3
CHART_COLUMN = "E"
"""Right of every cell that holds a figure, whose last column is C."""
CHART_WIDTH = 760
ROW_HEIGHT = 20
"""Pixels of a row; charts are measured in rows so that they stand below one another."""
LEAST_WIDTH, MOST_WIDTH = 8, 100
"""Characters; Excel's formula bar shows longer values."""
SUMMARY_WIDTHS = {0: 32.0, 1: 22.0, 2: 14.0, 3: 4.0}

TITLE: types.ColumnFormat = {"bold": True, "font_size": 16}
HEADING: types.ColumnFormat = {"bold": True, "font_size": 12}
HEADER: types.ColumnFormat = {
    "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E78", "align_horizontal": "center",
}  # fmt: skip

FORMATS: dict[CellFormat, types.ColumnFormat] = {
    CellFormat.TEXT: {"num_format": "@"},  # text stays text even when somebody edits the cell
    CellFormat.WORDS: {},  # a format for each of its cells would take a sixth of an export's time
    CellFormat.NUMBER: {"num_format": "#,##0_)"},  # the space keeps it off the text beside it
    CellFormat.DATE: {"num_format": "yyyy-mm-dd", "align_horizontal": "center"},
    CellFormat.INSTANT: {"num_format": "yyyy-mm-dd hh:mm:ss", "align_horizontal": "center"},
    CellFormat.PERCENT: {"num_format": "0.0%"},
}
WIDTHS = {CellFormat.DATE: 12, CellFormat.INSTANT: 20}

TONES = {
    Tone.GOOD: ("#DDF0E0", "#14532D"),
    Tone.WATCH: ("#FFF0C2", "#7A4B00"),
    Tone.BAD: ("#FFD9D6", "#8A1208"),
}
"""The background and the text of each tone, with enough contrast for everybody."""

Frame = tuple[pd.DataFrame, str, types.SheetOptions]
"""Rows, the title of their sheet, and how they are shown there."""
Distinct = set[object]
Cells = dict[str, types.CellValueOptions]


def write_xlsx(book: Book, path: Path) -> dict[str, int]:
    """Write `book` to the .xlsx file `path`, which appears whole or not at all.

    Returns the number of rows of each sheet by its key, without the header and the Summary. The
    same book gives the same cells. Raises OutputError where the file cannot be written.
    """
    sheets = book.sheets(ROW_LIMIT)
    frames = [*_summary_frames(book.summary, sheets), *map(_sheet_frame, sheets)]
    content = io.BytesIO()  # xlsxturbo's own error for a full disk has no errno
    xlsxturbo.dfs_to_xlsx(frames, content, compression_level=COMPRESSION)
    with whole_file(path) as temporary:
        temporary.write_bytes(content.getbuffer())
    return {sheet.key: len(sheet.table.rows) for sheet in sheets}


# The tables


def _sheet_frame(sheet: ExportSheet) -> Frame:
    table = sheet.table
    frame, distinct = _frame(table)
    options = _table_options(table, distinct, sheet.number) | {
        "cells": _header_cells(table, 1),
        "freeze_panes": (1, 1),
        "column_widths": dict(enumerate(map(_width, table.columns, distinct))),
        "conditional_formats": {
            column.header: rules for column in table.columns if (rules := _rules(column))
        },
    }
    return frame, sheet.title, options


def _frame(table: Table) -> tuple[pd.DataFrame, list[Distinct]]:
    """A table's rows, or the blank one that an Excel table needs; dates as Excel keeps them.

    Also the distinct values of each column.
    """
    rows = table.rows or [(None,) * len(table.columns)]
    values = np.array(rows, dtype=object)  # an array at once: pandas goes through each column
    for at, column in enumerate(table.columns):
        if column.format in WIDTHS:
            values[:, at] = list(map(_as_number, values[:, at]))
    frame = pd.DataFrame(values, columns=table.headers, dtype=object, copy=False)
    return frame, [set(values[:, at]) for at in range(len(table.columns))]


@lru_cache(maxsize=10_000)
def _as_number(day: dt.date | dt.datetime | None) -> float | dt.date | None:
    """Days since Excel's count begins; xlsxturbo computes the same number, but much more slowly.

    A day before Excel's time stays as it is, and xlsxturbo writes it as text.
    """
    if day is None or day.year < FIRST_YEAR:
        return day
    if not isinstance(day, dt.datetime):
        return float((day - EXCEL_BEGINS).days)
    since_midnight = dt.timedelta(hours=day.hour, minutes=day.minute, seconds=day.second)
    seconds = since_midnight.seconds + day.microsecond / 1_000_000
    return (day.date() - EXCEL_BEGINS).days + seconds / 86_400


def _table_options(
    table: Table, distinct: list[Distinct], number: int = 1
) -> types.SheetOptions:  # fmt: skip
    """The name and looks of an Excel table, the sheet `number` of `table`.

    A column without values has no format: blank cells with one would take a quarter of the memory.
    """
    words = table.key.replace("'", "").replace("_", " ").split()
    name = "".join(word.capitalize() for word in words)
    return {
        "table_name": name if number == 1 else f"{name}{number}",
        "table_style": TABLE_STYLE,
        "column_formats": {
            column.header: FORMATS[column.format]
            for column, values in zip(table.columns, distinct, strict=True)
            if FORMATS[column.format] and values != {None}
        },
    }


def _rules(column: TableColumn) -> list[types.ConditionalFormat]:
    """Colours by the words of a cell, or bars in proportion to its number."""
    if column.bar is not None:
        return [{"type": "data_bar", "bar_color": column.bar, "solid": True}]
    return [
        {"type": "cell", "criteria": "equal_to", "value": word,
         "format": {"bg_color": TONES[tone][0], "font_color": TONES[tone][1]}}
        for word, tone in column.tones.items()
    ]  # fmt: skip


def _width(column: TableColumn, distinct: Distinct) -> float:
    """Characters that the longest value needs, and the header with its filter button."""
    longest = WIDTHS.get(column.format)
    if longest is None:
        longest = max(map(len, map(str, distinct)))  # None makes no column wider than the least
    return float(min(max(longest + 2, len(column.header) + 5, LEAST_WIDTH), MOST_WIDTH))


def _header_cells(table: Table, row: int) -> Cells:
    """The cells of a table's header in `row`, from column A on.

    Only Excel shows a table's style, and xlsxturbo ignores header_format for a table.
    """
    headers = zip(ascii_uppercase, table.headers, strict=False)
    return {f"{column}{row}": _cell(header, HEADER) for column, header in headers}


# The Summary


def _summary_frames(summary: Summary, sheets: list[ExportSheet]) -> list[Frame]:
    """The Summary's tables as frames, the first of which carries all else that is on the sheet."""
    cells: Cells = {"A1": _cell(summary.heading, TITLE)}
    cells |= _lines(summary.origin, ORIGIN_ROW, {"align_horizontal": "left"})
    row = chart_row = ORIGIN_ROW + len(summary.origin) + 1
    cells |= _lines(summary.figures, row, {"align_horizontal": "right", "bold": True})
    row += len(summary.figures) + 1
    links = _links(sheets, row, cells)
    row = _continuations(sheets, row + len(sheets) + 2, cells)
    charts: dict[str, types.ChartOptions] = {}
    frames: list[Frame] = []
    for block in summary.blocks:
        table = block.table
        cells[f"A{row}"] = _cell(table.title, HEADING)
        cells |= _header_cells(table, row + 1)
        frame, distinct = _frame(table)
        frames.append((frame, summary.title, _table_options(table, distinct) | {"startrow": row}))
        if table.rows:  # a bar takes a row, and the title and the legend some more
            height = 17 if block.chart == "column" else max(8, len(table.rows) + 5)
            charts[f"{CHART_COLUMN}{chart_row}"] = _chart(block, summary.title, row + 1, height)
            chart_row += height + 1
        row += max(len(table.rows), 1) + 3
    first = frames[0][2]
    first["cells"], first["charts"], first["hyperlinks"] = cells, charts, links
    first["column_widths"] = SUMMARY_WIDTHS
    return frames


def _links(sheets: list[ExportSheet], row: int, cells: Cells) -> list[tuple[str, str, str]]:
    """A link to each sheet, with the number of its rows beside it."""
    cells[f"A{row}"] = _cell(_(N_("Sheets")), HEADING)
    cells[f"B{row}"] = _cell(_(N_("Rows")), HEADING | {"align_horizontal": "right"})
    links = []
    for at, sheet in enumerate(sheets, row + 1):
        links.append((f"A{at}", f"internal:{_quoted(sheet.title)}!A1", sheet.title))
        cells[f"B{at}"] = _cell(len(sheet.table.rows), FORMATS[CellFormat.NUMBER])
    return links


def _continuations(sheets: list[ExportSheet], row: int, cells: Cells) -> int:
    """Add a note about each table that is longer than a sheet; return the next free row."""
    for sheet in sheets:
        if sheet.number > 1:
            note = text(N_("{first} has too many rows for one sheet. It continues on {next}."),
                        first=sheet.table.title, next=sheet.title)  # fmt: skip
            cells[f"A{row}"] = _cell(str(note), {"bold": True, "font_color": TONES[Tone.BAD][1]})
            row += 1
    return row + 1


def _chart(block: Block, sheet_title: str, header_row: int, height: int) -> types.ChartOptions:
    sheet = _quoted(sheet_title)
    first, last = header_row + 1, header_row + len(block.table.rows)
    return {
        "type": "column" if block.chart == "column" else "bar_stacked",
        "title": block.table.title,
        "categories": f"{sheet}!$A${first}:$A${last}",
        "series": [
            {"name": f"={sheet}!${column}${header_row}",
             "values": f"{sheet}!${column}${first}:${column}${last}"}
            for column in "BC"[: len(block.table.columns) - 1]
        ],
        "show_legend": len(block.table.columns) > 2,
        "legend_position": "bottom",
        "width": CHART_WIDTH,
        "height": height * ROW_HEIGHT,
    }  # fmt: skip


def _quoted(sheet_title: str) -> str:
    return "'" + sheet_title.replace("'", "''") + "'"


def _lines(lines: Iterable[SummaryLine], first_row: int, shown: types.ColumnFormat) -> Cells:
    cells = {}
    for row, line in enumerate(lines, first_row):
        cells[f"A{row}"] = _cell(line.label, {})
        cells[f"B{row}"] = _cell(line.value, {**FORMATS[line.format], **shown})
    return cells


def _cell(
    value: str | int | float | dt.date | None, shown: types.ColumnFormat
) -> types.CellValueOptions:
    return {"value": value, "format": shown}
