"""The configuration file, and what wins over it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builders import write_workbook
from command_line import CommandLine

OTC = {
    "OTC": "AAAAA-AAAAA-AAAAA-AAAA1", "Email": "a@x.example", "Company Name": "Empresa",
    "Total Licenses": 5,
}  # fmt: skip


def configure(folder: Path, content: str) -> Path:
    """A configuration file with that content."""
    path = folder / "avira-importer.toml"
    path.write_text(content, "utf-8")
    return path


def test_a_file_in_the_working_folder_names_ledger_account_and_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All three are taken from it, the ledger relative to the file."""
    from importer.cli.main import run

    (tmp_path / "conf").mkdir()
    configure(tmp_path / "conf", 'ledger = "its.db"\naccount = "one"\nlang = "es"\n')
    workbook = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [OTC])])
    monkeypatch.chdir(tmp_path / "conf")
    assert run(["apply", str(workbook)]) == 0
    assert "aplicad" in capsys.readouterr().out
    assert (tmp_path / "conf" / "its.db").exists()
    assert run(["show", "otcs", "--account", "one", "--json"]) == 0
    assert "AAAA1" in capsys.readouterr().out
    assert run(["show", "otcs", "--account", "two", "--json"]) == 0
    assert "AAAA1" not in capsys.readouterr().out


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--lang, then AVIRA_IMPORTER_LANG, then the file."""
    config = configure(tmp_path, 'lang = "es"\n')
    workbook = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [OTC])])
    words: list[str | Path] = ["check", workbook, "--config", config]
    assert "Filas" in command(*words).out
    monkeypatch.setenv("AVIRA_IMPORTER_LANG", "en")
    assert "Rows" in command(*words).out
    assert "Filas" in command(*words, "--lang", "es").out


@pytest.mark.parametrize("setting", ["~/its.db", "~no-such-user/its.db"])
def test_the_ledger_is_named_as_in_a_shell(
    setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ~ is the home of a user; where there is no such user, it is the name of a folder."""
    from importer.cli.main import run

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "~no-such-user").mkdir()
    workbook = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [OTC])])
    config = configure(tmp_path, f'ledger = "{setting}"\n')
    assert run(["apply", str(workbook), "--config", str(config)]) == 0
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


def test_every_fault_is_a_line_of_its_own_without_what_a_misspelt_key_explains(
    command: CommandLine, tmp_path: Path
) -> None:
    """No line for a missing cron, folder or [smtp], and none with a password, in any language."""
    config = configure(tmp_path, BROKEN)
    said = command("show", "summary", "--config", config, "--json")
    assert said.err == "".join(f"{config}: {fault}\n" for fault in FAULTS)
    assert said.json == {"error": said.err.rstrip("\n"), "exit_code": 2}
    spanish = command("show", "summary", "--config", config, "--lang", "es").err
    assert len(spanish.splitlines()) == len(FAULTS)
    assert "exports[1].crom no es un ajuste. ¿Quiso decir cron?" in spanish
    assert "hunter2" not in spanish


def test_pydantic_is_imported_only_for_a_file(tmp_path: Path) -> None:
    """It takes a tenth of a second, which commands without a file need not wait."""
    script = (
        "import sys; from importer.cli.main import run; "
        "run(['export', '--help']); run(['show', 'summary']); "
        "sys.exit('pydantic' in sys.modules)"
    )
    for imported in (0, 1):
        if imported:
            configure(tmp_path, "wait = 1")
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=tmp_path)
        assert done.returncode == imported, done.stderr


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
    """Exit code 2 and one line with the key, or the file where that is no TOML."""
    said = command("show", "summary", "--config", configure(tmp_path, content))
    assert said.exit_code == 2
    assert named in said.err
    assert said.err.count("\n") == 1


def test_a_file_that_is_named_must_be_there(command: CommandLine, tmp_path: Path) -> None:
    """--config with a missing file is a wrong use."""
    said = command("show", "summary", "--config", tmp_path / "none.toml")
    assert said.exit_code == 2
    assert "none.toml" in said.err
