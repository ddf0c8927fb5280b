"""Importers that meet in one ledger: their workbooks, and waiting for each other."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from builders import (
    Sheets,
    code_of,
    customer,
    device,
    disable,
    edit,
    edit_otc,
    move,
    otc,
    subscription,
    write_workbook,
)
from importer.base import clock
from importer.ledger.database import Ledger
from importer.pipeline.job import Job
from watchers import ACCOUNT

if TYPE_CHECKING:  # what the processes of a load need not import
    from command_line import CommandLine, CommandResult
    from servers import Server

TOTAL, ASSIGNED = 15, 10
"""Licences of each OTC of `beginning`, and how many of them its customer has."""

if sys.platform == "win32":
    PROCESSES = multiprocessing.get_context("spawn")
else:  # a process forked from one that has imported everything starts in no time
    PROCESSES = multiprocessing.get_context("forkserver")
    PROCESSES.set_forkserver_preload(
        ["importer.cli.main", "importer.pipeline.undo", "importer.ledger.creation",
         "importer.ledger.engines.postgresql",
         "pandera.backends.pandas.builtin_checks", "sqlalchemy.dialects.sqlite",
         "sqlalchemy.dialects.postgresql.psycopg", "psycopg", "pytest"]
    )  # fmt: skip

on_a_server = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def new_code(number: int) -> str:
    """An OTC that `beginning` does not add."""
    return f"A{code_of(number)[1:]}"


def site(number: int) -> str:
    """The customer of a number."""
    return f"Site {number}"


def beginning(otcs: int = 3) -> Sheets:
    """So many OTCs, each with a customer."""
    numbers = range(otcs)
    return [
        ("Add OTC", [otc(code_of(number), TOTAL) for number in numbers]),
        ("Add Customer", [customer(site(n), ASSIGNED, code_of(n)) for n in numbers]),
    ]


def about(number: int) -> Sheets:
    """Rows of each sheet, about one OTC and one customer of `beginning`."""
    new, name = new_code(number), site(number)
    return [
        ("Add OTC", [otc(new, 2 * TOTAL)]),
        ("Edit OTC", [edit_otc(code_of(number), total=TOTAL + 1)]),
        ("Add Customer", [customer(f"New {number}", 2, code_of(number))]),
        ("Add Avira Subscription", [subscription(name, 3, new)]),
        ("Edit Customer", [edit(name, otc=new, licenses=4)]),
        ("Update OTC", [move(code_of(number), new)]),
        ("Disable Customer", [disable(f"New {number}", release="Yes")]),
        ("Devices", [device(name, "PC-1", avira_status="Active")]),
    ]


def begin(command: CommandLine, folder: Path) -> str:
    """Make a ledger with `beginning`; what `--ledger` is for it."""
    path = write_workbook(folder / "first.xlsx", beginning())
    assert command("apply", path).exit_code == 0
    return command.ledger


INTERFERING = "trigger journal_block.refuse"
"""What tests add to a database, and verify names: a trigger that refuses some journals."""


def assert_stored_as(number: int | None, workbook: Path, command: CommandLine) -> None:
    """Batch `number` is the only one of the workbook, or there is none; the ledger is sound."""
    history = command("history", "--json").json
    numbers = [batch["batch"] for batch in history if batch["file"] == workbook.name]
    assert numbers == ([] if number is None else [number])
    faults = command("ledger", "verify", "--json").json["faults"]
    assert {fault["key"] for fault in faults} <= {INTERFERING}, faults


def assert_applied_once(result: CommandResult, number: int, command: CommandLine) -> None:
    """`apply` reported batch `number`, which is the only one of its file; the ledger is sound."""
    assert (result.exit_code, result.err) == (0, "")
    report = result.report
    assert (report["status"], report["batch"]) == ("applied", number)
    assert_stored_as(number, Path(report["file"]), command)


def job_of(actor: str, ledger: Ledger, folder: Path) -> Job:
    """The job of an importer, whose corrections go to `folder`."""
    return Job(ledger, ACCOUNT, clock.today(), actor, folder)


def waiting_for_locks(server: Server, ledger: str) -> int:
    """How many connections to the ledger's database wait for a lock."""
    database = str(sa.make_url(ledger).database)
    with server.connect("postgres") as connection:
        [(count,)] = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s "
            "AND wait_event_type = 'Lock'", [database]
        ).fetchall()  # fmt: skip
    return int(count)
