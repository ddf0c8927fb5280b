"""The workbooks that are measured with: OTCs and customers, good ones and bad ones."""

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

BAD = (
    {2: "UNKNO-WN000-00000-00000"},  # an OTC that nobody has
    {4: "it at msp.example"},
    {3: "three"},
    {3: TOTAL},  # more than is left
    {0: None},
    {1: "Nobody"},
    {2: "BENCH"},
    {3: 2.5},
)
"""What is wrong in bad rows, in turn: the cells that are not as they should be."""


def code(number: int) -> str:
    """An OTC."""
    return f"BENCH-{number // 100_000:05}-{number % 100_000:05}-AAAAA"


def otcs_of(customers: int) -> int:
    """How many OTCs so many customers share."""
    return -(-customers // PER_OTC)


def make_workbook(
    path: Path, customers: int, *, first: int = 0, bad_every: int | None = None
) -> None:
    """Write the .xlsx file `path`: `customers` customers, and an OTC for every ten of them.

    They are numbered from `first` on, a multiple of ten, so that workbooks can have names and OTCs
    of their own. With `bad_every` the last of every so many customers is refused for one problem.
    """
    import pandas as pd
    import xlsxturbo

    assert first % PER_OTC == 0, "OTCs are shared by ten customers"
    start = first // PER_OTC
    otcs = [
        (code(number), "it@msp.example", "Acme", TOTAL)
        for number in range(start, start + otcs_of(customers))
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
            f"Customer {number}", "Admin", code(number // PER_OTC), LICENSES,
            f"it{number}@msp.example",
        )  # fmt: skip
        turn, place = divmod(number - first, bad_every or customers + 1)
        if place + 1 == bad_every:
            wrong = BAD[turn % len(BAD)]
            row = tuple(wrong.get(at, value) for at, value in enumerate(row))
        yield row
