"""A ledger with two customers whose devices are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from builders import A, B, C, Row, customer, devices_in_plain, otc, row
from command_line import CommandLine, CommandResult
from importer.base import clock
from importer.ledger.opening import open_ledger
from importer.pipeline import show as pipeline
from importer.pipeline.job import Job

FACTS: Mapping[str, Any] = {
    "operating_system": "Windows 11 Pro", "model": "OptiPlex 7010",
    "avira_installed": "2026-01-20", "avira_uninstalled": "2026-03-31",
    "nh_installed": "2026-01-21", "nh_uninstalled": "2026-04-01",
    "avira_status": "Removed", "product_name": "Avira Antivirus Pro",
}  # fmt: skip
"""A value for every optional column of Devices, by field."""

ON = {"avira_installed": "2026-02-01"}
GONE = {"avira_uninstalled": "2026-03-01"}
OFF = ON | {"avira_uninstalled": "2026-02-01"}
AGAIN = OFF | {"avira_installed": "2026-02-02"}
"""Avira is installed on a device; no longer; not after the same day; and installed again."""


def known(**facts: Any) -> dict[str, Any]:
    """What `DeviceLedger.devices` has of a device about which these fields are known."""
    return row("Devices", **facts)


_filled: list[bytes] = []
"""The file that a new ledger is a copy of, once there is one."""


class DeviceLedger:
    """Applies workbooks of a few rows, and reads the devices that result.

    Batch 1 has added Norte and Sur, with two licences each of A, and the OTCs B, of 50, and C, of 3
    licences.
    """

    def __init__(self, command: CommandLine) -> None:
        self.command = command
        path = None if "://" in command.ledger else Path(command.ledger)
        if path and _filled:
            path.write_bytes(_filled[0])
            return
        customers = [customer("Norte", 2), customer("Sur", 2)]
        self.apply(("Add OTC", [otc(A), otc(B), otc(C, 3)]), ("Add Customer", customers))
        if path:
            _filled.append(path.read_bytes())

    def apply(self, *sheets: tuple[str, Sequence[Row]]) -> CommandResult:
        """Apply a workbook in which nothing is wrong."""
        result = self.command.apply(*sheets)
        assert result.exit_code == 0, result.out
        return result

    def record(self, *devices: Row) -> CommandResult:
        """Apply a workbook with nothing but rows of Devices, in which nothing is wrong."""
        return self.apply(("Devices", devices))

    def refuse(self, *sheets: tuple[str, Sequence[Row]]) -> list[dict[str, Any]]:
        """The errors of a workbook that `apply` and `check` refuse alike; no device changes."""
        before = self.devices()
        checked, applied = self.command.check(*sheets), self.command.apply(*sheets)
        assert applied.report["problems"] == checked.report["problems"]
        assert (applied.report["status"], applied.report["batch"]) == ("rejected", None)
        assert self.devices() == before
        return applied.errors

    def undo(self, batch: int) -> CommandResult:
        """Undo a batch."""
        return self.command("undo", str(batch), "--json")

    def devices(self, as_of: int | None = None) -> dict[str, Any]:
        """What is known of every device, by customer and id."""
        job = Job(open_ledger(self.command.ledger), "default", clock.today())
        return {
            holding.customer.name: devices_in_plain(holding)["devices"]
            for holding in pipeline.contents(job, as_of).customers
            if holding.devices
        }

    def lines(self, batch: int) -> list[dict[str, Any]]:
        """The journal lines of a batch that are about devices."""
        lines = self.command("history", str(batch), "--json").json["lines"]
        return [line for line in lines if line["kind"] == "device"]

    def counts(self, *options: str) -> dict[str, int]:
        """How many installed devices `show customers` has for each customer."""
        customers = self.command("show", "customers", "--json", *options).json
        return {customer["name"]: customer["devices"] for customer in customers}

    def verify(self) -> None:
        """Assert that `ledger verify` finds nothing wrong."""
        result = self.command("ledger", "verify")
        assert result.exit_code == 0, result.out


@pytest.fixture
def devices(command: CommandLine) -> DeviceLedger:
    """A ledger with the customers Norte and Sur."""
    return DeviceLedger(command)
