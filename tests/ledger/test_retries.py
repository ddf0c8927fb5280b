"""Work on a server that others get in the way of: begun again from its start, and done once."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from threading import Timer
from types import ModuleType, SimpleNamespace

import psycopg
import pytest
import sqlalchemy as sa

from builders import write_workbook
from command_line import CommandLine, CommandResult
from importer.ledger.engines import postgresql as on_server
from importer.ledger.engines.postgresql import TRIES
from importer.ledger.opening import open_ledger
from importer.ledger.writing import apply as making
from importer.messages.report import Report
from importer.pipeline import apply as pipeline
from importers import (
    LONG_ENOUGH,
    Load,
    about,
    beginning,
    code_of,
    job_of,
    new_code,
    wait_until,
    waiting_for_locks,
)
from servers import TEMPLATE, Server, another_server


@pytest.fixture
def engine() -> str:
    """All of this is about servers; on a file nobody comes between."""
    return "postgresql"


@pytest.fixture
def filled(command: CommandLine, tmp_path: Path) -> str:
    """The database of a ledger with three OTCs and a customer of each."""
    path = write_workbook(tmp_path / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    assert command("apply", path).exit_code == 0
    return str(sa.make_url(command.ledger).database)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook with each kind of row, about one of those OTCs."""
    return write_workbook(tmp_path / "second.xlsx", about(0))


@pytest.fixture
def other_workbook(tmp_path: Path) -> Path:
    """Another, about another of them."""
    return write_workbook(tmp_path / "other.xlsx", about(1))


def assert_one_line(said: CommandResult, *words: str) -> None:
    """Exit 4, and one line on standard error that holds `words`."""
    assert said.exit_code == 4
    [line] = said.err.splitlines()
    for word in words:
        assert word in line


def assert_applied_once(said: CommandResult, number: int, command: CommandLine) -> None:
    """It was said to be batch `number`, which is the only one of its file; all adds up."""
    assert (said.exit_code, said.err) == (0, "")
    [report] = json.loads(said.out)
    assert (report["status"], report["batch"]) == ("applied", number)
    assert_there_as(number, Path(report["file"]), command)


def assert_there_as(number: int | None, workbook: Path, command: CommandLine) -> None:
    """Batch `number` is the only one of the workbook, or there is none; all adds up."""
    history = command("history", "--json").json
    numbers = [one["batch"] for one in history if one["file"] == workbook.name]
    assert numbers == ([] if number is None else [number])
    proof = command("ledger", "verify")
    assert proof.exit_code == 0, proof.out


class Steps:
    """Counts how often a step of the program is taken, and does something before the first."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.taken = 0

    def watch(
        self, room: ModuleType, step: str, act: Callable[[], object] = lambda: None
    ) -> None:  # fmt: skip
        take: Callable[..., object] = getattr(room, step)

        def act_and_take(*arguments: object) -> object:
            self.taken += 1
            if self.taken == 1:
                act()
            return take(*arguments)

        self._monkeypatch.setattr(room, step, act_and_take)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """For the one step that a test is about."""
    return Steps(monkeypatch)


@pytest.fixture
def tries(steps: Steps) -> Steps:
    """Counts how often an importer has begun."""
    steps.watch(pipeline, "lock_scope")
    return steps


# Others come between


@pytest.fixture
def raw(filled: str, server: Server) -> Iterator[Callable[[], psycopg.Connection]]:
    """Makes connections to the ledger that are none of the program's."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(server.connect(filled))


Start = Callable[[Path], "Future[Report]"]


@pytest.fixture
def start(command: CommandLine, tmp_path: Path) -> Iterator[Start]:
    """Begins to apply a workbook beside the test."""
    job = job_of("importer", open_ledger(command.ledger, LONG_ENOUGH), tmp_path)
    with ThreadPoolExecutor(1) as threads:
        yield lambda path: threads.submit(pipeline.apply, path, job)


Raw = Callable[[], psycopg.Connection]


