"""Two importers, one of whom is stopped in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import Sheets, code_of, customer, device, disable, edit, edit_otc, otc, write_workbook
from command_line import CommandLine
from importer.ledger.database import Ledger
from importer.ledger.opening import open_ledger
from importer.ledger.reading import snapshot as snapshots
from importer.ledger.writing import apply as writing
from importer.pipeline import apply as pipeline
from importers import (
    ASSIGNED,
    TOTAL,
    about,
    beginning,
    job_of,
    new_code,
    on_a_server,
    site,
    waiting_for_locks,
)
from servers import Server
from stopped_importers import STOPPED, Gate, Start, importers_of
from waiting import PATIENCE, wait_until
from watchers import Watcher


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """The gate of one that is stopped."""
    return Gate(monkeypatch)


@pytest.fixture
def earlier_gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Another gate, at which it arrives before."""
    return Gate(monkeypatch)


@pytest.fixture
def filled(where: str, tmp_path: Path) -> Ledger:
    """A ledger with three OTCs, each with a customer."""
    ledger = open_ledger(where, PATIENCE)
    path = write_workbook(tmp_path / "first.xlsx", beginning())
    assert pipeline.apply(path, job_of("first", ledger, tmp_path)).batch == 1
    return ledger


@pytest.fixture
def start(filled: Ledger, tmp_path: Path, gate: Gate, earlier_gate: Gate) -> Iterator[Start]:
    """Begin to apply a workbook for an actor, beside the test."""
    with importers_of(filled, tmp_path, gate, earlier_gate) as begin:
        yield begin


@pytest.mark.contract
@on_a_server
def test_importers_of_different_otcs_do_not_wait_for_each_other(
    start: Start, gate: Gate, command: CommandLine
) -> None:
    """One stands still with all its rows written, a new OTC and a new customer among them; another
    of the same account begins and ends meanwhile, and its batch comes first."""
    gate.before(writing, "_finish")
    stopped = start(STOPPED, about(0))
    gate.wait_for(stopped)
    report = start("other", about(1)).result(PATIENCE)
    assert not stopped.done()
    assert (report.result, report.batch) == ("applied", 2)
    gate.let_through()
    report = stopped.result(PATIENCE)
    assert (report.result, report.batch) == ("applied", 3)
    assert command("ledger", "verify").exit_code == 0


CONTESTED: dict[str, Sheets] = {
    "a customer of one OTC": [("Add Customer", [customer("Another", 1, code_of(0))])],
    "the OTC": [("Edit OTC", [edit_otc(code_of(0), total=99)])],
    "the customer": [("Edit Customer", [edit(site(0), first_name="Eva")])],
    "its device": [("Devices", [device(site(0), "PC-1", avira_status="Gone")])],
    "a new OTC": [("Add OTC", [otc(new_code(0), 2 * TOTAL)])],
    "a new customer": [("Add Customer", [customer("NEW  0", 1, code_of(1))])],
}


@on_a_server
@pytest.mark.parametrize(
    "sheets",
    [pytest.param(sheets, id=name, marks=[pytest.mark.contract] * (name == "the OTC"))
     for name, sheets in CONTESTED.items()],
)  # fmt: skip
def test_importers_of_the_same_thing_wait_for_each_other(
    sheets: Sheets, start: Start, gate: Gate, where: str, server: Server, command: CommandLine
) -> None:
    """The control: the other waits until the first one has ended; both end well."""
    gate.before(writing, "_finish")
    first = start(STOPPED, about(0))
    gate.wait_for(first)
    other = start("other", sheets)
    wait_until(lambda: waiting_for_locks(server, where) == 1)
    assert not other.done()
    gate.let_through()
    assert first.result(PATIENCE).batch == 2
    assert other.result(PATIENCE).batch in (3, None)
    assert command("ledger", "verify").exit_code == 0


NEW = "New"
APPEARING: dict[str, tuple[Sheets, Sheets, Sheets]] = {
    "a customer": (
        [("Add Customer", [customer(NEW, 2, code_of(0))])],
        [("Disable Customer", [disable(NEW, release="Yes")])],
        [("Edit Customer", [edit(NEW, licenses=4)])],
    ),
    "a customer under a new name": (
        [("Edit Customer", [edit(site(0), new_name=NEW)])],
        [("Disable Customer", [disable(NEW, release="Yes")])],
        [("Edit Customer", [edit(NEW, licenses=ASSIGNED + 1)])],
    ),
    "an OTC": (
        [("Add OTC", [otc(new_code(0), 3)])],
        [("Add Customer", [customer("First", 2, new_code(0))])],
        [("Add Customer", [customer("Second", 2, new_code(0))])],
    ),
}


@on_a_server
@pytest.mark.parametrize(("added", "first", "second"), APPEARING.values(), ids=APPEARING)
def test_what_is_added_while_an_importer_begins_is_locked_too(
    added: Sheets,
    first: Sheets,
    second: Sheets,
    start: Start,
    gate: Gate,
    earlier_gate: Gate,
    where: str,
    server: Server,
    command: CommandLine,
) -> None:
    """An importer has locked what it names except for one thing, which is added before it looks.
    Another importer that names it waits all the same, and all adds up."""
    earlier_gate.before(snapshots, "load_snapshot")
    gate.before(writing, "apply_changes")
    importing = start(STOPPED, first)
    earlier_gate.wait_for(importing)
    assert start("adder", added).result(PATIENCE).batch == 2
    earlier_gate.let_through(2)  # it may begin again
    gate.wait_for(importing)
    other = start("other", second)
    wait_until(lambda: other.done() or waiting_for_locks(server, where) == 1)
    gate.let_through()
    importing.result(PATIENCE)
    other.result(PATIENCE)
    result = command("ledger", "verify")
    assert result.exit_code == 0, result.out


@pytest.mark.contract
@pytest.mark.both_engines
def test_a_reader_sees_nothing_of_a_batch_until_it_sees_all_of_it(
    start: Start, gate: Gate, filled: Ledger
) -> None:
    """While an importer is about to commit, readers see what was there before and do not wait;
    afterwards they see the whole batch."""
    gate.after(writing, "apply_changes")
    importing = start(STOPPED, about(0))
    gate.wait_for(importing)
    watcher = Watcher()
    with filled.reading() as connection:
        watcher.check(connection)
    assert not importing.done()
    assert (watcher.last_batch, watcher.faults) == (1, set())
    gate.let_through()
    assert importing.result(PATIENCE).batch == 2
    with filled.reading() as connection:
        watcher.check(connection)
    assert (watcher.last_batch, watcher.faults) == (2, set())


@pytest.mark.contract
@pytest.mark.both_engines
def test_a_reader_keeps_seeing_one_state_however_long_it_takes(
    start: Start, gate: Gate, filled: Ledger, engine: str
) -> None:
    """On a server the batch is committed before the reader has ended, and the reader does not see
    it; in a file the commit waits for the reader."""
    gate.after(writing, "apply_changes")
    watcher = Watcher()
    with filled.reading() as connection:
        watcher.check(connection)
        importing = start(STOPPED, about(0))
        gate.wait_for(importing)
        gate.let_through()
        if engine == "postgresql":
            assert importing.result(PATIENCE).batch == 2
        watcher.check(connection)
        assert (watcher.last_batch, watcher.faults) == (1, set())
    assert importing.result(PATIENCE).batch == 2
