"""Files and folders of ledgers that may not be written or read."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders import write_workbook
from command_line import CommandLine
from importers import about, begin, beginning
from ledgers import all_rows
from small_disks import small_disk
from systems import IS_ROOT, posix_only

pytestmark = posix_only("Windows has no modes of files")

READING = (["show", "otcs"], ["history"], ["ledger", "verify"])


@contextmanager
def without_rights() -> Iterator[None]:
    """Be a user whose rights are checked, unlike root's."""
    if not IS_ROOT:
        yield
        return
    import os
    import pwd

    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that others may look into, unlike those of pytest; also the test's home."""
    folder = Path(tempfile.mkdtemp(prefix="open"))
    folder.chmod(0o755)
    monkeypatch.chdir(folder)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(folder))
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


RIGHTS = {
    "neither": (0o444, 0o555),
    "the folder alone": (0o444, 0o777),
    "the file alone": (0o666, 0o555),
}
"""What may be written: the modes of the file and of its folder."""


@pytest.mark.parametrize(("file_mode", "folder_mode"), RIGHTS.values(), ids=RIGHTS)
def test_a_file_that_may_not_be_written_can_be_read(
    file_mode: int, folder_mode: int, command: CommandLine, open_folder: Path
) -> None:
    """Apply names the rights to ask for, and changes nothing; what only reads goes on."""
    assert_apply_is_refused(command, open_folder, (file_mode, folder_mode), "cannot be written")
    with without_rights():
        exit_codes = [command(*words).exit_code for words in READING]
    assert exit_codes == [0] * len(READING)


def test_a_file_that_may_not_be_read_is_one_line(command: CommandLine, open_folder: Path) -> None:
    """For apply and for every command that reads."""
    assert_apply_is_refused(command, open_folder, (0o000, 0o755), "cannot be opened")
    with without_rights():
        for words in READING:
            command(*words).assert_error(command.ledger, "cannot be opened")


def assert_apply_is_refused(
    command: CommandLine, folder: Path, modes: tuple[int, int], reason: str
) -> None:
    """Make a ledger, take rights away; apply fails for this reason and changes nothing."""
    second = write_workbook(folder / "second.xlsx", about(0))
    ledger = folder / "ledger.db"
    command.ledger = str(ledger)
    begin(command, folder)
    for words in READING:  # which also imports all that they need
        assert command(*words).exit_code == 0
    before = ledger.read_bytes()
    ledger.chmod(modes[0])
    folder.chmod(modes[1])
    with without_rights():
        command("apply", second).assert_error(command.ledger, reason, "You need permission")
    assert ledger.read_bytes() == before
    assert {path.name for path in folder.iterdir()} == {"first.xlsx", "ledger.db", "second.xlsx"}


def test_a_folder_that_may_not_be_written_gets_no_ledger(
    command: CommandLine, open_folder: Path
) -> None:
    """The first apply of all gives the system's reason."""
    first = write_workbook(open_folder / "first.xlsx", beginning())
    assert command("apply", first).exit_code == 0  # elsewhere
    command.ledger = str(open_folder / "ledger.db")
    open_folder.chmod(0o555)
    with without_rights():
        command("apply", first).assert_error(command.ledger, "permission denied")
    assert [path.name for path in open_folder.iterdir()] == ["first.xlsx"]


@pytest.mark.thorough
def test_a_disk_that_is_mounted_read_only_is_one_line(command: CommandLine, tmp_path: Path) -> None:
    """As the system mounts a broken one: apply fails, and what only reads goes on."""
    second = write_workbook(tmp_path / "second.xlsx", about(0))
    with small_disk(megabytes=4) as disk:
        command.ledger = str(disk / "ledger.db")
        before = all_rows(begin(command, tmp_path))
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        command("apply", second).assert_error(command.ledger, "cannot be written")
        assert [command(*words).exit_code for words in READING] == [0] * len(READING)
        assert all_rows(command.ledger) == before
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        report = command("apply", second, "--json").report
        assert (report["status"], report["batch"]) == ("applied", 2)
