"""Many at once: nothing is overallocated, lost or seen by halves, and nobody waits for nothing."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from threading import Semaphore
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from builders import Sheets, devices_in_plain, write_workbook
from importer.base.errors import LedgerError
from importer.base.progress import NoProgress, Tick
from importer.base.texts import Text
from importer.domain.problems import Code
from importer.ledger.database import Ledger
from importer.ledger.engines import postgresql_access as access
from importer.ledger.locks import Locked, lock_scope
from importer.ledger.opening import open_ledger
from importer.ledger.upkeep.verify import verify
from importer.ledger.writing import apply as making
from importer.messages.report import Report
from importer.pipeline import apply as pipeline
from importer.pipeline import show as showing
from importers import (
    ACCOUNT,
    HELD,
    LOADS,
    LONG_ENOUGH,
    PROCESSES,
    SMALL,
    TOTAL,
    Load,
    Watcher,
    about,
    beginning,
    code_of,
    customer,
    job_of,
    named,
    new_code,
    on_a_server,
    otc,
    recorded,
    run,
    site,
    wait_until,
    waiting_for_locks,
)

if TYPE_CHECKING:  # what the processes of a load need not import
    from command_line import CommandLine
    from servers import Server


# The load: processes that apply random workbooks about the same few things


# The checker: what must hold of every snapshot, and at the end


PROCESSES.set_forkserver_preload(
    ["importer.cli.main", "importer.pipeline.undo", "importer.ledger.migrate",
     "importer.ledger.engines.postgresql",
     "pandera.backends.pandas.builtin_checks", "sqlalchemy.dialects.sqlite",
     "sqlalchemy.dialects.postgresql.psycopg", "psycopg", "pytest"]
)  # fmt: skip


@pytest.mark.both_engines
@pytest.mark.parametrize("load", LOADS)
def test_many_processes_at_once_overallocate_nothing_and_lose_nothing(
    load: Load, where: str, engine: str, tmp_path: Path
) -> None:
    """Every snapshot that a reader sees adds up and holds whole batches; nobody fails; at the end
    each batch that an importer was told of is there once, and `ledger verify` finds nothing.

    It is proved to be a crowd: batches of different processes follow each other, and licences
    were asked for that others had taken. Where the load is full, others came between, too.
    """
    ran = run(where, tmp_path / "load", load)
    assert ran.faults == []
    assert [number for number, _, _ in ran.left] == list(range(1, len(ran.left) + 1))
    assert len(ran.told.batches) == len(ran.left)
    assert ran.mixed > load.processes
    assert ran.watcher.changes > load.processes
    assert ran.told.refused[Code.OVERALLOCATION] >= load.processes - 1
    assert engine == "sqlite" or load == SMALL or ran.told.retries > 0


@pytest.mark.both_engines
def test_the_checker_catches_a_naive_check_then_insert(where: str, tmp_path: Path) -> None:
    """The control: the same load, by importers that look first and write later, on a ledger whose
    own guards are taken away: a reader sees more licences handed out than there are, or sums that
    are wrong."""
    open_ledger(where).write(lambda writing: take_guards_away(writing.connection))
    ran = run(where, tmp_path / "load", SMALL, naively=True)
    assert any("overallocated" in fault for fault in ran.watcher.faults)
    assert any("held" in fault for fault in ran.watcher.faults)
    assert ran.wrong


def take_guards_away(connection: sa.Connection) -> None:
    """Let the database take any number of licences used."""
    if connection.dialect.name == "postgresql":
        access.remove_triggers(connection)
        connection.execute(sa.text("ALTER TABLE otc DROP CONSTRAINT ck_otc_used"))
        return
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = replace(sql, 'used >= 0 AND used <= total', '1')")
    )


@pytest.mark.both_engines
def test_the_first_importers_of_an_account_may_come_at_once(
    where: str, command: CommandLine, tmp_path: Path
) -> None:
    """There is nothing yet, not even a row of the account: each makes a batch, and none fails."""
    ledger = open_ledger(where, LONG_ENOUGH)
    paths = [
        write_workbook(tmp_path / f"{number}.xlsx", [("Add OTC", [otc(code_of(number), TOTAL)])])
        for number in range(4)
    ]
    with ThreadPoolExecutor(len(paths)) as threads:
        reports = threads.map(
            lambda path: pipeline.apply(path, job_of("", ledger, tmp_path)), paths
        )
    assert sorted(report.batch or 0 for report in reports) == [1, 2, 3, 4]
    assert command("ledger", "verify").exit_code == 0


FACTS = ("Operating System", "Model No.", "Avira Status", "Product Name")
"""What each of four importers states of every device."""


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_importers_of_the_same_customers_devices_lose_none(
    guarded: bool, filled: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four at once, each with a fact of its own about the same devices, which the first one adds:
    each device is there once with the facts of all, and not even a first try runs into another's
    row. Without the lock on the customers it does, which is the control."""
    together, rounds, come = threading.Barrier(len(FACTS)), range(3), threading.local()
    violations: list[str] = []

    def lock_together(*arguments: Any) -> Locked:
        if not come.already:  # this is no further try
            come.already = True
            together.wait(LONG_ENOUGH)
        return lock_scope(*arguments) if guarded else Locked(None, None)

    def note(context: sa.engine.ExceptionContext) -> None:
        if isinstance(context.sqlalchemy_exception, sa.exc.IntegrityError):
            violations.append(str(context.original_exception))

    def import_all(fact: str) -> list[str]:
        told = []
        for number in rounds:
            rows = [
                {**named(site(one)), "Device ID": f"PC-{number}-{device}", fact: f"{number}"}
                for one in range(3)
                for device in range(2)
            ]
            path = write_workbook(tmp_path / f"{fact} {number}.xlsx", [("Devices", rows)])
            come.already = False
            told.append(pipeline.apply(path, job_of(fact, filled, tmp_path)).result.value)
        return told

    monkeypatch.setattr(pipeline, "lock_scope", lock_together)
    sa.event.listen(sa.Engine, "handle_error", note)
    try:
        with ThreadPoolExecutor(len(FACTS)) as threads:
            told = [one for of_one in threads.map(import_all, FACTS) for one in of_one]
    finally:
        sa.event.remove(sa.Engine, "handle_error", note)
    assert (violations == []) is guarded
    if guarded:
        assert told == ["applied"] * len(FACTS) * len(rounds)
        contents = showing.contents(job_of("reader", filled, tmp_path))
        assert {one.customer.name: devices_in_plain(one)["devices"] for one in contents.customers
                } == {
            site(one): {
                f"PC-{number}-{device}": dict.fromkeys(FACTS, f"{number}")
                for number in rounds for device in range(2)
            }
            for one in range(3)
        }  # fmt: skip
        with filled.reading() as connection:
            assert verify(connection, ACCOUNT).faults == []


