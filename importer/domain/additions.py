"""What a row of Add OTC or Add Customer adds to the ledger."""

from __future__ import annotations

from typing import Literal

from importer.domain.names import name_key
from importer.domain.requests import AddCustomer, AddOtc, Request

Kind = Literal["otc", "customer"]
Addition = tuple[Kind, str]
"""An OTC by its code, or a customer by the key of its name."""

ADDED_BY: dict[type[Request], Kind] = {AddOtc: "otc", AddCustomer: "customer"}
"""What the requests that add something add, which is also the field that names it."""


def addition(kind: Kind, name: str) -> Addition:
    """What a row that would add `name` adds."""
    return (kind, name if kind == "otc" else name_key(name))
