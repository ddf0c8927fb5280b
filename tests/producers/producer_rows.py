"""Two workbooks that every producer writes, and what must come of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from builders import (
    HEADERS,
    A,
    B,
    C,
    D,
    E,
    Row,
    Sheets,
    customer,
    device,
    disable,
    edit,
    edit_otc,
    enable,
    move,
    otc,
    self_managed,
    subscription,
)

Value = str | int | bool | dt.date


class Cell(NamedTuple):
    """A cell with a value; row and column count from 1."""

    sheet: str
    row: int
    column: int
    value: Value

    def line(self) -> str:
        """The cell as the scripts read it: sheet, row, column, kind, text, with tabs between."""
        kind, text = {
            bool: ("boolean", str(self.value).lower()),
            int: ("number", str(self.value)),
            str: ("text", str(self.value)),
            dt.date: ("date", str(self.value)),
        }[type(self.value)]
        return "\t".join((self.sheet, str(self.row), str(self.column), kind, text))


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook, and what `apply --partial` makes of it: the rows applied and rejected, each
    problem with its cell or row, and the ledger's contents without what is blank."""

    sheets: Sheets
    rows: tuple[int, int]
    problems: Sequence[tuple[str, str, str | int]]
    otcs: dict[str, dict[str, Any]]
    customers: dict[str, dict[str, Any]]

    def cells(self) -> Iterator[Cell]:
        """The cells with values, headers included, sheet by sheet and row by row."""
        for sheet, rows in self.sheets:
            headers = HEADERS[sheet]
            header: Row = dict(zip(headers, headers, strict=True))
            for number, row in enumerate((header, *rows), 1):
                for column, name in enumerate(headers, 1):
                    if row.get(name) is not None:
                        yield Cell(sheet, number, column, row[name])

    def write_cells(self, path: Path) -> Path:
        """Write the cells to `path`, one per line, for the scripts."""
        path.write_text("".join(cell.line() + "\n" for cell in self.cells()), "utf-8")
        return path


BLANK: Row = {}
BOUGHT, EXPIRY, LATER = dt.date(2026, 1, 15), dt.date(2041, 1, 14), dt.date(2044, 2, 29)

GOOD = Book(
    [
        ("Add OTC", [
            otc(A, 50, company="Clínica Ñandú", description="Renovación 🚀 李",
                purchase_date=BOUGHT, expiry_date=EXPIRY, product_id="00123", runtime=12),
            otc(B, "20", description='1 < 2 & "3"', product_id=7),
            BLANK,
            otc(C, 10),
            otc(D, 30, expiry_date=EXPIRY, runtime="24"),
        ]),
        ("Edit OTC", [edit_otc(C, total=15, expiry_date=LATER)]),
        ("Add Customer", [
            customer("Peluquería Núñez", 10, A),
            customer("0042", "5", B),
            BLANK,
            self_managed("Taller", D),
            customer("Sur", 4, A),
        ]),
        ("Add Avira Subscription", [subscription("Peluquería Núñez", 3, B)]),
        ("Edit Customer", [edit("0042", new_name="Norte", first_name="José")]),
        ("Update OTC", [move(B, C, "Norte")]),
        ("Disable Customer", [
            disable("Sur", release=True, reason="Fin de contrato"),
            disable("Peluquería Núñez", release="No"),
        ]),
        ("Enable Customer", [enable("Peluquería Núñez")]),
        ("Devices", [
            device("Taller", "00007", operating_system="Windows 11", avira_installed=BOUGHT,
                   nh_uninstalled=LATER),
            device("Taller", 8, product_name="Avira Antivirus Pro"),
        ]),
    ],
    (17, 0),
    [("console-limit", "Add OTC", "C2"), ("console-limit", "Add Customer", "A2")],
    {
        A: {"company": "Clínica Ñandú", "total": 50, "used": 10, "description": "Renovación 🚀 李",
            "purchase_date": "2026-01-15", "expiry_date": "2041-01-14", "product_id": "00123",
            "runtime": 12},
        B: {"company": "Acme", "total": 20, "used": 3, "description": '1 < 2 & "3"',
            "product_id": "7"},
        C: {"company": "Acme", "total": 15, "used": 5, "expiry_date": "2044-02-29"},
        D: {"company": "Acme", "total": 30, "used": 30, "expiry_date": "2041-01-14",
            "runtime": 24},
    },
    {
        "Peluquería Núñez": {"managed_by": "admin", "status": "active",
                             "subscriptions": {A: 10, B: 3}},
        "Norte": {"managed_by": "admin", "status": "active", "first_name": "José",
                  "subscriptions": {C: 5}},
        "Sur": {"managed_by": "admin", "status": "disabled", "disabled_reason": "Fin de contrato"},
        "Taller": {
            "managed_by": "customer", "status": "active", "email": "Taller@site.example",
            "first_name": "First", "last_name": "Last", "subscriptions": {D: 30},
            "devices": {
                "00007": {"operating_system": "Windows 11", "avira_installed": "2026-01-15",
                          "nh_uninstalled": "2044-02-29"},
                "8": {"product_name": "Avira Antivirus Pro"},
            },
        },
    },
)  # fmt: skip
"""Every sheet, with dates, numbers, numbers as text, leading zeros, accents and an emoji, blank
cells and rows, and a check box; all rows are good."""

BAD = Book(
    [
        ("Add OTC", [
            otc(A, 10),
            otc(B, "10 pcs"),
            otc(C, 10, purchase_date="2026-02-30"),
            BLANK,
            otc(D, 10, email=None),
        ]),
        ("Add Customer", [
            customer("Norte", 8),
            customer("Sur", 8),
            customer("Este", 1, E),
            customer(None),
        ]),
        ("Devices", [device("Nadie", "PC-1"), device("Norte", None, avira_installed=BOUGHT)]),
    ],
    (2, 8),
    [
        ("bad-number", "Add OTC", "D3"),
        ("bad-date", "Add OTC", "F4"),
        ("missing-value", "Add OTC", "B6"),
        ("overallocation", "Add Customer", "D3"),
        ("unknown-otc", "Add Customer", "C4"),
        ("missing-value", "Add Customer", "A5"),
        ("unknown-customer", "Devices", "A2"),
        ("missing-value", "Devices", "B3"),
    ],
    {A: {"company": "Acme", "total": 10, "used": 8}},
    {"Norte": {"managed_by": "admin", "status": "active", "subscriptions": {A: 8}}},
)  # fmt: skip
"""Rows with each a problem, between two good ones."""

BOOKS = {"good": GOOD, "bad": BAD}
