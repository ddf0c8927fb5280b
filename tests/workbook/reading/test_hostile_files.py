"""Hostile files: each is refused at little cost."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hostile.catalogue import COSTLY, FALSE_SIZES, HOSTILE
from hostile.originals import Make, good_workbook
from reading_processes import reader
from systems import posix_only

pytestmark = posix_only("only Unix measures what a process has taken")

SECONDS = 5.0
"""Processor time that the command and the process that reads for it may take for a file."""
MEGABYTES = 500


def outcomes(folder: Path, files: Mapping[str, tuple[str, Make]]) -> dict[str, str]:
    """What a reader makes of each file; nothing may be left in the folder."""
    results = {}
    with reader() as reads:
        for name, (file, make) in files.items():
            make(folder / file)
            results[name] = reads.read(folder / file)
            (folder / file).unlink()
    assert list(folder.iterdir()) == []
    return results


def test_every_hostile_file_is_refused_with_its_code(tmp_path: Path) -> None:
    """Except the costly ones, which are left to the measured command."""
    cheap = {name: bad for name, bad in HOSTILE.items() if name not in COSTLY}
    expected = {name: bad.code for name, bad in cheap.items()}
    expected["csv: zeros"] = "read"  # that it has no known header is found later
    files = {name: (bad.file, bad.make) for name, bad in cheap.items()}
    assert outcomes(tmp_path, files) == expected


def test_a_false_size_is_not_believed(tmp_path: Path) -> None:
    """The file is read like any other."""
    assert outcomes(tmp_path, FALSE_SIZES) == dict.fromkeys(FALSE_SIZES, "read")


def test_a_command_refuses_hostile_files_and_reads_the_good_one(tmp_path: Path) -> None:
    """As a shell starts it."""
    paths, codes = [], []
    for number, name in enumerate((
        "a zip bomb", "xlsx: entities of entities in xl/worksheets/sheet1.xml",
        "ods: rows times columns", "xls: a sheet that begins nowhere", "a FIFO",
    )):  # fmt: skip
        paths.append(tmp_path / str(number) / HOSTILE[name].file)
        paths[-1].parent.mkdir()
        HOSTILE[name].make(paths[-1])
        codes.append(HOSTILE[name].code)
    good = good_workbook(tmp_path / "good.xlsx")
    ledger = tmp_path / "ledger.db"
    result = subprocess.run(
        [sys.executable, "-m", "importer", "check", *paths, good, "--json", "--ledger", ledger],
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (3, "")
    *refused, checked = json.loads(result.stdout)
    assert [report["problems"][0]["code"] for report in refused] == codes
    assert (checked["status"], checked["rows"]["applied"]) == ("valid", 1)
    assert not ledger.exists()


# What each costs

# Runs the command line for each line of arguments, and prints its output and cost. The memory is
# the most that any process has had until then, that of this process and of its readers added up.
MEASURE = """
import contextlib, io, json, resource, sys
from importer.cli.main import run
from importer.workbook.reading import sandbox
def own_peak(used):  # which getrusage takes over from the process that has started this one
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except FileNotFoundError:
        return used.ru_maxrss
