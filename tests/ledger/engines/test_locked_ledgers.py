"""Ledgers that somebody else has locked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from command_line import CommandLine
from importers import assert_applied_once, on_a_server
from ledgers import Rows, all_rows, raw

SHORT = ("--wait", "0.2")
READING = (["show", "otcs"], ["history"], ["ledger", "verify"])

pytest_plugins = "importer_fixtures"


@contextmanager
def locking(ledger: str, statement: str) -> Iterator[None]:
    """Somebody else's transaction, begun by `statement` or going on with it."""
    with raw(ledger) as connection:
        if not statement.startswith("BEGIN"):
            connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(statement)
        yield
        connection.exec_driver_sql("ROLLBACK")


def committed_rows(ledger: str) -> Rows:
    """All rows but those of `account`, whose counters a failed import has used."""
    return {table: rows for table, rows in all_rows(ledger).items() if table != "account"}


def test_a_file_that_another_program_writes_to_can_be_read(
    three_otcs: str, changes: Path, command: CommandLine
) -> None:
    """Apply fails after the time to wait; check and show go on; once it is free, apply succeeds."""
    with locking(three_otcs, "BEGIN IMMEDIATE"):
        command("apply", changes, *SHORT).assert_error(three_otcs, "in use")
        failure = command("apply", changes, "--json", *SHORT)
        assert failure.json["exit_code"] == failure.exit_code == 4
        assert command("show", "otcs", *SHORT).exit_code == 0
        assert command("check", changes, *SHORT).exit_code == 0
    assert_applied_once(command("apply", changes, "--json"), 2, command)


def test_a_file_that_is_exclusively_locked_cannot_be_read(
    three_otcs: str, changes: Path, command: CommandLine
) -> None:
    """Every command says that it is in use."""
    with locking(three_otcs, "BEGIN EXCLUSIVE"):
        for words in (["check", str(changes)], ["apply", str(changes)], *READING):
            command(*words, *SHORT).assert_error(three_otcs, "in use")


def test_a_reader_that_does_not_end_delays_a_file_for_the_time_to_wait(
    three_otcs: str, changes: Path, command: CommandLine
) -> None:
    """All is written but cannot be committed while somebody reads: it is taken back."""
    before = committed_rows(three_otcs)
    with raw(three_otcs) as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT * FROM otc").fetchone()
        command("apply", changes, *SHORT).assert_error(three_otcs, "in use")
        reader.exec_driver_sql("ROLLBACK")
    assert committed_rows(three_otcs) == before
    assert_applied_once(command("apply", changes, "--json"), 2, command)


LOCKS = {
    "an OTC": "SELECT FROM otc FOR UPDATE",
    "a customer": "SELECT FROM customer FOR UPDATE",
    "the account": "SELECT FROM account FOR UPDATE",
    "a table": "LOCK TABLE journal_block IN EXCLUSIVE MODE",
}


@on_a_server
@pytest.mark.parametrize(
    "lock",
    [pytest.param(lock, id=name, marks=[pytest.mark.contract] * (name == "the account"))
     for name, lock in LOCKS.items()],
)  # fmt: skip
def test_a_lock_on_a_server_is_waited_for_as_long_as_asked(
    lock: str, three_otcs: str, changes: Path, command: CommandLine
) -> None:
    """Whatever an importer comes to first or last; readers are not delayed."""
    name = str(sa.make_url(three_otcs).database)
    before = committed_rows(three_otcs)
    with locking(three_otcs, lock):
        command("apply", changes, *SHORT).assert_error(name, "in use", "0.2 seconds")
        assert command("show", "otcs").exit_code == 0
    assert committed_rows(three_otcs) == before
    assert_applied_once(command("apply", changes, "--json"), 2, command)


@on_a_server
def test_readers_wait_for_a_table_that_is_exclusively_locked(
    three_otcs: str, changes: Path, command: CommandLine
) -> None:
    """As while a table is rebuilt: every command fails after the time to wait."""
    with locking(three_otcs, "LOCK TABLE otc, batch IN ACCESS EXCLUSIVE MODE"):
        for words in (["check", str(changes)], ["apply", str(changes)], *READING):
            command(*words, *SHORT).assert_error(str(sa.make_url(three_otcs).database), "in use")


@on_a_server
def test_a_read_only_database_can_be_read(
    three_otcs: str, changes: Path, command: CommandLine
) -> None:
    """As a standby is, or a server whose disk is nearly full: apply changes nothing."""
    name = str(sa.make_url(three_otcs).database)
    before = committed_rows(three_otcs)
    setting = "default_transaction_read_only"
    with raw(three_otcs) as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET {setting} = on")
        command("apply", changes).assert_error(name, "currently read-only")
        assert command("show", "otcs").exit_code == 0
        assert committed_rows(three_otcs) == before
        connection.exec_driver_sql(f"ALTER DATABASE {name} RESET {setting}")
    assert_applied_once(command("apply", changes, "--json"), 2, command)