def test_a_server_of_stricter_transactions_is_written_to_all_the_same(
    filled: str,
    workbook: Path,
    raw: Raw,
    start: Start,
    tries: Steps,
    command: CommandLine,
    server: Server,
) -> None:
    """Whatever kind of transaction is the database's own, importers use the one that sees what
    those who had the lock before have left; no try fails for it."""
    other = raw()
    strict = f"ALTER DATABASE {filled} SET default_transaction_isolation = 'serializable'"
    other.execute(strict)
    with other.transaction():
        other.execute("UPDATE otc SET total = total WHERE code = %s", [code_of(0)])
        importing = start(workbook)
        wait_until(lambda: waiting_for_locks(server, command.ledger) == 1)
    assert importing.result(LONG_ENOUGH).batch == 2
    assert tries.taken == 1
    assert_there_as(2, workbook, command)


def test_a_deadlock_that_others_bring_about_is_resolved(
    filled: str,
    tmp_path: Path,
    raw: Raw,
    start: Start,
    tries: Steps,
    command: CommandLine,
    server: Server,
) -> None:
    """A raw client locks the other way round: an OTC first, then a customer that an importer has
    locked already. The server breaks the circle at the importer, 40P01, whose second try waits
    until the other has ended."""
    edits = [{"OTC": code_of(number), "Total Licenses": 99} for number in (0, 1)]
    workbook = write_workbook(tmp_path / "second.xlsx", [("Edit OTC", edits)])
    raw().execute(f"ALTER DATABASE {filled} SET deadlock_timeout = '10ms'")
    door, other = raw(), raw()
    other.execute("SET deadlock_timeout = '1h'")  # so that it is the importer who finds the circle
    with ThreadPoolExecutor(1) as beside, other.transaction():
        with door.transaction():
            door.execute("SELECT FROM otc WHERE code = %s FOR UPDATE", [code_of(0)])
            other.execute("SELECT FROM otc WHERE code = %s FOR UPDATE", [code_of(1)])
            importing = start(workbook)
            wait_until(lambda: waiting_for_locks(server, command.ledger) == 1)
            crossing = beside.submit(other.execute, "SELECT FROM customer FOR UPDATE")
            wait_until(lambda: waiting_for_locks(server, command.ledger) == 2)
        crossing.result(LONG_ENOUGH)
    assert importing.result(LONG_ENOUGH).batch == 2
    assert tries.taken == 2
    assert_there_as(2, workbook, command)


@pytest.mark.parametrize("commits", [True, False])
def test_a_row_that_somebody_is_adding_is_waited_for(
    commits: bool,
    workbook: Path,
    raw: Raw,
    start: Start,
    tries: Steps,
    command: CommandLine,
    server: Server,
) -> None:
    """A raw client has added the OTC that the workbook adds. If it commits, the importer begins
    again and finds the OTC there, with another total; if not, the importer goes on."""
    copy = "SELECT account_id, %s, email, company, company_key, 25, 0 FROM otc WHERE code = %s"
    columns = "account_id, code, email, company, company_key, total, used"
    other = raw()
    with other.transaction(force_rollback=not commits):
        other.execute(f"INSERT INTO otc ({columns}) {copy}", [new_code(0), code_of(0)])
        importing = start(workbook)
        wait_until(lambda: waiting_for_locks(server, command.ledger) == 1)
    report = importing.result(LONG_ENOUGH)
    assert tries.taken == (2 if commits else 1)
    assert report.batch == (None if commits else 2)
    assert [problem.code for problem in report.problems] == ["already-exists"] * commits


STATES = {
    "40001": "Too many other programs",
    "40P01": "Too many other programs",
    "23505": "Other programs keep adding",
    "57P01": "is stopping or starting",
}


def let_fail(connection: psycopg.Connection, state: str, times: int) -> None:
    """Let the database refuse so many journals, with a state of its own."""
    connection.execute("CREATE SEQUENCE refused")
    connection.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF nextval('refused') <= {times} THEN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; "
        "END IF; RETURN NULL; END $$"
    )
    connection.execute("CREATE TRIGGER refuse AFTER INSERT ON journal EXECUTE FUNCTION refuse()")


