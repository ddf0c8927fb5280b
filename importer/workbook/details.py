"""The "Export Avira Details" workbook: the console's own sheets behind a Summary."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import xlsxturbo
from xlsxturbo.types import ColumnFormat, SheetOptions

from importer.domain.contents import Contents, OtcHolding
from importer.files import whole_file
from importer.workbook.summary import Frame, header_cells, summary

ROW_LIMIT = 1_048_575
"""The most rows below a header: Excel's 1,048,576 less one."""
CUSTOMER_NOT_AVAILABLE = "Customer Not Available"
"""What the console writes for an OTC without customers, whatever the language."""
TABLE_STYLE = "Medium2"

TEXT: ColumnFormat = {"num_format": "@"}
"""Text stays text even when somebody edits the cell."""
NUMBER: ColumnFormat = {"num_format": "#,##0_)"}
"""The space at the end keeps numbers off the text in the next column."""
DATE: ColumnFormat = {"num_format": "yyyy-mm-dd", "align_horizontal": "center"}

Value = str | int | dt.date | None
Row = tuple[Value, ...]


class Column(NamedTuple):
    """A header, exactly as the console spells it, its width in characters and its cells' format."""

    header: str
    width: float
    shown: ColumnFormat = TEXT


class DetailSheet(NamedTuple):
    """One sheet: its name, the name of its Excel table, its columns, and what its rows are."""

    name: str
    table: str
    columns: tuple[Column, ...]
    rows: Callable[[Contents], Iterator[Row]]


def write_details(contents: Contents, path: Path) -> dict[str, int]:
    """Write `contents` to the .xlsx file `path`, which appears whole or not at all.

    Returns how many rows each sheet holds below its header, by sheet name, in the order of the
    sheets; the Summary, which holds figures, is not among them. Rows that exceed what a sheet can
    hold go on in further sheets, "OTC Details (2)" and so on. The same contents give the same
    cells. Raises OutputError where the file cannot be written; `path` is then as it was.
    """
    frames = summary(contents)
    counts = {}
    for sheet in DETAIL_SHEETS:
        rows = list(sheet.rows(contents))
        for number, start in enumerate(range(0, max(len(rows), 1), ROW_LIMIT), 1):
            part = rows[start : start + ROW_LIMIT]
            frame = _as_frame(sheet, part, number)
            counts[frame[1]] = len(part)
            frames.append(frame)
    with whole_file(path) as temporary:
        xlsxturbo.dfs_to_xlsx(frames, temporary)
    return counts


def otc_details(contents: Contents) -> Iterator[Row]:
    """A row per subscription, by OTC and customer; one row for an OTC without customers."""
    held: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    for customer, subscriptions in contents.customers:
        for one in subscriptions:
            held[one.otc].append((customer.name, one.licenses))
    for holding in contents.otcs:
        for name, licenses in held.pop(holding.otc.code, [(CUSTOMER_NOT_AVAILABLE, None)]):
            yield _otc_detail(holding, name, licenses)
    assert not held, "a subscription of an OTC that is not among the contents"


def customer_details(contents: Contents) -> Iterator[Row]:
    """A row per subscription, by customer and OTC; one row for a customer without any."""
    for customer, subscriptions in contents.customers:
        managed_by, status = customer.managed_by.capitalize(), customer.status.capitalize()
        if not subscriptions:
            yield customer.name, 0, 0, None, managed_by, status
        for one in subscriptions:
            yield customer.name, one.licenses, 0, one.otc, managed_by, status


def customer_devices(contents: Contents) -> Iterator[Row]:
    """No rows: the ledger holds no devices."""
    return iter(())


def activation_details(contents: Contents) -> Iterator[Row]:
    """A row per OTC. Product name and last alive date are a device's, hence blank."""
    for otc, _used, activated, dedicated_to in contents.otcs:
        days_active = (contents.today - activated).days if activated is not None else None
        yield (
            otc.code, activated, otc.expiry_date, otc.runtime, otc.total, otc.product_id, None,
            dedicated_to, otc.company, otc.email, days_active, None,
        )  # fmt: skip


