"""Raw clients that take the last licences at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builders import B, write_workbook
from command_line import CommandLine
from importers import waiting_for_locks
from roles import MORE, OVERALLOCATED, LedgerWithRoles, refusal, with_names
from waiting import PATIENCE, wait_until

pytest_plugins = "role_fixtures"


@pytest.fixture
def all_used(own: LedgerWithRoles) -> LedgerWithRoles:
    """A ledger in which all licences are used, though four of B are not assigned."""
    with own.connect(own.owner) as owner:
        owner.execute("UPDATE otc SET used = total WHERE account_id = 'default'")
    return own


def take_four(customer: int) -> str:
    """Assign four licences of B."""
    return f"INSERT INTO subscription VALUES ('default', {customer}, '{B}', 4)"


@pytest.mark.contract
def test_two_clients_cannot_both_take_the_last_licences(all_used: LedgerWithRoles) -> None:
    """The second of two who take four of five each waits for the first, and is refused."""
    assert race(all_used, take_four(2)) == OVERALLOCATED
    assert assigned(all_used) == 5


def test_used_is_not_lowered_while_another_client_takes_it(all_used: LedgerWithRoles) -> None:
    """It waits for the one who is taking it, and is refused."""
    assert race(all_used, f"UPDATE otc SET used = 1 WHERE code = '{B}'") == OVERALLOCATED


def race(own: LedgerWithRoles, statement: str) -> str | None:
    """Begin to take four licences, have another client wait with a statement; its SQLSTATE."""
    with (
        own.connect(own.importer) as first,
        own.connect(own.importer) as second,
        ThreadPoolExecutor(1) as threads,
    ):
        first.execute("BEGIN")
        first.execute(take_four(1).encode())
        other = threads.submit(refusal, second, "BEGIN", statement)
        wait_until(lambda: waiting_for_locks(own.server, own.url(own.importer)) == 1)
        assert not other.done()
        first.execute("COMMIT")
        return other.result(PATIENCE)


def assigned(own: LedgerWithRoles) -> int:
    """How many licences of B are assigned."""
    query = "SELECT sum(licenses) FROM subscription WHERE account_id = 'default' AND otc = %s"
    with own.connect() as connection:
        [(total,)] = connection.execute(query, [B]).fetchall()
    return int(total)


def test_without_the_triggers_both_take_them(all_used: LedgerWithRoles) -> None:
    """The control: nobody waits, and nine of five are assigned."""
    with all_used.connect(all_used.owner) as owner:
        owner.execute("ALTER TABLE subscription DISABLE TRIGGER USER")
    with (
        all_used.connect(all_used.importer) as first,
        all_used.connect(all_used.importer) as second,
    ):
        first.execute("BEGIN")
        first.execute(take_four(1).encode())
        assert refusal(second, "BEGIN", take_four(2)) is None
        first.execute("COMMIT")
    assert assigned(all_used) == 9


def test_what_fits_is_accepted(all_used: LedgerWithRoles) -> None:
    """The guards do not refuse what is allowed."""
    with all_used.connect(all_used.importer) as connection:
        for statement in (
            f"UPDATE otc SET used = 3 WHERE code = '{B}'",
            f"INSERT INTO subscription VALUES ('default', 1, '{B}', 2)",
            f"UPDATE subscription SET licenses = 1 WHERE customer_id = 1 AND otc = '{B}'",
            f"DELETE FROM subscription WHERE otc = '{B}'",
            f"UPDATE otc SET used = 0, total = 1 WHERE code = '{B}'",
            f"DELETE FROM otc WHERE code = '{B}'",
        ):
            assert refusal(connection, statement) is None, statement


def test_the_program_uses_the_level_that_is_not_refused(
    command: CommandLine, own: LedgerWithRoles, tmp_path: Path
) -> None:
    """A server, a database or a role may have another level as its default."""
    more = write_workbook(tmp_path / "more.xlsx", MORE)
    with own.connect() as connection:
        level = "ALTER ROLE {} IN DATABASE {} SET default_transaction_isolation = 'repeatable read'"
        connection.execute(with_names(level, own.importer, own.database))
    assert command("apply", more, "--ledger", own.url(own.importer)).exit_code == 0
