"""What somebody has edited in a workbook that was filled in with what the ledger held.

Such a workbook states everything, but asks only for what was edited in it: whatever others have
changed since stays as they left it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from importer.domain.contents import Contents
from importer.domain.entities import Customer, Otc
from importer.domain.names import name_key
from importer.domain.requests import EditCustomer, EditOtc, Request


def only_edited(requests: Iterable[Request], then: Contents) -> Iterator[Request]:
    """`requests` without the cells that state what the ledger held `then`, when it filled them in.

    A row of which nothing is left asks for nothing. A row of a name that was none then stays whole.
    """
    otcs = {one.otc.code: one.otc for one in then.otcs}
    customers = {name_key(one.customer.name): one for one in then.customers}
    for request in requests:
        match request:
            case EditOtc() if request.otc in otcs:
                yield _otc_edited(request, otcs[request.otc])
            case EditCustomer() if name_key(request.customer) in customers:
                holding = customers[name_key(request.customer)]
                edited = _customer_edited(request, holding.customer)
                held = {one.otc: one.licenses for one in holding.subscriptions}
                if request.otc is not None and held.get(request.otc) == request.licenses:
                    edited = edited._replace(otc=None, licenses=None)
                yield edited
            case _:
                yield request


def _otc_edited(request: EditOtc, otc: Otc) -> EditOtc:
    same: dict[str, Any] = {
        field: None
        for field in otc._fields[1:]
        if getattr(request, field) == getattr(otc, field)
    }  # fmt: skip
    return request._replace(**same)


def _customer_edited(request: EditCustomer, customer: Customer) -> EditCustomer:
    same: dict[str, Any] = {
        field: None
        for field in ("email", "first_name", "last_name")
        if getattr(request, field) == getattr(customer, field)
    }
    return request._replace(**same)
