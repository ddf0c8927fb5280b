"""What a workbook sees of a ledger that earlier ones filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders import (
    A,
    B,
    C,
    D,
    Sheets,
    customer,
    edit,
    edit_otc,
    move,
    otc,
    self_managed,
    write_workbook,
)
from command_line import CommandLine
from importer.domain.planning.snapshot import Snapshot
from statements import recorded_statements

pytestmark = pytest.mark.both_engines

EARLIER: Sheets = [
    ("Add OTC", [otc(A, 5), otc(B, 5), otc(C, 5, company="Peña")]),
    ("Add Customer", [self_managed("Sola", A), customer("Niño", 2, B)]),
]
LATER: list[tuple[str, dict[str, Any], list[str]]] = [
    ("Add Customer", customer("Uno"), ["otc-dedicated"]),
    ("Add Customer", self_managed("Otra", C, "SOLA@site.example"), ["email-in-use"]),
    ("Add Customer", customer("SOLA", 1, C), ["already-exists"]),
    ("Add Customer", customer("Nino", 1, B), ["similar-name"]),
    ("Add OTC", otc(D, company="Pena"), ["similar-name"]),
    ("Edit Customer", edit("Niño", new_name="sola"), ["already-exists"]),
    ("Edit Customer", edit("Niño", licenses=9), ["overallocation"]),
    ("Edit OTC", edit_otc(B, total=1), ["total-below-used"]),
    ("Update OTC", move(B, A), ["otc-dedicated"]),
    ("Update OTC", move(C, B), []),
]
"""Rows that name nothing but what they are about, and the codes of their problems."""


def test_a_row_is_judged_by_all_that_an_earlier_workbook_left(
    command: CommandLine, tmp_path: Path
) -> None:
    """Each row is alone in its workbook."""
    assert command("apply", write_workbook(tmp_path / "1.xlsx", EARLIER)).exit_code == 0
    for sheet, row, codes in LATER:
        path = write_workbook(tmp_path / "2.xlsx", [(sheet, [row])])
        problems = command("check", path, "--json").report["problems"]
        actual = [problem["code"] for problem in problems if problem["code"] != "console-limit"]
        assert actual == codes, (sheet, row)


def test_a_small_workbook_reads_as_little_of_a_large_ledger_as_of_a_small_one(
    command: CommandLine, tmp_path: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that names one customer loads as many rows from a ledger of 200 as of two."""
    loaded: list[str] = []

    def watch(name: str) -> None:
        put = getattr(Snapshot, name)

        def put_and_note(*arguments: Any) -> None:
            loaded.append(name)
            put(*arguments)

        monkeypatch.setattr(Snapshot, name, put_and_note)

    for name in ("put_otc", "put_customer", "put_subscription"):
        watch(name)
    edits = write_workbook(
        tmp_path / "edit.xlsx", [("Edit Customer", [edit("Norte 1", licenses=2)])]
    )
    by_size = {}
    for size in (2, 200):
        database = ledger.with_name(f"{size}.db")
        sheets: Sheets = [
            ("Add OTC", [otc(total=500)]),
            ("Add Customer", [customer(f"Norte {number}") for number in range(size)]),
        ]
        path = write_workbook(tmp_path / "add.xlsx", sheets)
        assert command("apply", path, "--ledger", database).exit_code == 0
        loaded.clear()
        assert command("check", edits, "--ledger", database).exit_code == 0
        by_size[size] = list(loaded)
    assert by_size[2] == by_size[200] != []


def test_the_queries_of_a_snapshot_use_the_keys(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """No query of a check reads a whole table, however large the ledger."""
    assert command("apply", write_workbook(tmp_path / "1.xlsx", EARLIER)).exit_code == 0
    later: Sheets = [
        ("Edit Customer", [edit("Niño", licenses=3)]), ("Edit OTC", [edit_otc(B, total=4)]),
    ]  # fmt: skip
    with recorded_statements() as statements:
        command("check", write_workbook(tmp_path / "2.xlsx", later))
    with sa.create_engine(f"sqlite:///{ledger}").connect() as connection:
        steps = [
            step.detail
            for sql, parameters in statements if sql.startswith("SELECT")
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
        ]  # fmt: skip
    tables = ("otc", "customer", "subscription")
    searched = [name for name in tables if any(f"SEARCH {name}" in step for step in steps)]
    assert searched == list(tables)
    assert [step for step in steps if step.startswith(tuple(f"SCAN {t}" for t in tables))] == []