# Two importers, one of whom is held in the middle

HELD_UP = "held up"
"""The actor who stands still at gates; all others pass."""

_actor = ContextVar("_actor", default="")


class Gate:
    """Where the one that is held up stands still until it is let through, each time it comes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._here = Semaphore(0)
        self._through = Semaphore(0)

    def before(self, room: ModuleType, step: str) -> None:
        """Stand before a step."""
        take: Callable[..., object] = getattr(room, step)

        def take_late(*arguments: object) -> object:
            self._pass()
            return take(*arguments)

        self._monkeypatch.setattr(room, step, take_late)

    def after(self, room: ModuleType, step: str) -> None:
        """Stand after a step."""
        take: Callable[..., object] = getattr(room, step)

        def take_and_stand(*arguments: object) -> object:
            taken = take(*arguments)
            self._pass()
            return taken

        self._monkeypatch.setattr(room, step, take_and_stand)

    def _pass(self) -> None:
        if _actor.get() == HELD_UP:
            self._here.release()
            assert self._through.acquire(timeout=LONG_ENOUGH)

    def wait_for(self, importing: Future[Report]) -> None:
        """Until the one that is held up stands here."""
        while not self._here.acquire(timeout=0.01):
            assert not importing.done(), f"it never came here: {importing.result()}"

    def let_through(self, times: int = 1) -> None:
        """Let it go on."""
        self._through.release(times)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """A gate for one that is held up."""
    return Gate(monkeypatch)


@pytest.fixture
def earlier_gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Another, which it comes to before."""
    return Gate(monkeypatch)


