"""The Summary sheet of the "Export Avira Details" workbook: figures, and charts over them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from string import ascii_uppercase
from typing import Literal, NamedTuple

import pandas as pd
from xlsxturbo.types import CellValueOptions, ChartOptions, ColumnFormat, SheetOptions

from importer.domain.contents import Contents
from importer.texts import _
from importer.workbook.labels import SUMMARY

MOST_USED = 20
"""How many OTCs the table and its chart show: the labels of more could not be read."""
MONTHS = 12

ORIGIN_ROW = 3
FIGURES_ROW = 8
BLOCKS_ROW = 17
TABLE_STYLE = "Medium2"
WIDTHS = {0: 32.0, 1: 20.0, 2: 14.0, 3: 4.0}
CHART_COLUMN = "E"
"""Right of every cell that holds a figure, whose last column is C."""
CHART_WIDTH = 760
ROW_HEIGHT = 20
"""Pixels of a row; charts are measured in rows so that they stand below one another."""

TITLE: ColumnFormat = {"bold": True, "font_size": 16}
HEADING: ColumnFormat = {"bold": True, "font_size": 12}
LABEL: ColumnFormat = {}
TEXT: ColumnFormat = {"num_format": "@", "align_horizontal": "left"}
NUMBER: ColumnFormat = {"num_format": "0", "align_horizontal": "left"}
INSTANT: ColumnFormat = {"num_format": "yyyy-mm-dd hh:mm:ss", "align_horizontal": "left"}
COUNT: ColumnFormat = {"num_format": "#,##0", "bold": True}
PERCENT: ColumnFormat = {"num_format": "0.0%", "bold": True}
HEADER: ColumnFormat = {
    "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E78", "align_horizontal": "center",
}  # fmt: skip
BODY: ColumnFormat = {"num_format": "#,##0"}

Value = str | int | float | dt.datetime
Frame = tuple[pd.DataFrame, str, SheetOptions]
"""Rows, the name of the sheet that they go to, and how they are shown there."""


class Line(NamedTuple):
    """A label, the value beside it, and how that is shown."""

    label: str
    value: Value
    shown: ColumnFormat


class Block(NamedTuple):
    """A table of labels in its first column and numbers in the others, and its chart's type."""

    heading: str
    table: str
    rows: pd.DataFrame
    chart: Literal["column", "bar_stacked"]
    chart_rows: int


def summary(contents: Contents) -> list[Frame]:
    """The frames of the Summary sheet; a ledger without OTCs gets no charts."""
    cells: dict[str, CellValueOptions] = {"A1": _cell(_("Avira licences"), TITLE)}
    cells |= _lines(_origin(contents), ORIGIN_ROW) | _lines(_figures(contents), FIGURES_ROW)
    charts: dict[str, ChartOptions] = {}
    frames: list[Frame] = []
    row, chart_row = BLOCKS_ROW, FIGURES_ROW
    for block in _blocks(contents):
        cells[f"A{row}"] = _cell(block.heading, HEADING)
        cells |= header_cells(block.rows.columns, row + 1)
        frames.append((block.rows, _(SUMMARY), _as_table(block, header_row=row + 1)))
        if contents.otcs:
            charts[f"{CHART_COLUMN}{chart_row}"] = _chart(block, header_row=row + 1)
        chart_row += block.chart_rows + 1
        row += len(block.rows) + 3
    shown = frames[0][2]
    shown["cells"], shown["charts"], shown["column_widths"] = cells, charts, WIDTHS
    return frames


def header_cells(headers: Iterable[str], row: int) -> dict[str, CellValueOptions]:
    """The cells of a table's header in `row`, from column A on.

    Excel alone shows a table's style, and xlsxturbo gives up header_format for a table.
    """
    at = zip(ascii_uppercase, headers, strict=False)
    return {f"{column}{row}": _cell(header, HEADER) for column, header in at}


