"""Names and email addresses that customers exchange within one workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import A, B, Sheets, customer, edit, otc, self_managed, write_workbook
from command_line import CommandLine

pytestmark = [pytest.mark.both_engines, pytest.mark.contract]


def licences(command: CommandLine) -> dict[str, int]:
    """The licences of each customer's only subscription, by name."""
    _, customers = command.contents()
    return {entry["name"]: entry["subscriptions"][0]["licenses"] for entry in customers}


def test_two_customers_may_exchange_names(command: CommandLine, tmp_path: Path) -> None:
    """Through a third name, as one row after the other requires."""
    sheets: Sheets = [
        ("Add OTC", [otc()]),
        ("Add Customer", [customer("Norte", 5), customer("Sur", 7)]),
    ]
    command("apply", write_workbook(tmp_path / "1.xlsx", sheets))
    renames = [("Norte", "tmp"), ("Sur", "Norte"), ("tmp", "Sur")]
    exchange = [("Edit Customer", [edit(old, new_name=new) for old, new in renames])]
    result = command("apply", write_workbook(tmp_path / "2.xlsx", exchange), "--json")
    assert result.row_counts == (3, 3, 0, 0)
    assert licences(command) == {"Norte": 7, "Sur": 5}


def test_a_new_customer_may_take_a_name_that_was_given_up(
    command: CommandLine, tmp_path: Path
) -> None:
    sheets: Sheets = [("Add OTC", [otc()]), ("Add Customer", [customer("Norte", 5)])]
    command("apply", write_workbook(tmp_path / "1.xlsx", sheets))
    reuse: Sheets = [
        ("Edit Customer", [edit("Norte", new_name="Norte viejo")]),
        ("Add Customer", [customer("Norte", 9)]),
    ]
    assert command("apply", write_workbook(tmp_path / "2.xlsx", reuse)).exit_code == 0
    assert licences(command) == {"Norte viejo": 5, "Norte": 9}


def test_self_managed_customers_may_exchange_emails(command: CommandLine, tmp_path: Path) -> None:
    """Through a third address; without it, the first row takes one that is in use."""
    north, south, spare = "norte@site.example", "sur@site.example", "tmp@site.example"
    sheets: Sheets = [
        ("Add OTC", [otc(A), otc(B)]),
        ("Add Customer", [self_managed("Norte", A, north), self_managed("Sur", B, south)]),
    ]
    command("apply", write_workbook(tmp_path / "1.xlsx", sheets))
    emails = [("Norte", spare), ("Sur", north), ("Norte", south)]
    rows = [edit(name, email=email) for name, email in emails]
    path = write_workbook(tmp_path / "2.xlsx", [("Edit Customer", rows)])
    assert command("apply", path, "--json").row_counts == (3, 3, 0, 0)
    _, customers = command.contents()
    assert [(entry["name"], entry["email"]) for entry in customers] == [
        ("Norte", south), ("Sur", north),
    ]  # fmt: skip
    rows = [edit("Norte", email=north), edit("Sur", email=south)]
    path = write_workbook(tmp_path / "3.xlsx", [("Edit Customer", rows)])
    first, *_ = command("apply", path, "--json").errors
    assert (first["row"], first["column"], first["code"]) == (2, "Email", "email-in-use")
