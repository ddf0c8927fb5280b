"""Statements that a server refuses to its ledger's roles, whatever client they use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from builders import A, B
from roles import (
    DENIED,
    NOT_SUPPORTED,
    OVERALLOCATED,
    WRONG_TRANSACTION,
    LedgerWithRoles,
    refusal,
    with_names,
)

pytest_plugins = "role_fixtures"
pytestmark = [pytest.mark.contract, pytest.mark.thorough]


REWRITING = [
    "UPDATE journal_block SET lines = '[[]]'",
    "UPDATE batch SET actor = 'somebody else'",
    "DELETE FROM journal_block",
    "DELETE FROM batch",
    "TRUNCATE journal_block",
    "TRUNCATE batch CASCADE",
    "TRUNCATE otc CASCADE",
    "INSERT INTO batch SELECT * FROM batch ON CONFLICT (account_id, batch) "
    "DO UPDATE SET actor = 'somebody else'",
    "INSERT INTO journal_block SELECT * FROM journal_block "
    "ON CONFLICT (account_id, entry, first_line) DO UPDATE SET lines = '[[]]'",
    "MERGE INTO journal_block USING (SELECT 1) AS one ON true "
    "WHEN MATCHED THEN UPDATE SET lines = '[[]]'",
    "MERGE INTO batch USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    "SELECT 1 FROM batch FOR UPDATE",
    "UPDATE alembic_version SET version_num = '9999'",
    "DELETE FROM alembic_version",
]
UNDERMINING = [
    "ALTER TABLE journal_block ADD COLUMN more text",
    "ALTER VIEW journal SET (security_invoker = false)",
    "CREATE OR REPLACE VIEW journal AS SELECT * FROM journal_block",
    "CREATE RULE mine AS ON DELETE TO journal DO INSTEAD DELETE FROM journal_block",
    "ALTER TABLE otc DROP CONSTRAINT ck_otc_used",
    "ALTER TABLE otc DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE otc DISABLE TRIGGER ALL",
    "ALTER TABLE otc OWNER TO {role}",
    "DROP TABLE journal_block CASCADE",
    "DROP VIEW journal",
    "DROP TABLE otc CASCADE",
    "DROP TRIGGER otc_used_covers_subscriptions ON otc",
    "DROP FUNCTION refuse_overallocation CASCADE",
    "ALTER FUNCTION refuse_overallocation() RESET ALL",
    "CREATE OR REPLACE FUNCTION refuse_overallocation() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER mine BEFORE INSERT ON journal_block FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO journal_block DO INSTEAD NOTHING",
    "CREATE POLICY mine ON otc USING (true)",
    "ALTER TABLE otc NO FORCE ROW LEVEL SECURITY",
    "CREATE TABLE public.mine (x int)",
    "CREATE VIEW public.mine AS SELECT * FROM otc",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "DROP SCHEMA public CASCADE",
    "SET ROLE {owner}",
    "SET SESSION AUTHORIZATION {owner}",
    "SET session_replication_role = replica",
    "ALTER ROLE {role} SUPERUSER",
    "ALTER ROLE {role} BYPASSRLS",
    "GRANT {owner} TO {role}",
    "GRANT UPDATE ON journal_block TO {role}; UPDATE journal_block SET lines = '[[]]'",
    "SET row_security = off; SELECT * FROM otc",
]


@pytest.mark.parametrize("role", ["importer", "reader"])
@pytest.mark.parametrize("statements", [REWRITING, UNDERMINING], ids=["rewriting", "undermining"])
def test_no_role_rewrites_the_journal_or_undermines_what_protects_it(
    statements: list[str], role: str, shared: LedgerWithRoles
) -> None:
    """Batches and journal are only added to; tables, policies and triggers belong to the owner."""
    name = getattr(shared, role)
    for template in statements:
        statement = template.replace("{role}", name).replace("{owner}", shared.owner)
        with shared.connect(name) as connection:
            assert refusal(connection, statement) == DENIED, statement


OTC_COLUMNS = ("account_id, code, email, company, company_key, total, {used}, description, "
               "purchase_date, expiry_date, product_id, runtime")  # fmt: skip
INSERT_OTCS = f"INSERT INTO otc SELECT {OTC_COLUMNS}"
ONE_MORE = f"INSERT INTO subscription VALUES ('default', 3, '{A}', 1)"
RAISE = "UPDATE subscription SET licenses = licenses + 1"
RAISE_PUBLIC = RAISE.replace("subscription", "public.subscription")

REFUSED_BY_CHECK: list[list[str]] = [
    ["UPDATE otc SET used = total + 1"],
    [f"UPDATE otc SET total = 9 WHERE code = '{A}'"],
    ["UPDATE otc SET used = -1"],
    [f"UPDATE subscription SET licenses = -1 WHERE otc = '{B}'"],
    [f"WITH more AS (UPDATE otc SET used = used + 5) {ONE_MORE}"],
    [INSERT_OTCS.replace("{used}", "total + 1").replace("code", "code || 'x'", 1) + " FROM otc"],
]
REFUSED_BY_TRIGGER: dict[str, list[str]] = {
    "more assigned": [RAISE],
    "one more customer": [ONE_MORE],
    "used below what is assigned": [f"UPDATE otc SET used = 9 WHERE code = '{A}'"],
    "nothing used": ["UPDATE otc SET used = 0"],
    "total and used below what is assigned": ["UPDATE otc SET total = 5, used = 0"],
    "moved to another OTC": [f"UPDATE subscription SET otc = '{B}' WHERE customer_id = 1"],
    "on conflict": [f"{ONE_MORE} ON CONFLICT DO NOTHING"],
    "on conflict raised": [
        "INSERT INTO subscription SELECT * FROM subscription "
        "ON CONFLICT (account_id, customer_id, otc) DO UPDATE SET licenses = 900"
    ],
    "on conflict used": [
        f"{INSERT_OTCS.replace('{used}', 'used')} FROM otc "
        "ON CONFLICT (account_id, code) DO UPDATE SET used = 0"
    ],
    "merged": [
        f"MERGE INTO subscription AS s USING (VALUES (1), (3)) AS new (id) "
        f"ON s.customer_id = new.id AND s.otc = '{A}' "
        "WHEN MATCHED THEN UPDATE SET licenses = 900 "
        f"WHEN NOT MATCHED THEN INSERT VALUES ('default', new.id, '{A}', 900)"
    ],
    "merged used": [
        "MERGE INTO otc USING (SELECT 1) AS one ON account_id = 'default' "
        "WHEN MATCHED THEN UPDATE SET used = 0"
    ],
    "deleted and inserted in one": [
        f"WITH deleted AS (DELETE FROM otc RETURNING *) "
        f"{INSERT_OTCS.replace('{used}', '0')} FROM deleted"
    ],
    "lowered and assigned in one": [
        f"WITH less AS (UPDATE otc SET used = 0 WHERE code = '{B}') {ONE_MORE}"
    ],
    "by a cursor": [
        "BEGIN",
        "DECLARE one CURSOR FOR SELECT * FROM subscription FOR UPDATE",
        "FETCH one",
        "UPDATE subscription SET licenses = 900 WHERE CURRENT OF one",
    ],
    "in a block": [
        f"DO $$ BEGIN {RAISE}; EXCEPTION WHEN not_null_violation THEN NULL; END $$"
    ],
    "behind a temporary table": [
        "CREATE TEMP TABLE IF NOT EXISTS subscription (account_id text, otc text, licenses int)",
        RAISE_PUBLIC,
    ],
    "behind temporary tables": [
        "CREATE TEMP TABLE otc AS SELECT * FROM public.otc",
        "UPDATE otc SET used = 900",
        RAISE_PUBLIC,
    ],
    "in another search path": ["SET search_path = pg_temp", RAISE_PUBLIC],
    "at the commit": ["BEGIN", "SET CONSTRAINTS ALL DEFERRED", RAISE],
}  # fmt: skip


@pytest.mark.parametrize("role", ["importer", "owner"])
def test_no_role_overallocates(role: str, shared: LedgerWithRoles) -> None:
    """Not even the tables' owner, unless it removes the triggers."""
    for statements in (*REFUSED_BY_CHECK, *REFUSED_BY_TRIGGER.values()):
        with shared.connect(getattr(shared, role)) as connection:
            assert refusal(connection, *statements) == OVERALLOCATED, statements


