"""A ledger with names that a spreadsheet might take for something else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from builders import (
    A,
    B,
    C,
    D,
    Sheets,
    customer,
    disable,
    edit,
    otc,
    row,
    subscription,
    write_workbook,
)
from command_line import CommandLine
from workbook_files import as_text

DEDICATED = C
"""The OTC of Este, a customer that manages itself."""

ODD = [
    "=1+1", "+1", "@x", "-2", "'quoted", "z;=1+1", "00123", "1E5", "1.000", "NaN", "TRUE",
    "2026-01-02", "_x0041_", "Ñandú “Sol” — ½", "x" * 100, "http://example.com",
]  # fmt: skip

SHEETS: Sheets = [
    ("Add OTC", [
        otc(A, 100, description="=A1", purchase_date=dt.date(2026, 1, 2),
            expiry_date=dt.date(2031, 5, 6), product_id="0012", runtime=12),
        otc(B), otc(DEDICATED, 7), otc(D, 5, expiry_date=dt.date(2020, 1, 1)),
        *(otc(f"EEEEE-11111-22222-{n:05}", 3, company=name) for n, name in enumerate(ODD)),
    ]),
    ("Add Customer", [
        *(customer(name) for name in ODD),
        customer("Norte", 9, email="n@norte.example", first_name="IT"), customer("Sur", 5, B),
        row("Add Customer", customer="Este", managed_by="Customer", otc=DEDICATED,
            email="e@este.example", first_name="IT", last_name="Este"),
        customer("Oeste", 2, B), customer("Vacante", 1, B),
    ]),
    ("Add Avira Subscription", [subscription("Norte", 4, B)]),
    ("Edit Customer", [edit("Vacante", licenses=0)]),
    ("Disable Customer", [disable("Oeste", reason="Closed")]),
]  # fmt: skip

_ledger_file: list[bytes] = []


def fill_ledger(command: CommandLine, folder: Path) -> None:
    """Apply SHEETS; after the first time, a ledger in a file is a copy."""
    ledger = None if "://" in command.ledger else Path(command.ledger)
    if ledger and _ledger_file:
        ledger.write_bytes(_ledger_file[0])
        return
    path = as_text(write_workbook(folder / "first.xlsx", SHEETS))
    assert command("apply", path).exit_code == 0
    if ledger:
        _ledger_file.append(ledger.read_bytes())
