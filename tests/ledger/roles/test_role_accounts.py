"""Accounts that the roles of a server may not use, and access that changes."""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg
import pytest

from builders import B
from command_line import CommandLine
from importer.ledger.tables import metadata
from roles import (
    DENIED,
    IMPORTING,
    READING,
    TABLES,
    LedgerWithRoles,
    assert_no_right,
    refusal,
    with_names,
)

pytest_plugins = "role_fixtures"
pytestmark = [pytest.mark.usefixtures("more"), pytest.mark.thorough]


def note(printed: list[str], notice: psycopg.errors.Diagnostic) -> None:
    """Remember a notice of the server."""
    printed.append(notice.message_primary or "")


@pytest.mark.contract
def test_no_role_sees_another_account(own: LedgerWithRoles) -> None:
    """Not by a query, a function in it that prints its argument, a copy, or statistics."""
    with own.connect() as connection:
        connection.execute("ANALYZE")
        for table in TABLES:  # there is something to see
            accounts = connection.execute(with_names("SELECT DISTINCT account_id FROM {}", table))
            assert {row[0] for row in accounts} == {"default", "another"}, table
    for role in (own.importer, own.reader):
        printed: list[str] = []
        with own.connect(role) as connection:
            connection.add_notice_handler(partial(note, printed))
            connection.execute("""CREATE FUNCTION pg_temp.print(what text) RETURNS bool LANGUAGE
                plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', what; RETURN true; END $$""")
            for table in TABLES:
                query = "SELECT account_id FROM {} WHERE pg_temp.print(account_id)"
                accounts = connection.execute(with_names(query, table))
                assert {row[0] for row in accounts} == {"default"}, table
                statistics = "SELECT 1 FROM pg_stats WHERE tablename = %s"
                assert connection.execute(statistics, [table]).fetchall() == []
                with connection.cursor().copy(with_names("COPY {} TO STDOUT", table)) as copy:
                    assert b"another" not in b"".join(bytes(part) for part in copy)
        assert set(printed) == {"default"}


@pytest.mark.contract
def test_no_importer_writes_to_another_account(own: LedgerWithRoles) -> None:
    """Rows inserted there, moved there or fetched from there; those there are not found."""
    before = own.rows()
    with own.connect(own.importer) as connection:
        for table in TABLES:
            columns = ", ".join(c.name for c in metadata.tables[table].c if c.name != "account_id")
            insert = (
                f"INSERT INTO {table} (account_id, {columns}) "
                f"SELECT 'another', {columns} FROM {table}"
            )
            for statement in (
                insert, f"{insert} ON CONFLICT DO NOTHING",
                f"UPDATE {table} SET account_id = 'another'",
            ):  # fmt: skip
                assert refusal(connection, statement) == DENIED, statement
            for statement in (
                f"UPDATE {table} SET account_id = 'default' WHERE account_id = 'another'",
                f"DELETE FROM {table} WHERE account_id = 'another'",
                f"SELECT 1 FROM {table} WHERE account_id = 'another' FOR UPDATE",
            ):
                assert refusal(connection, statement) in (DENIED, None), statement
    assert own.rows() == before


def test_a_role_may_import_into_one_account_and_read_another(
    command: CommandLine, own: LedgerWithRoles
) -> None:
    """In the one it reads it is refused at once, like any reader, and a raw client too."""
    url = own.url(own.importer)
    words = ["ledger", "init", "--account", "another", "--reader", own.importer]
    assert command(*words, "--ledger", own.url(own.owner)).exit_code == 0
    before = own.rows()
    for words in READING:
        assert command(*words, "--account", "another", "--ledger", url).exit_code == 0, words
    for words in IMPORTING:
        assert_no_right(command(*words, "--account", "another", "--ledger", url), own.importer)
    with own.connect(own.importer) as connection:
        another = "WHERE account_id = 'another'"
        for statement in (
            f"UPDATE otc SET used = 0 {another}",
            f"UPDATE subscription SET licenses = 1 {another}",
            f"INSERT INTO subscription VALUES ('another', 2, '{B}', 1)",
        ):
            assert refusal(connection, statement) == DENIED, statement
        assert connection.execute(f"DELETE FROM subscription {another}".encode()).rowcount == 0
    assert own.rows() == before
    assert command("apply", "more.xlsx", "--ledger", url).exit_code == 0


def test_an_importer_that_becomes_a_reader_writes_no_more(
    command: CommandLine, own: LedgerWithRoles
) -> None:
    """It may import again once it gets that right again; roles of other accounts are unaffected."""
    owner, url = own.url(own.owner), own.url(own.importer)
    assert command("ledger", "init", "--reader", own.importer, "--ledger", owner).exit_code == 0
    before = own.rows()
    for words in IMPORTING:
        assert_no_right(command(*words, "--ledger", url), own.importer)
    with own.connect(own.importer) as connection:
        for table in TABLES:
            assert refusal(connection, f"DELETE FROM {table}") == DENIED, table
    assert own.rows() == before
    assert command("show", "otcs", "--ledger", url).exit_code == 0
    other_url = own.url(own.other_importer)
    for words in (
        ["apply", "more.xlsx", "--account", "another", "--ledger", other_url],
        ["ledger", "init", "--importer", own.importer, "--ledger", owner],
        ["apply", "more.xlsx", "--ledger", url],
    ):
        assert command(*words).exit_code == 0, words


def test_access_can_be_granted_again(command: CommandLine, own: LedgerWithRoles) -> None:
    """Policies, grants and all that the ledger holds stay as they are."""
    policies = "SELECT * FROM pg_policies ORDER BY tablename, policyname"
    grants = """SELECT relname, granted.* FROM pg_class, aclexplode(relacl) AS granted
        WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2, 3, 4"""

    def state() -> list[Any]:
        with own.connect() as connection:
            access = [connection.execute(query).fetchall() for query in (policies, grants)]
        return [access, own.rows()]

    before = state()
    words = ["ledger", "init", "--importer", own.importer, "--reader", own.reader]
    assert command(*words, "--ledger", own.url(own.owner), "--json").json["made"] is False
    assert state() == before
