"""Killed, or without room on the disk: an export leaves the old file or the new one, whole."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from command_line import CommandResult
from export_figures import (
    FORMATS,
    NOW,
    TODAY,
    Grid,
    Truth,
    by_calamine,
    by_openpyxl,
    differences,
    export,
    in_excel,
    in_format,
    made_once,
    parts,
    run,
    small_ledger,
    with_libreoffice,
    with_summary,
)
from office import convert
from small_disks import fill, small_disk


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger, and its exports: old ones, of its first batch, and new ones."""
    small = small_ledger(tmp_path_factory)

    def make(folder: Path) -> None:
        shutil.copy(small / "ledger.db", folder)
        for name in ("old", "new"):
            (folder / name).mkdir()
        for form in FORMATS:
            put_there(in_format(folder / "new", form), small)
            export(small / "ledger.db", in_format(folder / "old", form), "--as-of", "1")

    return made_once(tmp_path_factory, "exported", make)


def put_there(path: Path, source: Path) -> None:
    """What another folder has of that format."""
    other = in_format(source, _format(path))
    if other.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(other, path)
    else:
        shutil.copy(other, path)


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A folder with nothing but the old exports in it."""
    return Path(shutil.copytree(made / "old", tmp_path / "place"))


def whole_parts(path: Path) -> dict[str, bytes]:
    """The parts of an export, the checksums of which are right."""
    if path.suffix in (".xlsx", ".ods"):
        with zipfile.ZipFile(path) as file:
            assert file.testzip() is None
    return parts(path)


def which(path: Path, made: Path) -> set[str]:
    """Whether an export is the old one or the new one; of a folder, what its files are."""
    old, new = (parts(in_format(made / name, _format(path))) for name in ("old", "new"))
    found = whole_parts(path)
    assert found.keys() == new.keys()
    if not path.is_dir():
        assert found in (old, new)
        return {"old" if found == old else "new"}
    for name, content in found.items():
        assert content in (old[name], new[name]), name
    return {"old" if content == old[name] else "new" for name, content in found.items()}


def _format(path: Path) -> str:
    return path.suffix.removeprefix(".") or "csv"


def folder_of(path: Path) -> Path:
    """Where the temporary files of an export are while it is written."""
    return path if path.is_dir() else path.parent


# Killed


NURSERY = """
import datetime as dt, json, os, signal, sys
import importer.pipeline.export, importer.pipeline.apply, importer.ledger.opening
import sqlalchemy.dialects.sqlite
from importer.base import clock
from importer.cli.main import main
from importer.export.writers import csv_folder, json_file, ods, page, xlsx

clock.now = lambda: dt.datetime.fromisoformat(sys.argv[1])
clock.today = lambda: dt.date.fromisoformat(sys.argv[2])
flush = os.fsync
left = 0

def stop_or_flush(handle):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
    flush(handle)

os.fsync = stop_or_flush
print("ready", flush=True)
for line in sys.stdin:
    left, words = json.loads(line)
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
"""What `python -m importer` runs, in a process that has imported everything.

Each is told at which flushing of a file or folder to stand still, and is then killed.
"""

FLUSHED, IN_PLACE = 1, 2
"""When the first file is written and still beside its place, and when it has just come there."""


class Nursery:
    """Starts exports, each in a process of its own, which are killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY, NOW.isoformat(), TODAY.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def start(self, words: list[str], until: int = 0) -> int:
        """Start a command, to be killed at that flushing if any; its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([until, words]) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def ended(self) -> int:
        """How it ended, as the system says it, once it has."""
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """No more of them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Processes that take no time to begin."""
    one = Nursery()
    yield one
    one.close()


def wait_for_temporary(folder: Path, child: int) -> None:
    """Wait until a temporary file is there, or the process has gone."""
    while not any(one.name.startswith(".") for one in folder.iterdir()) and _runs(child):
        time.sleep(0.0005)