def test_without_the_triggers_it_goes_through(shared: LedgerWithRoles) -> None:
    """The control: it is the triggers that refuse it, and not a mistake in the statement."""
    overallocated = """SELECT count(*) FROM public.otc WHERE used <
        (SELECT sum(licenses) FROM public.subscription AS assigned
         WHERE assigned.account_id = otc.account_id AND assigned.otc = otc.code)"""
    for name, statements in REFUSED_BY_TRIGGER.items():
        with shared.connect() as connection:
            connection.execute("BEGIN")
            for table in ("otc", "subscription"):
                connection.execute(with_names("ALTER TABLE {} DISABLE TRIGGER USER", table))
            for statement in statements:
                if statement != "BEGIN":
                    connection.execute(statement.encode())
            assert connection.execute(overallocated).fetchone() != (0,), name
            connection.execute("ROLLBACK")


def copy_refusal(
    connection: psycopg.Connection, table: str, rows: Sequence[Sequence[Any]]
) -> str | None:
    """The SQLSTATE with which the server refuses rows that COPY brings; None if it takes them."""
    try:
        with connection.cursor().copy(with_names("COPY {} FROM STDIN", table)) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def test_a_copy_overallocates_no_more_than_an_insert(shared: LedgerWithRoles) -> None:
    """The owner's is refused for its rows, an importer's always."""
    for role, state in ((shared.owner, OVERALLOCATED), (shared.importer, NOT_SUPPORTED)):
        with shared.connect(role) as connection:
            assert copy_refusal(connection, "subscription", [("default", 3, A, 1)]) == state


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_transaction_that_sees_an_old_state_changes_no_balance(
    level: str, shared: LedgerWithRoles
) -> None:
    """It would not see what others have assigned meanwhile."""
    for role in (shared.importer, shared.owner):
        with shared.connect(role) as connection:
            for statement in (RAISE, "UPDATE otc SET used = used", ONE_MORE):
                state = refusal(connection, f"BEGIN ISOLATION LEVEL {level}", statement)
                assert state == WRONG_TRANSACTION, statement
            connection.execute(f"SET default_transaction_isolation = '{level.lower()}'".encode())
            assert refusal(connection, RAISE) == WRONG_TRANSACTION
