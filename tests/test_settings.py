"""The configuration file, and what wins over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import CommandLine
from workbooks import write_workbook

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
