"""What an import sends to a server: such statements as engines of many machines can execute.

Citus cannot be installed here. What it refuses is looked for in the tables and in every statement
of two imports that fill every sheet, and of two undos.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from every_sheet import write_both
from importer.cli import main as program
from importer.ledger.tables import metadata
from servers import Server
from statements import recorded_statements

TABLES = [table.name for table in metadata.sorted_tables]


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_every_key_leads_with_the_account(table: sa.Table) -> None:
    """Primary keys, unique ones, indexes, and both sides of foreign keys."""
    kinds = (sa.PrimaryKeyConstraint, sa.UniqueConstraint, sa.ForeignKeyConstraint)
    constraints = [constraint for constraint in table.constraints if isinstance(constraint, kinds)]
    checks = sum(isinstance(constraint, sa.CheckConstraint) for constraint in table.constraints)
    assert len(table.constraints) == len(constraints) + checks
    keys = [[column.name for column in key.columns] for key in (*constraints, *table.indexes)]
    keys += [[part.column.name for part in key.elements] for key in table.foreign_key_constraints]
    assert keys
    assert {key[0] for key in keys} == {"account_id"}
    assert not any(column.identity or column.default for column in table.c)


Statement = tuple[str, dict[str, Any]]
"""SQL with its parameters by name."""


@pytest.fixture(scope="module")
def statements(server: Server, tmp_path_factory: pytest.TempPathFactory) -> list[Statement]:
    """What is executed for two workbooks with rows of every sheet and for two undos."""
    first, second = map(str, write_both(tmp_path_factory.mktemp("statements")))
    with server.database() as name, recorded_statements() as recorded:
        for words in (["apply", first], ["apply", second], ["undo", "2"], ["undo", "1"]):
            options = ("--account", "mine", "-q", "--ledger", server.url(name))
            assert program.run([*words, *options]) == 0
    return [
        (" ".join(sql.split()), parameters if isinstance(parameters, dict) else {})
        for sql, parameters in recorded
        if "pg_catalog" not in sql
    ]


def names_account(clause: str, parameters: dict[str, Any], table: str = "") -> bool:
    """Whether `clause` says `account_id = constant`, the constant being the test's account."""
    prefix = rf"{table}\." if table else r"(?:\w+\.)?"
    names = re.findall(rf"(?<![.\w]){prefix}account_id = %\((\w+)\)s", clause)
    return bool(names) and {parameters[name] for name in names} == {"mine"}


def inserts_account(statement: str, parameters: dict[str, Any]) -> bool:
    """Whether the first column of an INSERT is the account, and its value a constant."""
    match = re.match(
        r"INSERT INTO \w+ \(account_id, [^)]*\) (?:VALUES \(|SELECT )%\((\w+)\)s", statement
    )
    return match is not None and parameters[match[1]] == "mine"


@pytest.mark.contract
def test_an_import_sends_nothing_that_engines_of_many_machines_refuse(
    statements: list[Statement],
) -> None:
    """No temporary or other tables, no sequences, no functions that write; and only such statements
    as the tests below know."""
    assert {sql.split()[0] for sql, _ in statements} == {
        "SELECT", "INSERT", "UPDATE", "DELETE", "SET"
    }  # fmt: skip
    for sql, _ in statements:
        assert not re.search(
            r"\b(TEMP|TEMPORARY|CREATE|ALTER|DROP|TRUNCATE|COPY|LOCK|nextval|currval|setval|SHARE"
            r"|MERGE|SERIAL|advisory)\b",
            sql, re.IGNORECASE,
        ), sql  # fmt: skip


@pytest.mark.contract
def test_every_row_is_locked_in_its_account(statements: list[Statement]) -> None:
    """Locks are taken on one table at a time, its account given as a constant."""
    locked = set()
    for sql, parameters in statements:
        if re.search(r"\bFOR (NO KEY )?UPDATE\b", sql):
            match = re.search(r" FROM (\w+) WHERE (.*?)(?: ORDER BY .*)? FOR NO KEY UPDATE$", sql)
            assert match is not None, sql
            assert names_account(match[2], parameters, match[1]), sql
            assert " OR " not in match[2], sql
            locked.add(match[1])
    assert locked == {"account", "customer", "otc"}


@pytest.mark.contract
def test_every_change_names_the_account(statements: list[Statement]) -> None:
    """Rows are inserted with it, and looked for in it, in every table that is written to."""
    written: dict[str, set[str]] = {}
    for sql, parameters in statements:
        match = re.match(r"(INSERT|UPDATE|DELETE)(?: INTO| FROM)? (\w+)\b", sql)
        if match is None:
            continue
        verb, table = match.groups()
        if verb == "INSERT":
            assert inserts_account(sql, parameters), sql
        else:
            _, _, condition = sql.partition(" WHERE ")
            assert names_account(condition, parameters, table), sql
            assert " OR " not in condition, sql
        written.setdefault(table, set()).add(verb)
    all_verbs = {"INSERT", "UPDATE", "DELETE"}
    assert written == {
        "account": {"INSERT", "UPDATE"}, "batch": {"INSERT"}, "journal_block": {"INSERT"},
        "otc": all_verbs, "customer": all_verbs, "subscription": all_verbs, "device": all_verbs,
    }  # fmt: skip


@pytest.mark.contract
def test_every_query_reads_one_account(statements: list[Statement]) -> None:
    """Each table that a query reads is held to the account, itself or by a join to one that is."""
    read = set()
    for sql, parameters in statements:
        tables = [table for table in re.findall(r"\b(?:FROM|JOIN) (\w+)\b", sql) if table in TABLES]
        if sql.startswith("SELECT") and tables:
            assert names_account(sql, parameters), sql
            joins = len(re.findall(r"\w+\.account_id = \w+\.account_id", sql))
            constants = len(re.findall(r"account_id = %\(", sql))
            assert joins + constants >= len(tables), sql
            read |= set(tables)
    assert read == set(TABLES)


def test_a_statement_without_the_account_would_be_noticed() -> None:
    """The control: what the tests above look for, in statements that would not do."""
    parameters = {"a": "mine", "b": "another"}
    assert names_account("otc.account_id = %(a)s::VARCHAR", parameters, "otc")
    assert not names_account("otc.account_id = %(b)s::VARCHAR", parameters, "otc")
    assert not names_account("otc.code = %(a)s", parameters, "otc")
    assert not names_account("customer.account_id = %(a)s", parameters, "otc")
    assert not inserts_account("INSERT INTO otc (code, account_id) VALUES (%(a)s", parameters)
    assert not inserts_account("INSERT INTO otc (account_id, code) VALUES (%(b)s", parameters)
