"""What the roles of a server may do on the command line."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from builders import write_workbook
from command_line import CommandLine
from roles import (
    DENIED,
    FIRST,
    IMPORTING,
    OWNING,
    READING,
    TABLES,
    LedgerWithRoles,
    assert_no_right,
    refusal,
    with_names,
)

pytest_plugins = "role_fixtures"
pytestmark = [pytest.mark.usefixtures("more"), pytest.mark.thorough]


@pytest.mark.contract
@pytest.mark.parametrize("role", ["importer", "reader"])
def test_importers_and_readers_may_read(
    role: str, command: CommandLine, shared: LedgerWithRoles
) -> None:
    """Check, show, history, export, template, verify and backup; each sees its account alone."""
    url = shared.url(getattr(shared, role))
    for words in READING:
        result = command(*words, "--ledger", url)
        assert (result.exit_code, result.err) == (0, ""), words
    otcs = [command("show", "otcs", "--account", name, "--json", "--ledger", "copy.db").json
            for name in ("default", "another")]  # fmt: skip
    assert list(map(len, otcs)) == [2, 0]


@pytest.mark.contract
def test_a_reader_may_do_nothing_else(command: CommandLine, shared: LedgerWithRoles) -> None:
    """Every command that writes fails with a line that names the role."""
    for words in (*IMPORTING, *OWNING):
        assert_no_right(command(*words, "--ledger", shared.url(shared.reader)), shared.reader)


@pytest.mark.contract
def test_an_importer_applies_and_undoes_in_its_account(
    command: CommandLine, own: LedgerWithRoles, tmp_path: Path
) -> None:
    """It cannot make or upgrade ledgers, grant access, or write to another account."""
    url = own.url(own.importer)
    for words in (["apply", "more.xlsx"], ["undo", "2"], ["undo", "1"], ["ledger", "verify"]):
        assert command(*words, "--ledger", url).exit_code == 0, words
    before = own.rows()
    for words in (*OWNING, ["ledger", "init", "--importer", own.stranger]):
        assert_no_right(command(*words, "--ledger", url), own.importer)
    new = write_workbook(tmp_path / "new.xlsx", FIRST)
    for account in ("another", "a third"):
        result = command("apply", new, "--account", account, "--ledger", url)
        assert_no_right(result, own.importer)
    assert own.rows() == before


@pytest.mark.parametrize("role", ["importer", "reader"])
def test_verify_needs_no_more_rights_than_a_readers(
    role: str, command: CommandLine, own: LedgerWithRoles
) -> None:
    """It finds what was tampered with."""
    with own.connect() as connection:
        connection.execute("UPDATE customer SET status = 'disabled' WHERE customer_id = 1")
    result = command("ledger", "verify", "--json", "--ledger", own.url(getattr(own, role)))
    assert result.exit_code == 4
    faults = [(fault["code"], fault["key"]) for fault in result.json["faults"]]
    assert faults == [("balance-wrong", "1")]


@pytest.mark.contract
def test_a_role_without_access_sees_nothing(command: CommandLine, shared: LedgerWithRoles) -> None:
    """PUBLIC has no right to any table, neither for commands nor for raw statements."""
    for words in (*READING, *IMPORTING, *OWNING):
        assert_no_right(command(*words, "--ledger", shared.url(shared.stranger)), shared.stranger)
    with shared.connect(shared.stranger) as connection:
        assert refusal(connection, "SELECT 1 FROM journal") == DENIED
        for table in (*TABLES, "alembic_version"):
            for statement in (
                f"SELECT 1 FROM {table}", f"COPY {table} TO STDOUT", f"DELETE FROM {table}",
                f"INSERT INTO {table} DEFAULT VALUES",
            ):  # fmt: skip
                assert refusal(connection, statement) == DENIED, statement
        open_to_all = """SELECT relname FROM pg_class, aclexplode(relacl) AS granted
            WHERE relnamespace = 'public'::regnamespace AND granted.grantee = 0"""
        assert connection.execute(open_to_all).fetchall() == []


def test_a_role_that_does_not_exist_is_one_line(
    command: CommandLine, shared: LedgerWithRoles
) -> None:
    """The line has the SQL to make it, and no other role of the command gets access."""
    for option in ("--importer", "--reader"):
        for missing in ("nobody knows", "public"):
            result = command("ledger", "init", "--importer", shared.stranger, option, missing,
                             "--ledger", shared.url(shared.owner))  # fmt: skip
            result.assert_error(f'CREATE ROLE "{missing}" LOGIN')
    with shared.connect(shared.stranger) as connection:
        assert refusal(connection, "SELECT 1 FROM otc") == DENIED


def test_a_group_gives_access_to_all_its_members(
    command: CommandLine, own: LedgerWithRoles, tmp_path: Path
) -> None:
    """The role is a group that cannot log in; a member imports, and sees its account alone."""
    group, member = own.new_role("group"), own.new_role("member")
    with own.connect() as connection:
        connection.execute(with_names("ALTER ROLE {} NOLOGIN", group))
        connection.execute(with_names("GRANT {} TO {}", group, member))
    words = ["ledger", "init", "--importer", group, "--ledger", own.url(own.owner)]
    assert command(*words).exit_code == 0
    url = own.url(member)
    for words in (["apply", "more.xlsx"], ["ledger", "verify"]):
        assert command(*words, "--ledger", url).exit_code == 0, words
    new = write_workbook(tmp_path / "new.xlsx", FIRST)
    assert_no_right(command("apply", new, "--account", "another", "--ledger", url), member)
    with own.connect(member) as connection:
        accounts = connection.execute("SELECT DISTINCT account_id FROM otc").fetchall()
        assert accounts == [("default",)]
        assert refusal(connection, "DELETE FROM journal_block") == DENIED


def test_a_role_whose_rights_were_revoked_has_no_access(
    command: CommandLine, own: LedgerWithRoles
) -> None:
    """As docs/ledger.md has it; what it imported stays."""
    before = own.rows()
    with own.connect() as connection:
        connection.execute(with_names("DROP OWNED BY {}", own.importer))
    for words in (["show", "otcs"], ["ledger", "verify"]):
        assert_no_right(command(*words, "--ledger", own.url(own.importer)), own.importer)
        assert command(*words, "--ledger", own.url(own.reader)).exit_code == 0
    assert own.rows() == before


def test_a_ledger_may_be_in_a_schema_of_its_own(
    command: CommandLine, own: LedgerWithRoles, tmp_path: Path
) -> None:
    """The first one of the search path, with an odd name; it is guarded like any other."""
    with own.connect(own.owner) as connection:
        connection.execute(with_names("CREATE SCHEMA {}", 'Lic"ences'))
    in_schema = "&options=-csearch_path%3D%22Lic%22%22ences%22"
    words = ["ledger", "init", "--importer", own.importer]
    assert command(*words, "--ledger", own.url(own.owner) + in_schema).exit_code == 0
    url = own.url(own.importer) + in_schema
    first = write_workbook(tmp_path / "first.xlsx", FIRST)
    for workbook in (first, "more.xlsx"):
        assert command("apply", workbook, "--ledger", url).exit_code == 0
    with own.connect(own.importer) as connection:
        connection.execute("CREATE TEMP TABLE subscription (account_id text, otc text)")
        table = with_names("UPDATE {}.subscription SET licenses = 900", 'Lic"ences')
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(table)
    assert command("ledger", "verify", "--json", "--ledger", url).json["batches"] == 2


def test_names_of_roles_and_accounts_may_be_odd(command: CommandLine, own: LedgerWithRoles) -> None:
    """Quotation marks, percent signs, braces, backslashes, blanks and capitals."""
    account = 'Peña\'s "100%" {account} \\ :one; DROP TABLE otc; --'
    role = own.new_role('Ro\'le "%s" {x} \\ :one')
    words = ["ledger", "init", "--account", account, "--importer", role]
    assert command(*words, "--ledger", own.url(own.owner)).exit_code == 0
    with own.connect(role) as connection:
        values = "VALUES (%s, 0, 0, 0, '')"
        connection.execute(f"INSERT INTO account {values}", [account])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"INSERT INTO account {values}", ["x"])
        assert connection.execute("SELECT account_id FROM account").fetchall() == [(account,)]
