"""The command line as a whole: wrong use, internal errors, completion."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builders import A, otc, write_workbook
from command_line import CommandLine
from importer import __version__
from importer.cli import main as program
from importer.pipeline import apply as pipeline


def test_the_program_also_runs_as_a_module() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "importer", "--version"], capture_output=True, text=True
    )
    assert (result.returncode, result.stdout.strip()) == (0, f"avira-importer {__version__}")


def test_the_programs_name_alone_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run([]) == 2
    output = capsys.readouterr()
    assert "template" in output.out + output.err
    assert "Traceback" not in output.out + output.err


@pytest.mark.parametrize("words", [["aply"], ["check"], ["export", "--nonsense"], ["history", "x"]])
def test_wrong_use_is_answered_with_the_usage(command: CommandLine, words: list[str]) -> None:
    result = command(*words)
    assert result.exit_code == 2
    assert result.err.startswith("Usage: avira-importer")
    assert "Traceback" not in result.err


def test_an_internal_error_is_one_line_and_a_log_without_secrets(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has the traceback, with all but five characters of an OTC masked."""

    def fail(*_: object) -> None:
        raise RuntimeError(f"something about {A} and {A.replace('-', '')}")

    monkeypatch.setattr(pipeline, "check", fail)
    result = command("check", write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc()])]))
    assert (result.exit_code, result.out, result.err.count("\n")) == (70, "", 1)
    (log,) = (tmp_path / "home").rglob("avira-importer.log")
    assert str(log) in result.err
    text = log.read_text("utf-8")
    assert "RuntimeError" in text
    assert f"…{A[-5:]}" in text
    assert A not in text
    assert A.replace("-", "") not in text


def test_a_command_that_fails_prints_one_json_document(command: CommandLine) -> None:
    result = command("show", "otcs", "--json")
    assert result.exit_code == 4
    assert result.json == {"exit_code": 4, "error": result.err.strip()}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete_commands(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The completion scripts that the README names are printed."""
    monkeypatch.setenv("_AVIRA_IMPORTER_COMPLETE", f"{shell}_source")
    with pytest.raises(SystemExit) as stop:
        program.run([])
    assert stop.value.code == 0
    assert "avira-importer" in capsys.readouterr().out
