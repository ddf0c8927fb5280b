"""Histories of batches, made through the command line."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from builders import (
    A,
    B,
    C,
    D,
    E,
    Sheets,
    customer,
    device,
    disable,
    otc,
    self_managed,
    subscription,
    write_workbook,
)
from command_line import CommandLine
from importer.ledger import tables
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.opening import open_ledger
from importer.pipeline import apply as pipeline
from importer.pipeline.job import Job

BASE: Sheets = [
    ("Add OTC", [otc(A, 10), otc(B, 20, description="spare"), otc(C, 5), otc(D, 6), otc(E, 8)]),
    ("Add Customer", [
        customer("Norte", 4), customer("Sur", 3), customer("Closed", 3, B),
        self_managed("Whole", C), customer("Este", 2, D),
    ]),
    ("Add Avira Subscription", [subscription("Sur", 2, B)]),
    ("Disable Customer", [disable("Closed", reason="unpaid")]),
    ("Devices", [device("Norte", "PC-1", avira_installed="2026-01-20", product_name="Pro"),
                 device("Closed", "PC-1", nh_installed="2026-01-21")]),
]  # fmt: skip
"""Batch 1. A: Norte 4, Sur 3 of 10; B: Sur 2, Closed 3 of 20; C: Whole 5 of 5; D: Este 2 of 6;
E: nobody, 8. Norte and Closed have a device each."""

Step = Sheets | int
"""A workbook to apply, or the number of a batch to undo."""

CHANGES = [
    "otcs_added", "otcs_edited", "customers_added", "customers_edited", "customers_disabled",
    "customers_enabled", "subscriptions_added", "subscriptions_edited", "subscriptions_moved",
    "subscriptions_cancelled", "devices_added", "devices_edited", "otcs_removed",
    "customers_removed", "devices_removed",
]  # fmt: skip
"""What an undo counts."""


@cache
def fill_with_base(folder: Path) -> Path:
    """A ledger's file with BASE."""
    folder.mkdir()
    job = Job(FileLedger(folder / "base.db"), "default", dt.date(2026, 6, 1))
    assert pipeline.apply(write_workbook(folder / "base.xlsx", BASE), job).batch == 1
    return folder / "base.db"


class History:
    """Makes the batches of a ledger, and looks at what they leave."""

    def __init__(self, command: CommandLine, folder: Path, batches: int = 0) -> None:
        self.command = command
        self._folder, self._files = folder, batches  # each workbook is named by its batch

    def make(self, *steps: Step, account: str = "default") -> None:
        """Apply workbooks and undo batches, all of which must succeed."""
        for step in steps:
            words: list[str | Path] = ["undo", str(step)]
            if not isinstance(step, int):
                self._files += 1
                words = ["apply", write_workbook(self._folder / f"{self._files}.xlsx", step)]
            result = self.command(*words, "--account", account, "--json")
            assert result.exit_code == 0, f"{step}: {result.out}"

    def undo(self, number: int, *options: str, exit_code: int = 0) -> dict[str, Any]:
        """The JSON of an undo; of the changes, those that there are."""
        result = self.command("undo", str(number), "--json", *options)
        assert result.exit_code == exit_code, result.out + result.err
        document: dict[str, Any] = result.json
        assert document.pop("further_problems") == []
        assert list(document) == ["batch", "undoes", "changes", "problems"]
        assert list(document["changes"]) == CHANGES
        document["changes"] = {name: n for name, n in document["changes"].items() if n}
        return document

    def refusal(self, number: int, *options: str) -> list[dict[str, Any]]:
        """The problems of an undo that is refused."""
        problems: list[dict[str, Any]] = self.undo(number, *options, exit_code=5)["problems"]
        assert problems != []
        return problems

    def batches(self) -> list[dict[str, Any]]:
        """What `history` lists."""
        batches: list[dict[str, Any]] = self.command("history", "--json").json
        return batches

    def tables(self, account: str = "default") -> list[tuple[Any, ...]]:
        """Every row of the account's OTCs, customers, subscriptions and devices, whole."""
        rows: list[tuple[Any, ...]] = []
        with open_ledger(self.command.ledger).reading() as connection:
            for table in (tables.otc, tables.customer, tables.subscription, tables.device):
                query = sa.select(sa.literal(table.name), table).order_by(*table.primary_key)
                of_account = query.where(table.c.account_id == account)
                rows += (tuple(row) for row in connection.execute(of_account))
        return rows

    def assert_sound(self, account: str = "default") -> None:
        """`ledger verify` finds no faults."""
        result = self.command("ledger", "verify", "--json", "--account", account)
        assert (result.exit_code, result.json["faults"]) == (0, []), result.out
