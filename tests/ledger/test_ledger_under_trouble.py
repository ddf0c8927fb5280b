"""Disks that are full, files that may not be written, locks, servers and clocks: one clear line."""

from __future__ import annotations

import datetime as dt
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from filelock import FileLock

from builders import write_workbook
from command_line import CommandLine, CommandResult
from importer.base import clock
from importer.ledger.opening import open_ledger
from importer.pipeline import show as showing
from importers import Load, about, beginning, code_of, customer, job_of, on_a_server, otc
from servers import TEMPLATE, Server
from small_disks import IS_ROOT, fill, small_disk

NOBODY = "nobody"


@pytest.fixture
def filled(command: CommandLine, tmp_path: Path) -> str:
    """A ledger with three OTCs and a customer of each, as `--ledger` names it."""
    path = write_workbook(tmp_path / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    assert command("apply", path).exit_code == 0
    return command.ledger


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook with each kind of row."""
    return write_workbook(tmp_path / "second.xlsx", about(0))


@pytest.fixture
def large_workbook(tmp_path: Path) -> Path:
    """A workbook that takes some room: customers of one new OTC."""
    customers = [customer(f"Large {number}", code_of(9), 1) for number in range(600)]
    sheets = [("Add OTC", [otc(code_of(9), 600)]), ("Add Customer", customers)]
    return write_workbook(tmp_path / "large.xlsx", sheets)


def everything_in(where: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, through a connection that is none of the program's.

    The counters that importers take from aside are left out: a try that fails has used them up.
    """
    if "://" not in where:
        with closing(sqlite3.connect(where)) as file:
            return {table: file.execute(ask).fetchall() for table, ask in EVERYTHING.items()}
    url = sa.make_url(where)
    with psycopg.connect(
        host=str(url.query["host"]), dbname=url.database, user=url.username
    ) as connection:
        return {
            table: connection.execute(ask.encode()).fetchall() for table, ask in EVERYTHING.items()
        }


EVERYTHING = {
    table: f"SELECT * FROM {table} ORDER BY 1, 2, 3"
    for table in ("otc", "customer", "subscription", "batch", "journal")
} | {"account": "SELECT account_id, last_batch, head FROM account"}


def assert_one_line(said: CommandResult, *words: str) -> None:
    """Exit 4; one line on standard error, with `words`; nothing on standard output."""
    assert said.exit_code == 4
    assert said.out == ""
    [line] = said.err.splitlines()
    for word in words:
        assert word in line


def assert_goes_in(workbook: Path, command: CommandLine) -> None:
    """Now that the cause is gone, the workbook is batch 2, and the ledger is proved."""
    [report] = command("apply", workbook, "--json").json
    assert (report["status"], report["batch"]) == ("applied", 2)
    assert command("ledger", "verify").exit_code == 0


# Disks that are full


def page_count(path: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


@pytest.mark.parametrize("more", [0, 10, 40])
def test_a_file_that_can_grow_no_more_is_left_as_it_was(
    more: int, filled: str, large_workbook: Path, command: CommandLine
) -> None:
    """SQLite finds the disk full after so many pages more, here by a limit of its own: exit 4, one
    line says that the disk is full, and a second connection sees what was there before."""
    before = everything_in(filled)
    limit = page_count(filled) + more

    def narrow(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit}")

    sa.event.listen(sa.Engine, "connect", narrow)
    try:
        said = command("apply", large_workbook)
    finally:
        sa.event.remove(sa.Engine, "connect", narrow)
    assert_one_line(said, "is full", filled)
    assert everything_in(filled) == before
    assert_goes_in(large_workbook, command)


@pytest.mark.parametrize("room", [0, 40_960])
def test_a_full_disk_leaves_a_file_as_it_was(
    room: int, large_workbook: Path, workbook: Path, command: CommandLine, tmp_path: Path
) -> None:
    """A real one, with no room at all, and with some for what SQLite writes first: exit 4, one
    line, nothing has changed; with room again the same workbook goes in."""
    first = write_workbook(tmp_path / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    with small_disk(megabytes=4) as disk:
        command.ledger = str(disk / "ledger.db")
        assert command("apply", first).exit_code == 0
        before = everything_in(command.ledger)
        filler = fill(disk, but=room)
        assert_one_line(command("apply", large_workbook), "is full", command.ledger)
        assert everything_in(command.ledger) == before
        filler.unlink()
        assert_goes_in(large_workbook, command)


def test_a_ledger_is_not_begun_on_a_full_disk(
    workbook: Path, command: CommandLine, tmp_path: Path
) -> None:
    """The first apply of all: exit 4, one line; there is no ledger, and later there is."""
    first = write_workbook(tmp_path / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    with small_disk(megabytes=4) as disk:
        command.ledger = str(disk / "ledger.db")
        filler = fill(disk, but=8192)
        assert_one_line(command("apply", first), "is full", command.ledger)
        assert_one_line(command("history"), "There is no ledger")
        filler.unlink()
        assert command("apply", first).exit_code == 0
        assert_goes_in(workbook, command)


def test_a_full_disk_of_a_server_leaves_the_ledger_as_it_was(
    large_workbook: Path, command: CommandLine, server: Server, tmp_path: Path
) -> None:
    """The database is on a disk without room for the workbook: exit 4, one line says whose disk
    is full, nothing has changed; with room again the same workbook goes in."""
    first = write_workbook(tmp_path / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    with (
        small_disk(megabytes=24, owner=NOBODY) as disk,
        database_on(disk, server) as name,
    ):
        command.ledger = server.url(name)
        assert command("apply", first).exit_code == 0
        before = everything_in(command.ledger)
        filler = fill(disk, but=0)
        assert_one_line(command("apply", large_workbook), "disk of the server", name, "is full")
        assert everything_in(command.ledger) == before
        filler.unlink()
        assert_goes_in(large_workbook, command)


@contextmanager
def database_on(disk: Path, server: Server) -> Iterator[str]:
    """A database with an empty ledger whose tables are on a disk."""
    name = disk.name
    with server.connect("postgres") as connection:
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{disk}'".encode())
        with FileLock(server.folder / "copying"):  # as Server.database does
            make = f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} TABLESPACE {name}"
            connection.execute(make.encode())
        try:
            yield name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
            connection.execute(f"DROP TABLESPACE {name}".encode())


# Files that may not be written


@contextmanager
def without_rights() -> Iterator[None]:
    """Be somebody whom rights are asked of: root is let in everywhere."""
    if not IS_ROOT:
        yield
        return
    os.seteuid(pwd.getpwnam(NOBODY).pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that others may look into, unlike those of pytest; the test is at home there."""
    folder = Path(tempfile.mkdtemp(prefix="open"))
    folder.chmod(0o755)
    monkeypatch.chdir(folder)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(folder))
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


READING = (["show", "otcs"], ["history"], ["ledger", "verify"])

RIGHTS = {
    "neither": (0o444, 0o555),
    "the folder alone": (0o444, 0o777),
    "the file alone": (0o666, 0o555),
}
"""What may be written: the modes of the file and of its folder."""


@pytest.mark.parametrize(("of_file", "of_folder"), RIGHTS.values(), ids=RIGHTS)
def test_a_file_that_may_not_be_written_can_be_read(
    of_file: int, of_folder: int, command: CommandLine, open_folder: Path
) -> None:
    """Apply: exit 4, and one line says which rights to ask for; the file is as it was. Whatever
    only reads goes on."""
    assert_none_goes_in(command, open_folder, (of_file, of_folder), "cannot be written")
    with without_rights():
        read = [command(*words).exit_code for words in READING]
    assert read == [0] * len(READING)


def test_a_file_that_may_not_be_read_is_one_line(command: CommandLine, open_folder: Path) -> None:
    """Exit 4 for apply and for every command that reads."""
    assert_none_goes_in(command, open_folder, (0o000, 0o755), "cannot be opened")
    with without_rights():
        for words in READING:
            assert_one_line(command(*words), command.ledger, "cannot be opened")


def assert_none_goes_in(
    command: CommandLine, folder: Path, modes: tuple[int, int], said: str
) -> None:
    """Make a ledger, take rights away, and find that apply says so and changes nothing."""
    first = write_workbook(folder / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    second = write_workbook(folder / "second.xlsx", about(0))
    ledger = folder / "ledger.db"
    command.ledger = str(ledger)
    for words in (["apply", str(first)], *READING):  # which also imports all that they need
        assert command(*words).exit_code == 0
    before = ledger.read_bytes()
    ledger.chmod(modes[0])
    folder.chmod(modes[1])
    with without_rights():
        assert_one_line(command("apply", second), command.ledger, said, "You need permission")
    assert ledger.read_bytes() == before
    assert {one.name for one in folder.iterdir()} == {"first.xlsx", "ledger.db", "second.xlsx"}


def test_a_folder_that_may_not_be_written_gets_no_ledger(
    command: CommandLine, open_folder: Path
) -> None:
    """The first apply of all: exit 4, one line with the system's reason."""
    first = write_workbook(open_folder / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    assert command("apply", first).exit_code == 0  # elsewhere
    command.ledger = str(open_folder / "ledger.db")
    open_folder.chmod(0o555)
    with without_rights():
        assert_one_line(command("apply", first), command.ledger, "permission denied")
    assert [one.name for one in open_folder.iterdir()] == ["first.xlsx"]


def test_a_disk_that_is_there_for_reading_is_one_line(
    workbook: Path, command: CommandLine, tmp_path: Path
) -> None:
    """As one that the system found broken: exit 4 for apply, and whatever reads goes on."""
    first = write_workbook(tmp_path / "first.xlsx", beginning(Load(0, 0, otcs=3)))
    with small_disk(megabytes=4) as disk:
        command.ledger = str(disk / "ledger.db")
        assert command("apply", first).exit_code == 0
        before = everything_in(command.ledger)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert_one_line(command("apply", workbook), command.ledger, "cannot be written")
        assert [command(*words).exit_code for words in READING] == [0] * len(READING)
        assert everything_in(command.ledger) == before
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert_goes_in(workbook, command)


@on_a_server
def test_a_database_that_only_takes_readers_is_one_line(
    filled: str, workbook: Path, command: CommandLine, server: Server
) -> None:
    """As a standby is, or a server whose disk is nearly full: exit 4, nothing is changed, and
    readers go on."""
    name = str(sa.make_url(filled).database)
    before = everything_in(filled)
    with server.connect(name) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        assert_one_line(command("apply", workbook), name, "currently read-only")
        assert command("show", "otcs").exit_code == 0
        assert everything_in(filled) == before
        connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
    assert_goes_in(workbook, command)


# Locks that are held too long


def test_a_reader_that_does_not_end_holds_up_a_file_for_so_long(
    filled: str, workbook: Path, command: CommandLine
) -> None:
    """All is written but cannot be committed while somebody reads: exit 4 after the time to wait,
    one line, and what was written is taken back."""
    before = everything_in(filled)
    with closing(sqlite3.connect(filled)) as reader:
        reading = reader.execute("SELECT * FROM otc")
        reading.fetchone()
        assert_one_line(command("apply", workbook, "--wait", "0.2"), filled, "in use")
        reading.close()
    assert everything_in(filled) == before
    assert_goes_in(workbook, command)


LOCKED = {
    "an OTC": "SELECT FROM otc FOR UPDATE",
    "a customer": "SELECT FROM customer FOR UPDATE",
    "the account": "SELECT FROM account FOR UPDATE",
    "a table": "LOCK TABLE journal IN EXCLUSIVE MODE",
}


@on_a_server
@pytest.mark.parametrize("lock", LOCKED.values(), ids=LOCKED)
def test_what_somebody_has_locked_on_a_server_is_waited_for_so_long(
    lock: str, filled: str, workbook: Path, command: CommandLine, server: Server
) -> None:
    """Whatever an importer comes to first or last: exit 4 after the time to wait, one line, and
    nothing is changed; whoever reads is not held up."""
    name = str(sa.make_url(filled).database)
    before = everything_in(filled)
    with server.connect(name) as other, other.transaction():
        other.execute(lock.encode())
        assert_one_line(command("apply", workbook, "--wait", "0.2"), name, "in use", "0.2 seconds")
        assert command("show", "otcs").exit_code == 0
    assert everything_in(filled) == before
    assert_goes_in(workbook, command)


@on_a_server
def test_readers_wait_for_a_table_that_is_wholly_locked_so_long(
    filled: str, workbook: Path, command: CommandLine, server: Server
) -> None:
    """As while a table is rebuilt: exit 4 and one line for every command."""
    name = str(sa.make_url(filled).database)
    with server.connect(name) as other, other.transaction():
        other.execute("LOCK TABLE otc, batch IN ACCESS EXCLUSIVE MODE")
        for words in (["check", str(workbook)], ["apply", str(workbook)], *READING):
            assert_one_line(command(*words, "--wait", "0.1"), name, "in use")


# Clocks that are put back


NOON = dt.datetime(2026, 6, 10, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.both_engines
def test_a_clock_that_was_put_back_does_not_mix_up_the_days(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is never before the one before it: it bears that one's instant, and the report says
    in one line that the clock is behind, exit 0. Half a minute is not worth a word. As of each day
    the ledger is what its first batches left, so many as were made until then."""
    sheets = [beginning(Load(0, 0, otcs=3)), about(0), about(1), about(2)]
    times = [NOON, NOON - 2 * DAY, NOON - dt.timedelta(seconds=30), NOON + 2 * DAY]
    for number, (now, rows) in enumerate(zip(times, sheets, strict=True), start=1):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        said = command("apply", write_workbook(tmp_path / f"{number}.xlsx", rows))
        assert (said.exit_code, said.err) == (0, "")
        behind = [line for line in said.out.splitlines() if "clock is behind" in line]
        assert len(behind) == (number == 2)
        assert all("2026-06-10 12:00" in line for line in behind)
    instants = [NOON, NOON, NOON, NOON + 2 * DAY]
    history = command("history", "--json").json
    assert [dt.datetime.fromisoformat(one["at"]) for one in history] == instants
    monkeypatch.setattr(clock, "now", lambda: NOON + 9 * DAY)
    job = job_of("reader", open_ledger(command.ledger), tmp_path)
    for days, batches in ((-3, 0), (-2, 0), (-1, 0), (0, 3), (1, 3), (2, 4), (3, 4)):
        held = showing.contents(job, NOON.date() + days * DAY)
        assert held.batch == batches
        if batches:
            then = showing.contents(job, batches)
            assert (held.otcs, held.customers) == (then.otcs, then.customers)
    assert command("ledger", "verify").exit_code == 0
