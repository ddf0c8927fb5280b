"""What a ledger holds as rows of the edit sheets, which change nothing until somebody edits them.

A cell that says something of the customer stands in its last row alone. Edited there it is changed
once, and a new name is given when no row below needs the old one. Where a cell is left blank for
that, it is hatched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import NamedTuple

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from importer.domain.contents import Contents, CustomerHolding
from importer.domain.requests import EditCustomer, EditOtc, Request
from importer.domain.sheets import Sheet
from importer.workbook.writing.styles import HATCHED, format_of, write_text

_PERSON = ("new_name", "email", "first_name", "last_name")
_HELD = ("otc", "licenses")


class Filled(NamedTuple):
    """A row: what its cells hold, by field, and the fields of cells that are to stay blank."""

    values: dict[str, object]
    hatched: tuple[str, ...] = ()


def rows_of(contents: Contents, request: type[Request]) -> Iterator[Filled]:
    """The rows of the sheet that makes `request`, which only the edit sheets have."""
    if request is EditOtc:
        for one in contents.otcs:
            otc = one.otc._asdict()
            yield Filled({"otc": otc.pop("code"), **otc})
    elif request is EditCustomer:
        for holding in contents.customers:
            yield from _rows_of_customer(holding)


def _rows_of_customer(holding: CustomerHolding) -> Iterator[Filled]:
    customer = holding.customer
    person: dict[str, object] = {
        "customer": customer.name,
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
    }
    if customer.holds_whole_otcs or not holding.subscriptions:
        yield Filled(person, _HELD)  # a dedicated OTC's total says how many licences it has
        return
    *others, last = holding.subscriptions
    for one in others:
        held: dict[str, object] = {"otc": one.otc, "licenses": one.licenses}
        yield Filled({"customer": customer.name, **held}, _PERSON)
    yield Filled(person | {"otc": last.otc, "licenses": last.licenses})


def fill(
    sheet: Worksheet, ours: Sheet, contents: Contents, tick: Callable[[], object]
) -> None:  # fmt: skip
    """Write the rows of `ours` below the header of `sheet`; `tick` is called once a row."""
    formats = [format_of(column) for column in ours.columns]
    for number, filled in enumerate(rows_of(contents, ours.request), 2):
        for at, column in enumerate(ours.columns, 1):
            value = filled.values.get(column.field)
            if value is None and column.field not in filled.hatched:
                continue
            cell = sheet.cell(number, at)
            assert isinstance(cell, Cell)
            cell.number_format = formats[at - 1]
            if isinstance(value, str):
                write_text(cell, value)
            elif isinstance(value, int | dt.date):
                cell.value = value
            if column.field in filled.hatched:
                cell.fill = HATCHED
        tick()
