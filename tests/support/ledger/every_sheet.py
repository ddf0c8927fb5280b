"""Two workbooks with rows of every sheet, and a ledger of two accounts made with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builders import (
    A,
    B,
    C,
    Sheets,
    customer,
    device,
    disable,
    edit,
    edit_otc,
    enable,
    move,
    otc,
    self_managed,
    subscription,
    write_workbook,
)
from command_line import CommandLine
from importer.cli import main as program

FIRST: Sheets = [
    ("Add OTC", [otc(A, 10, company="Peña", expiry_date="2039-12-31", runtime=36),
                 otc(B, 10), otc(C, 10)]),
    ("Add Customer", [customer("Norte", 6), customer("Peña Alta", 2), self_managed("Sur", C)]),
    ("Devices", [device("Norte", "Señal 1", avira_installed="2026-01-20")]),
]  # fmt: skip
SECOND: Sheets = [
    ("Edit OTC", [edit_otc(C, total=12)]),
    ("Add Customer", [customer("Este", 1)]),
    ("Add Avira Subscription", [subscription("Norte", 2, B)]),
    ("Edit Customer", [edit("Norte", new_name="Oeste", otc=A, licenses=3)]),
    ("Update OTC", [move(A, B, "Este")]),
    ("Disable Customer", [disable("Sur", release="Yes")]),
    ("Enable Customer", [enable("Sur")]),
    ("Devices", [device("Oeste", "señal  1", avira_status="Active"), device("Oeste", "PC-2"),
                 device("Peña Alta", "Señal 1", nh_installed="2026-02-01")]),
]  # fmt: skip

ACCOUNTS = ("default", "another")


def write_both(folder: Path) -> list[Path]:
    """The two workbooks, first.xlsx and second.xlsx."""
    return [
        write_workbook(folder / f"{name}.xlsx", sheets)
        for name, sheets in (("first", FIRST), ("second", SECOND))
    ]


def fill_two_accounts(ledger: str, folder: Path) -> None:
    """Make three batches in `default`, of which the last is an undo, and one in `another`."""
    first, second = map(str, write_both(folder))
    for words in (
        ["apply", first], ["apply", second], ["undo", "2"],
        ["apply", first, "--account", "another"],
    ):  # fmt: skip
        assert program.run([*words, "-q", "--ledger", ledger]) == 0


def overview(command: CommandLine, ledger: str | Path) -> dict[tuple[str, ...], Any]:
    """What commands print about both accounts of a sound ledger, by account and command."""
    output: dict[tuple[str, ...], Any] = {}
    for account in ACCOUNTS:
        for words in (
            ["ledger", "verify"], ["history"], ["history", "1"], ["show", "otcs"],
            ["show", "customers"],
        ):  # fmt: skip
            result = command(*words, "--json", "--account", account, "--ledger", ledger)
            assert result.exit_code == 0, result
            output[account, *words] = result.json
    return output


def name_in_messages(ledger: str) -> str:
    """What messages call a ledger: its URL without settings."""
    return ledger.partition("?")[0]
