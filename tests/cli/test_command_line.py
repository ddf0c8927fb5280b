"""The command line as a whole: wrong use, internal errors, completion."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from builders import A
from command_line import CommandLine
from importer import __version__
from importer.cli import main as program
from importer.pipeline import apply as pipeline
from importer.workbook.reading.sandbox import read_workbook
from workbooks import good_workbook


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
    result = command("check", good_workbook())
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


class Terminal(io.StringIO):
    """Standard error that is a terminal, and notices when a file is named."""

    def __init__(self) -> None:
        super().__init__()
        self.names_file = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        length = super().write(text)
        if "good.xlsx" in self.getvalue():
            self.names_file.set()
        return length


def test_long_work_shows_progress_on_a_terminal(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output stays clean."""
    terminal = Terminal()

    def read_when_shown(*arguments: Any) -> Any:
        assert terminal.names_file.wait(120), terminal.getvalue()
        return read_workbook(*arguments)

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("importer.cli.output.PATIENCE", 0.0)
    monkeypatch.setattr("importer.pipeline.apply.read_workbook", read_when_shown)
    assert command("check", good_workbook(), "--json").report["status"] == "valid"


def test_short_work_has_no_progress(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("importer.cli.output.PATIENCE", 3600.0)
    assert command("check", good_workbook()).exit_code == 0
    assert terminal.getvalue() == ""


def test_progress_is_never_written_into_a_pipe(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.cli.output.PATIENCE", 0.0)
    assert command("check", good_workbook()).err == ""


def test_a_database_of_another_program_stays_as_it_is(command: CommandLine, ledger: Path) -> None:
    """Even if its journal mode is another one."""
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE goods (name TEXT)")
    before = ledger.read_bytes()
    for words in (["check", good_workbook()], ["apply", good_workbook()], ["show", "otcs"]):
        assert command(*words).exit_code == 4
    assert ledger.read_bytes() == before


def test_a_template_is_named_like_a_workbook(command: CommandLine) -> None:
    """Excel refuses an xlsx file under another suffix."""
    result = command("template", "-o", "t.xls")
    assert (result.exit_code, ".xlsx" in result.err, Path("t.xls").exists()) == (2, True, False)
