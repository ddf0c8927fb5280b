"""Files that were made to do harm: each is refused, cheaply, in one line."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hostile_files import HOSTILE, LYING, Make, good_workbook

pytest.importorskip("resource", reason="only Unix measures what a process has taken")

SECONDS = 5.0
"""Processor time, of the command and of the process that reads for it; others run meanwhile."""
MEGABYTES = 500
PATIENCE = 120
"""Seconds without an answer after which a command stands still."""


# Runs the command line for each line of words, and tells what it said and took. The memory is the
# most that any process has had until then, that of this process and of those that read added up.
MEASURE = """
import contextlib, io, json, resource, sys
from importer.cli.main import run
from importer.workbook.reading import sandbox as apart
def own_peak(used):  # which getrusage takes over from the process that has started this one
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except FileNotFoundError:
        return used.ru_maxrss
def seconds():
    own, read = used = [
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(one.ru_utime + one.ru_stime for one in used), own_peak(own) + read.ru_maxrss
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    before = seconds()[0]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(json.loads(line))
        apart._end_all()
    after, memory = seconds()
    answer = [code, out.getvalue(), err.getvalue(), after - before, memory / 1024]
    print(json.dumps(answer), flush=True)
"""


class Outcome(NamedTuple):
    """What a command said, and what it took: seconds of processor time, MB of memory."""

    exit_code: int
    out: str
    err: str
    seconds: float
    megabytes: float


class Measured:
    """The command line in a process of its own, which is asked again and again."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self.ledger = folder / "ledger.db"
        self._folder = folder

    def check(self, file: str, make: Make) -> tuple[Path, Outcome]:
        """Make a file, have it checked, and take it away again."""
        folder = self._folder / "one"
        folder.mkdir()
        path = folder / file
        make(path)
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        words = ["check", str(path), "--json", "--ledger", str(self.ledger)]
        stdin.write(json.dumps(words) + "\n")
        stdin.flush()
        answered, _, _ = select.select([stdout], [], [], PATIENCE)
        if not answered:
            self._process.kill()
            pytest.fail(f"{file} ({make}) is waited for without end")
        outcome = Outcome(*json.loads(stdout.readline()))
        path.unlink()
        left = sorted(one.name for one in folder.iterdir())
        assert left == [], f"{file}: {left}"
        folder.rmdir()
        return path, outcome


@contextmanager
def measured(folder: Path) -> Iterator[Measured]:
    """The command line, ready to be asked."""
    with subprocess.Popen(
        [sys.executable, "-c", MEASURE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        command = Measured(process, folder)
        command.check("first.xlsx", good_workbook)  # what is imported once is nobody's cost
        yield command


def refusal(outcome: Outcome, path: Path, code: str) -> str | None:
    """What is wrong with how a file was refused, or None."""
    said = outcome.out + outcome.err
    if "Traceback" in said or "panicked" in said:
        return "the insides of the program"
    if outcome.exit_code != 3:
        return f"exit code {outcome.exit_code}"
    [reported] = json.loads(outcome.out)
    codes = [problem["code"] for problem in reported["problems"]]
    if reported["status"] != "unreadable" or codes != [code]:
        return f"{reported['status']}: {codes}"
    if path.name not in reported["problems"][0]["message"]:
        return "the file is not named"
    if outcome.seconds > SECONDS or outcome.megabytes > MEGABYTES:
        return f"{outcome.seconds:.1f} s, {outcome.megabytes:.0f} MB"
    return None


@pytest.mark.parametrize("half", [0, 1])
def test_every_hostile_file_is_refused_cheaply(half: int, tmp_path: Path) -> None:
    """Each alone: exit 3, status unreadable, its one code, in 5 s and 500 MB; no ledger is made."""
    wrong = {}
    with measured(tmp_path) as command:
        for name, hostile in list(HOSTILE.items())[half::2]:
            path, outcome = command.check(hostile.file, hostile.make)
            fault = refusal(outcome, path, hostile.code)
            if fault is not None:
                wrong[name] = fault
        assert not command.ledger.exists()
    assert wrong == {}


def test_what_a_file_claims_is_not_believed(tmp_path: Path) -> None:
    """Sizes that lie where it does no harm: the file is read like any other, at no cost."""
    wrong = {}
    with measured(tmp_path) as command:
        for name, (file, make) in LYING.items():
            _path, outcome = command.check(file, make)
            [reported] = json.loads(outcome.out)
            rows = 1 if file in ("x.xlsx", "x.xlsb") else 0  # the others are a header alone
            sound = outcome.exit_code == 0 and reported["rows"]["read"] == rows
            if not sound or outcome.seconds > SECONDS or outcome.megabytes > MEGABYTES:
                wrong[name] = outcome
    assert wrong == {}


SOME = (
    "a zip bomb", "xlsx: entities of entities in xl/worksheets/sheet1.xml",
    "ods: rows times columns", "xls: a sheet that begins nowhere", "a FIFO",
)  # fmt: skip


def test_one_command_refuses_many_and_reads_the_good_one(tmp_path: Path) -> None:
    """The command as a shell starts it: each is named with its code, the good one is checked."""
    paths = {}
    for number, name in enumerate(SOME):
        (tmp_path / str(number)).mkdir()
        paths[name] = tmp_path / str(number) / HOSTILE[name].file
        HOSTILE[name].make(paths[name])
    good = good_workbook(tmp_path / "good.xlsx")
    ledger = tmp_path / "ledger.db"
    done = subprocess.run(
        [sys.executable, "-m", "importer", "check", *paths.values(), good, "--json",
         "--ledger", ledger],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr == ""
    *refused, checked = json.loads(done.stdout)
    assert [one["problems"][0]["code"] for one in refused] == [HOSTILE[one].code for one in SOME]
    assert (checked["status"], checked["rows"]["applied"]) == ("valid", 1)
    assert not ledger.exists()


def test_the_measure_sees_what_is_too_dear(tmp_path: Path) -> None:
    """A control: a command that takes 600 MB, or that is wrong, is noticed."""
    good: dict[str, Any] = {"status": "unreadable", "problems": [
        {"code": "too-large", "message": "x.xlsx"}]}  # fmt: skip
    fine = Outcome(3, json.dumps([good]), "", 1.0, 100.0)
    path = tmp_path / "x.xlsx"
    assert refusal(fine, path, "too-large") is None
    for worse in (
        fine._replace(exit_code=70),
        fine._replace(err="Traceback (most recent call last):"),
        fine._replace(err="thread '<unnamed>' panicked at"),
        fine._replace(seconds=5.1),
        fine._replace(megabytes=501.0),
        fine._replace(out=json.dumps([{**good, "problems": []}])),
    ):
        assert refusal(worse, path, "too-large") is not None
    assert refusal(fine, path, "hostile-file") is not None