def cost():
    own, readers = used = [
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(u.ru_utime + u.ru_stime for u in used), own_peak(own) + readers.ru_maxrss
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    before = cost()[0]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(json.loads(line))
        sandbox.end_all()
    after, memory = cost()
    answer = [code, out.getvalue(), err.getvalue(), after - before, memory / 1024]
    print(json.dumps(answer), flush=True)
"""


class Measurement(NamedTuple):
    """What a command printed, and its cost: seconds of processor time, MB of memory."""

    exit_code: int
    out: str
    err: str
    seconds: float
    megabytes: float


class MeasuredCommand:
    """The command line in a process of its own, which checks one file after the other."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder / "files"
        self._folder.mkdir()
        self.ledger = folder / "ledger.db"

    def check(self, file: str, make: Make) -> Measurement:
        """Write a file, check it, and remove it; nothing else may be left in its folder."""
        path = self._folder / file
        make(path)
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        arguments = ["check", str(path), "--json", "--ledger", str(self.ledger)]
        stdin.write(json.dumps(arguments) + "\n")
        stdin.flush()
        if select.select([stdout], [], [], 180) == ([], [], []):
            self._process.kill()
            pytest.fail(f"no answer for {file} ({make})")
        measurement = Measurement(*json.loads(stdout.readline()))
        path.unlink()
        remaining = sorted(remnant.name for remnant in self._folder.iterdir())
        assert remaining == [], f"{file}: {remaining}"
        return measurement


@contextmanager
def measured_command(folder: Path) -> Iterator[MeasuredCommand]:
    """The command line, with everything imported that it needs for a file."""
    with subprocess.Popen(
        [sys.executable, "-c", MEASURE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        command = MeasuredCommand(process, folder)
        command.check("first.xlsx", good_workbook)
        yield command


def fault_in_refusal(result: Measurement, file: str, code: str) -> str | None:
    """What is wrong with how a file was refused, or None."""
    output = result.out + result.err
    if "Traceback" in output or "panicked" in output:
        return "internals in the output"
    if result.exit_code != 3:
        return f"exit code {result.exit_code}"
    [report] = json.loads(result.out)
    codes = [problem["code"] for problem in report["problems"]]
    if report["status"] != "unreadable" or codes != [code]:
        return f"{report['status']}: {codes}"
    if file not in report["problems"][0]["message"]:
        return "the file is not named"
    if result.seconds > SECONDS or result.megabytes > MEGABYTES:
        return f"{result.seconds:.1f} s, {result.megabytes:.0f} MB"
    return None


@pytest.mark.thorough
@pytest.mark.parametrize("half", [0, 1])
def test_a_command_refuses_every_hostile_file_cheaply(half: int, tmp_path: Path) -> None:
    """Each alone, in 5 s and 500 MB; no ledger is created."""
    faults = {}
    with measured_command(tmp_path) as command:
        for name, bad in list(HOSTILE.items())[half::2]:
            fault = fault_in_refusal(command.check(bad.file, bad.make), bad.file, bad.code)
            if fault is not None:
                faults[name] = fault
        assert not command.ledger.exists()
    assert faults == {}


@pytest.mark.thorough
def test_a_file_with_a_false_size_costs_no_more_than_others(tmp_path: Path) -> None:
    faults = {}
    with measured_command(tmp_path) as command:
        for name, (file, make) in FALSE_SIZES.items():
            result = command.check(file, make)
            [report] = json.loads(result.out)
            rows = 1 if file in ("x.xlsx", "x.xlsb") else 0  # the others are a header alone
            sound = (result.exit_code, report["rows"]["read"]) == (0, rows)
            if not sound or result.seconds > SECONDS or result.megabytes > MEGABYTES:
                faults[name] = result
    assert faults == {}


def test_the_measurement_notices_what_costs_too_much_and_what_is_wrong() -> None:
    report: dict[str, Any] = {
        "status": "unreadable", "problems": [{"code": "too-large", "message": "x.xlsx"}],
    }  # fmt: skip
    fine = Measurement(3, json.dumps([report]), "", 1.0, 100.0)
    assert fault_in_refusal(fine, "x.xlsx", "too-large") is None
    for worse in (
        fine._replace(exit_code=70),
        fine._replace(err="Traceback (most recent call last):"),
        fine._replace(err="thread '<unnamed>' panicked at"),
        fine._replace(seconds=5.1),
        fine._replace(megabytes=501.0),
        fine._replace(out=json.dumps([{**report, "problems": []}])),
    ):
        assert fault_in_refusal(worse, "x.xlsx", "too-large") is not None, worse
    assert fault_in_refusal(fine, "x.xlsx", "hostile-file") is not None
