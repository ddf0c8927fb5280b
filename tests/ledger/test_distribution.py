"""A ledger's tables can be spread over machines by account, as engines that do so ask.

Citus itself is not tested: no package of it can be had here. What it refuses is looked for in the
tables and in every statement of an import and an undo, and `ledger init --distributed` is run
against a function that has Citus's signature and notes in what state it finds the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from builders import Sheets, write_workbook
from command_line import CommandLine
from importer.ledger.migrate import upgrade
from importer.ledger.opening import open_ledger
from importer.ledger.tables import metadata
from servers import Server

TABLES = [table.name for table in metadata.sorted_tables]

A, B, C = (f"{letter * 5}-11111-22222-33333" for letter in "ABC")
FIRST: Sheets = [
    ("Add OTC", [
        {"OTC": code, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": 10}
        for code in (A, B, C)
    ]),
    ("Add Customer", [
        {"Customer (Site) Name": "Norte", "Managed By": "Admin", "Avira OTC": A,
         "No of Licenses": 6},
        {"Customer (Site) Name": "Sur", "Managed By": "Customer", "Avira OTC": C,
         "Email": "sur@site.example", "First Name": "Admin", "Last Name": "Sur"},
    ]),
    ("Devices", [{"Customer (Site) Name": "Norte", "Device ID": "PC-1"}]),
]  # fmt: skip
SECOND: Sheets = [
    ("Edit OTC", [{"OTC": C, "Total Licenses": 12}]),
    ("Add Customer", [{"Customer (Site) Name": "Este", "Managed By": "Admin", "Avira OTC": A,
                       "No of Licenses": 1}]),
    ("Add Avira Subscription", [{"Customer (Site) Name": "Norte", "Avira OTC": B,
                                 "No of Licenses": 2}]),
    ("Edit Customer", [{"Customer (Site) Name": "Norte", "New Name": "Oeste", "Avira OTC": A,
                        "No of Licenses": 3}]),
    ("Update OTC", [{"Customer (Site) Name": "Este", "Current OTC": A, "New OTC": B}]),
    ("Disable Customer", [{"Customer (Site) Name": "Sur", "Release Licenses": "Yes"}]),
    ("Enable Customer", [{"Customer (Site) Name": "Sur"}]),
    ("Devices", [{"Customer (Site) Name": "Oeste", "Device ID": device, "Avira Status": "Active"}
                 for device in ("PC-1", "PC-2")]),
]  # fmt: skip
"""A row of every sheet between the two workbooks."""


# The tables


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_every_key_leads_with_the_account(table: sa.Table) -> None:
    """Primary keys, unique ones, indexes, and both sides of foreign keys."""
    kinds = (sa.PrimaryKeyConstraint, sa.UniqueConstraint, sa.ForeignKeyConstraint)
    constraints = [one for one in table.constraints if isinstance(one, kinds)]
    assert len(table.constraints) == len(constraints) + sum(
        isinstance(one, sa.CheckConstraint) for one in table.constraints
    )
    keys = [[column.name for column in one.columns] for one in (*constraints, *table.indexes)]
    keys += [[one.column.name for one in key.elements] for key in table.foreign_key_constraints]
    assert keys
    assert {key[0] for key in keys} == {"account_id"}
    assert not any(column.identity or column.default for column in table.c)


# What an import says to the server


@pytest.fixture
def where(server: Server) -> Iterator[str]:
    """What `--ledger` names: a database with an empty ledger."""
    with server.database() as name:
        yield server.url(name)


Statement = tuple[str, dict[str, Any]]


@pytest.fixture
def statements(command: CommandLine, tmp_path: Path) -> list[Statement]:
    """What is executed for two workbooks that fill every sheet and for two undos, as SQL with its
    parameters by name."""
    executed: list[Statement] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        one = parameters[0] if many else parameters
        executed.append((" ".join(statement.split()), one if isinstance(one, dict) else {}))

    first, second = (
        write_workbook(tmp_path / f"{number}.xlsx", sheets)
        for number, sheets in enumerate((FIRST, SECOND))
    )
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        for words in (["apply", str(first)], ["apply", str(second)], ["undo", "2"], ["undo", "1"]):
            assert command(*words, "--account", "mine").exit_code == 0
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return [one for one in executed if "pg_catalog" not in one[0]]


def names_account(clause: str, parameters: dict[str, Any], table: str = "") -> bool:
    """Whether `clause` says `account_id = constant`, the constant being the test's account."""
    prefix = rf"{table}\." if table else r"(?:\w+\.)?"
    found = re.findall(rf"(?<![.\w]){prefix}account_id = %\((\w+)\)s", clause)
    return bool(found) and {parameters[name] for name in found} == {"mine"}


