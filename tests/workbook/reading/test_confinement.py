"""What a parser that a file has taken over can still do: compute, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostile.originals import good_workbook
from importer.base.errors import FileError
from importer.workbook.reading import sandbox
from reading_processes import sabotage
from systems import linux_only

pytestmark = linux_only("the calls have other numbers", machine="x86_64")

ATTEMPTS = {
    "see a password": "os.environ['AVIRA_TEST_PASSWORD']",
    "read a file": "open({ledger!r}).read()",
    "see that a file exists": "os.stat({ledger!r})",
    "change a file": "os.open({ledger!r}, os.O_WRONLY)",
    "delete a file": "os.unlink({other!r})",
    "list a folder": "os.listdir('/')",
    "open a socket": "call(41, 2, 1, 0)",
    "start a program": "os.posix_spawn('/bin/true', ['true'], {{}})",
    "start a process": "os.fork() or os._exit(0)",
    "signal the program": "os.kill(os.getppid(), 0)",
    "be traced": "call(101, 0, 0, 0, 0)",
    "write memory of a process": "call(311, os.getpid(), None, 0, None, 0, 0)",
    "raise a limit": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "limit the program": "resource.prlimit(os.getppid(), resource.RLIMIT_CORE)",
    "open many files": "[os.dup(0) for _ in range(100)]",
    "dump its memory": "ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 1 or 1 / 0",
}
"""What succeeds for a process with the rights of the user, as Python."""

NOT_OF_LANDLOCK = {
    "see that a file exists", "start a process", "be traced", "write memory of a process",
    "limit the program",
}  # fmt: skip

EXPLOIT = """
import ctypes, os, resource
from importer.workbook.reading import confinement
def call(*arguments):
    if ctypes.CDLL(None).syscall(*arguments) < 0:
        raise OSError
    return 1
def attempt():
    done = []
    for name, deed in {attempts!r}.items():
        try:
            exec(deed, globals())
            done.append(name)
        except (OSError, KeyError, ValueError, ZeroDivisionError):
            pass
    raise RefusedError(Code.UNREADABLE_FILE, "; ".join(done))
"""


def succeeded(folder: Path, monkeypatch: pytest.MonkeyPatch, *without: str) -> set[str]:
    """What an exploit in place of the parser can do, with some functions of confinement.py left
    out."""
    ledger, other = folder / "ledger.db", folder / "other"
    for path in (ledger, other):
        path.write_text("secret")
    monkeypatch.setenv("AVIRA_TEST_PASSWORD", "secret")
    attempts = {
        name: deed.format(ledger=str(ledger), other=str(other)) for name, deed in ATTEMPTS.items()
    }
    left_out = "".join(f"confinement.{name} = lambda *_: None\n" for name in without)
    exploit = EXPLOIT.format(attempts=attempts)
    applied = f"{left_out}child.confine = confinement.confine\n"
    sabotage(monkeypatch, {"bad": "attempt()"}, start=exploit + applied)
    with pytest.raises(FileError) as caught:
        sandbox.read_workbook(good_workbook(folder / "bad.xlsx"))
    _, _, done = str(caught.value).partition("cannot be read: ")
    return set(done.rstrip(".").split("; ")) - {""}


def test_an_exploit_in_place_of_the_parser_can_do_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert succeeded(tmp_path, monkeypatch) == set()


def test_without_confinement_it_could_do_everything_but_see_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    assert succeeded(tmp_path, monkeypatch, "confine") == set(ATTEMPTS) - {"see a password"}


def test_each_layer_holds_without_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seccomp refuses everything even without Landlock, and Landlock everything about files."""
    assert succeeded(tmp_path, monkeypatch, "_deny_files_and_network") == set()
    assert succeeded(tmp_path, monkeypatch, "_deny_other_calls") == NOT_OF_LANDLOCK