Start = Callable[[str, Sheets], "Future[Report]"]


@pytest.fixture
def filled(where: str, tmp_path: Path) -> Ledger:
    """A ledger that has three OTCs, each with a customer."""
    ledger = open_ledger(where, LONG_ENOUGH)
    path = write_workbook(tmp_path / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    assert pipeline.apply(path, job_of("first", ledger, tmp_path)).batch == 1
    return ledger


@pytest.fixture
def start(filled: Ledger, tmp_path: Path, gate: Gate, earlier_gate: Gate) -> Iterator[Start]:
    """Begins to apply a workbook for an actor, beside the test; none is held up longer than it."""

    def begin(actor: str, sheets: Sheets) -> Future[Report]:
        path = write_workbook(tmp_path / f"{actor}.xlsx", sheets)
        return threads.submit(apply_as, actor, path)

    def apply_as(actor: str, path: Path) -> Report:
        _actor.set(actor)
        return pipeline.apply(path, job_of(actor, filled, tmp_path))

    threads = ThreadPoolExecutor(2)
    yield begin
    for one in (gate, earlier_gate):
        one.let_through(9)
    threads.shutdown()


@on_a_server
def test_importers_on_different_otcs_do_not_wait_for_each_other(
    start: Start, gate: Gate, command: CommandLine
) -> None:
    """One stands still with all its rows written, new OTC and new customer among them; another of
    the same account begins and ends meanwhile, and its batch comes first."""
    gate.before(making, "_finish")
    waiting = start(HELD_UP, about(0))
    gate.wait_for(waiting)
    report = start("other", about(1)).result(LONG_ENOUGH)
    assert not waiting.done()
    assert (report.result, report.batch) == ("applied", 2)
    gate.let_through()
    report = waiting.result(LONG_ENOUGH)
    assert (report.result, report.batch) == ("applied", 3)
    assert command("ledger", "verify").exit_code == 0


MEETINGS: dict[str, Sheets] = {
    "a customer of one OTC": [("Add Customer", [customer("Another", code_of(0), 1)])],
    "the OTC": [("Edit OTC", [{"OTC": code_of(0), "Total Licenses": 99}])],
    "the customer": [("Edit Customer", [named(site(0)) | {"First Name": "Eva"}])],
    "its device": [("Devices", [recorded(named(site(0)), 1, "Gone")])],
    "a new OTC": [("Add OTC", [otc(new_code(0), 2 * TOTAL)])],
    "a new customer": [("Add Customer", [customer("NEW  0", code_of(1), 1)])],
}


@on_a_server
@pytest.mark.parametrize("sheets", MEETINGS.values(), ids=MEETINGS)
def test_importers_on_the_same_thing_wait_for_each_other(
    sheets: Sheets,
    start: Start,
    gate: Gate,
    where: str,
    server: Server,
    command: CommandLine,
) -> None:
    """The control: what the other writes about is also the first one's, and the other waits until
    that one has ended; both end well."""
    gate.before(making, "_finish")
    first = start(HELD_UP, about(0))
    gate.wait_for(first)
    other = start("other", sheets)
    wait_until(lambda: waiting_for_locks(server, where) == 1)
    assert not other.done()
    gate.let_through()
    assert first.result(LONG_ENOUGH).batch == 2
    assert other.result(LONG_ENOUGH).batch in (3, None)
    assert command("ledger", "verify").exit_code == 0


NEW = "New"
COMING: dict[str, tuple[Sheets, Sheets, Sheets]] = {
    "a customer": (
        [("Add Customer", [customer(NEW, code_of(0), 2)])],
        [("Disable Customer", [named(NEW) | {"Release Licenses": "Yes"}])],
        [("Edit Customer", [named(NEW) | {"No of Licenses": 4}])],
    ),
    "a customer under a new name": (
        [("Edit Customer", [named(site(0)) | {"New Name": NEW}])],
        [("Disable Customer", [named(NEW) | {"Release Licenses": "Yes"}])],
        [("Edit Customer", [named(NEW) | {"No of Licenses": HELD + 1}])],
    ),
    "an OTC": (
        [("Add OTC", [otc(new_code(0), 3)])],
        [("Add Customer", [customer("One", new_code(0), 2)])],
        [("Add Customer", [customer("Other", new_code(0), 2)])],
    ),
}


@on_a_server
@pytest.mark.parametrize(("brings", "first", "second"), COMING.values(), ids=COMING)
def test_what_comes_to_be_while_an_importer_begins_is_locked_too(
    brings: Sheets,
    first: Sheets,
    second: Sheets,
    start: Start,
    gate: Gate,
    earlier_gate: Gate,
    where: str,
    server: Server,
    command: CommandLine,
) -> None:
    """An importer has locked what it names, but one thing was not there yet; it comes to be before
    the importer has looked. Who names it too is kept waiting all the same, and all adds up."""
    earlier_gate.before(pipeline, "load_snapshot")
    gate.before(pipeline, "apply_changes")
    importing = start(HELD_UP, first)
    earlier_gate.wait_for(importing)
    assert start("who brings it", brings).result(LONG_ENOUGH).batch == 2
    earlier_gate.let_through(2)  # it may begin again
    gate.wait_for(importing)
    other = start("other", second)
    wait_until(lambda: other.done() or waiting_for_locks(server, where) == 1)
    gate.let_through()
    importing.result(LONG_ENOUGH)
    other.result(LONG_ENOUGH)
    said = command("ledger", "verify")
    assert said.exit_code == 0, said.out


@pytest.mark.both_engines
def test_a_reader_sees_nothing_of_a_batch_until_it_sees_all_of_it(
    start: Start, gate: Gate, filled: Ledger
) -> None:
    """While an importer that has written everything is about to commit, readers find what was
    there before and need not wait; afterwards they find the whole batch."""
    gate.after(pipeline, "apply_changes")
    waiting = start(HELD_UP, about(0))
    gate.wait_for(waiting)
    watcher = Watcher()
    with filled.reading() as connection:
        watcher.look(connection)
    assert not waiting.done()
    assert (watcher.last_batch, watcher.faults) == (1, set())
    gate.let_through()
    assert waiting.result(LONG_ENOUGH).batch == 2
    with filled.reading() as connection:
        watcher.look(connection)
    assert (watcher.last_batch, watcher.faults) == (2, set())


@pytest.mark.both_engines
def test_a_reader_keeps_seeing_one_state_however_long_it_takes(
    start: Start, gate: Gate, filled: Ledger, engine: str
) -> None:
    """On a server the batch is there before the reader has ended, and the reader does not see it;
    on a file its commit waits for the reader."""
    gate.after(pipeline, "apply_changes")
    watcher = Watcher()
    with filled.reading() as connection:
        watcher.look(connection)
        importing = start(HELD_UP, about(0))
        gate.wait_for(importing)
        gate.let_through()
        if engine == "postgresql":
            assert importing.result(LONG_ENOUGH).batch == 2
        watcher.look(connection)
        assert (watcher.last_batch, watcher.faults) == (1, set())
    assert importing.result(LONG_ENOUGH).batch == 2


# Waiting for one's turn


@contextmanager
def occupied(where: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """Somebody else holds the lock that a workbook about the first OTC needs."""
    if "://" not in where:
        with closing(sqlite3.connect(where, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    server: Server = request.getfixturevalue("server")
    with server.connect(str(sa.make_url(where).database)) as connection, connection.transaction():
        connection.execute("SELECT FROM otc WHERE code = %s FOR UPDATE", [code_of(0)])
        yield


def wait_by_option(_folder: Path, _monkeypatch: pytest.MonkeyPatch, seconds: str) -> list[str]:
    return ["--wait", seconds]


def wait_by_variable(_folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: str) -> list[str]:
    monkeypatch.setenv("AVIRA_IMPORTER_WAIT", seconds)
    return []


def wait_by_setting(folder: Path, _monkeypatch: pytest.MonkeyPatch, seconds: str) -> list[str]:
    (folder / "avira-importer.toml").write_text(f"wait = {seconds}\n")
    return []


Say = Callable[[Path, pytest.MonkeyPatch, str], list[str]]


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("say", "seconds"),
    [(wait_by_option, "0"), (wait_by_option, "0.25"), (wait_by_variable, "0.25"),
     (wait_by_setting, "0.25")],
)  # fmt: skip
def test_who_waits_gives_up_after_the_time_that_was_said(
    say: Say,
    seconds: str,
    filled: Ledger,
    where: str,
    command: CommandLine,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By option, variable or configuration file: exit 4 and one line that names the ledger and the
    time, not sooner than that; nothing was changed, and afterwards the same workbook goes in."""
    path = write_workbook(tmp_path / "later.xlsx", about(0))
    words = ["apply", str(path), *say(tmp_path, monkeypatch, seconds)]
    with occupied(where, request):
        began = time.monotonic()
        said = command(*words)
        took = time.monotonic() - began
    assert said.exit_code == 4
    [line] = said.err.splitlines()
    assert f"waited {seconds} seconds" in line
    assert filled.name in line
    assert took >= float(seconds)
    assert said.out == ""
    [done] = command(*words, "--json").json
    assert (done["status"], done["batch"]) == ("applied", 2)


class Stages(NoProgress):
    """Remembers the stages that were shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def stage(self, description: Text, total: int | None = None) -> Tick:
        self.shown.append(str(description))
        return super().stage(description, total)


@pytest.mark.both_engines
def test_who_waits_is_told_so(
    filled: Ledger, where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The stage that is shown while others hold the ledger is the waiting, and no other is."""
    path = write_workbook(tmp_path / "later.xlsx", about(0))
    stages = Stages()
    job = replace(job_of("later", open_ledger(where, 0.1), tmp_path), progress=stages)
    with occupied(where, request), pytest.raises(LedgerError, match="in use"):
        pipeline.apply(path, job)
    assert stages.shown[-1] == "Waiting for the ledger"
    assert pipeline.apply(path, job).batch == 2
    assert stages.shown[-2:] == ["Planning later.xlsx", "Applying later.xlsx"]


def test_who_waits_at_a_terminal_sees_it(
    filled: Ledger, where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """As soon as it has taken a while; then the turn comes, and the workbook is applied."""
    path = write_workbook(tmp_path / "later.xlsx", about(0))
    terminal, its_end = pty.openpty()
    words = [sys.executable, "-m", "importer", "apply", str(path), "--ledger", where]
    with occupied(where, request):
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=its_end)
        os.close(its_end)
        seen = b""
        while b"Waiting for the ledger" not in seen:
            seen += os.read(terminal, 1000)  # fails where the process has ended without it
    out, _ = process.communicate(timeout=LONG_ENOUGH)
    os.close(terminal)
    assert process.returncode == 0
    assert b"batch 2" in out.lower()
