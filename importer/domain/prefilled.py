"""The edits in a prefilled workbook: cells that still state the ledger's old values ask nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from importer.domain.contents import Contents
from importer.domain.entities import Customer, Otc
from importer.domain.names import name_key
from importer.domain.requests import EditCustomer, EditOtc, Request


def only_edited(requests: Iterable[Request], then: Contents) -> Iterator[Request]:
    """`requests` without the cells that state what the ledger held `then`, when it was filled in.

    A row of which nothing is left asks for nothing; a row of an unknown name stays whole.
    """
    otcs = {holding.otc.code: holding.otc for holding in then.otcs}
    customers = {name_key(holding.customer.name): holding for holding in then.customers}
    for request in requests:
        match request:
            case EditOtc() if request.otc in otcs:
                otc = otcs[request.otc]
                yield replace(request, **_unedited(request, otc, otc.__struct_fields__[1:]))
            case EditCustomer() if name_key(request.customer) in customers:
                holding = customers[name_key(request.customer)]
                fields = ("email", "first_name", "last_name")
                blank = _unedited(request, holding.customer, fields)
                licenses = {held.otc: held.licenses for held in holding.subscriptions}
                if request.otc is not None and licenses.get(request.otc) == request.licenses:
                    blank |= {"otc": None, "licenses": None}
                yield replace(request, **blank)
            case _:
                yield request


def _unedited(
    request: EditOtc | EditCustomer, known: Otc | Customer, fields: Iterable[str]
) -> dict[str, Any]:
    """The fields that state what is `known`, each with None."""
    return {name: None for name in fields if getattr(request, name) == getattr(known, name)}
