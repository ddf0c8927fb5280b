"""The configuration file, and what wins over it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from builders import otc, write_workbook
from command_line import CommandLine
from importer.cli.main import run


def workbook_in(folder: Path) -> Path:
    """A workbook that adds an OTC."""
    return write_workbook(folder / "in.xlsx", [("Add OTC", [otc()])])


def configure(folder: Path, content: str) -> Path:
    """A configuration file with that content."""
    path = folder / "avira-importer.toml"
    path.write_text(content, "utf-8")
    return path


def test_a_file_in_the_working_folder_names_ledger_account_and_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger relative to the file."""
    folder = tmp_path / "conf"
    folder.mkdir()
    configure(folder, 'ledger = "its.db"\naccount = "one"\nlang = "es"\n')
    monkeypatch.chdir(folder)
    assert run(["apply", str(workbook_in(tmp_path))]) == 0
    assert "aplicad" in capsys.readouterr().out
    assert (folder / "its.db").exists()
    for account, otcs in (("one", 1), ("two", 0)):
        assert run(["show", "otcs", "--account", account, "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)) == otcs, account


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configure(tmp_path, 'lang = "es"\n')
    arguments: list[str | Path] = ["check", workbook_in(tmp_path), "--config", config]
    assert "Filas" in command(*arguments).out
    monkeypatch.setenv("AVIRA_IMPORTER_LANG", "en")
    assert "Rows" in command(*arguments).out
    assert "Filas" in command(*arguments, "--lang", "es").out


@pytest.mark.parametrize("setting", ["~/its.db", "~no-such-user/its.db"])
def test_the_ledger_is_named_as_in_a_shell(
    setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ~ is the home of a user; where there is no such user, it is the name of a folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "~no-such-user").mkdir()
    config = configure(tmp_path, f'ledger = "{setting}"\n')
    assert run(["apply", str(workbook_in(tmp_path)), "--config", str(config)]) == 0
    assert (tmp_path / setting.removeprefix("~/")).exists()
    assert run(["show", "otcs", "--ledger", setting]) == 0


BROKEN = """
ledger = ["postgresql://importer:hunter2@db/licences"]
wait = 1e9
[[exports]]
folder = "out"
crom = "0 6 * * MON"
timezone = "Europe/Madrid"
keep = 0
mail_to = ["boss@msp.example", "ftp://me:hunter2@x"]
[[exports]]
foldr = "sftp://me:hunter2@x"
every = 15
format = "pdf"
[smpt]
password = "hunter2"
[limits]
rows = 2.5
"""
FAULTS = [
    "exports[1].crom is not a setting. Did you mean cron?",
    "exports[1].keep must be 1 or more, not 0.",
    "exports[1].mail_to[2] must be an email address such as us@msp.example, not a URL.",
    "exports[2].every must be a number and a unit such as 30s, 15m, 12h, 1d or 1w, ten years at "
    "most, not 15.",
    "exports[2].foldr is not a setting. Did you mean folder?",
    'exports[2].format must be one of xlsx, ods, csv, json, html, not "pdf".',
    "ledger must be text in quotes, not a list.",
    "limits.rows must be a whole number without quotes, not 2.5.",
    "smpt is not a setting. Did you mean smtp?",
    "wait must be 86400 or less, not 1000000000.0.",
]  # fmt: skip


def test_every_fault_is_a_line_of_its_own_without_passwords(
    command: CommandLine, tmp_path: Path
) -> None:
    """A misspelt key explains why cron, folder and [smtp] are missing, so they have no line."""
    config = configure(tmp_path, BROKEN)
    result = command("show", "summary", "--config", config, "--json")
    assert result.err == "".join(f"{config}: {fault}\n" for fault in FAULTS)
    assert result.json == {"error": result.err.rstrip("\n"), "exit_code": 2}
    spanish = command("show", "summary", "--config", config, "--lang", "es").err
    assert len(spanish.splitlines()) == len(FAULTS)
    assert "exports[1].crom no es un ajuste. ¿Quiso decir cron?" in spanish
    assert "hunter2" not in spanish


@pytest.mark.thorough
def test_pydantic_is_imported_only_for_a_file(tmp_path: Path) -> None:
    """It takes a tenth of a second."""
    script = (
        "import sys; from importer.cli.main import run; "
        "run(['export', '--help']); run(['show', 'summary']); "
        "sys.exit('pydantic' in sys.modules)"
    )
    for imported in (0, 1):
        if imported:
            configure(tmp_path, "wait = 1")
        result = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=tmp_path)
        assert result.returncode == imported, result.stderr


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("ledgre = 'x.db'", "ledgre"),
        ("ledger = 5", "ledger"),
        ("lang = 'fr'", "lang"),
        ("ledger = ", "avira-importer.toml"),
    ],
)
def test_a_wrong_setting_is_named(
    command: CommandLine, tmp_path: Path, content: str, named: str
) -> None:
    """Exit code 2 and one line with the key, or the file if it is no TOML."""
    result = command("show", "summary", "--config", configure(tmp_path, content))
    assert result.exit_code == 2
    assert named in result.err
    assert result.err.count("\n") == 1


def test_a_file_that_config_names_must_exist(command: CommandLine, tmp_path: Path) -> None:
    result = command("show", "summary", "--config", tmp_path / "none.toml")
    assert result.exit_code == 2
    assert "none.toml" in result.err
