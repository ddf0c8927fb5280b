"""Workbooks for tests, written as a person would fill them in, and the ledger they lead to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from importer.domain.contents import Contents, CustomerHolding

Row = Mapping[str, Any]
Sheets = Sequence[tuple[str, Sequence[Row]]]

HEADERS = {
    "Add OTC": (
        "OTC", "Email", "Company Name", "Total Licenses", "Description", "Purchase Date",
        "Expiry Date", "Product ID", "Runtime",
    ),
    "Edit OTC": (
        "OTC", "Email", "Company Name", "Total Licenses", "Description", "Purchase Date",
        "Expiry Date", "Product ID", "Runtime",
    ),
    "Add Customer": (
        "Customer (Site) Name", "Managed By", "Avira OTC", "No of Licenses", "Email",
        "First Name", "Last Name",
    ),
    "Add Avira Subscription": ("Customer (Site) Name", "Avira OTC", "No of Licenses"),
    "Edit Customer": (
        "Customer (Site) Name", "New Name", "Email", "First Name", "Last Name", "Avira OTC",
        "No of Licenses",
    ),
    "Update OTC": ("Customer (Site) Name", "Current OTC", "New OTC"),
    "Disable Customer": ("Customer (Site) Name", "Release Licenses", "Reason"),
    "Enable Customer": ("Customer (Site) Name",),
    "Devices": (
        "Customer (Site) Name", "Device ID", "Operating System", "Model No.", "Avira Installed",
        "Avira Uninstalled", "NH Installed", "NH Uninstalled", "Avira Status", "Product Name",
    ),
}  # fmt: skip
"""The headers of DOMAIN.md, written out here so that a change of the program's own shows."""


def write_workbook(path: Path, sheets: Sheets) -> Path:
    """A workbook of `sheets`, each a name and its rows by English header."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets:
        headers = HEADERS[name]
        sheet = workbook.create_sheet(name)
        sheet.append(headers)
        for row in rows:
            assert set(row) <= set(headers), f"no such column on {name}: {row}"
            sheet.append([row.get(header) for header in headers])
    workbook.save(path)
    return path


def write_cells(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> Path:
    """A workbook of whatever cells are given, row by row from row 1."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def devices_in_plain(holding: CustomerHolding) -> dict[str, Any]:
    """A customer's `devices` by id, each what is known of it by header, dates as ISO text; nothing
    where there are none."""
    headers = HEADERS["Devices"][2:]
    devices = {
        one.id: {
            header: value.isoformat() if isinstance(value, dt.date) else value
            for header, value in zip(headers, one[2:], strict=True)
            if value is not None
        }
        for one in holding.devices
    }
    return {"devices": devices} if devices else {}


def in_plain(contents: Contents) -> dict[str, Any]:
    """What a ledger holds, as plain values that a test can write out.

    A customer has `devices` where there are any.
    """
    return {
        "otcs": {
            one.otc.code: {"total": one.otc.total, "used": one.used, "pending": one.pending}
            for one in contents.otcs
        },
        "customers": {
            one.customer.name: {
                "managed_by": one.customer.managed_by.value,
                "status": one.customer.status.value,
                "subscriptions": {held.otc: held.licenses for held in one.subscriptions},
            }
            | devices_in_plain(one)
            for one in contents.customers
        },
    }
