"""Killed at any moment: an import is in the ledger wholly or not at all, and can be run again."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders import write_workbook
from importer.cli import main as program
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.upkeep.setup import SetupOptions, init
from importers import LONG_ENOUGH, PROCESSES, code_of, customer, otc

if TYPE_CHECKING:  # what the processes that are killed need not import
    from command_line import CommandLine
    from servers import Server


class Import(NamedTuple):
    """How large the import is, and at how many points it is killed."""

    rows: int
    points: int


IMPORTS = [
    pytest.param(Import(rows=400, points=6), id="few"),
    pytest.param(Import(rows=10_000, points=200), id="many", marks=pytest.mark.long),
]
ROWS_OF_AN_OTC = 200


@pytest.fixture
def workbook(size: Import, tmp_path: Path) -> Path:
    """OTCs, and customers that hold licences of them: as many rows as asked for."""
    otcs = size.rows // ROWS_OF_AN_OTC
    customers = [
        customer(f"Site {number}", code_of(number % otcs), 2) for number in range(size.rows - otcs)
    ]
    sheets = [
        ("Add OTC", [otc(code_of(number), 2 * ROWS_OF_AN_OTC) for number in range(otcs)]),
        ("Add Customer", customers),
    ]
    return write_workbook(tmp_path / "import.xlsx", sheets)


# The importer that is killed


class Ended(NamedTuple):
    """How a command ended that nobody killed."""

    exit_code: int
    out: str
    err: str


def run_and_wait(words: list[str], talk: Connection) -> None:
    """Run a command in a process of its own that has imported everything; wait to be killed."""
    out, err = io.StringIO(), io.StringIO()
    talk.send("begins")
    with redirect_stdout(out), redirect_stderr(err):
        exit_code = program.run(words)
    talk.send(Ended(exit_code, out.getvalue(), err.getvalue()))
    talk.recv()


class Importer:
    """A process that applies a workbook, from when it begins."""

    def __init__(self, workbook: Path, where: str) -> None:
        words = ["apply", str(workbook), "--ledger", where, "--json"]
        self._talk, its_end = PROCESSES.Pipe()
        self._process = PROCESSES.Process(target=run_and_wait, args=(words, its_end), daemon=True)
        self._process.start()
        its_end.close()
        assert self._talk.recv() == "begins"
        self.began = time.monotonic()

    def has_ended(self, seconds: float) -> bool:
        """Whether it has come to its end before so many seconds have passed."""
        return self._talk.poll(seconds)

    def end(self) -> Ended:
        """How it has ended, once it has."""
        assert self.has_ended(LONG_ENOUGH)
        ended = self._talk.recv()
        self.kill()
        assert isinstance(ended, Ended)
        return ended

    def kill(self) -> None:
        """Kill it: nothing of it runs any more, and nothing was tidied up."""
        self._process.kill()
        self._process.join()
        self._talk.close()

    def freeze(self) -> None:
        """Let it stand still."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)


def delays(points: int, duration: float) -> Iterator[float]:
    """When to strike: at once, when all is over, and at random, half of it towards the end."""
    chance = random.SystemRandom()
    yield 0.0
    yield LONG_ENOUGH
    for point in range(points - 2):
        yield duration * (chance.uniform(0, 1.1) if point % 2 else chance.uniform(0.7, 1.1))


# What is left


Counts = tuple[int, ...]
COUNTED = ("batch", "journal", "otc", "customer", "subscription")


def whole(size: Import) -> Counts:
    """How many rows each table has when all of the workbook is there, as one batch."""
    otcs = size.rows // ROWS_OF_AN_OTC
    customers = size.rows - otcs
    return 1, otcs + 2 * customers, otcs, customers, customers


NOTHING: Counts = (0,) * len(COUNTED)


def count_in_file(path: Path) -> Counts:
    """How many rows the tables of a file have, seen through a connection of our own."""
    if not path.exists():
        return NOTHING
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        if not tables:
            return NOTHING
        assert tables >= set(COUNTED), "half of the tables"
        return tuple(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED
        )


def count_in_database(server: Server, name: str) -> Counts:
    """The same for a database of a server."""
    with server.connect(name) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        counted = [
            connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()[0][0]
            for table in COUNTED
        ]
    return tuple(counted)


class Outcomes:
    """What was found after each blow: nothing or all, and whether the importer was still at it."""

    def __init__(self, size: Import) -> None:
        self._all = whole(size)
        self._counted: Counter[str] = Counter()

    def note(self, counts: Counts, *, at_work: bool) -> None:
        """Count what was found; it must be one of the two."""
        assert counts in (NOTHING, self._all)
        found = "nothing" if counts == NOTHING else "all"
        self._counted[found] += 1
        self._counted[f"{found}, killed at work" if at_work else f"{found}, at its end"] += 1

    def add(self, what: str) -> None:
        """Count something else that is worth a word."""
        self._counted[what] += 1

    def assert_both(self) -> None:
        """It would prove nothing if the blow had always come too early, or always too late."""
        print(dict(self._counted))  # noqa: T201 - shown where a test fails, and by pytest -rP
        assert self._counted["nothing"] > 0
        assert self._counted["all"] > 0


