"""Workbooks for the inbox of a service, and what became of them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from builders import Sheets, code_of, customer, otc
from service_folders import Folders

STAMP = r"\d{8}T\d{6}Z-"


def good(number: int, licenses: int = 2) -> Sheets:
    """An OTC and a customer with licences of it."""
    code = code_of(number)
    return [
        ("Add OTC", [otc(code, 10)]),
        ("Add Customer", [customer(f"Site {number}", licenses, code)]),
    ]


def bad(number: int) -> Sheets:
    """A customer that needs more licences than there are."""
    return good(number, licenses=11)


def licenses_by_customer(folders: Folders) -> dict[str, int]:
    """How many licences each customer of the ledger has, by plain SQL."""
    with closing(sqlite3.connect(folders.ledger)) as connection:
        return dict(
            connection.execute(
                "SELECT name, sum(licenses) FROM customer LEFT JOIN subscription "
                "USING (account_id, customer_id) GROUP BY name"
            ).fetchall()
        )


def batches(folders: Folders) -> list[str]:
    """The files of the ledger's batches, in order."""
    with closing(sqlite3.connect(folders.ledger)) as connection:
        return [row[0] for row in connection.execute("SELECT file FROM batch ORDER BY batch")]


def names(folder: Path) -> list[str]:
    """The names in a folder, without stamps."""
    return sorted(re.sub(f"^{STAMP}", "", path.name) for path in folder.iterdir())


def report_of(folders: Folders, name: str) -> str:
    """The report on the workbook `name`, which was applied or rejected."""
    [report] = folders.inbox.glob(f"*ed/*Z-{name}.report.txt")
    return report.read_text("utf-8")
