"""On a server the database itself keeps roles to what they may do, whatever client they use.

The roles are made as `ledger init --importer --reader` makes them, by an owner who is no superuser;
statements come from raw connections. `default` and `another` are two accounts of one ledger.
"""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from builders import Sheets, write_workbook
from command_line import CommandLine, CommandResult
from importer.cli import main as program
from importer.ledger.engines import postgresql_access as access
from importer.ledger.tables import metadata
from servers import Server

A, B = "AAAAA-11111-22222-33333", "BBBBB-11111-22222-33333"
Rows = dict[str, list[Any]]

TABLES = [table.name for table in metadata.sorted_tables]
DENIED, OVERALLOCATED, NOT_SUPPORTED, WRONG_TRANSACTION = "42501", "23514", "0A000", "25000"

FIRST: Sheets = [
    ("Add OTC", [
        {"OTC": A, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": 10},
        {"OTC": B, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": 5},
    ]),
    ("Add Customer", [
        {"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
         "No of Licenses": licenses}
        for name, code, licenses in (("Norte", A, 6), ("Sur", A, 4), ("Este", B, 1))
    ]),
    ("Devices", [{"Customer (Site) Name": "Norte", "Device ID": "PC-1"}]),
]  # fmt: skip
"""All of A is handed out, to customers 1 and 2, and one licence of B, to customer 3."""
MORE: Sheets = [
    ("Edit Customer", [{"Customer (Site) Name": "Este", "No of Licenses": 2}]),
    ("Devices", [
        {"Customer (Site) Name": "Norte", "Device ID": "pc-1", "Avira Installed": "2026-01-20"},
        {"Customer (Site) Name": "Este", "Device ID": "PC-1"},
    ]),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shipped:
    """A ledger with its roles; `owner` owns the tables, and `stranger` was let in nowhere."""

    server: Server
    database: str
    owner: str
    importer: str
    reader: str
    other: str  # importer of the account `another`
    stranger: str

    def url(self, role: str) -> str:
        """What `--ledger` is for a role."""
        return self.server.url(self.database, role)

    def connect(self, role: str = "postgres") -> psycopg.Connection:
        """A raw connection of a role's, each statement a transaction."""
        return self.server.connect(self.database, role)

    def rows(self) -> Rows:
        """All that the ledger holds."""
        with self.connect() as connection:
            return {
                table: connection.execute(in_names("SELECT * FROM {} ORDER BY 1, 2, 3", table))
                .fetchall()
                for table in TABLES
            }  # fmt: skip

    def made_role(self, name: str) -> str:
        """A new role that may log in and nothing else; its name has `name` in it."""
        role = f"{name}_{uuid.uuid4().hex[:8]}"
        with self.connect() as connection:
            connection.execute(in_names("CREATE ROLE {} LOGIN", role))
        return role

    def drop_role(self, role: str) -> None:
        """Take a role away."""
        with self.connect() as connection:
            connection.execute(in_names("DROP OWNED BY {}", role))
            connection.execute(in_names("DROP ROLE {}", role))


def in_names(template: str, *names: str) -> sql.Composed:
    """A statement with names in place of `{}`."""
    return sql.SQL(template).format(*map(sql.Identifier, names))


@contextmanager
def shipped_ledger(server: Server, folder: Path) -> Iterator[Shipped]:
    """A ledger with a batch in each account, made by the roles that are to make them."""
    tag = uuid.uuid4().hex[:8]
    roles = [f"{name}_{tag}" for name in ("owner", "importer", "reader", "other", "stranger")]
    with server.connect("postgres") as connection:
        for role in roles:
            connection.execute(in_names("CREATE ROLE {} LOGIN", role))
        with server.database("template0") as name:
            connection.execute(in_names("ALTER DATABASE {} OWNER TO {}", name, roles[0]))
            shipped = Shipped(server, name, *roles)
            first = str(write_workbook(folder / f"{tag}.xlsx", FIRST))
            for role, words in (
                (shipped.owner, ["ledger", "init", "--importer", shipped.importer,
                                 "--reader", shipped.reader]),
                (shipped.owner, ["ledger", "init", "--account", "another",
                                 "--importer", shipped.other]),
                (shipped.importer, ["apply", first]),
                (shipped.other, ["apply", first, "--account", "another"]),
            ):  # fmt: skip
                assert program.run([*words, "-q", "--ledger", shipped.url(role)]) == 0
            yield shipped
        for role in roles:
            connection.execute(in_names("DROP ROLE {}", role))


@pytest.fixture(scope="module")
def shipped(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    """The ledger of tests in which nothing is changed."""
    with shipped_ledger(server, tmp_path_factory.mktemp("shipped")) as made:
        yield made


@pytest.fixture(scope="module")
def untouched(shipped: Shipped) -> Rows:
    """All that it holds, before and after each of these tests."""
    return shipped.rows()


@pytest.fixture
def own(server: Server, tmp_path: Path) -> Iterator[Shipped]:
    """A ledger of the test's own."""
    with shipped_ledger(server, tmp_path) as made:
        yield made


def refusal(connection: psycopg.Connection, *statements: str) -> str | None:
    """The SQLSTATE with which the server refuses one of the statements; None if it takes all.

    What it takes is committed.
    """
    try:
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT")
    except psycopg.Error as error:
        connection.execute("ROLLBACK")
        return error.sqlstate
    return None


def assert_refused(said: CommandResult, role: str) -> None:
    """Exit 4 and one line that says whose right is missing."""
    assert said.exit_code == 4
    [line] = said.err.splitlines()
    assert re.match(
        rf"The role {re.escape(role)} (has no right to do that in|may not use the account .* of|"
        "may not create or change the tables of) the ledger",
        line,
    )
    assert "Traceback" not in said.out


# What each role may do on the command line


LOOKING: list[list[str]] = [
    ["check", "more.xlsx"], ["show", "otcs"], ["show", "customers"], ["show", "summary"],
    ["history"], ["history", "1"], ["undo", "1", "--check"], ["export", "-o", "details.xlsx"],
    ["export", "--as-of", "1", "-o", "then.xlsx"], ["template", "-o", "template.xlsx"],
    ["ledger", "verify"], ["ledger", "backup", "copy.db"],
]  # fmt: skip
WRITING: list[list[str]] = [
    ["apply", "more.xlsx"], ["apply", "more.xlsx", "--partial"], ["undo", "1"], ["ledger", "init"],
    ["ledger", "upgrade"], ["ledger", "init", "--distributed"],
]  # fmt: skip
MAKING = [words for words in WRITING if words[0] == "ledger"]


@pytest.mark.parametrize("role", ["importer", "reader"])
def test_whoever_is_let_in_may_look(
    role: str, command: CommandLine, shipped: Shipped, untouched: Rows, tmp_path: Path
) -> None:
    """Check, show, history, export, template, verify and backup; each sees its account alone."""
    write_workbook(tmp_path / "more.xlsx", MORE)
    url = shipped.url(getattr(shipped, role))
    for words in LOOKING:
        said = command(*words, "--ledger", url)
        assert (said.exit_code, said.err) == (0, ""), words
    assert shipped.rows() == untouched
    copied = [command("show", "otcs", "--account", name, "--json", "--ledger", "copy.db").json
              for name in ("default", "another")]  # fmt: skip
    assert [len(otcs) for otcs in copied] == [2, 0]


def test_a_reader_may_do_nothing_else(
    command: CommandLine, shipped: Shipped, untouched: Rows, tmp_path: Path
) -> None:
    """Every command that writes: exit 4, one line that names the role, and nothing is changed."""
    write_workbook(tmp_path / "more.xlsx", MORE)
    for words in WRITING:
        assert_refused(command(*words, "--ledger", shipped.url(shipped.reader)), shipped.reader)
    assert shipped.rows() == untouched


def test_an_importer_applies_and_undoes_in_its_account(
    command: CommandLine, own: Shipped, tmp_path: Path
) -> None:
    """And cannot make or upgrade ledgers, let roles in, or write to another account."""
    url = own.url(own.importer)
    more = write_workbook(tmp_path / "more.xlsx", MORE)
    for words in (["apply", str(more)], ["undo", "2"], ["undo", "1"], ["ledger", "verify"]):
        assert command(*words, "--ledger", url).exit_code == 0, words
    before = own.rows()
    for words in (*MAKING, ["ledger", "init", "--importer", own.stranger]):
        assert_refused(command(*words, "--ledger", url), own.importer)
    new = write_workbook(tmp_path / "new.xlsx", FIRST)
    for account in ("another", "a third"):
        said = command("apply", new, "--account", account, "--ledger", url)
        assert_refused(said, own.importer)
    assert own.rows() == before


@pytest.mark.parametrize("role", ["importer", "reader"])
def test_whoever_may_look_finds_what_was_tampered_with(
    role: str, command: CommandLine, own: Shipped
) -> None:
    """Verify needs no rights but a reader's."""
    with own.connect() as connection:
        connection.execute("UPDATE customer SET status = 'disabled' WHERE customer_id = 1")
    said = command("ledger", "verify", "--json", "--ledger", own.url(getattr(own, role)))
    assert said.exit_code == 4
    assert [(fault["code"], fault["key"]) for fault in said.json["faults"]] == [
        ("balance-wrong", "1")
    ]


def test_who_was_let_in_nowhere_sees_nothing(
    command: CommandLine, shipped: Shipped, tmp_path: Path
) -> None:
    """PUBLIC has no right to any table: exit 4 for each command, and for raw statements too."""
    write_workbook(tmp_path / "more.xlsx", MORE)
    for words in (*LOOKING, *WRITING):
        assert_refused(command(*words, "--ledger", shipped.url(shipped.stranger)), shipped.stranger)
    with shipped.connect(shipped.stranger) as connection:
        for table in (*TABLES, "alembic_version"):
            for statement in (
                f"SELECT 1 FROM {table}", f"COPY {table} TO STDOUT", f"DELETE FROM {table}",
                f"INSERT INTO {table} DEFAULT VALUES",
            ):  # fmt: skip
                assert refusal(connection, statement) == DENIED, statement
        open_to_all = """SELECT relname FROM pg_class, aclexplode(relacl) AS granted
            WHERE relnamespace = 'public'::regnamespace AND granted.grantee = 0"""
        assert connection.execute(open_to_all).fetchall() == []


# Rewriting


REWRITING = [
    "UPDATE journal SET after = '{}'",
    "UPDATE batch SET actor = 'somebody else'",
    "DELETE FROM journal",
    "DELETE FROM batch",
    "TRUNCATE journal",
    "TRUNCATE batch CASCADE",
    "TRUNCATE otc CASCADE",
    "INSERT INTO batch SELECT * FROM batch ON CONFLICT (account_id, batch) "
    "DO UPDATE SET actor = 'somebody else'",
    "INSERT INTO journal SELECT * FROM journal ON CONFLICT (account_id, entry, line) "
    "DO UPDATE SET row = 99",
    "MERGE INTO journal USING (SELECT 1) AS one ON true WHEN MATCHED THEN UPDATE SET row = 99",
    "MERGE INTO batch USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    "SELECT 1 FROM batch FOR UPDATE",
    "UPDATE alembic_version SET version_num = '9999'",
    "DELETE FROM alembic_version",
]
UNDERMINING = [
    "ALTER TABLE journal ADD COLUMN more text",
    "ALTER TABLE otc DROP CONSTRAINT ck_otc_used",
    "ALTER TABLE otc DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE otc DISABLE TRIGGER ALL",
    "ALTER TABLE otc OWNER TO {role}",
    "DROP TABLE journal",
    "DROP TABLE otc CASCADE",
    "DROP TRIGGER otc_used_covers_subscriptions ON otc",
    "DROP FUNCTION refuse_overallocation CASCADE",
    "ALTER FUNCTION refuse_overallocation() RESET ALL",
    "CREATE OR REPLACE FUNCTION refuse_overallocation() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER mine BEFORE INSERT ON journal FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO journal DO INSTEAD NOTHING",
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
    "GRANT UPDATE ON journal TO {role}; UPDATE journal SET row = 99",
    "SET row_security = off; SELECT * FROM otc",
]


@pytest.mark.parametrize("role", ["importer", "reader"])
@pytest.mark.parametrize("statement", [*REWRITING, *UNDERMINING])
def test_no_role_rewrites_the_journal_or_undermines_what_keeps_it(
    statement: str, role: str, shipped: Shipped, untouched: Rows
) -> None:
    """Batches and journal are added to, and tables, policies and triggers are their owner's."""
    name = getattr(shipped, role)
    with shipped.connect(name) as connection:
        said = refusal(connection, statement.replace("{role}", name)
                       .replace("{owner}", shipped.owner))  # fmt: skip
    assert said == DENIED
    assert shipped.rows() == untouched


# Other accounts


@pytest.mark.parametrize("role", ["importer", "reader"])
def test_no_role_sees_another_account(role: str, shipped: Shipped) -> None:
    """Not by a query, a function in it that tells what it is given, a copy, or statistics."""
    with shipped.connect() as connection:
        connection.execute("ANALYZE")
        for table in TABLES:  # they would see something, if they could
            seen = connection.execute(in_names("SELECT DISTINCT account_id FROM {}", table))
            assert {row[0] for row in seen} == {"default", "another"}
    told: list[str] = []
    with shipped.connect(getattr(shipped, role)) as connection:
        connection.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
        connection.execute("""CREATE FUNCTION pg_temp.tell(what text) RETURNS bool LANGUAGE plpgsql
            COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', what; RETURN true; END $$""")
        for table in TABLES:
            seen = connection.execute(
                in_names("SELECT account_id FROM {} WHERE pg_temp.tell(account_id)", table)
            )
            assert {row[0] for row in seen} == {"default"}
            statistics = "SELECT 1 FROM pg_stats WHERE tablename = %s"
            assert connection.execute(statistics, [table]).fetchall() == []
            with connection.cursor().copy(in_names("COPY {} TO STDOUT", table)) as copy:
                assert b"another" not in b"".join(bytes(part) for part in copy)
    assert set(told) == {"default"}


@pytest.mark.parametrize("table", TABLES)
def test_no_importer_writes_to_another_account(
    table: str, shipped: Shipped, untouched: Rows
) -> None:
    """Rows put there, moved there or fetched from there; edited and removed ones are not found."""
    columns = ", ".join(one.name for one in metadata.tables[table].c if one.name != "account_id")
    put = f"INSERT INTO {table} (account_id, {columns}) SELECT 'another', {columns} FROM {table}"
    with shipped.connect(shipped.importer) as connection:
        for statement in (
            put, f"{put} ON CONFLICT DO NOTHING",
            f"UPDATE {table} SET account_id = 'another'",
        ):  # fmt: skip
            assert refusal(connection, statement) == DENIED, statement
        for statement in (
            f"UPDATE {table} SET account_id = 'default' WHERE account_id = 'another'",
            f"DELETE FROM {table} WHERE account_id = 'another'",
            f"SELECT 1 FROM {table} WHERE account_id = 'another' FOR UPDATE",
        ):
            assert refusal(connection, statement) in (DENIED, None)
    assert shipped.rows() == untouched


def test_a_role_may_import_into_one_account_and_read_another(
    command: CommandLine, own: Shipped, tmp_path: Path
) -> None:
    """In the one it reads it is refused at once, like any reader, and a raw client too."""
    url, write = own.url(own.importer), [*WRITING[:3]]
    words = ["ledger", "init", "--account", "another", "--reader", own.importer]
    assert command(*words, "--ledger", own.url(own.owner)).exit_code == 0
    write_workbook(tmp_path / "more.xlsx", MORE)
    before = own.rows()
    for words in LOOKING:
        assert command(*words, "--account", "another", "--ledger", url).exit_code == 0, words
    for words in write:
        assert_refused(command(*words, "--account", "another", "--ledger", url), own.importer)
    with own.connect(own.importer) as connection:
        theirs = "WHERE account_id = 'another'"
        for statement in (
            f"UPDATE otc SET used = 0 {theirs}",
            f"UPDATE subscription SET licenses = 1 {theirs}",
            "INSERT INTO subscription VALUES ('another', 2, '" + B + "', 1)",
        ):
            assert refusal(connection, statement) == DENIED, statement
        assert connection.execute(f"DELETE FROM subscription {theirs}").rowcount == 0
    assert own.rows() == before
    assert command("apply", "more.xlsx", "--ledger", url).exit_code == 0


def test_an_importer_that_is_made_a_reader_writes_no_more(
    command: CommandLine, own: Shipped, tmp_path: Path
) -> None:
    """And may import again once it is let in again; who is let in elsewhere is not touched."""
    write_workbook(tmp_path / "more.xlsx", MORE)
    owner, url = own.url(own.owner), own.url(own.importer)
    assert command("ledger", "init", "--reader", own.importer, "--ledger", owner).exit_code == 0
    before = own.rows()
    for words in WRITING[:3]:
        assert_refused(command(*words, "--ledger", url), own.importer)
    with own.connect(own.importer) as connection:
        for table in TABLES:
            assert refusal(connection, f"DELETE FROM {table}") == DENIED
    assert own.rows() == before
    assert command("show", "otcs", "--ledger", url).exit_code == 0
    others = ("apply", "more.xlsx", "--account", "another", "--ledger", own.url(own.other))
    assert command(*others).exit_code == 0
    assert command("ledger", "init", "--importer", own.importer, "--ledger", owner).exit_code == 0
    assert command("apply", "more.xlsx", "--ledger", url).exit_code == 0


def test_roles_can_be_let_in_again(command: CommandLine, own: Shipped) -> None:
    """Twice the same: policies and grants are as they were, and so is all that the ledger holds."""
    query = "SELECT * FROM pg_policies ORDER BY tablename, policyname"
    grants = """SELECT relname, granted.* FROM pg_class, aclexplode(relacl) AS granted
        WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2, 3, 4"""

    def said() -> list[Any]:
        with own.connect() as connection:
            return [connection.execute(query).fetchall(), connection.execute(grants).fetchall()]

    before, rows = said(), own.rows()
    words = ["ledger", "init", "--importer", own.importer, "--reader", own.reader]
    assert command(*words, "--ledger", own.url(own.owner), "--json").json["made"] is False
    assert said() == before
    assert own.rows() == rows


def test_a_role_that_is_not_there_is_one_line(command: CommandLine, shipped: Shipped) -> None:
    """Exit 4; the line has the SQL to make it, and no other role of the command is let in."""
    for option in ("--importer", "--reader"):
        for missing in ("nobody knows", "public"):
            said = command("ledger", "init", "--importer", shipped.stranger, option, missing,
                           "--ledger", shipped.url(shipped.owner))  # fmt: skip
            assert said.exit_code == 4
            [line] = said.err.splitlines()
            assert f'CREATE ROLE "{missing}" LOGIN' in line
    with shipped.connect(shipped.stranger) as connection:
        assert refusal(connection, "SELECT 1 FROM otc") == DENIED


def test_a_group_is_let_in_with_all_its_members(
    command: CommandLine, own: Shipped, tmp_path: Path
) -> None:
    """The role is a group that cannot log in; a member imports, and sees its account alone."""
    write_workbook(tmp_path / "more.xlsx", MORE)
    group = own.made_role("group")
    with own.connect() as connection:
        connection.execute(in_names("ALTER ROLE {} NOLOGIN", group))
        connection.execute(in_names("GRANT {} TO {}", group, own.stranger))
    words = ["ledger", "init", "--importer", group, "--ledger", own.url(own.owner)]
    assert command(*words).exit_code == 0
    member = own.url(own.stranger)
    assert command("apply", "more.xlsx", "--ledger", member).exit_code == 0
    assert command("ledger", "verify", "--ledger", member).exit_code == 0
    new = write_workbook(tmp_path / "new.xlsx", FIRST)
    said = command("apply", new, "--account", "another", "--ledger", member)
    assert_refused(said, own.stranger)
    with own.connect(own.stranger) as connection:
        assert connection.execute("SELECT DISTINCT account_id FROM otc").fetchall() == [
            ("default",)
        ]
        assert refusal(connection, "DELETE FROM journal") == DENIED
    own.drop_role(group)


def test_a_role_whose_rights_were_taken_away_is_let_in_nowhere(
    command: CommandLine, own: Shipped
) -> None:
    """As docs/ledger.md has it; what it imported stays."""
    before = own.rows()
    with own.connect() as connection:
        connection.execute(in_names("DROP OWNED BY {}", own.importer))
    for words in (["show", "otcs"], ["ledger", "verify"]):
        assert_refused(command(*words, "--ledger", own.url(own.importer)), own.importer)
        assert command(*words, "--ledger", own.url(own.reader)).exit_code == 0
    assert own.rows() == before


def test_a_ledger_may_be_in_a_schema_of_its_own(
    command: CommandLine, own: Shipped, tmp_path: Path
) -> None:
    """The first one of the search path, by an odd name; it is guarded as well as any."""
    with own.connect(own.owner) as connection:
        connection.execute(in_names("CREATE SCHEMA {}", 'Lic"ences'))
    there = "&options=-csearch_path%3D%22Lic%22%22ences%22"
    first, more = (
        write_workbook(tmp_path / name, sheets)
        for name, sheets in (("first.xlsx", FIRST), ("more.xlsx", MORE))
    )
    words = ["ledger", "init", "--importer", own.importer]
    assert command(*words, "--ledger", own.url(own.owner) + there).exit_code == 0
    url = own.url(own.importer) + there
    for workbook in (first, more):
        assert command("apply", workbook, "--ledger", url).exit_code == 0
    with own.connect(own.importer) as connection:
        connection.execute("CREATE TEMP TABLE subscription (account_id text, otc text)")
        table = in_names("UPDATE {}.subscription SET licenses = 900", 'Lic"ences')
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(table)
    assert command("ledger", "verify", "--json", "--ledger", url).json["batches"] == 2


def test_names_of_roles_and_accounts_may_be_odd(
    command: CommandLine, own: Shipped, tmp_path: Path
) -> None:
    """Quotation marks, percent signs, braces, backslashes, blanks and capitals are names' own."""
    account = 'Peña\'s "100%" {account} \\ :one; DROP TABLE otc; --'
    role = own.made_role('Ro\'le "%s" {x} \\ :one')
    words = ["ledger", "init", "--account", account, "--importer", role]
    assert command(*words, "--ledger", own.url(own.owner)).exit_code == 0
    with own.connect(role) as connection:
        values = "VALUES (%s, 0, 0, 0, '')"
        connection.execute(f"INSERT INTO account {values}", [account])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"INSERT INTO account {values}", ["x"])
        assert connection.execute("SELECT account_id FROM account").fetchall() == [(account,)]
    own.drop_role(role)


# Overallocation


OTC_COLUMNS = ("account_id, code, email, company, company_key, total, {used}, description, "
               "purchase_date, expiry_date, product_id, runtime")  # fmt: skip
OTCS = f"INSERT INTO otc SELECT {OTC_COLUMNS}"
ONE_MORE = f"INSERT INTO subscription VALUES ('default', 3, '{A}', 1)"
RAISED = "UPDATE subscription SET licenses = licenses + 1"

BY_CHECK: dict[str, list[str]] = {
    "more used than there are": ["UPDATE otc SET used = total + 1"],
    "fewer than are used": [f"UPDATE otc SET total = 9 WHERE code = '{A}'"],
    "fewer than none used": ["UPDATE otc SET used = -1"],
    "fewer than none held": [f"UPDATE subscription SET licenses = -1 WHERE otc = '{B}'"],
    "more of both": [f"WITH more AS (UPDATE otc SET used = used + 5) {ONE_MORE}"],
    "an OTC with more used": [
        OTCS.replace("{used}", "total + 1").replace("code", "code || 'x'", 1) + " FROM otc"
    ],
}
BY_TRIGGER: dict[str, list[str]] = {
    "more held": [RAISED],
    "one more holder": [ONE_MORE],
    "used below what is held": [f"UPDATE otc SET used = 9 WHERE code = '{A}'"],
    "nothing used": ["UPDATE otc SET used = 0"],
    "total and used below what is held": ["UPDATE otc SET total = 5, used = 0"],
    "moved to another OTC": [f"UPDATE subscription SET otc = '{B}' WHERE customer_id = 1"],
    "on conflict": [f"{ONE_MORE} ON CONFLICT DO NOTHING"],
    "on conflict raised": [
        "INSERT INTO subscription SELECT * FROM subscription "
        "ON CONFLICT (account_id, customer_id, otc) DO UPDATE SET licenses = 900"
    ],
    "on conflict used": [
        f"{OTCS.replace('{used}', 'used')} FROM otc "
        "ON CONFLICT (account_id, code) DO UPDATE SET used = 0"
    ],
    "merged": [
        f"MERGE INTO subscription AS s USING (VALUES (1), (3)) AS given (id) "
        f"ON s.customer_id = given.id AND s.otc = '{A}' "
        "WHEN MATCHED THEN UPDATE SET licenses = 900 "
        f"WHEN NOT MATCHED THEN INSERT VALUES ('default', given.id, '{A}', 900)"
    ],
    "merged used": [
        "MERGE INTO otc USING (SELECT 1) AS one ON account_id = 'default' "
        "WHEN MATCHED THEN UPDATE SET used = 0"
    ],
    "removed and added in one": [
        "WITH gone AS (DELETE FROM otc RETURNING *) "
        f"{OTCS.replace('{used}', '0')} FROM gone"
    ],
    "taken and held in one": [
        f"WITH less AS (UPDATE otc SET used = 0 WHERE code = '{B}') {ONE_MORE}"
    ],
    "by a cursor": [
        "BEGIN",
        "DECLARE one CURSOR FOR SELECT * FROM subscription FOR UPDATE",
        "FETCH one",
        "UPDATE subscription SET licenses = 900 WHERE CURRENT OF one",
    ],
    "in a block": [
        f"DO $$ BEGIN {RAISED}; EXCEPTION WHEN not_null_violation THEN NULL; END $$"
    ],
    "behind a temporary table": [
        "CREATE TEMP TABLE IF NOT EXISTS subscription (account_id text, otc text, licenses int)",
        RAISED.replace("subscription", "public.subscription"),
    ],
    "behind temporary tables": [
        "CREATE TEMP TABLE otc AS SELECT * FROM public.otc",
        "UPDATE otc SET used = 900",
        RAISED.replace("subscription", "public.subscription"),
    ],
    "in another schema's path": ["SET search_path = pg_temp", f"{RAISED}".replace(
        "subscription", "public.subscription")],
    "when it is committed": ["BEGIN", "SET CONSTRAINTS ALL DEFERRED", RAISED],
}  # fmt: skip
CHANGING = [RAISED, "UPDATE otc SET used = used", ONE_MORE]


@pytest.mark.parametrize("role", ["importer", "owner"])
@pytest.mark.parametrize(
    "statements", [*BY_CHECK.values(), *BY_TRIGGER.values()], ids=[*BY_CHECK, *BY_TRIGGER]
)
def test_no_role_overallocates(
    statements: list[str], role: str, shipped: Shipped, untouched: Rows
) -> None:
    """Not even the tables' owner, unless it takes the triggers away."""
    with shipped.connect(getattr(shipped, role)) as connection:
        assert refusal(connection, *statements) == OVERALLOCATED
    assert shipped.rows() == untouched


@pytest.mark.parametrize("statements", BY_TRIGGER.values(), ids=BY_TRIGGER)
def test_without_the_triggers_it_goes_through(statements: list[str], shipped: Shipped) -> None:
    """So that it is they that refuse it, and not a mistake in the statement."""
    sums = """SELECT count(*) FROM public.otc WHERE used <
        (SELECT sum(licenses) FROM public.subscription AS held
         WHERE held.account_id = otc.account_id AND held.otc = otc.code)"""
    with shipped.connect() as connection:
        connection.execute("BEGIN")
        for table in ("otc", "subscription"):
            connection.execute(in_names("ALTER TABLE {} DISABLE TRIGGER USER", table))
        for statement in statements:
            if statement != "BEGIN":
                connection.execute(statement)
        assert connection.execute(sums).fetchone() != (0,)
        connection.execute("ROLLBACK")


def copied(connection: psycopg.Connection, table: str, rows: Sequence[Sequence[Any]]) -> str | None:
    """The SQLSTATE with which the server refuses rows that COPY brings; None if it takes them."""
    try:
        with connection.cursor().copy(in_names("COPY {} FROM STDIN", table)) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def test_a_copy_overallocates_no_more_than_an_insert(shipped: Shipped, untouched: Rows) -> None:
    """The owner's is refused for what it brings, an importer's altogether."""
    for role, said in ((shipped.owner, OVERALLOCATED), (shipped.importer, NOT_SUPPORTED)):
        with shipped.connect(role) as connection:
            assert copied(connection, "subscription", [("default", 3, A, 1)]) == said
    assert shipped.rows() == untouched


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize("statement", CHANGING)
def test_who_sees_an_old_state_changes_no_balance(
    statement: str, level: str, shipped: Shipped, untouched: Rows
) -> None:
    """Such a transaction would not see what others handed out meanwhile, so it is refused."""
    for role in (shipped.importer, shipped.owner):
        with shipped.connect(role) as connection:
            said = refusal(connection, f"BEGIN ISOLATION LEVEL {level}", statement)
            assert said == WRONG_TRANSACTION
            connection.execute(f"SET default_transaction_isolation = '{level.lower()}'")
            assert refusal(connection, statement) == WRONG_TRANSACTION
    assert shipped.rows() == untouched


def test_the_program_itself_is_never_refused_for_that(
    command: CommandLine, own: Shipped, tmp_path: Path
) -> None:
    """A server, a database or a role may have another level as its default."""
    more = write_workbook(tmp_path / "more.xlsx", MORE)
    with own.connect() as connection:
        level = "ALTER ROLE {} SET default_transaction_isolation = 'repeatable read'"
        connection.execute(in_names(level, own.importer))
    assert command("apply", more, "--ledger", own.url(own.importer)).exit_code == 0


@pytest.mark.parametrize("guarded", [True, False])
def test_two_at_once_cannot_both_take_the_last_licences(guarded: bool, own: Shipped) -> None:
    """Five of B were set aside, one is held: the second of two who take four each waits for the
    first, and is refused. Without the triggers both take them."""
    with own.connect(own.owner) as owner:
        owner.execute("UPDATE otc SET used = total WHERE account_id = 'default'")
        if not guarded:
            owner.execute("ALTER TABLE subscription DISABLE TRIGGER USER")
    outcomes: list[str | None] = []
    four = f"INSERT INTO subscription VALUES ('default', {{}}, '{B}', 4)"
    with own.connect(own.importer) as first, own.connect(own.importer) as second:
        first.execute("BEGIN")
        first.execute(four.format(1))
        other = threading.Thread(
            target=lambda: outcomes.append(refusal(second, "BEGIN", four.format(2)))
        )
        other.start()
        if guarded:
            wait_for_lock(own, second.info.backend_pid)
        else:
            other.join(10)
        assert outcomes == ([] if guarded else [None])
        first.execute("COMMIT")
        other.join(10)
    held = sum(row[3] for row in own.rows()["subscription"] if row[0] == "default" and row[2] == B)
    assert (outcomes, held) == (([OVERALLOCATED], 5) if guarded else ([None], 9))


def test_used_is_not_lowered_while_another_takes_it(own: Shipped) -> None:
    """Whoever gives back what was set aside waits for one who is taking it, and is refused."""
    with own.connect(own.owner) as owner:
        owner.execute("UPDATE otc SET used = total WHERE account_id = 'default'")
    outcomes: list[str | None] = []
    back = f"UPDATE otc SET used = 1 WHERE code = '{B}'"
    with own.connect(own.importer) as first, own.connect(own.importer) as second:
        first.execute("BEGIN")
        first.execute(f"INSERT INTO subscription VALUES ('default', 1, '{B}', 4)")
        other = threading.Thread(target=lambda: outcomes.append(refusal(second, "BEGIN", back)))
        other.start()
        wait_for_lock(own, second.info.backend_pid)
        first.execute("COMMIT")
        other.join(10)
    assert outcomes == [OVERALLOCATED]


def wait_for_lock(own: Shipped, process: int) -> None:
    """Wait until the server's process waits for another."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
    until = time.monotonic() + 10
    with own.connect() as connection:
        while connection.execute(waiting, [process]).fetchone() is None:
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.01)


def test_what_fits_is_taken(own: Shipped) -> None:
    """The same statements within what there is: the guards stand in nobody's way."""
    with own.connect(own.importer) as connection:
        for statement in (
            f"UPDATE otc SET used = 3 WHERE code = '{B}'",
            f"INSERT INTO subscription VALUES ('default', 1, '{B}', 2)",
            f"UPDATE subscription SET licenses = 1 WHERE customer_id = 1 AND otc = '{B}'",
            f"DELETE FROM subscription WHERE otc = '{B}'",
            f"UPDATE otc SET used = 0, total = 1 WHERE code = '{B}'",
            f"DELETE FROM otc WHERE code = '{B}'",
        ):
            assert refusal(connection, statement) is None, statement


# What came later than the roles


ODD = "50% of o'clock {{x}} :y \\ $z"
"""An account whose name has what means something in statements and in their templates."""


@pytest.fixture
def before_devices(own: Shipped, tmp_path: Path) -> Shipped:
    """A ledger whose roles were let in before its table of devices was made. The importer is a
    reader of `another`, too; `other` also imports into the odd account, which holds nothing yet."""
    owner = ("-q", "--ledger", own.url(own.owner))
    path = str(write_workbook(tmp_path / "more.xlsx", FIRST[:2]))
    for words in (
        ["undo", "1"], ["undo", "1", "--account", "another"], ["apply", path],
        ["apply", path, "--account", "another"],
        ["ledger", "init", "--account", "another", "--reader", own.importer],
        ["ledger", "init", "--account", ODD, "--importer", own.other],
    ):  # fmt: skip
        assert program.run([*words, *owner]) == 0
    with own.connect(own.owner) as connection:
        policies = "SELECT policyname FROM pg_policies WHERE tablename = 'device'"
        for (policy,) in connection.execute(policies).fetchall():
            connection.execute(in_names("DROP POLICY {} ON device", policy))
        for role in (own.importer, own.reader, own.other):
            connection.execute(in_names("REVOKE ALL ON device FROM {}", role))
    return own


DEVICES: Sheets = [
    ("Add OTC", [{"OTC": "ZZZZZ-99999-99999-99999", "Email": "it@msp.example",
                  "Company Name": "Acme", "Total Licenses": 9}]),
    ("Add Customer", [{"Customer (Site) Name": "Late", "Managed By": "Admin", "No of Licenses": 1,
                       "Avira OTC": "ZZZZZ-99999-99999-99999"}]),
    ("Devices", [{"Customer (Site) Name": "Late", "Device ID": device, "NH Installed": "2026-01-02"}
                 for device in ("PC-1", "PC-2")]),
]  # fmt: skip
PUT_DEVICE = (
    "INSERT INTO device (account_id, customer_id, device_key, device_id) "
    "SELECT account_id, min(customer_id), 'x', 'X' FROM customer WHERE account_id = '{}' GROUP BY 1"
)


def use_devices(command: CommandLine, shipped: Shipped, folder: Path) -> None:
    """What every role must and must not be able to do with devices after the upgrade."""
    path = write_workbook(folder / "devices.xlsx", DEVICES)
    importer, other = shipped.url(shipped.importer), shipped.url(shipped.other)
    for url, account in ((importer, "default"), (other, "another"), (other, ODD)):
        words = ("--account", account, "--ledger", url)
        for step in (["apply", str(path)], ["ledger", "verify"], ["show", "customers"]):
            assert command(*step, *words).exit_code == 0, (step, account)
    assert command("undo", "1", "--account", ODD, "--ledger", other).exit_code == 0
    for url in (importer, shipped.url(shipped.reader)):
        assert command("ledger", "verify", "--ledger", url).exit_code == 0
    further = {"Customer (Site) Name": "Late", "Device ID": "PC-3"}
    path = write_workbook(folder / "further.xlsx", [("Devices", [further])])
    reading = ("--account", "another", "--ledger", importer)
    assert_refused(command("apply", path, *reading), shipped.importer)
    reader = shipped.url(shipped.reader)
    assert_refused(command("apply", path, "--ledger", reader), shipped.reader)

    seen = {
        shipped.owner: {"default", "another"}, shipped.importer: {"default", "another"},
        shipped.reader: {"default"}, shipped.other: {"another"},
    }  # fmt: skip
    may_put = {shipped.importer: {"default"}, shipped.reader: set(), shipped.other: {"another"}}
    for role, accounts in seen.items():
        with shipped.connect(role) as connection:
            rows = connection.execute("SELECT account_id FROM device").fetchall()
            assert sorted(row[0] for row in rows) == sorted([*accounts, *accounts]), role
    for role, accounts in may_put.items():
        with shipped.connect(role) as connection:
            for account in ("default", "another"):
                theirs = f"WHERE account_id = '{account}'"
                for statement in (PUT_DEVICE.format(account), f"UPDATE device SET model = 'x' "
                                  f"{theirs}", f"DELETE FROM device {theirs}"):  # fmt: skip
                    changed = changes_any(connection, statement)
                    assert changed is (account in accounts), (role, statement)
    with shipped.connect(shipped.stranger) as connection:
        assert refusal(connection, "SELECT 1 FROM device") == DENIED


def changes_any(connection: psycopg.Connection, statement: str) -> bool:
    """Whether a statement, which is taken back at once, changes a row."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement).rowcount > 0
    except psycopg.errors.InsufficientPrivilege:
        return False


def test_who_was_let_in_before_there_were_devices_may_use_them(
    command: CommandLine, before_devices: Shipped, tmp_path: Path
) -> None:
    """After `ledger upgrade` each role may do with devices what it may do with customers, in the
    accounts that it was let into and in no other, whatever they are called."""
    owner = before_devices.url(before_devices.owner)
    assert command("ledger", "upgrade", "--ledger", owner).exit_code == 0
    use_devices(command, before_devices, tmp_path)
    assert command("ledger", "upgrade", "--ledger", owner).exit_code == 0


def nobody_new(_connection: sa.Connection) -> None:
    """Plant: roles are as they were."""


def everybody(connection: sa.Connection) -> None:
    """Plant: whoever was let in anywhere sees every account."""
    connection.execute(sa.text("CREATE POLICY wide ON device USING (true)"))
    connection.execute(sa.text("GRANT SELECT, INSERT, UPDATE, DELETE ON device TO PUBLIC"))


@pytest.mark.parametrize("plant", [nobody_new, everybody])
def test_roles_that_are_not_let_into_new_tables_would_be_noticed(
    plant: Callable[[sa.Connection], None],
    command: CommandLine,
    before_devices: Shipped,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: an upgrade that gives too little or too much."""
    monkeypatch.setattr(access, "grant_on_new_tables", plant)
    words = ("ledger", "upgrade", "--ledger", before_devices.url(before_devices.owner))
    assert command(*words).exit_code == 0
    with pytest.raises(AssertionError):
        use_devices(command, before_devices, tmp_path)
