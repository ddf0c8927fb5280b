"""The ids of new customers, which importers of a server plan with and take at different times."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from builders import B, customer, device, write_workbook
from command_line import CommandLine
from importer.domain.planning.snapshot import Snapshot
from importer.ledger.reading import snapshot as snapshots
from importer.ledger.reading.snapshot import load_snapshot
from importer.ledger.tables import account
from ledgers import raw


def test_ids_that_others_have_taken_meanwhile_are_not_used_again(
    command: CommandLine, workbook: Path, ledger: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The customers get the next ones, and so do their subscriptions and devices."""

    def load(connection: sa.Connection, *others: object) -> Snapshot:
        snapshot: Snapshot = load_snapshot(connection, *others)  # type: ignore[arg-type]
        taken = account.c.last_customer + 10
        connection.execute(account.update().values(last_customer=taken))
        return snapshot

    command("apply", workbook)
    before = command("show", "customers", "--json").json
    monkeypatch.setattr(snapshots, "load_snapshot", load)
    sheets = [
        ("Add Customer", [customer("Oeste", 1, B), customer("Centro", 1, B)]),
        ("Devices", [device("Oeste", "PC-1")]),
    ]
    assert command("apply", write_workbook(tmp_path / "x.xlsx", sheets)).exit_code == 0
    assert command("ledger", "verify").exit_code == 0
    assert len(command("show", "customers", "--json").json) == len(before) + 2
    with raw(ledger) as connection:
        names = "SELECT customer_id - 10 FROM customer WHERE name IN ('Oeste', 'Centro')"
        shifted = connection.exec_driver_sql(names).scalars().all()
        last = connection.exec_driver_sql("SELECT last_customer FROM account").scalar_one()
    assert sorted(shifted) == [last - 11, last - 10]
    assert command("undo", "2").exit_code == 0
    assert command("show", "customers", "--json").json == before