def assert_rerun_completes(workbook: Path, where: str, command: CommandLine) -> None:
    """Applying it again makes the batch, or finds that all is there; the ledger is proved."""
    said = command("apply", workbook, "--ledger", where, "--json")
    assert (said.exit_code, said.err) == (0, "")
    assert said.json[0]["status"] in ("applied", "unchanged")
    proof = command("ledger", "verify", "--ledger", where)
    assert proof.exit_code == 0, proof.out


def measure(workbook: Path, where: str) -> float:
    """How long the import takes, after one that has made the machine warm."""
    importer = Importer(workbook, where)
    ended = importer.end()
    assert ended.exit_code == 0, ended.err
    return time.monotonic() - importer.began


@pytest.mark.parametrize("size", IMPORTS)
def test_an_import_into_a_file_that_is_killed_is_there_wholly_or_not_at_all(
    size: Import, workbook: Path, command: CommandLine, tmp_path: Path
) -> None:
    """kill -9 at random points, into a new file and into a ledger that is there: all or nothing;
    the next command puts right what was left, the same workbook completes, and the ledger is
    proved. Both outcomes occur."""
    empty, path = tmp_path / "empty.db", tmp_path / "killed.db"
    init(FileLedger(empty), SetupOptions("default"))
    duration = min(measure(workbook, str(tmp_path / f"warm{number}.db")) for number in range(2))
    outcomes = Outcomes(size)
    for number, delay in enumerate(delays(size.points, duration)):
        if number % 2:
            shutil.copy(empty, path)
        importer = Importer(workbook, str(path))
        at_work = not importer.has_ended(delay)
        importer.kill()
        outcomes.note(count_in_copy(path, tmp_path / "copy"), at_work=at_work)
        assert_rerun_completes(workbook, str(path), command)
        assert count_in_file(path) == whole(size)
        path.unlink()
    outcomes.assert_both()


def count_in_copy(path: Path, folder: Path) -> Counts:
    """The rows of a file as SQLite finds them, who leaves the file itself to the program."""
    folder.mkdir()
    for one in path.parent.glob(f"{path.name}*"):
        shutil.copy(one, folder)
    counts = count_in_file(folder / path.name)
    shutil.rmtree(folder)
    return counts


@pytest.mark.parametrize("size", IMPORTS)
def test_an_import_into_a_server_that_is_killed_is_there_wholly_or_not_at_all(
    size: Import, workbook: Path, command: CommandLine, server: Server
) -> None:
    """kill -9 of the importer at random points: all or nothing, though the server may need a
    moment to notice; the same workbook completes, and the ledger is proved. Both occur."""
    outcomes = Outcomes(size)
    durations = []
    for _ in range(2):
        with server.database() as name:
            durations.append(measure(workbook, server.url(name)))
    for delay in delays(size.points, min(durations)):
        with server.database() as name:
            importer = Importer(workbook, server.url(name))
            at_work = not importer.has_ended(delay)
            importer.kill()
            outcomes.note(count_in_database(server, name), at_work=at_work)
            assert_rerun_completes(workbook, server.url(name), command)
            assert count_in_database(server, name) == whole(size)
    outcomes.assert_both()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that may be killed."""
    from servers import another_server  # which the processes that are killed need not import

    with another_server() as server:
        yield server


@pytest.mark.parametrize("size", IMPORTS)
def test_an_import_into_a_server_that_fails_is_there_wholly_or_not_at_all(
    size: Import, workbook: Path, command: CommandLine, own_server: Server
) -> None:
    """kill -9 of the server and all that belongs to it, at random points: when it is back, all or
    nothing is there. The importer then goes on and says what is true, or ends with exit 4 and one
    line, and the same workbook completes. The ledger is proved; both outcomes occur."""
    outcomes = Outcomes(size)
    durations = []
    for _ in range(2):
        name = make_database(own_server)
        durations.append(measure(workbook, own_server.url(name)))
    for delay in delays(size.points, min(durations)):
        name = make_database(own_server)
        importer = Importer(workbook, own_server.url(name))
        at_work = not importer.has_ended(delay)
        importer.freeze()  # so that it does nothing while we look
        own_server.kill()
        own_server.start(SAFE)
        outcomes.note(count_in_database(own_server, name), at_work=at_work)
        importer.thaw()
        ended = importer.end()
        outcomes.add(f"exit {ended.exit_code}")
        if ended.exit_code == 0:
            assert ended.err == ""
            assert json.loads(ended.out)[0]["batch"] == 1
            assert count_in_database(own_server, name) == whole(size)
        else:
            assert ended.exit_code == 4
            assert len(ended.err.splitlines()) == 1
        assert_rerun_completes(workbook, own_server.url(name), command)
        assert count_in_database(own_server, name) == whole(size)
    outcomes.assert_both()


SAFE = ("max_connections=200", "recovery_init_sync_method=syncfs")
"""As servers are started otherwise, with what keeps data safe; it only takes less time."""


def make_database(server: Server) -> str:
    """A database with an empty ledger; its maker need not stay connected."""
    name = f"t{uuid.uuid4().hex}"
    with server.connect("postgres") as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE ledger_template".encode())
    return name
