"""A sound ledger of two accounts for tests of `ledger verify`, and what that finds in it."""

from __future__ import annotations

import os
import random
from functools import cache
from pathlib import Path

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
)  # fmt: skip
from command_line import CommandLine
from importer.cli import main as program
from prepared import StoredRow

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


@pytest.fixture
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with two accounts; in `default` five batches, of which the fourth undoes the third."""
    return _fill(tmp_path_factory.getbasetemp() / "sound")


@cache
def _fill(folder: Path) -> Path:
    folder.mkdir()
    ledger = folder / "sound.db"
    for number, (account, sheets) in enumerate([
        ("default", FIRST), ("another", FIRST), ("default", SECOND), ("default", THIRD),
        ("default", None), ("default", LAST),
    ]):  # fmt: skip
        command = ["undo", "3"]
        if sheets is not None:
            command = ["apply", str(write_workbook(folder / f"{number}.xlsx", sheets))]
        command += ["--account", account, "--ledger", str(ledger), "-q"]
        assert program.run(command) == 0, command
    return ledger


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Chance; a failing test prints the seed, which TEST_SEED repeats."""
    seed = int(os.environ.get("TEST_SEED") or random.randrange(2**32))
    request.node.add_report_section("setup", "seed", f"TEST_SEED={seed}")
    return random.Random(seed)


def has_key_of(row: StoredRow, table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a row of the table has the key of `row`."""
    return sa.and_(*(key == row[key.name] for key in table.primary_key))


def faults(command: CommandLine, account: str = "default", *options: str) -> list[str]:
    """The codes of the faults that verify finds; exit code and JSON agree."""
    result = command("ledger", "verify", "--account", account, "--json", *options)
    proof = result.json
    assert list(proof) == ["ok", "batches", "head", "faults"]
    for fault in proof["faults"]:
        assert list(fault) == ["code", "key", "message"]
        assert all(fault["message"].split("\n")), fault
    assert proof["ok"] is (proof["faults"] == [])
    assert result.exit_code == (0 if proof["ok"] else 4)
    if proof["ok"] and proof["batches"] == 0:
        assert "Nothing was ever applied" in result.err
    else:
        assert result.err == ""
    return [fault["code"] for fault in proof["faults"]]