def _otc_detail(holding: OtcHolding, customer: str, licenses: int | None) -> Row:
    otc = holding.otc
    return (
        otc.code, otc.email, otc.company, otc.description, otc.total, otc.purchase_date, customer,
        licenses, holding.used, holding.pending, otc.expiry_date, holding.dedicated_to,
    )  # fmt: skip


def _as_frame(sheet: DetailSheet, rows: Sequence[Row], number: int) -> Frame:
    """The `number`th sheet of `sheet`; with a blank row if it has none, which a table needs."""
    headers = [column.header for column in sheet.columns]
    cells = pd.DataFrame(rows or [(None,) * len(headers)], columns=headers, dtype=object)
    options: SheetOptions = {
        "table_name": sheet.table if number == 1 else f"{sheet.table}{number}",
        "table_style": TABLE_STYLE,
        "cells": header_cells(headers, 1),
        "freeze_panes": True,
        "column_widths": {at: column.width for at, column in enumerate(sheet.columns)},
        "column_formats": {column.header: column.shown for column in sheet.columns},
    }
    return cells, sheet.name if number == 1 else f"{sheet.name} ({number})", options


OTC_WIDTH, NAME_WIDTH, EMAIL_WIDTH, DATE_WIDTH = 26, 30, 30, 16

DETAIL_SHEETS = (
    DetailSheet(
        "OTC Details", "OtcDetails",
        (
            Column("OTC Code", OTC_WIDTH),
            Column("Email", EMAIL_WIDTH),
            Column("Company Name", NAME_WIDTH),
            Column("Description", 36),
            Column("Licenses", 12, NUMBER),
            Column("Purchase Date", DATE_WIDTH, DATE),
            Column("Customer Name", NAME_WIDTH),
            Column("Customer Licenses", 20, NUMBER),
            Column("Used", 10, NUMBER),
            Column("Pending", 12, NUMBER),
            Column("Expiry Date", DATE_WIDTH, DATE),
            Column("Dedicated To", NAME_WIDTH),
        ),
        otc_details,
    ),
    DetailSheet(
        "Customer's Details", "CustomerDetails",
        (
            Column("Customer Name", NAME_WIDTH),
            Column("Total Devices Assigned", 25, NUMBER),
            Column("Number Of Devices", 21, NUMBER),
            Column("OTC Code", OTC_WIDTH),
            Column("Managed By", 14),
            Column("Status", 12),
        ),
        customer_details,
    ),
    DetailSheet(
        "Customer's Devices", "CustomerDevices",
        (
            Column("Customer Name", NAME_WIDTH),
            Column("Device ID", 26),
            Column("Operating System", 22),
            Column("Model No.", 20),
            Column("Avira Installed", 18),
            Column("Avira Uninstalled", 20),
            Column("NH Installed", 16),
            Column("NH Unistalled", 17),  # the console's spelling
            Column("Avira Status", 16),
            Column("Product Name", 26),
        ),
        customer_devices,
    ),
    DetailSheet(
        "OTC Activation Details", "OtcActivationDetails",
        (
            Column("OTC", OTC_WIDTH),
            Column("FirstActivationDate", 22, DATE),
            Column("ExpiryDate", DATE_WIDTH, DATE),
            Column("AviraRuntime", 16, NUMBER),
            Column("AviraUsers", 14, NUMBER),
            Column("AviraProductID", 20),
            Column("AviraProductName", 26),
            Column("Name", NAME_WIDTH),
            Column("Company", NAME_WIDTH),
            Column("Email", EMAIL_WIDTH),
            Column("DaysActive", 14, NUMBER),
            Column("LastAliveDate", DATE_WIDTH, DATE),
        ),
        activation_details,
    ),
)  # fmt: skip