def test_an_import_says_nothing_that_engines_of_many_machines_refuse(
    statements: list[Statement],
) -> None:
    """No temporary or other tables, no sequences, no functions that write; the statements are
    such as the tests below know."""
    kinds = {statement.split()[0] for statement, _ in statements}
    assert kinds == {"SELECT", "INSERT", "UPDATE", "DELETE", "SET"}
    for statement, _ in statements:
        assert not re.search(
            r"\b(TEMP|TEMPORARY|CREATE|ALTER|DROP|TRUNCATE|COPY|LOCK|nextval|currval|setval|SHARE"
            r"|MERGE|SERIAL|advisory)\b",
            statement, re.IGNORECASE,
        ), statement  # fmt: skip


def test_every_row_is_locked_in_the_account_alone(statements: list[Statement]) -> None:
    """Locks are taken on one table at a time, its account given as a constant."""
    locking = [one for one in statements if re.search(r"\bFOR (NO KEY )?UPDATE\b", one[0])]
    locked = set()
    for statement, parameters in locking:
        found = re.search(r" FROM (\w+) WHERE (.*?)(?: ORDER BY .*)? FOR NO KEY UPDATE$", statement)
        assert found is not None, statement
        assert names_account(found[2], parameters, found[1]), statement
        assert " OR " not in found[2]
        locked.add(found[1])
    assert locked == {"account", "customer", "otc"}


def test_every_change_names_the_account(statements: list[Statement]) -> None:
    """Rows are put in under it, and looked for in it, on every table that is written to."""
    written: dict[str, set[str]] = {}
    for statement, parameters in statements:
        verb, *_ = statement.split()
        if verb not in ("INSERT", "UPDATE", "DELETE"):
            continue
        found = re.match(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)\b", statement)
        assert found is not None
        table = found[1]
        if verb == "INSERT":
            assert is_put_under_account(statement, parameters), statement
        else:
            _, where, condition = statement.partition(" WHERE ")
            assert where, statement
            assert names_account(condition, parameters, table), statement
            assert " OR " not in condition
        written.setdefault(table, set()).add(verb)
    assert written == {
        "account": {"INSERT", "UPDATE"},
        "otc": {"INSERT", "UPDATE", "DELETE"},
        "customer": {"INSERT", "UPDATE", "DELETE"},
        "subscription": {"INSERT", "UPDATE", "DELETE"},
        "device": {"INSERT", "UPDATE", "DELETE"},
        "batch": {"INSERT"},
        "journal": {"INSERT"},
    }


def is_put_under_account(statement: str, parameters: dict[str, Any]) -> bool:
    """Whether the first column of an INSERT is the account, and its value a constant."""
    found = re.match(
        r"INSERT INTO \w+ \(account_id, [^)]*\) (?:VALUES \(|SELECT )%\((\w+)\)s", statement
    )
    return found is not None and parameters[found[1]] == "mine"