@pytest.mark.parametrize("state", STATES)
def test_whole_transactions_are_tried_again(
    state: str, workbook: Path, raw: Raw, tries: Steps, command: CommandLine
) -> None:
    """Three times something fails with a state that passes; the fourth try makes one batch."""
    let_fail(raw(), state, times=3)
    assert_applied_once(command("apply", workbook, "--json"), 2, command)
    assert tries.taken == 4


@pytest.mark.parametrize("state", ["40001", "23505"])
def test_tries_come_to_an_end(
    state: str,
    workbook: Path,
    raw: Raw,
    tries: Steps,
    command: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What never passes is tried so often and no more: exit 4, one line, nothing there. The
    pauses between tries grow up to a bound, and no two are the same."""
    pauses: list[float] = []
    patient = SimpleNamespace(monotonic=time.monotonic, sleep=pauses.append)
    monkeypatch.setattr(on_server, "time", patient)
    let_fail(raw(), state, times=1_000_000)
    said = command("apply", workbook)
    assert_one_line(said, STATES[state], command.ledger.partition("?")[0])
    assert tries.taken == TRIES
    assert len(pauses) == len(set(pauses)) == TRIES - 1
    assert all(pause <= min(1, 0.01 * 2**tried) for tried, pause in enumerate(pauses, start=1))
    assert_there_as(None, workbook, command)


def test_tries_come_to_an_end_with_the_time_to_wait(
    workbook: Path, raw: Raw, tries: Steps, command: CommandLine
) -> None:
    """Whoever says how long to wait is not kept waiting by the number of tries."""
    let_fail(raw(), "40001", times=1_000_000)
    assert_one_line(command("apply", workbook, "--wait", "0.2"), "Too many other programs")
    assert 1 <= tries.taken < TRIES
    assert_there_as(None, workbook, command)


def test_what_does_not_pass_is_not_tried_again(
    workbook: Path, raw: Raw, tries: Steps, command: CommandLine
) -> None:
    """A row that the database will never take fails at once: exit 4 and one line."""
    let_fail(raw(), "23514", times=1_000_000)
    assert_one_line(command("apply", workbook), "cannot be used: no")
    assert tries.taken == 1
    assert_there_as(None, workbook, command)


# The connection is lost


PLACES = {
    "before it has locked": (pipeline, "lock_scope"),
    "before it has looked": (pipeline, "load_snapshot"),
    "before it writes": (pipeline, "apply_changes"),
    "before it asks for its number": (making, "_finish"),
    "before it commits": (pipeline, "note_batch"),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_connection_that_is_cut_off_is_made_again(
    place: tuple[ModuleType, str],
    filled: str,
    workbook: Path,
    raw: Raw,
    steps: Steps,
    command: CommandLine,
) -> None:
    """Whoever runs the server ends the importer's connection; the second try makes the batch."""
    other = raw()

    def cut_off() -> None:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
            "WHERE datname = %s AND pid <> pg_backend_pid()", [filled]
        ).fetchall()  # fmt: skip
        assert ended == [(True,)]

    steps.watch(*place, cut_off)
    assert_applied_once(command("apply", workbook, "--json"), 2, command)
    assert steps.taken == 2


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that may be stopped."""
    with another_server() as server:
        yield server


def test_a_server_that_goes_away_is_waited_for(
    own_server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is stopped, or fails, in the middle of the work, and is there again a little later; until
    then connections are refused: one batch, and no word of it. Where it does not come back, the
    time to wait ends with exit 4 and one line, and so does every other command at once."""
    command = CommandLine(own_server.url(TEMPLATE), capsys)
    first = write_workbook(tmp_path / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    assert command("apply", first).exit_code == 0

    def apply(number: int, go: Callable[[], object], *words: str) -> CommandResult:
        with monkeypatch.context() as patch:
            steps = Steps(patch)
            steps.watch(pipeline, "apply_changes", go)
            said = command("apply", workbooks[number], *words)
        assert steps.taken > 0
        return said

    def go_for_a_while(go: Callable[[], None]) -> None:
        go()
        Timer(0.2, own_server.start).start()

    workbooks = [write_workbook(tmp_path / f"{number}.xlsx", about(number)) for number in range(3)]
    assert_applied_once(apply(0, partial(go_for_a_while, own_server.stop), "--json"), 2, command)
    assert_applied_once(apply(1, partial(go_for_a_while, own_server.kill), "--json"), 3, command)
    assert_one_line(apply(2, own_server.stop, "--wait", "2"), "cannot be reached")
    for words in (["apply", str(workbooks[2])], ["show", "otcs"], ["ledger", "verify"]):
        assert_one_line(command(*words), "cannot be reached")
    own_server.start()
    assert_there_as(None, workbooks[2], command)


# The connection is lost in the middle of a commit


class Wire:
    """A socket between importers and a server that can be cut where a batch is committed.

    It stands in a folder of its own, and knows a batch's COMMIT because the batch went by before.
    Each of `cuts` is for one commit: it gets the way to the server, the message, and the way back.
    """

    def __init__(self, server: Server) -> None:
        self.cuts: deque[Cut] = deque()
        self.commits = 0
        self.folder = Path(tempfile.mkdtemp(prefix="wire"))
        self._server = str(server.folder / _SOCKET)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / _SOCKET))
        self._listening.listen()
        self._ways: list[Way] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, database: str) -> str:
        """What `--ledger` is given to come by here."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def refuse(self) -> None:
        """Let no more connections in."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def remove(self) -> None:
        """Cut every connection, and let no more in."""
        with suppress(OSError):
            self.refuse()
        for way in self._ways:
            way.cut()
        shutil.rmtree(self.folder)

    def _accept(self) -> None:
        with suppress(OSError):  # nobody is let in any more
            while True:
                client, _ = self._listening.accept()
                upstream = socket.socket(socket.AF_UNIX)
                upstream.connect(self._server)
                way = Way(client, upstream)
                self._ways.append(way)
                for carry in (partial(self._to_server, way), way.to_client):
                    threading.Thread(target=carry, daemon=True).start()

    def _to_server(self, way: Way) -> None:
        has_batch = False
        with suppress(OSError):  # one of the ends is gone
            for message in messages(way.client):
                has_batch |= b"INSERT INTO batch" in message
                if has_batch and b"COMMIT" in message:
                    self.commits += 1
                    if self.cuts:
                        self.cuts.popleft()(way, message)
                        return
                way.upstream.sendall(message)
        way.cut()


