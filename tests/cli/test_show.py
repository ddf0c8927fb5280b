"""`show`: its keys."""

from __future__ import annotations

import datetime as dt

import pytest

from builders import A, B, customer, disable, otc, self_managed
from command_line import CommandLine

pytestmark = pytest.mark.both_engines


@pytest.mark.contract
def test_show_has_the_documented_keys(command: CommandLine) -> None:
    """In their order, with every kind of value that there is."""
    command.apply(
        ("Add OTC", [
            otc(description="Renewal", purchase_date=dt.date(2026, 1, 15),
                expiry_date=dt.date(2040, 1, 14), product_id="AVPRO", runtime=12),
            otc(B, 7),
        ]),
        ("Add Customer", [customer("Norte", 5), self_managed("Sur", B)]),
        ("Disable Customer", [disable("Norte")]),
    )  # fmt: skip
    otcs, customers = command.contents()
    assert [list(entry.items()) for entry in otcs] == [list(entry.items()) for entry in (
        {"otc": A, "email": "it@msp.example", "company": "Acme", "description": "Renewal",
         "total": 50, "used": 5, "pending": 45, "purchase_date": "2026-01-15",
         "expiry_date": "2040-01-14", "product_id": "AVPRO", "runtime": 12, "dedicated_to": None},
        {"otc": B, "email": "it@msp.example", "company": "Acme", "description": None,
         "total": 7, "used": 7, "pending": 0, "purchase_date": None, "expiry_date": None,
         "product_id": None, "runtime": None, "dedicated_to": "Sur"},
    )]  # fmt: skip
    assert [list(entry.items()) for entry in customers] == [list(entry.items()) for entry in (
        {"name": "Norte", "managed_by": "admin", "status": "disabled", "email": None,
         "first_name": None, "last_name": None,
         "subscriptions": [{"otc": A, "licenses": 5}], "devices": 0},
        {"name": "Sur", "managed_by": "customer", "status": "active",
         "email": "Sur@site.example", "first_name": "First", "last_name": "Last",
         "subscriptions": [{"otc": B, "licenses": 7}], "devices": 0},
    )]  # fmt: skip
    assert list(command("show", "summary", "--json").json.items()) == [
        ("otcs", 2), ("customers", 2), ("total", 57), ("used", 12), ("pending", 45),
        ("expired", 0), ("renew_within_30_days", 0),
    ]  # fmt: skip
