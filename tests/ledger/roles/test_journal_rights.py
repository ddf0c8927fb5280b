"""The rights of a ledger's roles to the lines of its journal, which are rows of a view."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import CommandLine
from roles import DENIED, LedgerWithRoles, refusal, with_names

pytestmark = pytest.mark.thorough

pytest_plugins = "role_fixtures"

ACCOUNTS = "SELECT DISTINCT account_id FROM journal ORDER BY 1"
NO_TABLE, NOT_UPDATABLE = "42809", "55000"


def accounts_seen(ledger: LedgerWithRoles, role: str) -> list[str]:
    """The accounts whose lines a role sees."""
    with ledger.connect(role) as connection:
        return [account for (account,) in connection.execute(ACCOUNTS).fetchall()]


@pytest.mark.contract
def test_each_role_sees_the_lines_of_its_own_accounts(own: LedgerWithRoles) -> None:
    """The view has the rights of who reads it, not those of its owner."""
    assert accounts_seen(own, own.owner) == ["another", "default"]
    assert accounts_seen(own, own.importer) == accounts_seen(own, own.reader) == ["default"]
    assert accounts_seen(own, own.other_importer) == ["another"]
    with own.connect(own.owner) as connection:
        connection.execute("ALTER VIEW journal RESET (security_invoker)")
    assert accounts_seen(own, own.reader) == ["another", "default"]  # the control


@pytest.mark.contract
@pytest.mark.parametrize("role", ["importer", "reader", "owner"])
def test_nobody_writes_to_the_lines(role: str, shared: LedgerWithRoles) -> None:
    """Not even the owner of the tables."""
    with shared.connect(getattr(shared, role)) as connection:
        for statement in (
            "UPDATE journal SET row = 99", "DELETE FROM journal", "TRUNCATE journal",
            "INSERT INTO journal SELECT * FROM journal",
            "MERGE INTO journal USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
        ):  # fmt: skip
            state = refusal(connection, statement)
            assert state in (DENIED, NO_TABLE, NOT_UPDATABLE, "0A000"), statement


def test_a_block_is_a_list_in_json(shared: LedgerWithRoles) -> None:
    """Whatever client an importer uses."""
    add = "INSERT INTO journal_block SELECT account_id, entry, 99, '{}' FROM journal_block"
    with shared.connect(shared.importer) as connection:
        for lines in ("", "[[", "{}", "[]", "5", '"x"'):
            state = refusal(connection, add.replace("{}", lines))
            assert state in ("22P02", "22023", "23514"), lines
        refused_later = refusal(connection, "BEGIN", add.replace("{}", "[[]]"), "SELECT 1 / 0")
        assert refused_later == "22012"  # the control


def test_access_that_is_given_up_includes_the_lines(
    command: CommandLine, own: LedgerWithRoles, tmp_path: Path
) -> None:
    """By DROP OWNED; and rights that the owner's database gives to everybody are taken back."""
    with own.connect() as connection:
        connection.execute(with_names("DROP OWNED BY {}", own.reader))
        connection.execute("GRANT SELECT, INSERT ON journal TO PUBLIC")
    assert command("ledger", "init", "--ledger", own.url(own.owner)).exit_code == 0
    for role in (own.reader, own.stranger):
        with own.connect(role) as connection:
            assert refusal(connection, ACCOUNTS) == DENIED
