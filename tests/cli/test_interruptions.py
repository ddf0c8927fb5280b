"""Signals, outputs that cannot be written, and files at which the program fails."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builders import code_of, otc, write_workbook
from command_line import CommandLine
from importer.base.errors import LedgerError
from importer.base.texts import text
from importer.pipeline import apply as pipeline
from services import program_with
from systems import posix_only
from waiting import wait_until

posix = posix_only("signals and devices of POSIX")


def workbooks(count: int) -> list[str]:
    """Workbooks that add an OTC each."""
    return [
        str(write_workbook(Path(f"{name}.xlsx"), [("Add OTC", [otc(code_of(name))])]))
        for name in range(count)
    ]


SLOW = (
    "import time, pathlib", "from importer.base import files", "flush = files._flush",
    "def slow(file): pathlib.Path('writing').touch(); time.sleep(60); flush(file)",
    "files._flush = slow",
)  # fmt: skip
"""Makes every file that is written take long, once it is complete and before it is renamed."""


WRITING = {
    "xlsx": ["export", "-o", "e.xlsx"], "csv": ["export", "--format", "csv", "-o", "e"],
    "copy": ["ledger", "backup", "copy.db"], "template": ["template", "-o", "t.xlsx"],
}  # fmt: skip
"""Commands that write a file."""


@posix
@pytest.mark.parametrize(
    ("form", "number", "exit_code"),
    [("xlsx", signal.SIGTERM, 143), ("csv", signal.SIGTERM, 143), ("copy", signal.SIGINT, 130),
     pytest.param("copy", signal.SIGTERM, 143, marks=pytest.mark.thorough),
     pytest.param("template", signal.SIGTERM, 143, marks=pytest.mark.thorough),
     ("xlsx", 9, -9)],
)  # fmt: skip
def test_a_signal_leaves_no_temporary_file(
    command: CommandLine, form: str, number: signal.Signals, exit_code: int
) -> None:
    """And prints one JSON document. The control: kill -9 leaves one."""
    assert command("apply", *workbooks(1)).exit_code == 0
    before = {path.name for path in Path().iterdir()}
    process = subprocess.Popen(
        [sys.executable, *program_with(*SLOW), *WRITING[form],
         "--ledger", command.ledger, "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until(Path("writing").exists)
    for _ in range(2):  # as timeout(1) does
        process.send_signal(number)
    out, err = process.communicate()
    assert process.returncode == exit_code
    assert "Traceback" not in err
    left = {path.name for path in Path().iterdir()} - before - {"writing"}
    if exit_code == -9:
        assert len(left) == 1
    else:
        assert left == set()
        assert json.loads(out) == {"error": "Interrupted.", "exit_code": exit_code}


@posix
def test_what_was_applied_before_a_signal_is_reported(command: CommandLine) -> None:
    """With --json still as one document."""
    names = workbooks(2)
    lines = (
        "import time, pathlib", "from importer.pipeline import apply as pipeline",
        "apply = pipeline.apply",
        "def slow(path, *a, **k):",
        " if path.name == '1.xlsx': pathlib.Path('second').touch(); time.sleep(60)",
        " return apply(path, *a, **k)",
        "pipeline.apply = slow",
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, *program_with(*lines), "apply", *names, "--ledger", command.ledger,
         "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until(Path("second").exists)
    process.terminate()
    out, err = process.communicate()
    assert (process.returncode, err) == (143, "Interrupted.\n")
    assert [report["status"] for report in json.loads(out)] == ["applied"]
    assert len(command("history", "--json").json) == 1


@posix
@pytest.mark.parametrize(
    ("output", "option", "exit_code"),
    [("> /dev/full", "--json", 3), ("| head -c 1", "", 0),
     pytest.param("> /dev/full", "", 3, marks=pytest.mark.thorough),
     pytest.param("| head -c 1", "--json", 0, marks=pytest.mark.thorough),
     *(pytest.param(">&-", option, 0, marks=pytest.mark.thorough) for option in ("", "--json"))],
)  # fmt: skip
def test_an_output_that_cannot_be_written_stops_nothing(
    command: CommandLine, output: str, option: str, exit_code: int
) -> None:
    """Every file is applied, and only an output that is full is reported, in one line."""
    names = workbooks(3)
    line = f"{sys.executable} -m importer apply {' '.join(names)} {option}"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{line} --ledger {command.ledger} -v {output}"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == exit_code, result
    assert len(result.stderr.splitlines()) == (1 if exit_code else 0), result.stderr
    assert "Traceback" not in result.stderr
    assert len(command("history", "--json").json) == 3


@pytest.mark.parametrize("name", ["apply", "check"])
def test_an_internal_error_at_a_file_hides_no_other(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Its report says so, and the worst exit code is the command's. The control: without it all
    are done."""
    names = workbooks(3)
    from importer.domain.planning.plan import make_plan

    def fail(requests: Any, *others: Any) -> Any:
        if any(
            request.place.row == 2 and str(request).find(code_of(1)) >= 0 for request in requests
        ):
            raise RuntimeError("a mistake")
        return make_plan(requests, *others)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "make_plan", fail)
        result = command(name, *names, "--json")
        words = command(name, *names)
    done = {"apply": "applied", "check": "valid"}[name]
    assert result.exit_code == words.exit_code == 70
    assert [report["status"] for report in result.json] == [done, "failed", done]
    assert result.json[1]["exit_code"] == 70
    assert result.json[1]["error"] == result.err.strip()
    assert result.err.startswith("Internal error. ")
    assert "1.xlsx: failed; see the error" in words.out
    assert command(name, *names).exit_code == 0


def test_a_ledger_that_fails_is_asked_once(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other files are reported as not applied."""
    names = workbooks(4)
    apply, tried = pipeline.apply, list[str]()

    def fail(path: Path, *others: Any, **named: Any) -> Any:
        tried.append(path.name)
        if path.name == "2.xlsx":
            raise LedgerError(text("It is away."))
        return apply(path, *others, **named)

    monkeypatch.setattr(pipeline, "apply", fail)
    result = command("apply", *names, "--json")
    assert (result.exit_code, result.err) == (4, "It is away.\n")
    assert [report["status"] for report in result.json] == [*["applied"] * 2, *["failed"] * 2]
    assert tried == names[:3]


@pytest.mark.thorough
@pytest.mark.usefixtures("workbook")
def test_corrections_that_cannot_be_made_do_not_hide_what_was_applied(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An internal error after the commit."""
    rows = [otc(code_of(0)), otc("bad")]
    path = write_workbook(Path("in.xlsx"), [("Add OTC", rows)])

    def fail(*_: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("importer.workbook.writing.corrections.write_corrections", fail)
    result = command("apply", path, "--partial", "--json")
    assert (result.exit_code, result.report["status"], result.report["batch"]) == (
        70, "partly-applied", 1,
    )  # fmt: skip
    assert len(command("history", "--json").json) == 1
