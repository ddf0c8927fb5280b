"""A sound ledger of two accounts for tests of `ledger verify`, and what that finds in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
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
    edit,
    edit_otc,
    otc,
    self_managed,
    subscription,
    write_workbook,
)
from command_line import CommandLine
from importer.cli import main as program
from importer.ledger.writing import apply as writing

StoredRow = dict[str, Any]
"""A row of a table, by column."""

FIRST: Sheets = [
    ("Add OTC", [
        otc(A, company="Empresa A", description="Clinic", purchase_date="2026-01-31",
            expiry_date="2039-12-31", product_id="AVPRO", runtime=36),
        otc(B, 20, company="Empresa B"), otc(C, 7),
    ]),
    ("Add Customer", [
        customer("Peña", 5, email="a@site.example"), customer("Sur", 9),
        self_managed("Notaría", C, "b@site.example"),
    ]),
    ("Add Avira Subscription", [subscription("Sur", 3, B)]),
    ("Devices", [
        device("Peña", "Recepción 1", operating_system="Windows 11 Pro", model="X1",
               avira_installed="2026-01-20", avira_uninstalled="2026-03-31",
               nh_installed="2026-01-21", nh_uninstalled="2026-04-01", avira_status="Removed",
               product_name="Avira Pro"),
        device("Sur", "PC-2", avira_installed="2026-02-01"),
    ]),
]  # fmt: skip
SECOND: Sheets = [
    ("Edit OTC", [edit_otc(B, total=30, description="Topped up")]),
    ("Edit Customer", [edit("Peña", new_name="Peña Alta", licenses=6)]),
    ("Disable Customer", [disable("Sur", reason="Closed in winter")]),
    ("Devices", [device("Peña Alta", "recepción 1", model="X2"),
                 device("Peña Alta", "PC-2", avira_status="Active")]),
]  # fmt: skip
THIRD: Sheets = [
    ("Add OTC", [otc(D)]),
    ("Add Customer", [customer("Este", 2, D)]),
    ("Devices", [device("Este", "PC-1")]),
]
LAST: Sheets = [("Add OTC", [otc(E)])]


@cache
def fill_sound_accounts(folder: Path) -> Path:
    """A file with two accounts; in `default` five batches, of which the fourth undoes the third.

    Its journal has two lines in a block.
    """
    folder.mkdir()
    ledger = folder / "sound.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "LINES_OF_A_BLOCK", 2)
        _fill_sound_accounts(ledger)
    return ledger


def _fill_sound_accounts(ledger: Path) -> None:
    for number, (account, sheets) in enumerate([
        ("default", FIRST), ("another", FIRST), ("default", SECOND), ("default", THIRD),
        ("default", None), ("default", LAST),
    ]):  # fmt: skip
        command = ["undo", "3"]
        if sheets is not None:
            command = ["apply", str(write_workbook(ledger.with_name(f"{number}.xlsx"), sheets))]
        command += ["--account", account, "--ledger", str(ledger), "-q"]
        assert program.run(command) == 0, command


AS_REPLICA = "SET session_replication_role = replica"
"""Has PostgreSQL check no foreign keys and run no triggers; only a superuser can."""


def stored_rows(connection: sa.Connection, table: sa.Table) -> list[StoredRow]:
    """Every row of a table, in the order of its key."""
    query = sa.select(table).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(query).mappings()]


class SoundLedger:
    """A ledger to tamper with, and what `ledger verify` finds in it.

    No constraint, foreign key or trigger restricts `connection`; each statement is committed.
    """

    def __init__(self, command: CommandLine, connection: sa.Connection) -> None:
        self.command, self.connection = command, connection
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.exec_driver_sql(names).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(AS_REPLICA)
            checks = ("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c'"
                      " AND connamespace = current_schema()::regnamespace")  # fmt: skip
            for table, name in connection.exec_driver_sql(checks).all():
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def rows(self, table: sa.Table) -> list[StoredRow]:
        """Every row of a table, in the order of its key."""
        return stored_rows(self.connection, table)

    def execute(self, statement: sa.Executable) -> None:
        """Tamper with the ledger."""
        self.connection.execute(statement)

    def update(self, table: sa.Table, row: StoredRow, values: StoredRow) -> None:
        """Change the row that has the key of `row`."""
        statement = table.update().where(self._is(table, row)).values(values)
        assert self.connection.execute(statement).rowcount == 1, row

    def delete(self, table: sa.Table, row: StoredRow) -> None:
        """Delete the row that has the key of `row`."""
        statement = table.delete().where(self._is(table, row))
        assert self.connection.execute(statement).rowcount == 1, row

    @staticmethod
    def _is(table: sa.Table, row: StoredRow) -> sa.ColumnElement[bool]:
        return sa.and_(*(key == row[key.name] for key in table.primary_key))

    def faults(self, account: str = "default", *options: str) -> list[str]:
        """The codes of the faults that verify finds; exit code and JSON agree."""
        result = self.command("ledger", "verify", "--account", account, "--json", *options)
        proof = result.json
        assert list(proof) == ["ok", "batches", "head", "faults"]
        for fault in proof["faults"]:
            assert list(fault) == ["code", "key", "message"]
            assert all(fault["message"].split("\n")), fault
        assert proof["ok"] is (proof["faults"] == [])
        assert result.exit_code == (0 if proof["ok"] else 4)
        empty = proof["ok"] and proof["batches"] == 0
        assert ("Nothing was ever applied" in result.err) if empty else (result.err == "")
        return [fault["code"] for fault in proof["faults"]]
