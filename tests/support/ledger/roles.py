"""A ledger on a server with its roles, made as `ledger init --importer --reader` makes them."""

from __future__ import annotations

import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from builders import A, B, Sheets, customer, device, edit, otc, write_workbook
from command_line import CommandResult
from importer.cli import main as program
from importer.ledger.tables import metadata
from ledgers import Rows, all_rows
from servers import EMPTY, Server

TABLES = [table.name for table in metadata.sorted_tables]
DENIED, OVERALLOCATED, NOT_SUPPORTED, WRONG_TRANSACTION = "42501", "23514", "0A000", "25000"

FIRST: Sheets = [
    ("Add OTC", [otc(A, 10), otc(B, 5)]),
    ("Add Customer", [customer("Norte", 6), customer("Sur", 4), customer("Este", 1, B)]),
    ("Devices", [device("Norte", "PC-1")]),
]
"""All of A is assigned, to customers 1 and 2, and one licence of B, to customer 3."""
MORE: Sheets = [
    ("Edit Customer", [edit("Este", licenses=2)]),
    ("Devices", [device("Norte", "pc-1", avira_installed="2026-01-20"), device("Este", "PC-1")]),
]

READING: list[list[str]] = [
    ["check", "more.xlsx"], ["show", "otcs"], ["show", "customers"], ["show", "summary"],
    ["history"], ["history", "1"], ["undo", "1", "--check"], ["export", "-o", "details.xlsx"],
    ["export", "--as-of", "1", "-o", "then.xlsx"], ["template", "-o", "template.xlsx"],
    ["ledger", "verify"], ["ledger", "backup", "copy.db"],
]  # fmt: skip
IMPORTING: list[list[str]] = [
    ["apply", "more.xlsx"], ["apply", "more.xlsx", "--partial"], ["undo", "1"],
]  # fmt: skip
OWNING: list[list[str]] = [
    ["ledger", "init"], ["ledger", "upgrade"], ["ledger", "init", "--distributed"],
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerWithRoles:
    """A ledger with a batch in each of the accounts `default` and `another`, and its roles."""

    server: Server
    database: str
    owner: str  # of the tables; no superuser
    importer: str
    reader: str
    other_importer: str  # of the account `another`
    stranger: str  # has no rights

    def url(self, role: str) -> str:
        """What `--ledger` is for a role."""
        return self.server.url(self.database, role)

    def connect(self, role: str = "postgres") -> psycopg.Connection:
        """A raw connection of a role, each statement a transaction."""
        return self.server.connect(self.database, role)

    def rows(self) -> Rows:
        """All that the ledger holds."""
        return all_rows(self.url("postgres"))

    def new_role(self, name: str) -> str:
        """A new role that may log in and nothing else; its name contains `name`."""
        role = f"{name}_{uuid.uuid4().hex[:8]}"
        with self.connect() as connection:
            connection.execute(with_names("CREATE ROLE {} LOGIN", role))
        return role


def with_names(template: str, *names: str) -> sql.Composed:
    """A statement with names in place of `{}`."""
    return sql.SQL(template).format(*map(sql.Identifier, names))


@cache
def _template(server: Server) -> LedgerWithRoles:
    """The ledger of which tests get copies, made by the roles that are to make its parts."""
    tag = uuid.uuid4().hex[:8]
    roles = [f"{name}_{tag}" for name in ("owner", "importer", "reader", "other", "stranger")]
    with server.connect("postgres") as connection:
        for role in roles:
            connection.execute(with_names("CREATE ROLE {} LOGIN", role))
        name = server.create_database(EMPTY)
        connection.execute(with_names("ALTER DATABASE {} OWNER TO {}", name, roles[0]))
    ledger = LedgerWithRoles(server, name, *roles)
    with tempfile.TemporaryDirectory() as folder:
        first = str(write_workbook(Path(folder, f"{tag}.xlsx"), FIRST))
        for role, words in (
            (ledger.owner, ["ledger", "init", "--importer", ledger.importer,
                            "--reader", ledger.reader]),
            (ledger.owner, ["ledger", "init", "--account", "another",
                            "--importer", ledger.other_importer]),
            (ledger.importer, ["apply", first]),
            (ledger.other_importer, ["apply", first, "--account", "another"]),
        ):  # fmt: skip
            assert program.run([*words, "-q", "--ledger", ledger.url(role)]) == 0
    return ledger


@contextmanager
def ledger_with_roles(server: Server) -> Iterator[LedgerWithRoles]:
    """A ledger of its own; its roles are those of others of this process."""
    template = _template(server)
    with server.database(template.database) as name:
        with server.connect("postgres") as connection:
            connection.execute(with_names("ALTER DATABASE {} OWNER TO {}", name, template.owner))
        yield replace(template, database=name)


def refusal(connection: psycopg.Connection, *statements: str) -> str | None:
    """The SQLSTATE with which the server refuses one of the statements.

    If it takes all, they are committed, and the result is None.
    """
    try:
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute("COMMIT")
    except psycopg.Error as error:
        connection.execute("ROLLBACK")
        return error.sqlstate
    return None


def assert_no_right(result: CommandResult, role: str) -> None:
    """The command failed with one line that says which role lacks a right."""
    result.assert_error()
    assert re.match(
        rf"The role {re.escape(role)} (has no right to do that in|may not use the account .* of|"
        "may not create or change the tables of) the ledger",
        result.err,
    ), result
