"""A small onboarding workbook, and the same with mistakes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from builders import B, Sheets, customer, otc, subscription, write_workbook

GOOD: Sheets = [
    ("Add OTC", [otc(), otc(B, 20)]),
    ("Add Customer", [customer("Norte", 5), customer("Sur", 7, B)]),
    ("Add Avira Subscription", [subscription("Norte", 3, B)]),
]
BAD: Sheets = [
    ("Add OTC", [otc(), otc(B, "20 or so")]),
    ("Add Customer", [customer("Norte", 5), customer("Sur", 7, B)]),
    ("Add Avira Subscription", [subscription("Nrote", 3, B)]),
]
"""GOOD with two mistakes, one of which spoils another row too: three rows are refused."""


def good_workbook(folder: Path) -> Path:
    """good.xlsx, of GOOD, in `folder`."""
    return _workbook(folder, "good")


def bad_workbook(folder: Path) -> Path:
    """bad.xlsx, of BAD, in `folder`."""
    return _workbook(folder, "bad")


def _workbook(folder: Path, name: str) -> Path:
    path = folder / f"{name}.xlsx"
    path.write_bytes(_content(name))
    return path


@cache
def _content(name: str) -> bytes:
    with TemporaryDirectory() as folder:
        sheets = {"good": GOOD, "bad": BAD}[name]
        return write_workbook(Path(folder) / "x.xlsx", sheets).read_bytes()
