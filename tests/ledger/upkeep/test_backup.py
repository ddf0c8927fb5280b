"""`ledger backup`: copies of a ledger."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import pytest

from builders import customer, otc, write_workbook
from command_line import CommandLine
from every_sheet import overview
from importers import PROCESSES
from servers import Server
from small_disks import file_size_limit
from systems import IS_WINDOWS, posix_only

pytest_plugins = "two_account_fixtures"
both_engines = pytest.mark.both_engines


@pytest.fixture
def backup(command: CommandLine, filled: str) -> Backup:
    """Makes copies over a file that exists."""
    return Backup(command, filled)


class Backup:
    """Copies of the filled ledger to copy.db, which is a file of text before."""

    def __init__(self, command: CommandLine, ledger: str) -> None:
        self._command = command
        self.ledger = ledger
        Path("copy.db").write_text("the old one")
        self._files = set(os.listdir())

    def assert_old_file_kept(self) -> None:
        """It was not written, and no part of a file is left."""
        assert Path("copy.db").read_text() == "the old one"
        assert set(os.listdir()) == self._files

    def assert_made(self) -> None:
        """A copy can be made over the file, and holds what the ledger holds."""
        result = self._command("ledger", "backup", "copy.db", "--force")
        assert result.out == "Written: copy.db\n"
        assert overview(self._command, "copy.db") == overview(self._command, self.ledger)


@pytest.mark.contract
@both_engines
def test_a_copy_is_a_ledger_like_its_original(
    command: CommandLine, filled: str, tmp_path: Path
) -> None:
    """Both accounts, with the same hashes; it belongs to its owner alone; an import goes on in it
    and leaves the original as it was."""
    before = overview(command, filled)
    files = set(os.listdir())
    result = command("ledger", "backup", "copy.db", "--json")
    assert (result.exit_code, result.json) == (0, {"file": "copy.db"})
    assert set(os.listdir()) - files == {"copy.db"}
    if not IS_WINDOWS:
        assert stat.S_IMODE(Path("copy.db").stat().st_mode) == 0o600
    assert overview(command, "copy.db") == before
    result = command("apply", tmp_path / "second.xlsx", "--json", "--ledger", "copy.db")
    assert result.report["batch"] == 4
    assert command("ledger", "verify", "--ledger", "copy.db").exit_code == 0
    assert overview(command, filled) == before


@both_engines
def test_a_copy_is_written_over_a_file_only_by_force(command: CommandLine, backup: Backup) -> None:
    """Exit 2 without --force; a folder that does not exist is exit 3."""
    command("ledger", "backup", "copy.db").assert_error("copy.db", "--force", exit_code=2)
    backup.assert_old_file_kept()
    backup.assert_made()
    for path in ("no such folder/copy.db", "copy.db/copy.db"):
        command("ledger", "backup", path).assert_error("copy.db", exit_code=3)


def test_a_copy_is_never_written_over_the_ledger(
    command: CommandLine, filled: str, ledger: Path
) -> None:
    """By whatever name."""
    before = ledger.read_bytes()
    Path("folder").mkdir()
    names = [str(ledger), "ledger.db", "folder/../ledger.db"]
    if not IS_WINDOWS:
        Path("link.db").symlink_to(ledger)
        names.append("link.db")
    for name in names:
        result = command("ledger", "backup", name, "--force")
        result.assert_error(name, "is the ledger", exit_code=2)
    assert ledger.read_bytes() == before


@posix_only("Windows has no limit of the size of files")
@both_engines
def test_a_copy_without_room_leaves_the_old_file(command: CommandLine, backup: Backup) -> None:
    """However little fits."""
    for room in (0, 5_000, 40_000):
        with file_size_limit(room):
            result = command("ledger", "backup", "copy.db", "--force")
        result.assert_error("copy.db cannot be written", exit_code=3)
        backup.assert_old_file_kept()


@both_engines
def test_a_copy_that_is_interrupted_leaves_the_old_file(
    command: CommandLine, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C when all is written and nothing is in place."""

    def stop(*_arguments: Any) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("importer.base.files.os.replace", stop)
        assert command("ledger", "backup", "copy.db", "--force").exit_code == 130
    backup.assert_old_file_kept()


