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


def good_workbook() -> Path:
    """good.xlsx, of GOOD, in this folder."""
    return _workbook("good.xlsx")


def bad_workbook() -> Path:
    """bad.xlsx, of BAD, in this folder."""
    return _workbook("bad.xlsx")


def _workbook(name: str) -> Path:
    path = Path(name).absolute()
    path.write_bytes(_content(name))
    return path


@cache
def _content(name: str) -> bytes:
    with TemporaryDirectory() as folder:
        sheets = {"good.xlsx": GOOD, "bad.xlsx": BAD}[name]
        return write_workbook(Path(folder) / name, sheets).read_bytes()
