"""`ledger verify` compares the schema: triggers, indexes, constraints, policies and grants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import A, customer, otc, write_workbook
from command_line import CommandLine
from ledgers import raw
from roles import TABLES, LedgerWithRoles

pytestmark = pytest.mark.thorough

pytest_plugins = "role_fixtures"


@pytest.fixture
def filled(command: CommandLine, tmp_path: Path) -> CommandLine:
    """A ledger in a file with one batch."""
    sheets = [("Add OTC", [otc(A)]), ("Add Customer", [customer("Norte", 5)])]
    assert command("apply", write_workbook(tmp_path / "first.xlsx", sheets)).exit_code == 0
    return command


def tamper_with(ledger: str, statements: str | list[str], role: str = "") -> None:
    """Execute statements, in which `role` may stand, as whoever the ledger's name says."""
    with raw(ledger) as connection:
        for statement in [statements] if isinstance(statements, str) else statements:
            connection.exec_driver_sql(statement.replace("{role}", role))


def faults_of(document: dict[str, Any]) -> dict[str, str]:
    """The message of each fault by its key; all are of the schema."""
    assert {fault["code"] for fault in document["faults"]} <= {"schema-changed"}
    return {fault["key"]: fault["message"] for fault in document["faults"]}


IN_A_FILE: dict[str, tuple[str | list[str], dict[str, str]]] = {
    "trigger": ("DROP TRIGGER batch_no_delete", {"trigger batch_no_delete": "missing"}),
    "planted": (
        "CREATE TRIGGER mine AFTER INSERT ON otc BEGIN UPDATE otc SET email = 'x'; END",
        {"trigger mine": "added"},
    ),
    "hollow": (
        ["DROP TRIGGER batch_no_update",
         "CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch BEGIN SELECT 1; END"],
        {"trigger batch_no_update": "not as"},
    ),
    "index": ("DROP INDEX uq_customer_email_key", {"index uq_customer_email_key": "missing"}),
    "constraint": (
        ["PRAGMA writable_schema = ON",
         "UPDATE sqlite_master SET sql = replace(sql, 'used <= total', 'used >= 0') "
         "WHERE name = 'otc'"],
        {"table otc": "not as"},
    ),
    "column": ("ALTER TABLE device ADD COLUMN more TEXT", {"table device": "not as"}),
    "view": ("DROP VIEW journal", {"view journal": "missing"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", IN_A_FILE)
def test_a_change_of_the_schema_is_found_in_a_file(kind: str, filled: CommandLine) -> None:
    """It says which part, and that the rest is as it was."""
    assert filled("ledger", "verify").exit_code == 0
    statements, found = IN_A_FILE[kind]
    tamper_with(filled.ledger, statements)
    result = filled("ledger", "verify", "--json")
    assert result.exit_code == 4
    faults = faults_of(result.json)
    assert faults.keys() == found.keys()
    assert all(word in faults[part] for part, word in found.items()), faults
    assert result.json["batches"] == 1
    assert "the data is intact" in filled("ledger", "verify").out


def test_tables_of_others_are_none_of_its_business(filled: CommandLine) -> None:
    """Statistics of SQLite's planner, and a view for a report."""
    tamper_with(filled.ledger, ["ANALYZE", "CREATE VIEW report AS SELECT * FROM otc"])
    assert filled("ledger", "verify").exit_code == 0


ON_A_SERVER: dict[str, tuple[str | list[str], dict[str, str]]] = {
    "trigger": (
        "DROP TRIGGER otc_used_covers_subscriptions ON otc",
        {"trigger otc.otc_used_covers_subscriptions": "missing"},
    ),
    "switched-off": (
        "ALTER TABLE otc DISABLE TRIGGER otc_used_covers_subscriptions",
        {"trigger otc.otc_used_covers_subscriptions": "not as"},
    ),
    "planted": (
        "CREATE TRIGGER mine BEFORE UPDATE ON otc FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        {"trigger otc.mine": "added"},
    ),
    "function": (
        "CREATE OR REPLACE FUNCTION refuse_overallocation() RETURNS trigger LANGUAGE plpgsql "
        "SET search_path = public, pg_temp AS $$ BEGIN RETURN NULL; END $$",
        {"function refuse_overallocation": "not as"},
    ),
    "search-path": (
        "ALTER FUNCTION refuse_overallocation() RESET ALL",
        {"function refuse_overallocation": "not as"},
    ),
    "check": (
        "ALTER TABLE otc DROP CONSTRAINT ck_otc_used",
        {"constraint otc.ck_otc_used": "missing"},
    ),
    "unvalidated": (
        "ALTER TABLE otc DROP CONSTRAINT ck_otc_used, "
        "ADD CONSTRAINT ck_otc_used CHECK (used >= 0 AND used <= total) NOT VALID",
        {"constraint otc.ck_otc_used": "not as"},
    ),
    "foreign-key": (
        "ALTER TABLE subscription DROP CONSTRAINT fk_subscription_otc",
        {"constraint subscription.fk_subscription_otc": "missing"},
    ),
    "index": (
        ["DROP INDEX uq_customer_email_key",
         "CREATE UNIQUE INDEX uq_customer_email_key ON customer (account_id, email_key) "
         "WHERE managed_by = 'nobody'"],
        {"index uq_customer_email_key": "not as"},
    ),
    "column": (
        "ALTER TABLE otc ALTER COLUMN email DROP NOT NULL", {"column otc.email": "not as"},
    ),
    "rule": (
        "CREATE RULE mine AS ON DELETE TO device DO INSTEAD NOTHING", {"rule device.mine": "added"},
    ),
    "view": (
        "ALTER VIEW journal SET (security_invoker = false)", {"view journal": "not as"},
    ),
    "row-security": (
        "ALTER TABLE otc DISABLE ROW LEVEL SECURITY", {"table otc": "not as"},
    ),
    "policy-planted": (
        "CREATE POLICY mine ON otc USING (true)", {"policy otc.mine": "added"},
    ),
    "policies-planted": (
        [f"CREATE POLICY mine ON {table} TO {{role}} USING (true)" for table in TABLES],
        {f"policy {table}.mine": "added" for table in TABLES},
    ),
    "grant": ("GRANT DELETE ON batch TO {role}", {"grant on batch to {role}": "not as"}),
    "revoked": ("REVOKE INSERT ON batch FROM {role}", {"grant on batch to {role}": "not as"}),
    "public": ("GRANT SELECT ON otc TO PUBLIC", {"grant on otc to PUBLIC": "added"}),
    "column-grant": (
        "GRANT UPDATE (hash) ON batch TO {role}", {"grant on batch.hash to {role}": "added"},
    ),
}  # fmt: skip


@pytest.mark.contract
def test_every_role_finds_the_schema_of_a_sound_ledger_sound(
    own: LedgerWithRoles, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also after a reader was made an importer, and with an account whose name needs quotes."""
    name = r"It's \ a “name”"
    for account, option in (("default", "--importer"), (name, "--reader")):
        words = ("ledger", "init", "--account", account, option, own.reader)
        result = CommandLine(own.url(own.owner), capsys)(*words)
        assert result.exit_code == 0, result
    for role in (own.owner, own.importer, own.reader, "postgres"):
        result = CommandLine(own.url(role), capsys)("ledger", "verify", "--json")
        assert (result.exit_code, result.json["faults"]) == (0, []), role


@pytest.mark.contract
@pytest.mark.parametrize("kind", ON_A_SERVER)
def test_a_change_of_the_schema_is_found_on_a_server(
    kind: str, own: LedgerWithRoles, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reader, who can change nothing, sees it."""
    statements, found = ON_A_SERVER[kind]
    tamper_with(own.url("postgres"), statements, own.importer)
    result = CommandLine(own.url(own.reader), capsys)("ledger", "verify", "--json")
    assert result.exit_code == 4
    faults = faults_of(result.json)
    expected = {part.format(role=own.importer): word for part, word in found.items()}
    assert faults.keys() == expected.keys()
    assert all(word in faults[part] for part, word in expected.items()), faults


@pytest.mark.contract
def test_a_policy_that_shows_more_than_its_account_is_found(
    own: LedgerWithRoles, capsys: pytest.CaptureFixture[str]
) -> None:
    """On one table, or on all of them: the name of a policy tells its account."""
    with raw(own.url("postgres")) as connection:
        query = "SELECT policyname FROM pg_policies WHERE tablename = 'otc' AND cmd = 'ALL'"
        name = connection.exec_driver_sql(query).scalars().all()[0]
    verify: Callable[..., Any] = CommandLine(own.url(own.reader), capsys)
    for tables, widened in (("otc",), {f"policy otc.{name}"}), (TABLES, None):
        for table in tables:
            tamper_with(own.url("postgres"), f"ALTER POLICY {name} ON {table} USING (true)")
        faults = faults_of(verify("ledger", "verify", "--json").json)
        assert widened is None or faults.keys() == widened
        assert f"policy otc.{name}" in faults
