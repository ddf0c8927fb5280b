"""Importers that are killed, and what they leave."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from multiprocessing.connection import Connection
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from importer.cli import main as program
from importer.ledger.writing.apply import AppliedBatch, apply_changes
from importers import PROCESSES
from waiting import PATIENCE

if TYPE_CHECKING:  # what the processes that are killed need not import
    from servers import Server


class Result(NamedTuple):
    """How a command ended that was not killed."""

    exit_code: int
    out: str
    err: str


def _run_and_wait(words: list[str], pauses: bool, pipe: Connection) -> None:
    """Run a command in a process of its own that has imported everything; wait to be killed."""
    if pauses:

        def write_and_pause(*arguments: Any) -> AppliedBatch:
            nonlocal pauses
            batch = apply_changes(*arguments)
            if pauses:  # not when it tries again
                pauses = False
                pipe.send("written")
                pipe.recv()
            return batch

        mock.patch("importer.ledger.writing.apply.apply_changes", write_and_pause).start()
    out, err = io.StringIO(), io.StringIO()
    pipe.send("begins")
    with redirect_stdout(out), redirect_stderr(err):
        exit_code = program.run(words)
    pipe.send(Result(exit_code, out.getvalue(), err.getvalue()))
    pipe.recv()


class KilledImporter:
    """A process that applies a workbook; one that pauses does so before it commits."""

    def __init__(self, workbook: Path, ledger: str, *, pauses: bool = False) -> None:
        words = ["apply", str(workbook), "--ledger", ledger, "--json"]
        words += ["--wait", str(PATIENCE)]
        self._pauses = pauses
        self._pipe, other_end = PROCESSES.Pipe()
        self._process = PROCESSES.Process(
            target=_run_and_wait, args=(words, pauses, other_end), daemon=True
        )
        self._process.start()
        other_end.close()
        for message in ["begins", "written"][: 1 + pauses]:
            assert self._pipe.poll(PATIENCE)
            assert self._pipe.recv() == message

    def has_ended(self, seconds: float) -> bool:
        """Whether it ends before so many seconds have passed."""
        return self._pipe.poll(seconds)

    def result(self) -> Result:
        """How it ended, once it has."""
        assert self.has_ended(PATIENCE)
        result = self._pipe.recv()
        self.kill()
        assert isinstance(result, Result)
        return result

    def kill(self) -> None:
        """Kill it: nothing of it runs any more, and nothing was tidied up."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def freeze(self) -> None:
        """Stop it for a while."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)
        if self._pauses:
            self._pipe.send("go on")

    def _signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)


def duration_of(workbook: Path, ledger: str) -> float:
    """How long the import takes."""
    importer = KilledImporter(workbook, ledger)
    began = time.monotonic()
    result = importer.result()
    assert result.exit_code == 0, result
    return time.monotonic() - began


def moments(count: int, duration: float) -> Iterator[float | None]:
    """When to strike: before the commit (None), when all is over, and at random, half of these
    towards the end."""
    yield None
    yield PATIENCE
    for number in range(count - 2):
        yield duration * SystemRandom().uniform(0 if number % 2 else 0.7, 1.1)


def importer_at(moment: float | None, workbook: Path, ledger: str) -> tuple[KilledImporter, bool]:
    """An importer at a moment of its work, and whether it is still working."""
    if moment is None:
        return KilledImporter(workbook, ledger, pauses=True), True
    importer = KilledImporter(workbook, ledger)
    return importer, not importer.has_ended(moment)


Counts = tuple[int, ...]
"""How many rows each of `COUNTED` has."""
COUNTED = ("batch", "journal", "otc", "customer", "subscription")
NOTHING: Counts = (0,) * len(COUNTED)


def count_in_file(path: Path) -> Counts:
    """The rows of a ledger's file, seen without the program."""
    if not path.exists():
        return NOTHING
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        if not tables:
            return NOTHING
        assert tables >= set(COUNTED), "only some of the tables"
        return tuple(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED
        )


def count_in_copy(path: Path, folder: Path) -> Counts:
    """The rows of a file as SQLite recovers them, while the file itself is left to the program."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, folder)
    counts = count_in_file(folder / path.name)
    shutil.rmtree(folder)
    return counts


def count_in_database(server: Server, name: str) -> Counts:
    """The rows of a ledger on a server."""
    with server.connect(name) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        return tuple(
            connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()[0][0]
            for table in COUNTED
        )
