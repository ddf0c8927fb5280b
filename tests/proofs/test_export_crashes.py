"""Exports that are killed, after which the old file or the new one is there, whole."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from export_ledgers import FORMATS, export, in_format
from export_story import NOW, TODAY
from old_and_new_exports import copy_export, versions, write_old_and_new

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")

SERVER = """
import datetime as dt, json, os, signal, sys
import importer.pipeline.export, importer.pipeline.apply, importer.ledger.opening
import sqlalchemy.dialects.sqlite
from importer.base import clock
from importer.cli.main import main
from importer.export.writers import csv_folder, json_file, ods, page, xlsx

clock.now = lambda: dt.datetime.fromisoformat(sys.argv[1])
clock.today = lambda: dt.date.fromisoformat(sys.argv[2])
flush = os.fsync
until = 0

def stop_or_flush(handle):
    global until
    until -= 1
    if until == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
    flush(handle)

os.fsync = stop_or_flush
print("ready", flush=True)
for line in sys.stdin:
    until, words = json.loads(line)
    child = os.fork()
    if not child:
        try:
            main(words)
        except SystemExit as end:
            os._exit(end.code)
    print(child, flush=True)
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    print(status, flush=True)
"""
"""What `python -m importer` runs, forked from a process that has imported everything.

A command can be killed as it flushes a file or folder for the n-th time.
"""

WRITTEN, RENAMED = 1, 2
"""The flush of the first file, beside the old one, and the flush after it replaced the old one."""


class ForkServer:
    """Starts exports, each in a process of its own and without the time that imports take."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, NOW.isoformat(), TODAY.isoformat()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        assert self._answers.readline() == "ready\n"

    def start(self, words: list[str], until: int = 0) -> int:
        """Start a command, to be killed at that flush if any; its process id."""
        self._requests.write(json.dumps([until, words]) + "\n")
        self._requests.flush()
        return int(self._answers.readline())

    def wait(self) -> int:
        """The status of the command, once it has ended."""
        return int(self._answers.readline())

    def close(self) -> None:
        """End the server."""
        self._requests.close()
        self._process.wait()
        self._answers.close()


@pytest.fixture(scope="module")
def fork_server() -> Iterator[ForkServer]:
    """One for all tests here."""
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger, its old exports and its new ones."""
    return write_old_and_new(tmp_path_factory)


def hidden_files(folder: Path) -> set[Path]:
    """The temporary files of exports."""
    return {file for file in folder.iterdir() if file.name.startswith(".")}


def wait_for_temporary(folder: Path, child: int) -> None:
    """Wait until a temporary file exists, or the process has ended."""
    with suppress(ProcessLookupError):
        while not hidden_files(folder):
            os.kill(child, 0)
            time.sleep(0.0005)


@pytest.mark.parametrize(
    "form",
    [form if form in ("json", "csv") else pytest.param(form, marks=pytest.mark.thorough)
     for form in FORMATS],
)  # fmt: skip
def test_an_export_that_is_killed_leaves_the_old_file_or_the_new_one(
    form: str, exports: Path, fork_server: ForkServer, tmp_path: Path
) -> None:
    """With kill -9 at once, while it writes, when a file is written, when it has replaced the old
    one, at random, and at the end: byte for byte the one or the other; in a folder each file is.
    All that remains besides is hidden, and does not disturb the next export."""
    results = Path(shutil.copytree(exports / "old", tmp_path / "results"))
    path = in_format(results, form)
    folder = path if path.is_dir() else results
    names = {file.name for file in results.iterdir()}
    words = ["export", "--ledger", str(exports / "ledger.db"), "-o", str(path), "--format", form,
             "-q", "--lang", "en"]  # fmt: skip
    chance = random.SystemRandom()
    start = time.monotonic()
    child = fork_server.start(words)
    wait_for_temporary(folder, child)
    writing = time.monotonic()
    assert fork_server.wait() == 0
    end = time.monotonic()
    assert versions(path, exports) == {"new"}
    outcomes = Counter[str]()
    remains: list[Path] = []
    for point in ("at once", "writing", "written", "renamed", "at random", "at the end"):
        copy_export(exports / "old", path)
        child = fork_server.start(words, {"written": WRITTEN, "renamed": RENAMED}.get(point, 0))
        if point == "writing":
            wait_for_temporary(folder, child)
            time.sleep(chance.uniform(0, end - writing))
        elif point == "at random":
            time.sleep(chance.uniform(0, end - start))
        if point in ("at once", "writing", "at random"):
            with suppress(ProcessLookupError):  # it may have ended
                os.kill(child, signal.SIGKILL)
        assert fork_server.wait() in (0, signal.SIGKILL)
        hidden = hidden_files(folder)
        if point == "written":
            assert hidden
            remains = [Path(shutil.copy(file, tmp_path)) for file in hidden]
        for file in hidden:
            file.unlink()
        outcomes.update(versions(path, exports))
        assert {file.name for file in results.iterdir()} == names, point
    assert outcomes["old"] > 0, outcomes
    assert outcomes["new"] > 1, outcomes
    for file in remains:
        shutil.copy(file, folder)
    copy_export(exports / "old", path)
    export(exports / "ledger.db", path)
    assert versions(path, exports) == {"new"}