def test_every_look_at_the_ledger_is_at_one_account(statements: list[Statement]) -> None:
    """Each table that a query reads is held to the account, itself or by a join to one that is."""
    for statement, parameters in statements:
        read = re.findall(r"\b(?:FROM|JOIN) (\w+)\b", statement)
        ours = [table for table in read if table in TABLES]
        if statement.startswith("SELECT") and ours:
            assert names_account(statement, parameters), statement
            joins = len(re.findall(r"\w+\.account_id = \w+\.account_id", statement))
            constants = len(re.findall(r"account_id = %\(", statement))
            assert joins + constants >= len(ours), statement


def test_a_statement_without_the_account_would_be_noticed() -> None:
    """What the tests above look for, on statements that would not do."""
    mine = {"a": "mine", "b": "another"}
    assert names_account("otc.account_id = %(a)s::VARCHAR", mine, "otc")
    assert not names_account("otc.account_id = %(b)s::VARCHAR", mine, "otc")
    assert not names_account("otc.code = %(a)s", mine, "otc")
    assert not names_account("customer.account_id = %(a)s", mine, "otc")
    assert not is_put_under_account("INSERT INTO otc (code, account_id) VALUES (%(a)s", mine)
    assert not is_put_under_account("INSERT INTO otc (account_id, code) VALUES (%(b)s", mine)


# Distributing


STAND_IN = """
    CREATE TYPE distribution_type AS ENUM ('hash', 'range', 'append');
    CREATE TABLE noted (
        place serial, name text, by text, beside text, keys bigint, triggers bigint
    );
    CREATE FUNCTION create_distributed_table(
        table_name regclass, distribution_column text,
        distribution_type distribution_type DEFAULT 'hash',
        colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
    ) RETURNS void LANGUAGE sql AS $$
        INSERT INTO noted (name, by, beside, keys, triggers) SELECT
            table_name::text, distribution_column, colocate_with,
            (SELECT count(*) FROM pg_constraint WHERE contype = 'f'),
            (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)
    $$;
"""
"""Citus's function, by its documentation, in a schema of its own; it notes how it was called."""


@pytest.fixture
def with_stand_in(where: str, server: Server) -> str:
    """The database with the stand-in for Citus in the search path, where extensions would be."""
    url = sa.make_url(where)
    with server.connect(str(url.database)) as connection:
        connection.execute("CREATE SCHEMA citus")
        connection.execute("SET search_path = citus")
        connection.execute(STAND_IN)
        connection.execute(f'ALTER DATABASE "{url.database}" SET search_path = public, citus')
    return str(url.database)


