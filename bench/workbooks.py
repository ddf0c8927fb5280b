"""Workbooks of OTCs and customers, with and without problems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

OTC_HEADER = ("OTC", "Email", "Company Name", "Total Licenses")
HEADER = ("Customer (Site) Name", "Managed By", "Avira OTC", "No of Licenses", "Email")

PER_OTC = 10
"""Customers that share an OTC."""
LICENSES, TOTAL = 3, 1_000

Row = tuple[Any, ...]

BAD_CELLS = (
    {2: "UNKNO-WN000-00000-00000"},  # an OTC that does not exist
    {4: "it at msp.example"},
    {3: "three"},
    {3: TOTAL},  # more than are pending
    {0: None},
    {1: "Nobody"},
    {2: "BENCH"},
    {3: 2.5},
)
"""The wrong cell of a bad row, by the index of its column; bad rows take these in turn."""


def otc_code(number: int) -> str:
    """The code of an OTC."""
    return f"BENCH-{number // 100_000:05}-{number % 100_000:05}-AAAAA"


def otc_count(customers: int) -> int:
    """The number of OTCs that `customers` customers share."""
    return -(-customers // PER_OTC)


def make_workbook(
    path: Path, customers: int, *, first: int = 0, bad_every: int | None = None
) -> None:
    """Write the .xlsx file `path` with `customers` customers and an OTC for every ten of them.

    Customers are numbered from `first`, a multiple of ten, so that workbooks can have different
    names and OTCs. The last of every `bad_every` customers is rejected for one problem.
    """
    import pandas as pd
    import xlsxturbo

    assert first % PER_OTC == 0, "ten customers share an OTC"
    start = first // PER_OTC
    otcs = [
        (otc_code(number), "it@msp.example", "Acme", TOTAL)
        for number in range(start, start + otc_count(customers))
    ]
    rows = list(_customers(first, customers, bad_every))
    xlsxturbo.dfs_to_xlsx(
        [
            (pd.DataFrame(otcs, columns=list(OTC_HEADER)), "Add OTC"),
            (pd.DataFrame(rows, columns=list(HEADER), dtype=object), "Add Customer"),
        ],
        path,
    )


def _customers(first: int, customers: int, bad_every: int | None) -> Iterator[Row]:
    for number in range(first, first + customers):
        row: Row = (
            f"Customer {number}", "Admin", otc_code(number // PER_OTC), LICENSES,
            f"it{number}@msp.example",
        )  # fmt: skip
        turn, position = divmod(number - first, bad_every or customers + 1)
        if position + 1 == bad_every:
            bad = BAD_CELLS[turn % len(BAD_CELLS)]
            row = tuple(bad.get(column, value) for column, value in enumerate(row))
        yield row