class Way:
    """One importer's connection, and its continuation to the server."""

    def __init__(self, client: socket.socket, upstream: socket.socket) -> None:
        self.client = client
        self.upstream = upstream
        self.silent = threading.Event()
        self.answered = threading.Event()

    def to_client(self) -> None:
        """Carry what the server says, unless it shall not be heard any more."""
        with suppress(OSError):
            while said := self.upstream.recv(65536):
                if self.silent.is_set():
                    self.answered.set()
                else:
                    self.client.sendall(said)
        if not self.silent.is_set():
            self.cut()

    def cut(self) -> None:
        """Close both ends, which those who are there notice at once."""
        for end in (self.client, self.upstream):
            close(end)


def close(end: socket.socket) -> None:
    """Close a socket, even while another thread reads from it."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


Cut = Callable[[Way, bytes], object]

_SOCKET = ".s.PGSQL.5432"


def messages(client: socket.socket) -> Iterator[bytes]:
    """What a client says, message by message; the first one has no letter before its length."""
    came = b""
    letters = 0
    while True:
        while len(came) >= letters + 4:
            length = letters + int.from_bytes(came[letters : letters + 4])
            if len(came) < length:
                break
            yield came[:length]
            came = came[length:]
            letters = 1
        more = client.recv(65536)
        if not more:
            return
        came += more


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """A wire to the server that all tests share."""
    wire = Wire(server)
    yield wire
    wire.remove()


def before(way: Way, _commit: bytes) -> None:
    """Cut the wire with the commit still in it."""
    way.cut()


def during(way: Way, commit: bytes) -> None:
    """Cut it behind the commit, and wait for nothing."""
    way.upstream.sendall(commit)
    way.cut()


def after(way: Way, commit: bytes) -> None:
    """Let the commit pass, but not its answer."""
    way.silent.set()
    way.upstream.sendall(commit)
    assert way.answered.wait(LONG_ENOUGH)
    way.cut()


def leave_hanging(way: Way, _commit: bytes) -> None:
    """Let the commit get lost, and the server not notice."""
    way.silent.set()
    close(way.client)


@pytest.mark.parametrize(("cut", "commits"), [(before, {2}), (during, {1, 2}), (after, {1})])
def test_a_commit_whose_answer_is_lost_is_made_once(
    cut: Cut, commits: set[int], filled: str, workbook: Path, wire: Wire, command: CommandLine
) -> None:
    """Cut before it has come to the server, or after: the importer looks whether its batch is
    there, and only where it is not begins again. One batch, and the right number is said."""
    wire.cuts.append(cut)
    said = command("apply", workbook, "--json", "--ledger", wire.url(filled))
    assert_applied_once(said, 2, command)
    assert wire.commits in commits


def test_a_program_that_does_not_look_is_found_out(
    filled: str, workbook: Path, wire: Wire, command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: one that begins again whatever has become of its commit meets its own batch."""
    monkeypatch.setattr(on_server.ServerLedger, "_has_landed", lambda *_: False)
    wire.cuts.append(after)
    said = command("apply", workbook, "--json", "--ledger", wire.url(filled))
    with pytest.raises(AssertionError):
        assert_applied_once(said, 2, command)
    assert_there_as(2, workbook, command)


