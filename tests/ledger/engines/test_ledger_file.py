"""The file of a ledger: where it is, whose it is, and that nothing overwrites it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from builders import A, otc, write_workbook
from command_line import CommandLine
from importer.cli import main as program
from systems import IS_WINDOWS, posix_only

has_modes = posix_only("Windows has no modes of files")


@has_modes
@pytest.mark.parametrize("words", [["apply", "good.xlsx"], ["ledger", "init"]], ids=" ".join)
def test_the_ledger_belongs_to_its_owner_alone(
    words: list[str], command: CommandLine, workbook: Path, ledger: Path
) -> None:
    """Codes are worth money: the file's mode is 0600 whatever the umask is."""
    before = os.umask(0)
    try:
        assert command(*words).exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600


def test_the_default_ledger_is_in_the_users_data_folder(
    workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first apply makes folder and file there, for the user alone, and names the file."""
    assert program.run(["apply", str(workbook)]) == 0
    [path] = (tmp_path / "home").rglob("*.db")
    assert path.parent.name == "avira-importer"
    assert str(path) in capsys.readouterr().out
    if not IS_WINDOWS:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert program.run(["show", "otcs", A]) == 0


def test_the_environment_and_a_url_name_the_ledger_too(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVIRA_IMPORTER_LEDGER as a file name; --ledger as an SQLAlchemy URL of the same file."""
    path = tmp_path / "elsewhere.db"
    monkeypatch.setenv("AVIRA_IMPORTER_LEDGER", str(path))
    assert program.run(["apply", str(workbook)]) == 0
    assert path.exists()
    monkeypatch.delenv("AVIRA_IMPORTER_LEDGER")
    assert program.run(["show", "otcs", A, "--ledger", f"sqlite:///{path}"]) == 0


def test_an_empty_file_becomes_the_ledger(
    command: CommandLine, workbook: Path, ledger: Path
) -> None:
    """What `mktemp` or `touch` leaves is no ledger yet, nor a database of something else."""
    ledger.touch()
    assert command("apply", workbook).exit_code == 0
    assert command("show", "otcs", A).exit_code == 0


def test_no_output_is_written_over_the_ledger(
    command: CommandLine, workbook: Path, ledger: Path, tmp_path: Path
) -> None:
    """A slip in a file name costs an error message, not every batch that was ever applied."""
    assert command("apply", workbook).exit_code == 0
    write_workbook(tmp_path / "bad.xlsx", [("Add OTC", [otc(email="nobody")])])
    for words in (
        ["export", "-o", "ledger.db"],
        ["apply", "bad.xlsx", "--partial", "--export", "ledger.db"],
        ["apply", "bad.xlsx", "--partial", "--corrections", "ledger.db"],
        ["check", "bad.xlsx", "--corrections", "ledger.db"],
        ["template", "--force", "-o", "ledger.db"],
    ):
        assert command(*words).exit_code != 0, words
        assert command("show", "otcs", A).exit_code == 0, words
