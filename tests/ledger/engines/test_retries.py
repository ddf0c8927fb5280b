"""Work on a server that other clients interfere with: started again, and done once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from builders import code_of, edit_otc, write_workbook
from command_line import CommandLine
from counted_calls import Steps
from importer.domain.problems import Severity
from importer.ledger import locks
from importer.ledger.engines import postgresql
from importer.ledger.engines.postgresql import TRIES
from importer.ledger.opening import open_ledger
from importer.messages.report import Report
from importer.pipeline import apply as pipeline
from importers import (
    assert_applied_once,
    assert_stored_as,
    job_of,
    new_code,
    waiting_for_locks,
)
from servers import Server
from waiting import PATIENCE, wait_until

pytest_plugins = "importer_fixtures"


@pytest.fixture
def engine() -> str:
    """All of this is about servers; nobody interferes with a file."""
    return "postgresql"


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Counts how often an importer has started."""
    steps = Steps(monkeypatch)
    steps.watch(locks, "lock_scope")
    return steps


Raw = Callable[[], psycopg.Connection]


@pytest.fixture
def raw(database: str, server: Server) -> Iterator[Raw]:
    """Makes raw connections to the ledger."""
    with ExitStack() as connections:
        yield lambda: connections.enter_context(server.connect(database))


Start = Callable[[Path], "Future[Report]"]


@pytest.fixture
def start(command: CommandLine, tmp_path: Path) -> Iterator[Start]:
    """Begins to apply a workbook beside the test."""
    job = job_of("importer", open_ledger(command.ledger, PATIENCE), tmp_path)
    with ThreadPoolExecutor(1) as threads:
        yield lambda path: threads.submit(pipeline.apply, path, job)


def test_a_server_with_stricter_transactions_can_be_written_to(
    database: str,
    changes: Path,
    raw: Raw,
    start: Start,
    tries: Steps,
    command: CommandLine,
    server: Server,
) -> None:
    """Whatever level is the database's default, importers use the one that sees what those who had
    the lock before have committed; no try fails for it."""
    other = raw()
    strict = f"ALTER DATABASE {database} SET default_transaction_isolation = 'serializable'"
    other.execute(strict)
    with other.transaction():
        other.execute("UPDATE otc SET total = total WHERE code = %s", [code_of(0)])
        importing = start(changes)
        wait_until(lambda: waiting_for_locks(server, command.ledger) == 1)
    assert importing.result(PATIENCE).batch == 2
    assert tries.count == 1
    assert_stored_as(2, changes, command)


def test_a_deadlock_that_others_cause_is_resolved(
    database: str,
    tmp_path: Path,
    raw: Raw,
    start: Start,
    tries: Steps,
    command: CommandLine,
    server: Server,
) -> None:
    """A raw client locks in the opposite order: an OTC first, then a customer that an importer has
    locked already. The server breaks the circle at the importer, 40P01, whose second try waits
    until the other client has ended."""
    edits = [edit_otc(code_of(number), total=99) for number in (0, 1)]
    changes = write_workbook(tmp_path / "second.xlsx", [("Edit OTC", edits)])
    raw().execute(f"ALTER DATABASE {database} SET deadlock_timeout = '10ms'")
    door, other = raw(), raw()
    other.execute("SET deadlock_timeout = '1h'")  # so that it is the importer who finds the circle
    with ThreadPoolExecutor(1) as threads, other.transaction():
        with door.transaction():
            door.execute("SELECT FROM otc WHERE code = %s FOR UPDATE", [code_of(0)])
            other.execute("SELECT FROM otc WHERE code = %s FOR UPDATE", [code_of(1)])
            importing = start(changes)
            wait_until(lambda: waiting_for_locks(server, command.ledger) == 1)
            crossing = threads.submit(other.execute, "SELECT FROM customer FOR UPDATE")
            wait_until(lambda: waiting_for_locks(server, command.ledger) == 2)
        crossing.result(PATIENCE)
    assert importing.result(PATIENCE).batch == 2
    assert tries.count == 2
    assert_stored_as(2, changes, command)


