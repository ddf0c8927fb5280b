"""Fill the edit sheets with the contents of a ledger; the rows change nothing until edited.

Cells about the customer itself are filled in its last row only. Edited there, they change once, and
a new name is set when no later row needs the old one. The cells that stay blank are hatched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import asdict
from openpyxl.worksheet.worksheet import Worksheet

from importer.domain.contents import Contents, CustomerHolding
from importer.domain.requests import EditCustomer, EditOtc, Request
from importer.domain.sheets import Sheet
from importer.workbook.cell import Cell
from importer.workbook.writing.new_rows import NewCell, NewRows
from importer.workbook.writing.styles import BLANK, PLAIN, format_of

_PERSON = ("new_name", "email", "first_name", "last_name")
_SUBSCRIPTION = ("otc", "licenses")


class _Row(NamedTuple):
    """The values of a row by field, and the fields whose cells stay blank."""

    values: Mapping[str, Cell]
    hatched: tuple[str, ...] = ()


def _rows(contents: Contents, request: type[Request]) -> Iterator[_Row]:
    """The rows of the sheet for `request`; only edit sheets have any."""
    if request is EditOtc:
        for otc_holding in contents.otcs:
            otc = asdict(otc_holding.otc)
            yield _Row({"otc": otc.pop("code"), **otc})
    elif request is EditCustomer:
        for holding in contents.customers:
            yield from _rows_of_customer(holding)


def _rows_of_customer(holding: CustomerHolding) -> Iterator[_Row]:
    customer = holding.customer
    person: dict[str, Cell] = {
        "customer": customer.name,
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
    }
    if customer.holds_whole_otcs or not holding.subscriptions:
        yield _Row(person, _SUBSCRIPTION)  # the total of a dedicated OTC is its number of licences
        return
    *others, last = holding.subscriptions
    for other in others:
        yield _Row(
            {"customer": customer.name, "otc": other.otc, "licenses": other.licenses}, _PERSON
        )
    yield _Row(person | {"otc": last.otc, "licenses": last.licenses})


def fill(
    worksheet: Worksheet, sheet: Sheet, contents: Contents, tick: Callable[[], object]
) -> NewRows:
    """The rows of `sheet` below its header; `tick` is called once per row."""
    columns = [(column.field, format_of(column)) for column in sheet.columns]
    added = NewRows(worksheet)
    for row in _rows(contents, sheet.request):
        added.add(
            NewCell(row.values.get(field), number_format, BLANK if field in row.hatched else PLAIN)
            for field, number_format in columns
        )
        tick()
    return added
