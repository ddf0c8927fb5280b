"""Options and output of `apply` and `check`, and the systems that they run on."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest
from openpyxl import load_workbook

from builders import C, otc, write_workbook
from command_line import CommandLine, CommandResult
from workbooks import bad_workbook, good_workbook

both_engines = pytest.mark.both_engines


@both_engines
def test_the_history_names_the_actor_or_the_systems_user(
    command: CommandLine, tmp_path: Path
) -> None:
    command("apply", good_workbook(tmp_path))
    more = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(C)])])
    command("apply", more, "--actor", "Ana Ruiz")
    actors = [batch["actor"] for batch in command("history", "--json").json]
    assert actors == [getpass.getuser(), "Ana Ruiz"]


@both_engines
def test_an_export_may_follow_an_apply(command: CommandLine, tmp_path: Path) -> None:
    """--export writes the ledger as it then is, whether or not rows were refused."""
    target = tmp_path / "details.xlsx"
    result = command("apply", good_workbook(tmp_path), "--export", target)
    assert result.exit_code == 0
    assert str(target) in result.out
    assert load_workbook(target)["OTC Details"].max_row == 4
    target.unlink()
    result = command("apply", bad_workbook(tmp_path), "--partial", "--export", target)
    assert result.exit_code == 1
    assert target.exists()


@pytest.mark.parametrize("options", [["--json"], ["--json", "-v"], ["--json", "-q"]])
def test_standard_output_is_one_json_document_with_an_export_too(
    options: list[str], command: CommandLine, tmp_path: Path
) -> None:
    """Whether or not the export can be written."""
    good = good_workbook(tmp_path)
    result = command("apply", good, "--export", tmp_path / "x.xlsx", *options)
    assert result.report["status"] == "applied"
    result = command("apply", good, "--export", tmp_path / "no such folder" / "x.xlsx", *options)
    assert result.exit_code == 3
    assert result.report["status"] == "unchanged"
    assert "x.xlsx" in result.err


def test_quiet_prints_nothing_unless_something_went_wrong(
    command: CommandLine, tmp_path: Path
) -> None:
    good = str(good_workbook(tmp_path))
    for words in (
        ["check", good], ["apply", good, "--export", "a.xlsx"], ["apply", good],
        ["export", "-o", "b.xlsx"], ["template", "-o", "c.xlsx"],
    ):  # fmt: skip
        assert command(*words, "-q") == CommandResult(0, "", ""), words
    result = command("apply", bad_workbook(tmp_path), "-q")
    assert (result.exit_code, result.err) == (1, "")
    assert "bad-number" in result.out


def test_the_report_for_people_has_counts_problems_and_batch(
    command: CommandLine, tmp_path: Path
) -> None:
    result = command("apply", bad_workbook(tmp_path), "--partial")
    for words in ("5 read", "2 applied", "3 rejected", "D3", "bad-number", "bad.corrections.xlsx",
                  "Batch 1"):  # fmt: skip
        assert words in result.out
    assert "Batch 2" in command("apply", good_workbook(tmp_path)).out


@pytest.mark.usefixtures("no_corrections")
def test_the_language_changes_messages_and_fixes_only(command: CommandLine, tmp_path: Path) -> None:
    bad = bad_workbook(tmp_path)
    english, spanish = (
        command("check", bad, "--json", "--lang", language).report for language in ("en", "es")
    )
    for problem, translated in zip(english["problems"], spanish["problems"], strict=True):
        for text in ("message", "fix"):
            assert problem.pop(text) != translated.pop(text)
    assert english == spanish


def run_program(*words: str | Path | bytes, **environment: str) -> tuple[int, bytes, bytes]:
    """Exit code, output and error output of the program in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "importer", *words],
        capture_output=True, check=False, env=os.environ | environment,
    )  # fmt: skip
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("encoding", "options", "expected"),
    [("cp1252", [], "bad-number"),
     *(pytest.param(encoding, options, expected, marks=pytest.mark.thorough)
       for encoding, options, expected in [
           ("cp1252", ["--json"], '"partly-applied"'), ("cp437", [], "bad-number"),
           ("cp437", ["--json"], '"partly-applied"')])],
)  # fmt: skip
def test_an_output_encoding_without_every_character_stops_nothing(
    encoding: str, options: list[str], expected: str, tmp_path: Path, ledger: Path
) -> None:
    """Redirected output on Windows is in a code page that has no arrows."""
    exit_code, out, err = run_program(
        "apply", bad_workbook(tmp_path), "--partial", "--ledger", ledger, *options,
        PYTHONIOENCODING=encoding,
    )  # fmt: skip
    assert (exit_code, err) == (1, b"")
    assert expected in out.decode(encoding)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode here")
@pytest.mark.parametrize("options", [[], pytest.param(["--json"], marks=pytest.mark.thorough)])
def test_a_file_name_of_any_bytes_is_applied(
    options: list[str], command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """Names out of old archives are not UTF-8."""
    odd = os.fsencode(tmp_path) + b"/cat\xe1logo.xlsx"
    os.rename(os.fsencode(good_workbook(tmp_path)), odd)
    exit_code, _out, err = run_program("apply", odd, "--ledger", ledger, *options)
    assert (exit_code, err) == (0, b"")
    assert len(command("history", "--json").json) == 1


def test_a_user_without_a_name_can_apply(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container the user is often a bare number that no list of users has."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54_321, raising=False)
    assert command("apply", good_workbook(tmp_path)).exit_code == 0
    assert command("history", "--json").json[0]["actor"]


def test_an_internal_error_whose_log_cannot_be_written_is_one_line(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    for name in ("HOME", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "file" / "below"))

    def fail(*_arguments: Any) -> NoReturn:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("importer.pipeline.apply.apply_changes", fail)
    result = command("apply", good_workbook(tmp_path))
    assert (result.exit_code, result.out) == (70, "")
    assert len(result.err.splitlines()) == 1
    assert "Traceback" not in result.err