@pytest.mark.parametrize("commits", [True, False])
def test_an_importer_waits_for_a_row_that_somebody_adds(
    commits: bool,
    changes: Path,
    raw: Raw,
    start: Start,
    tries: Steps,
    command: CommandLine,
    server: Server,
) -> None:
    """A raw client has added the OTC that the workbook adds. If it commits, the importer starts
    again and finds the OTC there, with another total; if not, the importer goes on."""
    copy = "SELECT account_id, %s, email, company, company_key, 25, 0 FROM otc WHERE code = %s"
    columns = "account_id, code, email, company, company_key, total, used"
    other = raw()
    with other.transaction(force_rollback=not commits):
        other.execute(f"INSERT INTO otc ({columns}) {copy}", [new_code(0), code_of(0)])
        importing = start(changes)
        wait_until(lambda: waiting_for_locks(server, command.ledger) == 1)
    report = importing.result(PATIENCE)
    assert tries.count == (2 if commits else 1)
    assert report.batch == (None if commits else 2)
    errors = [problem.code for problem in report.problems if problem.severity is Severity.ERROR]
    assert errors == ["already-exists"] * commits


def refuse(connection: psycopg.Connection, state: str, times: int) -> None:
    """Let the database refuse so many journals, with an SQLSTATE."""
    connection.execute("CREATE SEQUENCE refusals")
    connection.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF nextval('refusals') <= {times} THEN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; "
        "END IF; RETURN NULL; END $$"
    )
    connection.execute(
        "CREATE TRIGGER refuse AFTER INSERT ON journal_block EXECUTE FUNCTION refuse()"
    )


ALWAYS = 1_000_000


@pytest.mark.parametrize(
    "state", [pytest.param("40001", marks=pytest.mark.contract), "40P01", "23505", "57P01"]
)
def test_whole_transactions_are_retried(
    state: str, changes: Path, raw: Raw, tries: Steps, command: CommandLine
) -> None:
    """Three times something fails for a passing reason; the fourth try makes one batch."""
    refuse(raw(), state, times=3)
    assert_applied_once(command("apply", changes, "--json"), 2, command)
    assert tries.count == 4


@pytest.mark.parametrize(
    ("state", "reason"),
    [("40001", "Too many other programs"), ("23505", "Other programs keep adding")],
)
def test_the_number_of_tries_is_limited(
    state: str,
    reason: str,
    changes: Path,
    raw: Raw,
    tries: Steps,
    command: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What never passes ends with exit 4 and one line, and nothing is stored. The pauses between
    tries grow up to a bound, and no two are the same."""
    pauses: list[float] = []
    driven = SimpleNamespace(monotonic=lambda: 0.0, sleep=pauses.append)
    monkeypatch.setattr(postgresql, "time", driven)
    refuse(raw(), state, ALWAYS)
    command("apply", changes).assert_error(reason, command.ledger.partition("?")[0])
    assert tries.count == TRIES
    assert len(pauses) == len(set(pauses)) == TRIES - 1
    assert all(pause <= min(1, 0.01 * 2**tried) for tried, pause in enumerate(pauses, start=1))
    assert_stored_as(None, changes, command)


@pytest.mark.contract
def test_tries_end_with_the_time_to_wait(
    changes: Path, raw: Raw, tries: Steps, command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where fewer tries were made than are allowed."""
    now = time.monotonic()
    driven = SimpleNamespace(monotonic=lambda: now + tries.count, sleep=lambda _pause: None)
    monkeypatch.setattr(postgresql, "time", driven)
    refuse(raw(), "40001", ALWAYS)
    result = command("apply", changes, "--wait", "2")
    result.assert_error("Too many other programs")
    assert tries.count == 3
    assert_stored_as(None, changes, command)


def test_what_does_not_pass_is_not_retried(
    changes: Path, raw: Raw, tries: Steps, command: CommandLine
) -> None:
    """A row that the database will never take fails at once."""
    refuse(raw(), "23514", ALWAYS)
    command("apply", changes).assert_error("cannot be used: no")
    assert tries.count == 1
    assert_stored_as(None, changes, command)
