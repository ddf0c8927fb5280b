"""`show`: its keys, and how an OTC or a customer is named."""

from __future__ import annotations

import datetime as dt

import pytest

from builders import A, B, E, customer, disable, otc, self_managed
from command_line import CommandLine
from workbooks import good_workbook

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


@pytest.mark.contract
def test_show_accepts_a_code_or_a_name_however_it_is_typed(command: CommandLine) -> None:
    command("apply", good_workbook())
    for typed in (A.lower(), A.replace("-", "").lower()):
        assert [entry["otc"] for entry in command("show", "otcs", typed, "--json").json] == [A]
    [entry] = command("show", "customers", "  nORTE ", "--json").json
    assert entry["name"] == "Norte"


@pytest.mark.contract
def test_what_the_ledger_does_not_have_is_wrong_use(command: CommandLine) -> None:
    """It is named: an OTC by its last characters, which may be written to a log."""
    command("apply", good_workbook())
    for subject, name, shown in (
        ("otcs", E, f"…{E[-5:]}"), ("otcs", "nonsense", "nonsense"),
        ("customers", "Nobody", "Nobody"),
    ):  # fmt: skip
        result = command("show", subject, name)
        assert (result.exit_code, result.out, shown in result.err) == (2, "", True), result
        result = command("show", subject, name, "--json")
        assert (result.exit_code, result.json["exit_code"], shown in result.err) == (2, 2, True)
