"""`ledger init --from`: a file that is copied into a server."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from command_line import CommandLine
from every_sheet import name_in_messages, overview
from ledgers import all_rows
from servers import EMPTY, Server

pytest_plugins = "two_account_fixtures"


@pytest.fixture
def source(two_accounts: Path, tmp_path: Path) -> Path:
    """A file to copy; the workbooks that made it are in the test's folder too."""
    shutil.copytree(two_accounts, tmp_path, dirs_exist_ok=True)
    return tmp_path / "ledger.db"


@pytest.fixture
def target(server: Server) -> Iterator[str]:
    """What `--ledger` is for a database without any tables."""
    with server.database(EMPTY) as name:
        yield server.url(name)


@pytest.mark.contract
def test_a_file_is_copied_with_all_its_accounts(
    command: CommandLine, source: Path, target: str, tmp_path: Path
) -> None:
    """The server holds what the file held, hash by hash, and goes on with the next batch, the next
    customer, and an undo of what was done in the file."""
    before = overview(command, source)
    result = command("ledger", "init", "--from", source, "--ledger", target, "--json")
    assert result.exit_code == 0
    ledger = name_in_messages(target)
    assert result.json == {"ledger": ledger, "account": "default", "made": True}
    assert overview(command, target) == before
    assert command("undo", "1", "--ledger", target).exit_code == 0
    for file, account, number in (("first.xlsx", "default", 5), ("second.xlsx", "another", 2)):
        result = command("apply", tmp_path / file, "--account", account, "--ledger", target,
                         "--json")  # fmt: skip
        assert (result.exit_code, result.report["batch"]) == (0, number)
    after = overview(command, target)
    heads = [batch["hash"] for batch in after["default", "history"]]
    assert before["default", "ledger", "verify"]["head"] == heads[2]
    names = {customer["name"] for customer in after["default", "show", "customers"]}
    assert names == {"Norte", "Peña Alta", "Sur"}


def test_a_file_is_copied_only_into_an_empty_ledger(
    command: CommandLine, source: Path, target: str
) -> None:
    """One that was made and not used yet will do; one that holds something stays as it was."""
    assert command("ledger", "init", "--ledger", target, "--reader", "postgres").exit_code == 0
    result = command("ledger", "init", "--from", source, "--ledger", target)
    assert result.exit_code == 0
    assert f"Copied: {source}" in result.out
    before = all_rows(target)
    again = command("ledger", "init", "--from", source, "--ledger", target)
    again.assert_error(str(source), "an empty ledger")
    assert all_rows(target) == before


UNFIT = {
    "UPDATE otc SET used = 51": "ck_otc_used",
    "UPDATE otc SET used = 0": "overallocation",
    "UPDATE subscription SET otc = 'x'": "fk_subscription_otc",
    "UPDATE device SET customer_id = 99": "fk_device_customer",
}


def test_a_file_is_copied_completely_or_not_at_all(
    command: CommandLine, source: Path, target: str
) -> None:
    """The server refuses a row of the second account: its reason is given, no OTC is shown in full,
    and not even the tables are made."""
    for statement, reason in UNFIT.items():
        unfit = shutil.copy(source, "unfit.db")
        with closing(sqlite3.connect(unfit, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(f"{statement} WHERE account_id = 'another'")
        result = command("ledger", "init", "--from", unfit, "--ledger", target)
        result.assert_error(name_in_messages(target), reason)
        assert re.search(r"[A-E]{5}-1", result.err) is None
        assert all_rows(target) == {}, statement


def test_what_is_no_ledger_is_not_copied(
    command: CommandLine, source: Path, target: str, tmp_path: Path
) -> None:
    """A file that does not exist, is something else, or is damaged; no tables are made."""
    (tmp_path / "notes.txt").write_text("Not a database at all.\n" * 100)
    os.truncate(source, source.stat().st_size // 2)
    for file in (tmp_path / "missing.db", tmp_path / "notes.txt", source):
        command("ledger", "init", "--from", file, "--ledger", target).assert_error(str(file))
        assert all_rows(target) == {}
    assert not (tmp_path / "missing.db").exists()