def _runs(child: int) -> bool:
    try:
        os.kill(child, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_is_killed_leaves_the_old_file_or_the_new_one(
    form: str, made: Path, place: Path, nursery: Nursery, tmp_path: Path
) -> None:
    """kill -9 at once, while it writes, when a file is written, when it has come to its place, at
    random, and when all is over: byte for byte the one or the other; of a folder each file is. What
    is left besides is hidden, and in nobody's way: the next export is whole."""
    path = in_format(place, form)
    others = {one.name for one in place.iterdir()}
    words = ["export", "--ledger", str(made / "ledger.db"), "-o", str(path), "--format", form,
             "-q", "--lang", "en"]  # fmt: skip
    chance = random.SystemRandom()
    began = time.monotonic()
    child = nursery.start(words)
    wait_for_temporary(folder_of(path), child)
    writes = time.monotonic()
    assert nursery.ended() == 0
    over = time.monotonic()
    assert which(path, made) == {"new"}
    outcomes = Counter[str]()
    leftover: list[Path] = []
    for point in ("at once", "writing", "flushed", "in place", "at random", "at its end"):
        put_there(path, made / "old")
        child = nursery.start(words, {"flushed": FLUSHED, "in place": IN_PLACE}.get(point, 0))
        if point == "writing":
            wait_for_temporary(folder_of(path), child)
            time.sleep(chance.uniform(0, over - writes))
        elif point == "at random":
            time.sleep(chance.uniform(0, over - began))
        if point in ("at once", "writing", "at random"):
            kill(child)
        ended = nursery.ended()
        assert ended in (0, signal.SIGKILL)
        left = {one for one in folder_of(path).iterdir() if one.name.startswith(".")}
        outcomes["temporary"] += len(left)
        if point == "flushed":
            assert left
            leftover = [Path(shutil.copy(one, tmp_path)) for one in left]
        for one in left:
            one.unlink()
        found = which(path, made)
        outcomes.update(found)
        assert {one.name for one in place.iterdir()} == others
    print(form, dict(outcomes))  # noqa: T201 - shown where a test fails, and by pytest -rP
    assert outcomes["old"] > 0
    assert outcomes["new"] > 1
    for left_there in leftover:
        shutil.copy(left_there, folder_of(path))
    put_there(path, made / "old")
    export(made / "ledger.db", path)
    assert which(path, made) == {"new"}


def kill(child: int) -> None:
    """Kill a process that may have ended."""
    with suppress(ProcessLookupError):  # its number is nobody else's so soon
        os.kill(child, signal.SIGKILL)


# A disk that is full


def assert_full(said: CommandResult, path: Path) -> None:
    """Exit 3, nothing on standard output, and one line that says what is full."""
    assert (said.exit_code, said.out) == (3, "")
    [line] = said.err.splitlines()
    assert re.search(r"details(/[^.]+\.csv|\.\w+)? cannot be written: the disk is full\.", line)


@pytest.mark.parametrize("room", [0, 16_384])
@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_leaves_the_old_file(
    form: str, room: int, made: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A real one, with no room at all, and with some for a beginning: exit 3, one line, the old
    file byte for byte and nothing beside it; of a folder each file is old or new. With room again
    the export is made."""
    with small_disk(megabytes=8) as disk:
        path = in_format(disk, form)
        put_there(path, made / "old")
        filler = fill(disk, but=room)
        said = run("export", "--ledger", made / "ledger.db", "-o", path, "--format", form)
        assert_full(said, path)
        assert capfd.readouterr().err == ""  # which libraries of other languages write to
        assert which(path, made) <= ({"old", "new"} if form == "csv" and room else {"old"})
        assert {one.name for one in disk.iterdir()} == {path.name, filler.name}
        filler.unlink()
        export(made / "ledger.db", path)
        assert which(path, made) == {"new"}


@pytest.mark.parametrize("form", FORMATS)
def test_a_disk_that_is_full_as_a_file_is_flushed_leaves_the_old_one(
    form: str, made: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As disks over a network say it, only when all is written."""

    def no_room(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = in_format(place, form)
    before = sorted(place.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        said = run("export", "--ledger", made / "ledger.db", "-o", path, "--format", form)
    assert_full(said, path)
    assert which(path, made) == {"old"}
    assert sorted(place.rglob("*")) == before


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """No file may grow beyond so many bytes, which needs no rights of an administrator."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_may_not_grow_so_large_leaves_the_old_one(
    form: str, made: Path, place: Path
) -> None:
    """In the middle of writing: exit 3, one line, the old file, and nothing beside it; of a folder
    each file is old or new."""
    path = in_format(place, form)
    before = sorted(place.rglob("*"))
    with files_at_most(8_192):
        said = run("export", "--ledger", made / "ledger.db", "-o", path, "--format", form)
    assert (said.exit_code, said.out) == (3, "")
    [line] = said.err.splitlines()
    assert path.name in line
    assert which(path, made) <= ({"old", "new"} if form == "csv" else {"old"})
    assert sorted(place.rglob("*")) == before


# Opened by LibreOffice


@with_libreoffice
def test_both_spreadsheets_open_in_libreoffice_and_say_the_same_there(
    made: Path, tmp_path: Path
) -> None:
    """It opens them without a word, and saves every cell of every sheet as SQL says it is."""
    shutil.copy(made / "new" / "details.xlsx", tmp_path / "excel.xlsx")
    shutil.copy(made / "new" / "details.ods", tmp_path / "open.ods")
    convert("xlsx", tmp_path / "resaved", tmp_path / "excel.xlsx", tmp_path / "open.ods")
    truth = Truth(made / "ledger.db")
    for name, before in (
        ("excel.xlsx", by_openpyxl(made / "new" / "details.xlsx")),
        ("open.xlsx", by_calamine(made / "new" / "details.ods")),
    ):
        after = by_openpyxl(tmp_path / "resaved" / name)
        assert list(after) == list(before)
        assert differences(truth, with_summary(trimmed(after), truth, in_excel)) == []


def trimmed(sheets: dict[str, Grid]) -> dict[str, Grid]:
    """Sheets without blank cells at the end of a row, and blank rows at the end of a sheet."""
    for grid in sheets.values():
        width = max((at for row in grid for at, cell in enumerate(row, 1) if cell is not None))
        for row in grid:
            del row[width:]
        while not any(cell is not None for cell in grid[-1]):
            del grid[-1]
    return sheets
