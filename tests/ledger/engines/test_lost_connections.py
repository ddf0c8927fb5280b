"""Connections to a server that are lost, before and in the middle of a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Timer
from types import ModuleType

import pytest

from builders import write_workbook
from command_line import CommandLine, CommandResult
from counted_calls import Steps
from cut_connections import (
    Connection,
    Cut,
    Wire,
    after,
    before,
    close,
    commit_unanswered,
    during,
    leave_hanging,
)
from importer.ledger import locks
from importer.ledger.engines import postgresql
from importer.ledger.opening import open_ledger
from importer.ledger.reading import snapshot as snapshots
from importer.ledger.writing import apply as writing
from importer.pipeline import apply as pipeline
from importers import about, assert_applied_once, assert_stored_as, begin, job_of
from servers import TEMPLATE, Server
from waiting import PATIENCE

pytest_plugins = "importer_fixtures"


@pytest.fixture
def engine() -> str:
    """All of this is about servers."""
    return "postgresql"


STEPS = {
    "before it locks": (locks, "lock_scope"),
    "before it reads": (snapshots, "load_snapshot"),
    "before it writes": (writing, "apply_changes"),
    "before it gets its number": (writing, "_finish"),
    "before it commits": (pipeline, "note_batch"),
}


@pytest.mark.parametrize(
    ("module", "step"),
    [pytest.param(*step, id=name, marks=[pytest.mark.contract] * (name == "before it commits"))
     for name, step in STEPS.items()],
)  # fmt: skip
def test_a_connection_that_was_ended_is_made_again(
    module: ModuleType,
    step: str,
    database: str,
    changes: Path,
    server: Server,
    command: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server's administrator ends the importer's connection; the second try makes the batch."""
    steps = Steps(monkeypatch)
    with server.connect(database) as other:

        def end_connection() -> None:
            ended = other.execute(
                "SELECT pg_terminate_backend(pid, 180000) FROM pg_stat_activity "
                "WHERE datname = %s AND pid <> pg_backend_pid()", [database]
            ).fetchall()  # fmt: skip
            assert ended == [(True,)]

        steps.watch(module, step, end_connection)
        assert_applied_once(command("apply", changes, "--json"), 2, command)
    assert steps.count == 2


@pytest.mark.thorough
def test_a_server_that_goes_away_is_waited_for(
    own_server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is stopped or killed in the middle of the work, and started again a little later; until
    then connections are refused: one batch, and no message about it. If it does not come back, the
    time to wait ends with exit 4 and one line, and every other command fails at once."""
    command = CommandLine(own_server.url(TEMPLATE), capsys)
    begin(command, tmp_path)

    def apply(number: int, act: Callable[[], object], *words: str) -> CommandResult:
        with monkeypatch.context() as patch:
            steps = Steps(patch)
            steps.watch(writing, "apply_changes", act)
            result = command("apply", workbooks[number], *words)
        assert steps.count > 0
        return result

    def interrupt(stop: Callable[[], None]) -> None:
        stop()
        Timer(0.2, own_server.start).start()

    workbooks = [write_workbook(tmp_path / f"{number}.xlsx", about(number)) for number in range(3)]
    patient = ("--json", "--wait", str(PATIENCE))
    for number, stop in enumerate((own_server.stop, own_server.kill)):
        result = apply(number, partial(interrupt, stop), *patient)
        assert_applied_once(result, number + 2, command)
    apply(2, own_server.stop, "--wait", "2").assert_error("cannot be reached")
    for words in (["apply", str(workbooks[2])], ["show", "otcs"], ["ledger", "verify"]):
        command(*words).assert_error("cannot be reached")
    own_server.start()
    assert_stored_as(None, workbooks[2], command)


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """A wire to the server that all tests share."""
    wire = Wire(server)
    yield wire
    wire.remove()


@pytest.mark.parametrize(("cut", "commits"), [(before, {2}), (during, {1, 2}), (after, {1})])
def test_a_commit_whose_answer_is_lost_is_made_once(
    cut: Cut, commits: set[int], database: str, changes: Path, wire: Wire, command: CommandLine
) -> None:
    """Whether it has reached the server or not: the importer looks whether its batch is there, and
    only starts again if it is not. One batch, and its number is reported."""
    wire.cuts.append(cut)
    result = command("apply", changes, "--json", "--ledger", wire.url(database))
    assert_applied_once(result, 2, command)
    assert wire.commits in commits


def test_an_importer_that_does_not_look_is_caught(
    database: str, changes: Path, wire: Wire, command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: one that starts again whatever has become of its commit meets its own batch."""
    monkeypatch.setattr(postgresql.ServerLedger, "_has_landed", lambda *_: False)
    wire.cuts.append(after)
    result = command("apply", changes, "--json", "--ledger", wire.url(database))
    with pytest.raises(AssertionError):
        assert_applied_once(result, 2, command)
    assert_stored_as(2, changes, command)


@pytest.mark.parametrize(("cut", "number", "other_number"), [(before, 3, 2), (after, 2, 3)])
def test_a_batch_of_another_importer_is_not_mistaken_for_the_lost_one(
    cut: Cut,
    number: int,
    other_number: int,
    database: str,
    changes: Path,
    tmp_path: Path,
    wire: Wire,
    command: CommandLine,
) -> None:
    """Another importer makes a batch before the first one can look."""
    other_workbook = write_workbook(tmp_path / "other.xlsx", about(1))
    other = job_of("other", open_ledger(command.ledger, PATIENCE), tmp_path)

    def let_other_in(connection: Connection, commit: bytes) -> None:
        connection.is_mute.set()
        if cut is after:
            commit_unanswered(connection, commit)
        close(connection.server)
        pipeline.apply(other_workbook, other)
        close(connection.client)

    wire.cuts.append(let_other_in)
    result = command("apply", changes, "--json", "--ledger", wire.url(database))
    assert_applied_once(result, number, command)
    assert_stored_as(other_number, other_workbook, command)


@pytest.mark.parametrize(("cut", "number"), [(before, None), (after, 2)])
def test_a_commit_that_cannot_be_looked_for_is_reported_as_unknown(
    cut: Cut, number: int | None, database: str, changes: Path, wire: Wire, command: CommandLine
) -> None:
    """The server cannot be reached any more: exit 4 after the time to wait, and one line says to
    look at the history. If the batch is not there, it can be made."""

    def cut_for_good(connection: Connection, commit: bytes) -> None:
        wire.refuse()
        cut(connection, commit)

    wire.cuts.append(cut_for_good)
    result = command("apply", changes, "--ledger", wire.url(database), "--wait", "0.5")
    result.assert_error("was lost while", "avira-importer history")
    assert result.out == ""
    assert_stored_as(number, changes, command)
    if number is None:
        assert_applied_once(command("apply", changes, "--json"), 2, command)


def test_a_commit_that_hangs_is_reported_as_unknown(
    database: str, changes: Path, wire: Wire, command: CommandLine
) -> None:
    """The server has not noticed that the importer is gone, as behind a broken network: the batch
    may still be committed, so nothing is retried. Exit 4, and one line says to look."""
    wire.cuts.append(leave_hanging)
    result = command("apply", changes, "--ledger", wire.url(database), "--wait", "0.5")
    result.assert_error("was lost while", "avira-importer history")
    assert wire.commits == 1
    assert_stored_as(None, changes, command)