@pytest.mark.parametrize(("cut", "number", "of_other"), [(before, 3, 2), (after, 2, 3)])
def test_a_commit_whose_answer_is_lost_is_told_from_anothers(
    cut: Cut,
    number: int,
    of_other: int,
    filled: str,
    workbook: Path,
    other_workbook: Path,
    wire: Wire,
    command: CommandLine,
) -> None:
    """Another importer makes a batch before the first one can look: it is not taken for its own,
    and the number that is said is that of its own."""
    other = job_of("other", open_ledger(command.ledger, LONG_ENOUGH), workbook.parent)

    def let_other_in(way: Way, commit: bytes) -> None:
        way.silent.set()
        if cut is after:
            way.upstream.sendall(commit)
            assert way.answered.wait(LONG_ENOUGH)
        close(way.upstream)
        pipeline.apply(other_workbook, other)
        close(way.client)

    wire.cuts.append(let_other_in)
    said = command("apply", workbook, "--json", "--ledger", wire.url(filled))
    assert_applied_once(said, number, command)
    assert_there_as(of_other, other_workbook, command)


@pytest.mark.parametrize(("cut", "number"), [(before, None), (after, 2)])
def test_a_commit_that_nobody_can_ask_about_is_said_to_be_unknown(
    cut: Cut, number: int | None, filled: str, workbook: Path, wire: Wire, command: CommandLine
) -> None:
    """The server cannot be reached any more: after the time to wait exit 4, and one line says to
    look at the history. What it says is true; if the batch is not there, it can be made."""

    def cut_for_ever(way: Way, commit: bytes) -> None:
        wire.refuse()
        cut(way, commit)

    wire.cuts.append(cut_for_ever)
    said = command("apply", workbook, "--ledger", wire.url(filled), "--wait", "0.5")
    assert_one_line(said, "was lost while", "avira-importer history")
    assert said.out == ""
    assert_there_as(number, workbook, command)
    if number is None:
        assert_applied_once(command("apply", workbook, "--json"), 2, command)


def test_a_commit_that_hangs_is_said_to_be_unknown(
    filled: str, workbook: Path, wire: Wire, command: CommandLine
) -> None:
    """The server has not noticed that the importer is gone, as behind a broken network: the batch
    may still come to be, so that nothing is tried again. Exit 4, and one line says to look."""
    wire.cuts.append(leave_hanging)
    said = command("apply", workbook, "--ledger", wire.url(filled), "--wait", "0.5")
    assert_one_line(said, "was lost while", "avira-importer history")
    assert wire.commits == 1
    assert_there_as(None, workbook, command)
