"""Which libraries a command imports, and what it does without them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from builders import A
from command_line import CommandLine
from workbooks import good_workbook

HEAVY = ("pandas", "pandera", "openpyxl", "sqlalchemy", "alembic", "python_calamine", "xlsxturbo")
UNUSED = ("pandas", "pandera", "numpy", "openpyxl", "xlsxturbo", "python_calamine", "alembic",
          "psycopg", "sqlalchemy.dialects.postgresql")  # fmt: skip
"""What neither reading a ledger in a file nor an undo needs; importing it takes long."""
EXTRA = ("cronsim", "filelock", "fsspec", "prometheus_client", "tzlocal", "watchfiles")

SCRIPT = """
import io, json, sys
from contextlib import redirect_stderr
commands, watched, missing = json.loads(sys.argv[1])
sys.modules.update(dict.fromkeys(missing))  # so that importing them fails
from importer.cli.main import run
results = []
for words in commands:
    with redirect_stderr(io.StringIO()) as errors:
        exit_code = run(words)
    results.append([exit_code, errors.getvalue(), [m for m in watched if m in sys.modules]])
print()
print(json.dumps(results))
"""


def run_in_turn(
    commands: Sequence[Sequence[str]], watched: Sequence[str] = (), missing: Sequence[str] = ()
) -> list[tuple[int, str, list[str]]]:
    """Run commands one after the other in one new process: for each its exit code, its error
    output, and which of the `watched` modules were imported by then."""
    argument = json.dumps([commands, watched, missing])
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, argument], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return [tuple(run) for run in json.loads(result.stdout.splitlines()[-1])]


def test_no_command_imports_more_than_it_needs(command: CommandLine, ledger: Path) -> None:
    """Help needs nothing heavy; `show`, `history` and `undo` do without most of it."""
    good = good_workbook()
    assert command("apply", good).exit_code == 0
    asking = [["--help"], ["--version"], ["apply", "--help"], ["show", "otcs", "--help"]]
    reading = [
        ["show", "customers"], ["show", "customers", "Norte"], ["show", "otcs"],
        ["show", "otcs", A], ["show", "summary"], ["show", "summary", "--as-of", "1"],
        ["history"], ["history", "1"], ["undo", "1", "--check"], ["undo", "1"],
    ]  # fmt: skip
    control = ["check", str(good)]
    lines = [[*words, "--ledger", str(ledger)] for words in (*reading, control)]
    runs = run_in_turn([*asking, *lines], sorted({*HEAVY, *UNUSED}))
    assert runs[:4] == [(0, "", [])] * 4
    for words, (exit_code, err, imported) in zip(reading, runs[4:-1], strict=True):
        assert (exit_code, err, {*imported} & {*UNUSED}) == (0, "", set()), words
    exit_code, _err, imported = runs[-1]
    assert (exit_code, {"pandas", "pandera"} <= {*imported}) == (0, True)


@pytest.mark.thorough
def test_only_serve_needs_the_extra_and_says_how_to_install_it(tmp_path: Path) -> None:
    """One line and exit code 2, in both languages."""
    config = tmp_path / "avira-importer.toml"
    config.write_text("[inbox]\nfolder = 'in'\n[[exports]]\nfolder = 'out'\ncron = '0 6 * * MON'\n")
    good = str(good_workbook())
    serving = [
        ["serve", option, "--lang", language]
        for language in ("en", "es") for option in ("--once", "--check", "--quiet")
    ]  # fmt: skip
    others = [["apply", good], ["export"], ["template"], ["ledger", "verify"]]
    options = ["--config", str(config), "--ledger", str(tmp_path / "l.db")]
    runs = run_in_turn([[*words, *options] for words in serving + others], missing=EXTRA)
    for exit_code, err, _imported in runs[:6]:
        assert (exit_code, err.count("\n")) == (2, 1), err
        assert 'pip install "avira-importer[serve]"' in err
    english, spanish = ({err for _code, err, _imported in part} for part in (runs[:3], runs[3:6]))
    assert english.isdisjoint(spanish)
    assert runs[6:] == [(0, "", [])] * len(others)
