"""Odd names, encodings and users, as other systems have them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from command_line import HOME_VARIABLES, CommandLine
from systems import posix_only
from workbooks import bad_workbook, good_workbook


def run_program(*words: str | Path | bytes, **environment: str) -> tuple[int, str, str]:
    """Exit code, output and error output of the program in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "importer", *words],
        capture_output=True, check=False, env=os.environ | environment,
        encoding=environment.get("PYTHONIOENCODING") or "utf-8", text=True,
    )  # fmt: skip
    return result.returncode, result.stdout, result.stderr


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("encoding", "options"),
    [("cp1252", []), ("", []), pytest.param("cp437", ["--json"], marks=pytest.mark.thorough),
     pytest.param("cp1252", ["--json"], marks=pytest.mark.thorough),
     pytest.param("cp437", [], marks=pytest.mark.thorough),
     pytest.param("utf-8", [], marks=pytest.mark.thorough)],
)  # fmt: skip
def test_neither_the_file_name_nor_the_output_encoding_stops_an_apply(
    encoding: str, options: list[str], command: CommandLine, ledger: Path
) -> None:
    """Names out of old archives are not UTF-8. An output without arrows gets plain ones; what is
    redirected is UTF-8, on Windows too."""
    name = b"cat\xe1logo.xlsx" if sys.platform == "linux" else "cat\xe1logo.xlsx".encode()
    os.rename(os.fsencode(bad_workbook()), name)
    exit_code, out, err = run_program(
        "apply", name, "--partial", "--ledger", ledger, *options, PYTHONIOENCODING=encoding
    )
    assert (exit_code, err) == (1, "")
    assert ('"partly-applied"' if options else "bad-number") in out
    assert options or ("->" if encoding.startswith("cp") else "→") in out
    assert len(command("history", "--json").json) == 1


def test_an_account_and_an_actor_of_any_bytes_are_accepted(command: CommandLine) -> None:
    """What is not text is kept as question marks."""
    result = command("apply", good_workbook(), "--account", "nor\udcffte", "--actor", "a\udcff")
    assert result.exit_code == 0
    [batch] = command("history", "--json", "--account", "nor?te").json
    assert batch["actor"] == "a?"


@pytest.mark.both_engines
@posix_only("command lines are Unicode on Windows")
@pytest.mark.parametrize("subject", ["otcs", pytest.param("customers", marks=pytest.mark.thorough)])
def test_what_is_not_text_is_in_no_ledger(subject: str, command: CommandLine) -> None:
    """No database could be asked for it."""
    command("apply", good_workbook())
    exit_code, out, err = run_program("show", subject, b"caf\xe9", "--ledger", command.ledger)
    assert (exit_code, out) == (2, "")
    assert err.endswith(" caf?.\n")


def test_a_nameless_user_can_apply(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the user is often a bare number that no list of users has."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54_321, raising=False)
    assert command("apply", good_workbook()).exit_code == 0
    assert command("history", "--json").json[0]["actor"]


def test_an_internal_error_whose_log_cannot_be_written_is_one_line(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").touch()
    for name in HOME_VARIABLES:
        monkeypatch.setenv(name, str(Path("file/below").absolute()))

    def fail(*_arguments: Any) -> NoReturn:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("importer.ledger.writing.apply.apply_changes", fail)
    result = command("apply", good_workbook())
    assert (result.exit_code, result.out) == (70, "")
    assert len(result.err.splitlines()) == 1
    assert "Traceback" not in result.err
