"""Rows, sheets and workbooks for tests, filled in as an administrator would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import astuple
from openpyxl import Workbook, load_workbook

from importer.domain.contents import Contents, CustomerHolding
from importer.domain.sheets import SHEETS

Row = Mapping[str, Any]
"""The cells of a row, by English header."""
Sheets = Sequence[tuple[str, Sequence[Row]]]
"""Sheets by English name, in order."""

HEADERS = {sheet.name: tuple(column.header for column in sheet.columns) for sheet in SHEETS}
_HEADER = {sheet.name: {c.field: c.header for c in sheet.columns} for sheet in SHEETS}

A, B, C, D, E, F = (f"{letter * 5}-11111-22222-33333" for letter in "ABCDEF")
"""OTCs."""


def code_of(number: int) -> str:
    """The OTC of a number."""
    return f"{number:05d}-11111-22222-33333"


def row(sheet: str, **values: Any) -> dict[str, Any]:
    """A row of `sheet`; values by field of its declaration (`total`, `expiry_date`)."""
    return {_HEADER[sheet][field]: value for field, value in values.items()}


def otc(code: str = A, total: Any = 50, **more: Any) -> dict[str, Any]:
    """A row of Add OTC."""
    values = {"otc": code, "email": "it@msp.example", "company": "Acme", "total": total}
    return row("Add OTC", **values | more)


def otcs_with(field: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of Add OTC with these values in one field, each for another OTC."""
    return [otc(f"{A[:-5]}{n:05}") | row("Add OTC", **{field: v}) for n, v in enumerate(values)]


def edit_otc(code: str = A, **values: Any) -> dict[str, Any]:
    """A row of Edit OTC."""
    return row("Edit OTC", otc=code, **values)


def customer(name: Any, licenses: Any = 1, code: Any = A, **more: Any) -> dict[str, Any]:
    """A row of Add Customer, managed by the administrator."""
    values = {"customer": name, "managed_by": "Admin", "otc": code, "licenses": licenses}
    return row("Add Customer", **values | more)


def self_managed(name: str, code: str = A, email: str | None = None) -> dict[str, Any]:
    """A row of Add Customer, managed by itself, and so with the whole of `code`."""
    return row(
        "Add Customer", customer=name, managed_by="Customer", otc=code,
        email=email or f"{name}@site.example", first_name="First", last_name="Last",
    )  # fmt: skip


def subscription(name: str, licenses: Any, code: str = A) -> dict[str, Any]:
    """A row of Add Avira Subscription, or of Edit Customer about its licences."""
    return row("Add Avira Subscription", customer=name, otc=code, licenses=licenses)


def edit(name: str, **values: Any) -> dict[str, Any]:
    """A row of Edit Customer."""
    return row("Edit Customer", customer=name, **values)


def move(current: str, new: str, name: str | None = None) -> dict[str, Any]:
    """A row of Update OTC; without a name, every customer is moved."""
    return row("Update OTC", customer=name, current_otc=current, new_otc=new)


def disable(name: str, **values: Any) -> dict[str, Any]:
    """A row of Disable Customer."""
    return row("Disable Customer", customer=name, **values)


def enable(name: str) -> dict[str, Any]:
    """A row of Enable Customer."""
    return row("Enable Customer", customer=name)


def device(name: str, device_id: Any, **values: Any) -> dict[str, Any]:
    """A row of Devices."""
    return row("Devices", customer=name, device_id=device_id, **values)


def write_workbook(path: Path, sheets: Sheets) -> Path:
    """A workbook of `sheets`, each a name and its rows by English header."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets:
        headers = HEADERS[name]
        sheet = workbook.create_sheet(name)
        sheet.append(headers)
        for cells in rows:
            assert set(cells) <= set(headers), f"no such column on {name}: {cells}"
            sheet.append([cells.get(header) for header in headers])
    workbook.save(path)
    return path


def write_cells(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> Path:
    """A workbook of whatever cells are given, row by row from row 1."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    workbook.save(path)
    return path


def edit_workbook(
    path: Path, change: Callable[[Workbook], object], rich_text: bool = False
) -> Path:
    """Change a workbook and save it, as a person would."""
    workbook = load_workbook(path, rich_text=rich_text)
    change(workbook)
    workbook.save(path)
    return path


def set_cells(path: Path, cells: Mapping[str, Mapping[str, Any]]) -> None:
    """Set cells of a workbook, by sheet and coordinate."""

    def set_all(workbook: Workbook) -> None:
        for sheet, values in cells.items():
            for coordinate, value in values.items():
                workbook[sheet][coordinate].value = value

    edit_workbook(path, set_all)


def devices_in_plain(holding: CustomerHolding) -> dict[str, Any]:
    """A customer's `devices` by id, each what is known of it by header, dates as ISO text; nothing
    where there are none."""
    headers = HEADERS["Devices"][2:]
    devices = {
        device.id: {
            header: value.isoformat() if isinstance(value, dt.date) else value
            for header, value in zip(headers, astuple(device)[2:], strict=True)
            if value is not None
        }
        for device in holding.devices
    }
    return {"devices": devices} if devices else {}


def in_plain(contents: Contents) -> dict[str, Any]:
    """What a ledger holds, as plain values that a test can write out.

    A customer has `devices` where there are any.
    """
    return {
        "otcs": {
            holding.otc.code: {
                "total": holding.otc.total, "used": holding.used, "pending": holding.pending,
            }
            for holding in contents.otcs
        },
        "customers": {
            holding.customer.name: {
                "managed_by": holding.customer.managed_by.value,
                "status": holding.customer.status.value,
                "subscriptions": {s.otc: s.licenses for s in holding.subscriptions},
            }
            | devices_in_plain(holding)
            for holding in contents.customers
        },
    }  # fmt: skip


def in_detail(contents: Contents) -> dict[str, Any]:
    """The same, with the details that OTCs and customers were given."""
    plain = in_plain(contents)
    for otc in contents.otcs:
        details = ("email", "company", "expiry_date")
        plain["otcs"][otc.otc.code] |= {name: getattr(otc.otc, name) for name in details}
    for holding in contents.customers:
        contact = ("email", "first_name", "last_name")
        customer = holding.customer
        plain["customers"][customer.name] |= {name: getattr(customer, name) for name in contact}
    return plain