def copy_and_die(folder: Path, ledger: str) -> None:
    """Make a copy in a process that is killed before the copy takes its place."""
    import signal

    from importer.cli.main import run

    os.chdir(folder)
    os.replace = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
    run(["ledger", "backup", "copy.db", "--force", "--ledger", ledger])


@pytest.mark.thorough
@posix_only("Windows has no SIGKILL")
@both_engines
def test_a_copy_that_is_killed_leaves_the_old_file(backup: Backup, tmp_path: Path) -> None:
    """As when the machine fails; another try succeeds."""
    process = PROCESSES.Process(target=copy_and_die, args=(tmp_path, backup.ledger))
    process.start()
    process.join()
    assert process.exitcode == -9
    assert Path("copy.db").read_text() == "the old one"
    backup.assert_made()


def test_a_copy_does_not_inherit_the_journal_of_an_import_into_the_old_one(
    command: CommandLine, filled: str, ledger: Path
) -> None:
    """An import into the copy was cut off; its `-journal`, which SQLite would play back into
    whatever file has that name, goes with the old copy."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")  # so that it writes before it commits
        connection.execute("BEGIN")
        connection.execute("UPDATE account SET head = ''")
        connection.execute("CREATE TABLE more (x)")
        connection.executemany("INSERT INTO more VALUES (?)", [("x" * 2000,)] * 50)
        shutil.copy(ledger, "copy.db")
        shutil.copy(f"{ledger}-journal", "copy.db-journal")
        connection.execute("ROLLBACK")
    assert command("apply", "second.xlsx", "--account", "another").exit_code == 0
    assert command("ledger", "backup", "copy.db", "--force").exit_code == 0
    assert overview(command, "copy.db") == overview(command, filled)


def import_until_stopped(ledgers: list[str], folder: Path, number: int) -> None:
    """Apply a process's workbooks one after the other to all ledgers, until it is stopped."""
    from importer.cli.main import run

    for workbook in sorted(folder.glob(f"{number}-*.xlsx")):
        for ledger in ledgers:
            if (folder / "stop").exists():
                return
            assert run(["apply", str(workbook), "--ledger", ledger, "-q"]) == 0, workbook


IMPORTERS, TURNS = 2, 12


def test_copies_made_while_others_import_are_sound(
    server: Server, command: CommandLine, ledger: Path, tmp_path: Path
) -> None:
    """Processes import all the time, sharing an OTC, into a file and into a server: every copy is a
    ledger as some batch left it, and nobody is cut off."""
    folder = tmp_path / "work"
    folder.mkdir()
    for number in range(IMPORTERS):
        for turn in range(TURNS):
            names = [f"Site {number} {turn} {site}" for site in range(3)]
            rows = [customer(name, 2) for name in names]
            write_workbook(folder / f"{number}-{turn:02}.xlsx", [("Add Customer", rows)])
    with server.database() as name:
        batches: dict[str, list[int]] = {str(ledger): [], server.url(name): []}
        for where in batches:
            first = write_workbook(tmp_path / "first.xlsx", [("Add OTC", [otc(total=900)])])
            assert command("apply", first, "--ledger", where).exit_code == 0
        processes = [
            PROCESSES.Process(target=import_until_stopped, args=(list(batches), folder, number))
            for number in range(IMPORTERS)
        ]
        for process in processes:
            process.start()
        try:
            while min(len(set(numbers)) for numbers in batches.values()) < 4:
                assert not any(process.exitcode for process in processes), "an importer has failed"
                for where, numbers in batches.items():
                    backup = ["ledger", "backup", "copy.db", "--force", "--ledger", where]
                    assert command(*backup).exit_code == 0
                    verified = command("ledger", "verify", "--ledger", "copy.db", "--json").json
                    assert verified["faults"] == []
                    numbers.append(verified["batches"])
                    [stored] = command("show", "otcs", "--ledger", "copy.db", "--json").json
                    assert stored["used"] == 3 * 2 * (numbers[-1] - 1)
        finally:
            (folder / "stop").touch()
            for process in processes:
                process.join()
        assert [process.exitcode for process in processes] == [0] * IMPORTERS
    for numbers in batches.values():
        assert numbers == sorted(numbers)
