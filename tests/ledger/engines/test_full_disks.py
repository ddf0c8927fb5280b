"""Disks that are full while a ledger is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import sql

from builders import customer, otc, write_workbook
from command_line import CommandLine
from importers import about, begin, beginning
from ledgers import Rows, all_rows, raw
from servers import NOBODY, Server
from small_disks import fill, small_disk
from statements import listening


@pytest.fixture
def large_workbook(tmp_path: Path) -> Path:
    """A workbook that takes some room: customers of one new OTC."""
    customers = [customer(f"Large {number}") for number in range(600)]
    sheets = [("Add OTC", [otc(total=600)]), ("Add Customer", customers)]
    return write_workbook(tmp_path / "large.xlsx", sheets)


def committed_rows(ledger: str) -> Rows:
    """All rows, without the counters from which a failed import has taken numbers."""
    with raw(ledger) as connection:
        query = "SELECT account_id, last_batch, head FROM account"
        accounts = list(map(repr, connection.exec_driver_sql(query)))
    return all_rows(ledger) | {"account": accounts}


def assert_goes_in(workbook: Path, command: CommandLine) -> None:
    """Once the cause is gone, the workbook is batch 2, and the ledger is sound."""
    report = command("apply", workbook, "--json").report
    assert (report["status"], report["batch"]) == ("applied", 2)
    assert command("ledger", "verify").exit_code == 0


@pytest.mark.parametrize(
    "pages", [pytest.param(0, marks=pytest.mark.thorough), 10,
              pytest.param(40, marks=pytest.mark.thorough)],
)  # fmt: skip
def test_a_file_that_cannot_grow_is_left_as_it_was(
    pages: int, large_workbook: Path, command: CommandLine, tmp_path: Path
) -> None:
    """SQLite finds the disk full after so many more pages, here by a limit of its own."""
    ledger = begin(command, tmp_path)
    before = committed_rows(ledger)
    with raw(ledger) as connection:
        size = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())

    def limit(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {size + pages}")  # type: ignore[attr-defined]

    with listening("connect", limit):
        result = command("apply", large_workbook)
    result.assert_error("is full", ledger)
    assert committed_rows(ledger) == before
    assert_goes_in(large_workbook, command)


@pytest.mark.thorough
@pytest.mark.parametrize("room", [0, 40_960])
def test_a_full_disk_leaves_a_file_as_it_was(
    room: int, large_workbook: Path, command: CommandLine, tmp_path: Path
) -> None:
    """A real one, with no room at all, and with some for what SQLite writes first; with room again
    the same workbook goes in."""
    with small_disk(megabytes=4) as disk:
        command.ledger = str(disk / "ledger.db")
        before = committed_rows(begin(command, tmp_path))
        filler = fill(disk, but=room)
        command("apply", large_workbook).assert_error("is full", command.ledger)
        assert committed_rows(command.ledger) == before
        filler.unlink()
        assert_goes_in(large_workbook, command)


@pytest.mark.thorough
def test_no_ledger_is_begun_on_a_full_disk(command: CommandLine, tmp_path: Path) -> None:
    """The first apply of all fails and leaves no ledger; with room again it makes one."""
    first = write_workbook(tmp_path / "first.xlsx", beginning())
    with small_disk(megabytes=4) as disk:
        command.ledger = str(disk / "ledger.db")
        filler = fill(disk, but=8192)
        command("apply", first).assert_error("is full", command.ledger)
        command("history").assert_error("There is no ledger")
        filler.unlink()
        assert command("apply", first).exit_code == 0
        assert_goes_in(write_workbook(tmp_path / "second.xlsx", about(0)), command)


def test_a_full_disk_of_a_server_leaves_the_ledger_as_it_was(
    large_workbook: Path, command: CommandLine, server: Server, tmp_path: Path
) -> None:
    """The database is on a disk without room for the workbook: the line says whose disk is full;
    with room again the same workbook goes in."""
    with small_disk(megabytes=24, owner=NOBODY) as disk, database_on(disk, server) as name:
        command.ledger = server.url(name)
        before = committed_rows(begin(command, tmp_path))
        filler = fill(disk, but=0)
        command("apply", large_workbook).assert_error("disk of the server", name, "is full")
        assert committed_rows(command.ledger) == before
        filler.unlink()
        assert_goes_in(large_workbook, command)


@contextmanager
def database_on(disk: Path, server: Server) -> Iterator[str]:
    """A database with an empty ledger whose tables are on a disk."""
    space = sql.Identifier(disk.name)
    with server.connect("postgres") as connection:
        create = sql.SQL("CREATE TABLESPACE {} LOCATION {}")
        connection.execute(create.format(space, sql.Literal(str(disk))))
        with server.database() as name:
            move = sql.SQL("ALTER DATABASE {} SET TABLESPACE {}")
            connection.execute(move.format(sql.Identifier(name), space))
            yield name
        connection.execute(sql.SQL("DROP TABLESPACE {}").format(space))
