"""Many importers at once."""

from __future__ import annotations

import importlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from builders import code_of, device, devices_in_plain, otc, write_workbook
from importer.domain.problems import Code
from importer.ledger import locks
from importer.ledger.engines import postgresql_access as access
from importer.ledger.locks import Locked, lock_scope
from importer.ledger.opening import open_ledger
from importer.ledger.upkeep.verify import verify
from importer.pipeline import apply as pipeline
from importer.pipeline import show as showing
from importers import PROCESSES, beginning, job_of, on_a_server, site
from load import Load, run
from statements import listening
from tiers import examples
from waiting import PATIENCE
from watchers import ACCOUNT

if TYPE_CHECKING:  # what the processes of a load need not import
    from command_line import CommandLine

SMALL = Load(processes=3, batches=examples(8), otcs=5)
FULL = Load(processes=12, batches=60, otcs=20)


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "load",
    [pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.long)],
)
def test_many_processes_at_once_overallocate_nothing_and_lose_nothing(
    load: Load, where: str, engine: str, tmp_path: Path
) -> None:
    """Every snapshot that a reader sees adds up and contains whole batches; nobody fails; at the
    end each batch that was reported is there once, and `ledger verify` finds nothing.

    It is shown to be a crowd: batches of different processes follow each other, and licences were
    asked for that others had taken. Under the full load, others came between, too.
    """
    result = run(where, tmp_path / "load", load)
    assert result.faults == []
    assert [number for number, _, _ in result.batches] == list(range(1, len(result.batches) + 1))
    assert len(result.tally.batches) == len(result.batches)
    assert result.alternations >= load.processes
    assert result.watcher.changes > 1
    assert result.tally.refused[Code.OVERALLOCATION] >= load.processes - 1
    assert engine == "sqlite" or load != FULL or result.tally.retries > 0


@pytest.mark.thorough
@pytest.mark.both_engines
def test_the_load_catches_a_naive_check_then_insert(where: str, tmp_path: Path) -> None:
    """The control: importers that look first and write later, on a ledger without its own guards.
    A reader sees more licences used than there are, or sums that are wrong."""
    open_ledger(where).write(lambda writing: remove_guards(writing.connection))
    result = run(where, tmp_path / "load", SMALL, naive=True)
    assert any("overallocated" in fault for fault in result.watcher.faults), result.watcher
    assert any("assigned" in fault for fault in result.watcher.faults), result.watcher
    assert result.verify_faults


def remove_guards(connection: sa.Connection) -> None:
    """Let the database take any number of licences used."""
    if connection.dialect.name == "postgresql":
        access.remove_triggers(connection)
        connection.execute(sa.text("ALTER TABLE otc DROP CONSTRAINT ck_otc_used"))
        return
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = replace(sql, 'used >= 0 AND used <= total', '1')")
    )


@pytest.mark.contract
@pytest.mark.both_engines
def test_the_first_importers_of_an_account_may_come_at_once(
    where: str, command: CommandLine, tmp_path: Path
) -> None:
    """There is nothing yet, not even a row of the account: each makes a batch, and none fails."""
    ledger = open_ledger(where, PATIENCE)
    paths = [
        write_workbook(tmp_path / f"{number}.xlsx", [("Add OTC", [otc(code_of(number))])])
        for number in range(4)
    ]
    importlib.import_module("pandera.pandas")  # threads that import it at once block each other
    with ThreadPoolExecutor(len(paths)) as threads:
        reports = threads.map(
            lambda path: pipeline.apply(path, job_of("", ledger, tmp_path)), paths
        )
    assert sorted(report.batch or 0 for report in reports) == [1, 2, 3, 4]
    assert command("ledger", "verify").exit_code == 0


def apply_in_process(path: Path, ledger: str) -> None:
    """Apply a workbook in a process of its own, which ends with the command's exit code."""
    from importer.cli.main import run

    raise SystemExit(run(["apply", str(path), "--ledger", ledger, "-q"]))


@pytest.mark.thorough
def test_several_processes_may_make_the_ledger_at_once(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """There is no file yet: each makes its own batch, and none fails."""
    processes = []
    for number in range(4):
        path = write_workbook(tmp_path / f"{number}.xlsx", [("Add OTC", [otc(code_of(number))])])
        processes.append(PROCESSES.Process(target=apply_in_process, args=(path, str(ledger))))
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    assert [process.exitcode for process in processes] == [0] * 4
    assert [batch["batch"] for batch in command("history", "--json").json] == [1, 2, 3, 4]
    assert len(command("show", "otcs", "--json").json) == 4


FACTS = ("operating_system", "model", "avira_status", "product_name")
"""What each of four importers states of every device, by field."""
ROUNDS = range(2)


@on_a_server
@pytest.mark.parametrize("guarded", [True, False])
def test_importers_of_the_same_customers_devices_lose_none(
    guarded: bool, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four at once, each with a fact of its own about the same devices, which the first one adds:
    each device is there once with the facts of all, and not even a first try runs into another's
    row. Without the lock on the customers it does, which is the control."""
    ledger = open_ledger(where, PATIENCE)
    first = write_workbook(tmp_path / "first.xlsx", beginning())
    assert pipeline.apply(first, job_of("first", ledger, tmp_path)).batch == 1
    barrier, this_thread = threading.Barrier(len(FACTS)), threading.local()
    violations: list[str] = []

    def lock_together(*arguments: Any) -> Locked:
        if not this_thread.has_met:  # this is the first try
            this_thread.has_met = True
            barrier.wait(PATIENCE)
        return lock_scope(*arguments) if guarded else Locked(None, None)

    def note(context: sa.engine.ExceptionContext) -> None:
        if isinstance(context.sqlalchemy_exception, sa.exc.IntegrityError):
            violations.append(str(context.original_exception))

    def import_all(fact: str) -> list[str]:
        results = []
        for number in ROUNDS:
            rows = [
                device(site(customer), f"PC-{number}-{copy}", **{fact: f"{number}"})
                for customer in range(3)
                for copy in range(2)
            ]
            path = write_workbook(tmp_path / f"{fact} {number}.xlsx", [("Devices", rows)])
            this_thread.has_met = False
            report = pipeline.apply(path, job_of(fact, ledger, tmp_path))
            results.append(report.result.value)
        return results

    monkeypatch.setattr(locks, "lock_scope", lock_together)
    with listening("handle_error", note), ThreadPoolExecutor(len(FACTS)) as threads:
        results = [result for many in threads.map(import_all, FACTS) for result in many]
    assert (violations == []) is guarded
    if guarded:
        assert results == ["applied"] * len(FACTS) * len(ROUNDS)
        contents = showing.contents(job_of("reader", ledger, tmp_path))
        devices = {
            holding.customer.name: devices_in_plain(holding)["devices"]
            for holding in contents.customers
        }
        columns = ("Operating System", "Model No.", "Avira Status", "Product Name")
        assert devices == {
            site(customer): {
                f"PC-{number}-{copy}": dict.fromkeys(columns, f"{number}")
                for number in ROUNDS
                for copy in range(2)
            }
            for customer in range(3)
        }
        with ledger.reading() as connection:
            assert verify(connection, ACCOUNT).faults == []
