"""The command line as a whole: what it imports, how it fails, and when it shows progress."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from builders import write_workbook
from command_line import CommandLine
from importer import __version__
from importer.cli import output
from importer.pipeline import apply as pipeline

HEAVY = ("pandas", "pandera", "openpyxl", "sqlalchemy", "alembic", "python_calamine", "xlsxturbo")
EXTRA = ("cronsim", "filelock", "fsspec", "prometheus_client", "tzlocal", "watchfiles")
OTC = "AAAAA-AAAAA-AAAAA-AAAA1"
ADD_OTC = {"OTC": OTC, "Email": "a@x.example", "Company Name": "Empresa", "Total Licenses": 5}


def good_workbook(folder: Path) -> Path:
    """A workbook that registers one OTC."""
    return write_workbook(folder / "good.xlsx", [("Add OTC", [ADD_OTC])])


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["apply", "--help"], ["show", "otcs", "--help"]]
)
def test_help_and_version_import_nothing_heavy(words: list[str]) -> None:
    """Asking for help loads no spreadsheet or database library."""
    script = (
        "import sys; from importer.cli.main import run; "
        f"code = run({words!r}); "
        f"print([name for name in {HEAVY!r} if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_command_does_import_what_help_does_not(tmp_path: Path) -> None:
    """The control: the same question about `check` names the libraries."""
    path = good_workbook(tmp_path)
    script = (
        "import sys; from importer.cli.main import run; "
        f"run(['check', {str(path)!r}, '--ledger', 'none.db']); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "pandera" in done.stdout.splitlines()[-1]


def test_the_program_also_runs_as_a_module() -> None:
    """`python -m importer` is the same program."""
    done = subprocess.run(
        [sys.executable, "-m", "importer", "--version"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, f"avira-importer {__version__}")


def test_no_command_at_all_shows_what_there_is(command: CommandLine) -> None:
    """The program's name alone prints the commands, and is a wrong use."""
    done = subprocess.run([sys.executable, "-m", "importer"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "template" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [["aply"], ["check"], ["export", "--nonsense"], ["history", "x"]])
def test_wrong_use_is_answered_in_words(command: CommandLine, words: list[str]) -> None:
    """Exit code 2, the usage, and no traceback."""
    said = command(*words)
    assert said.exit_code == 2
    assert said.err.startswith("Usage: avira-importer")
    assert "Traceback" not in said.err


def test_a_fault_of_the_program_is_one_line_and_a_log_without_secrets(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 70; the log has the traceback, with all but five characters of an OTC hidden."""

    def broken(*_: object) -> None:
        raise RuntimeError(f"something about {OTC} and {OTC.replace('-', '')}")

    monkeypatch.setattr(pipeline, "check", broken)
    said = command("check", good_workbook(tmp_path))
    assert said.exit_code == 70
    assert said.out == ""
    assert said.err.count("\n") == 1
    (log,) = (tmp_path / "home").rglob("avira-importer.log")
    assert str(log) in said.err
    assert "RuntimeError" in log.read_text()
    assert OTC not in log.read_text()
    assert OTC.replace("-", "") not in log.read_text()
    assert "…AAAA1" in log.read_text()


def test_a_command_that_cannot_work_prints_one_json_document(command: CommandLine) -> None:
    """With --json a fault is a document too."""
    said = command("show", "otcs", "--json")
    assert said.exit_code == 4
    assert said.json["exit_code"] == 4
    assert said.json["error"] == said.err.strip()


def run_with_terminal(words: list[str], patience: float) -> tuple[str, str]:
    """Standard output, which is a pipe, and what a terminal showed of standard error."""
    script = (
        "import sys, importer.cli.output as output; "
        f"output.PATIENCE = {patience}; "
        f"from importer.cli.main import run; sys.exit(run({words!r}))"
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65_536):
            shown += chunk
    except OSError:  # Linux ends a pseudo-terminal that nobody writes to with an error
        pass
    finally:
        os.close(ours)
    return done.stdout.decode(), shown.decode()


def test_long_work_shows_progress_on_a_terminal(tmp_path: Path) -> None:
    """Work longer than the patience shows its stage; standard output stays clean."""
    path = good_workbook(tmp_path)
    out, shown = run_with_terminal(["check", str(path), "--json", "--ledger", "l.db"], 0.01)
    assert json.loads(out)[0]["status"] == "valid"
    assert "good.xlsx" in shown


def test_short_work_shows_none(tmp_path: Path) -> None:
    """Work within the patience shows nothing on the terminal."""
    path = good_workbook(tmp_path)
    _, shown = run_with_terminal(["check", str(path), "--ledger", "l.db"], 60)
    assert shown == ""


def test_progress_is_never_written_into_a_pipe(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard error stays empty when it is no terminal, however long the work takes."""
    monkeypatch.setattr(output, "PATIENCE", 0.0)
    assert command("check", good_workbook(tmp_path)).err == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete_commands(shell: str) -> None:
    """The completion scripts that the README names are there."""
    done = subprocess.run(
        [sys.executable, "-c", "from importer.cli.main import main; main([])"],
        env={**os.environ, "_AVIRA_IMPORTER_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "avira-importer" in done.stdout


def test_without_its_extra_serve_alone_says_how_to_install_it(tmp_path: Path) -> None:
    """One line and exit code 2, in both languages; other commands read the same file as ever."""
    config = tmp_path / "avira-importer.toml"
    config.write_text("[inbox]\nfolder = 'in'\n[[exports]]\nfolder = 'out'\ncron = '0 6 * * MON'\n")
    good_workbook(tmp_path)
    script = f"""
import sys
sys.modules.update(dict.fromkeys({EXTRA!r}))  # whose import fails then
from importer.cli.main import run
sys.exit(run(sys.argv[1:] + ["--config", {str(config)!r}, "--ledger", {str(tmp_path / "l.db")!r}]))
"""

    def without_extra(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", script, *words], capture_output=True, text=True, cwd=tmp_path
        )
        return done.returncode, done.stderr

    for language, install in (("en", "Install them with"), ("es", "Instálelos con")):
        for option in ("--once", "--check", "--quiet"):
            code, line = without_extra("serve", option, "--lang", language)
            assert (code, line.count("\n")) == (2, 1)
            assert f'{install}: pip install "avira-importer[serve]"' in line
    for words in (["apply", "good.xlsx"], ["export"], ["template"], ["ledger", "verify"]):
        assert without_extra(*words) == (0, "")