def foreign_keys(connection: psycopg.Connection) -> list[Any]:
    """The definitions of all foreign keys."""
    query = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2"""
    return connection.execute(query).fetchall()


def test_without_the_extension_it_says_what_is_missing(
    command: CommandLine, server: Server
) -> None:
    """Exit 4 and one line with the SQL that adds it; a new ledger does not even get its tables."""
    with server.database("template0") as name:
        for _ in range(2):
            said = command("ledger", "init", "--distributed", "--ledger", server.url(name))
            assert said.exit_code == 4
            [line] = said.err.splitlines()
            assert "CREATE EXTENSION citus" in line
        with server.connect(name) as connection:
            tables = "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"
            assert connection.execute(tables).fetchall() == []


def test_without_the_extension_a_ledger_stays_as_it_is(
    command: CommandLine, where: str, server: Server
) -> None:
    """Its triggers and foreign keys are there still."""
    with server.connect(str(sa.make_url(where).database)) as connection:
        keys = foreign_keys(connection)
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        triggers = connection.execute(query).fetchall()
        assert command("ledger", "init", "--distributed").exit_code == 4
        assert foreign_keys(connection) == keys != []
        assert connection.execute(query).fetchall() == triggers != []


def test_all_tables_are_distributed_by_account_and_then_get_their_keys(
    command: CommandLine, where: str, server: Server, with_stand_in: str, tmp_path: Path
) -> None:
    """Triggers and foreign keys are gone before the first one; `account` comes first, the others
    lie beside it; afterwards the keys are those that there were, and imports go on."""
    first, second = (
        write_workbook(tmp_path / f"{number}.xlsx", sheets)
        for number, sheets in enumerate((FIRST, SECOND))
    )
    assert command("apply", first).exit_code == 0
    with server.connect(with_stand_in) as connection:
        keys = foreign_keys(connection)
        assert command("ledger", "init", "--distributed").exit_code == 0
        noted = connection.execute("SELECT * FROM noted ORDER BY place").fetchall()
        assert foreign_keys(connection) == keys
        triggers = "SELECT 1 FROM pg_trigger WHERE NOT tgisinternal"
        assert connection.execute(triggers).fetchall() == []
    assert [(name, by, beside) for _, name, by, beside, _, _ in noted] == [
        ("account", "account_id", "default"),
        *((table, "account_id", "account") for table in TABLES if table != "account"),
    ]
    assert {(keys, triggers) for *_, keys, triggers in noted} == {(0, 0)}
    with open_ledger(where).reading() as reading:
        own = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(reading, opts=own)
        assert compare_metadata(context, metadata) == []
    for words in (["apply", str(second)], ["undo", "2"], ["ledger", "verify"]):
        assert command(*words).exit_code == 0


def test_what_is_distributed_stays_distributed(
    command: CommandLine, server: Server, with_stand_in: str
) -> None:
    """Once Citus keeps the tables, init and upgrade neither distribute them again nor put the
    triggers back."""
    assert command("ledger", "init", "--distributed").exit_code == 0
    with server.connect(with_stand_in) as connection:
        connection.execute("CREATE TABLE citus.pg_dist_partition (logicalrelid regclass)")
        for table in TABLES:
            connection.execute(f"INSERT INTO citus.pg_dist_partition VALUES ('public.{table}')")
        for words in (["init", "--distributed"], ["init", "--reader", "postgres"], ["upgrade"]):
            assert command("ledger", *words).exit_code == 0
        assert connection.execute("SELECT count(*) FROM noted").fetchone() == (len(TABLES),)
        triggers = "SELECT 1 FROM pg_trigger WHERE NOT tgisinternal"
        assert connection.execute(triggers).fetchall() == []


OLD_TABLES = [table for table in TABLES if table != "device"]


@pytest.mark.parametrize("words", [["upgrade"], ["init", "--distributed"]], ids=" ".join)
def test_a_table_that_came_later_is_distributed_beside_the_others(
    words: list[str], command: CommandLine, server: Server, tmp_path: Path
) -> None:
    """A ledger of which Citus keeps all tables but `device`: that one alone is distributed, has no
    foreign key until then, and has it afterwards; imports go on."""
    key = ("device", "fk_device_customer", "FOREIGN KEY (account_id, customer_id) REFERENCES "
           "customer(account_id, customer_id)")  # fmt: skip
    with server.database("template0") as name, server.connect(name) as connection:
        ours = ("--ledger", server.url(name))
        with server.ledger(name).migrating() as migrating:
            upgrade(migrating)
        connection.execute("CREATE SCHEMA citus")
        connection.execute("SET search_path = citus")
        connection.execute(STAND_IN)
        connection.execute("CREATE TABLE pg_dist_partition (logicalrelid regclass)")
        connection.execute(f'ALTER DATABASE "{name}" SET search_path = public, citus')
        for table in OLD_TABLES:
            connection.execute(f"INSERT INTO pg_dist_partition VALUES ('public.{table}')")
        connection.execute("SET search_path = public, citus")
        old = [one for one in foreign_keys(connection) if one[0] != "device"]

        assert command("ledger", *words, *ours).exit_code == 0
        noted = connection.execute("SELECT name, by, beside, keys FROM noted").fetchall()
        assert noted == [("device", "account_id", "account", len(old))]
        assert foreign_keys(connection) == sorted([*old, key])
        for number, sheets in enumerate((FIRST, SECOND)):
            path = write_workbook(tmp_path / f"{number}.xlsx", sheets)
            assert command("apply", path, *ours).exit_code == 0
        assert command("ledger", "verify", *ours).exit_code == 0
