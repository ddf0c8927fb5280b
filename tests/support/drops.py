"""Workbooks for the inbox of a service, and what became of them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from builders import Sheets
from importers import code_of, customer, otc
from services import Place

STAMP = r"\d{8}T\d{6}Z-"


def good(number: int, licenses: int = 2) -> Sheets:
    """An OTC and a customer of its own that holds licences of it."""
    return [
        ("Add OTC", [otc(code_of(number), 10)]),
        ("Add Customer", [customer(f"Site {number}", code_of(number), licenses)]),
    ]


def bad(number: int) -> Sheets:
    """A customer that wants more than there is."""
    return good(number, licenses=11)


def held(place: Place) -> dict[str, int]:
    """How many licences each customer of the ledger has, by plain SQL."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        return dict(
            connection.execute(
                "SELECT name, sum(licenses) FROM customer LEFT JOIN subscription "
                "USING (account_id, customer_id) GROUP BY name"
            ).fetchall()
        )


def batches(place: Place) -> list[str]:
    """The files of the ledger's batches, in order."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        return [row[0] for row in connection.execute("SELECT file FROM batch ORDER BY batch")]


def names(folder: Path) -> list[str]:
    """The names in a folder, without stamps."""
    return sorted(re.sub(f"^{STAMP}", "", path.name) for path in folder.iterdir())
