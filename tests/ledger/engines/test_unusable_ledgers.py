"""Ledgers that do not exist, cannot be made, or cannot be used."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import CommandLine
from importer.cli import main as program
from ledgers import raw
from systems import linux_only, posix_only

has_modes = posix_only("Windows has no such files")


COMMANDS = (["check", "good.xlsx"], ["apply", "good.xlsx"], ["show", "otcs"], ["history"])


def below_a_file(folder: Path) -> Path:
    """A path below a file."""
    (folder / "file").write_text("in the way")
    return folder / "file" / "folder" / "ledger.db"


def a_folder(folder: Path) -> Path:
    """A folder where the file should be."""
    (folder / "ledger").mkdir()
    return folder / "ledger"


def another_database(folder: Path) -> Path:
    """An SQLite file with tables of its own."""
    with raw(folder / "shop.db") as connection:
        connection.exec_driver_sql("CREATE TABLE journal (article TEXT, price REAL)")
        connection.exec_driver_sql("INSERT INTO journal VALUES ('bread', 1.5)")
    return folder / "shop.db"


def a_text_file(folder: Path) -> Path:
    """A file of text."""
    (folder / "notes.txt").write_text("Not a database at all.\n" * 100)
    return folder / "notes.txt"


def a_link_to_itself(folder: Path) -> Path:
    """A link that leads nowhere."""
    (folder / "loop.db").symlink_to("loop.db")
    return folder / "loop.db"


@pytest.mark.parametrize(
    "make", [below_a_file, a_folder, another_database, a_text_file,
             pytest.param(a_link_to_itself, marks=has_modes)],
)  # fmt: skip
def test_a_ledger_that_cannot_be_used_is_one_line_and_exit_4(
    make: Callable[[Path], Path], command: CommandLine, workbook: Path, tmp_path: Path
) -> None:
    """The line names the file; with --json standard output is one document; no file changes."""
    path = make(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.glob("*") if file.is_file()}
    for words in COMMANDS:
        result = command(*words, "--ledger", path)
        result.assert_error(path.name)
        assert result.out == ""
        result = command(*words, "--ledger", path, "--json")
        result.assert_error(path.name)
        assert result.json["exit_code"] == 4
    after = {file: file.read_bytes() for file in tmp_path.glob("*") if file.is_file()}
    assert after == before


def in_no_folder(folder: Path) -> Path:
    """A path in a folder that does not exist."""
    return folder / "typo" / "ledger.db"


def a_link_into_no_folder(folder: Path) -> Path:
    """A link to a path in a folder that does not exist."""
    (folder / "link.db").symlink_to(folder / "typo" / "ledger.db")
    return folder / "link.db"


def a_full_disk(_folder: Path) -> Path:
    """A device on which every write fails for lack of room."""
    return Path("/dev/full")


def a_kernel_file(_folder: Path) -> Path:
    """A path where the kernel lets nobody make files."""
    return Path("/proc/self/ledger.db")


on_linux = linux_only("only Linux has /dev/full and /proc")


@pytest.mark.parametrize(
    "make", [in_no_folder, pytest.param(a_link_into_no_folder, marks=has_modes),
             pytest.param(a_full_disk, marks=on_linux),
             pytest.param(a_kernel_file, marks=on_linux)],
)  # fmt: skip
def test_a_ledger_that_cannot_be_made_is_one_line_and_exit_4(
    make: Callable[[Path], Path], command: CommandLine, workbook: Path, tmp_path: Path
) -> None:
    """The first apply cannot make it there, and makes no folders that nobody asked for."""
    path = make(tmp_path)
    command("apply", workbook, "--ledger", path).assert_error(path.name)
    result = command("apply", workbook, "--ledger", path, "--json")
    result.assert_error(path.name)
    assert result.json["exit_code"] == 4
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    "url", ["mysql://anna:secret@db.example/x", "postgresql+asyncpg://a:secret@b/x", "odd://"]
)
def test_a_database_that_this_version_cannot_use_is_named_without_its_password(
    url: str, command: CommandLine, workbook: Path
) -> None:
    """The URL may contain a password, so only its scheme is shown."""
    for words in COMMANDS[:3]:
        result = command(*words, "--ledger", url, "--json")
        result.assert_error(url.partition("://")[0])
        assert "secret" not in result.err + result.out
        assert result.json["exit_code"] == 4


@pytest.mark.parametrize("is_empty_file", [False, True])
def test_what_needs_a_ledger_says_how_to_begin(
    is_empty_file: bool, command: CommandLine, ledger: Path, tmp_path: Path
) -> None:
    """No ledger, or an empty file: the line names the command to begin with, and none is made."""
    if is_empty_file:
        ledger.touch()
    before = set(tmp_path.iterdir())
    for words in (
        ["show", "otcs"], ["show", "customers"], ["show", "summary"], ["export"], ["history"],
    ):  # fmt: skip
        command(*words).assert_error(str(ledger), "avira-importer apply")
    assert set(tmp_path.iterdir()) == before


def test_check_and_template_take_a_missing_ledger_for_an_empty_one(
    command: CommandLine, workbook: Path, ledger: Path, tmp_path: Path
) -> None:
    """They make none, neither where `--ledger` says nor in the user's folder."""
    assert command("check", workbook).exit_code == 0
    assert command("template", "-o", tmp_path / "template.xlsx").exit_code == 0
    assert program.run(["check", str(workbook)]) == 0
    assert not ledger.exists()
    assert not (tmp_path / "home").exists()


def test_a_ledger_that_was_cut_short_is_called_damaged(
    command: CommandLine, workbook: Path, ledger: Path
) -> None:
    """Half of the file: exit 4 for reading and writing, not an internal error."""
    assert command("apply", workbook).exit_code == 0
    os.truncate(ledger, ledger.stat().st_size // 2)
    for words in (*COMMANDS, ["ledger", "backup", "copy.db"]):
        command(*words).assert_error(str(ledger), "damaged")