def expiring_by_month(contents: Contents) -> list[tuple[str, int]]:
    """The next 12 months as YYYY-MM, with all licences of the OTCs that expire in each.

    The first is the month of `contents.today`, and whole: what expired earlier in it counts.
    """
    licenses = Counter[str]()
    for holding in contents.otcs:
        if holding.otc.expiry_date is not None:
            licenses[holding.otc.expiry_date.isoformat()[:7]] += holding.otc.total
    first = contents.today.year * 12 + contents.today.month - 1
    months = [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, first + MONTHS)]
    return [(month, licenses[month]) for month in months]


def most_used(contents: Contents) -> list[tuple[str, int, int]]:
    """Code, used and pending of the 20 OTCs with the most used licences, the most used first."""
    ranked = sorted(contents.otcs, key=lambda one: (-one.used, one.otc.code))
    return [(one.otc.code, one.used, one.pending) for one in ranked[:MOST_USED]]


def _origin(contents: Contents) -> list[Line]:
    at = contents.at if contents.at.tzinfo is None else contents.at.astimezone(dt.UTC)
    return [
        Line(_("Account"), contents.account, TEXT),
        Line(_("As of (UTC)"), at.replace(microsecond=0, tzinfo=None), INSTANT),
        Line(_("Last batch"), contents.batch, NUMBER),
        Line(_("Ledger hash"), contents.head, TEXT),
    ]


def _figures(contents: Contents) -> list[Line]:
    figures = contents.figures()
    return [
        Line(_("OTCs"), figures.otcs, COUNT),
        Line(_("Customers"), figures.customers, COUNT),
        Line(_("Total licences"), figures.total, COUNT),
        Line(_("Used licences"), figures.used, COUNT),
        Line(_("Pending licences"), figures.pending, COUNT),
        Line(_("Licences in use"), figures.used / figures.total if figures.total else 0, PERCENT),
        Line(_("Expired OTCs"), figures.expired, COUNT),
        Line(_("OTCs to renew within 30 days"), figures.renew_within_30_days, COUNT),
    ]


def _blocks(contents: Contents) -> list[Block]:
    months = Block(
        _("Licences expiring by month"), "ExpiringByMonth",
        _frame(expiring_by_month(contents), _("Month"), _("Licences")), "column", 17,
    )  # fmt: skip
    if not contents.otcs:
        return [months]
    otcs = Block(
        _("OTCs with the most used licences"), "MostUsedOtcs",
        _frame(most_used(contents), _("OTC"), _("Used"), _("Pending")), "bar_stacked", 25,
    )  # fmt: skip
    return [otcs, months]


def _frame(rows: Iterable[tuple[object, ...]], *headers: str) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(headers), dtype=object)


def _as_table(block: Block, header_row: int) -> SheetOptions:
    return {
        "table_name": block.table,
        "table_style": TABLE_STYLE,
        "startrow": header_row - 1,
        "column_formats": dict.fromkeys(block.rows.columns[1:], BODY),
    }


def _chart(block: Block, header_row: int) -> ChartOptions:
    sheet = "'" + _(SUMMARY).replace("'", "''") + "'"
    first, last = header_row + 1, header_row + len(block.rows)
    return {
        "type": block.chart,
        "title": block.heading,
        "categories": f"{sheet}!$A${first}:$A${last}",
        "series": [
            {"name": f"={sheet}!${column}${header_row}",
             "values": f"{sheet}!${column}${first}:${column}${last}"}
            for column in "BC"[: len(block.rows.columns) - 1]
        ],
        "show_legend": len(block.rows.columns) > 2,
        "legend_position": "bottom",
        "width": CHART_WIDTH,
        "height": block.chart_rows * ROW_HEIGHT,
    }  # fmt: skip


def _lines(lines: Iterable[Line], first_row: int) -> dict[str, CellValueOptions]:
    cells = {}
    for row, line in enumerate(lines, first_row):
        cells[f"A{row}"] = _cell(line.label, LABEL)
        cells[f"B{row}"] = _cell(line.value, line.shown)
    return cells


def _cell(value: Value, shown: ColumnFormat) -> CellValueOptions:
    return {"value": value, "format": shown}
