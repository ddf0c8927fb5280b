"""`ledger init --distributed`: tables spread over machines by account.

Citus cannot be installed here. A function with its signature notes in what state it finds the
tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from command_line import CommandLine
from every_sheet import write_both
from importer.ledger.creation import create
from importer.ledger.opening import open_ledger
from importer.ledger.tables import metadata
from servers import EMPTY, Server

TABLES = [table.name for table in metadata.sorted_tables]
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"

STAND_IN = """
    CREATE SCHEMA citus;
    SET search_path = citus;
    CREATE TYPE distribution_type AS ENUM ('hash', 'range', 'append');
    CREATE TABLE calls (
        number serial, name text, by text, beside text, keys bigint, triggers bigint
    );
    CREATE FUNCTION create_distributed_table(
        table_name regclass, distribution_column text,
        distribution_type distribution_type DEFAULT 'hash',
        colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
    ) RETURNS void LANGUAGE sql AS $$
        INSERT INTO calls (name, by, beside, keys, triggers) SELECT
            table_name::text, distribution_column, colocate_with,
            (SELECT count(*) FROM pg_constraint WHERE contype = 'f'),
            (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)
    $$;
"""
"""Citus's function, by its documentation, in a schema of its own; it notes how it was called."""


def add_stand_in(connection: psycopg.Connection, *distributed: str) -> None:
    """Put the stand-in for Citus in the search path, as extensions are; Citus knows some tables."""
    connection.execute(STAND_IN.encode())
    if distributed:
        connection.execute("CREATE TABLE pg_dist_partition (logicalrelid regclass)")
    for table in distributed:
        connection.execute("INSERT INTO pg_dist_partition VALUES (%s)", [f"public.{table}"])
    database = connection.info.dbname
    connection.execute(f'ALTER DATABASE "{database}" SET search_path = public, citus'.encode())
    connection.execute("SET search_path = public, citus")


@pytest.fixture
def where(server: Server) -> Iterator[str]:
    """What `--ledger` is for a database with an empty ledger."""
    with server.database() as name:
        yield server.url(name)


@pytest.fixture
def raw(where: str, server: Server) -> Iterator[psycopg.Connection]:
    """A raw connection to it."""
    with server.connect(str(sa.make_url(where).database)) as connection:
        yield connection


def note_as_distributed(connection: psycopg.Connection) -> None:
    """Note all tables as distributed, as Citus does."""
    connection.execute("CREATE TABLE citus.pg_dist_partition (logicalrelid regclass)")
    for table in TABLES:
        connection.execute("INSERT INTO citus.pg_dist_partition VALUES (%s)", [f"public.{table}"])


def foreign_keys(connection: psycopg.Connection) -> list[Any]:
    """The definitions of all foreign keys."""
    query = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2"""
    return connection.execute(query).fetchall()


def test_without_the_extension_no_ledger_is_made(command: CommandLine, server: Server) -> None:
    """The line has the SQL that adds it; a new ledger does not even get its tables."""
    with server.database(EMPTY) as name:
        for _ in range(2):
            result = command("ledger", "init", "--distributed", "--ledger", server.url(name))
            result.assert_error("CREATE EXTENSION citus")
        with server.connect(name) as connection:
            tables = "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"
            assert connection.execute(tables).fetchall() == []


def test_without_the_extension_a_ledger_stays_as_it_is(
    command: CommandLine, raw: psycopg.Connection
) -> None:
    """It keeps its triggers and foreign keys."""
    keys, triggers = foreign_keys(raw), raw.execute(TRIGGERS).fetchall()
    command("ledger", "init", "--distributed").assert_error("CREATE EXTENSION citus")
    assert foreign_keys(raw) == keys != []
    assert raw.execute(TRIGGERS).fetchall() == triggers != []


def test_all_tables_are_distributed_by_account_and_then_get_their_keys(
    command: CommandLine, where: str, raw: psycopg.Connection, tmp_path: Path
) -> None:
    """Triggers and foreign keys are gone before the first one; `account` comes first, the others
    are beside it; afterwards the keys are those from before, and imports go on."""
    add_stand_in(raw)
    first, second = write_both(tmp_path)
    assert command("apply", first).exit_code == 0
    before = foreign_keys(raw)
    assert command("ledger", "init", "--distributed").exit_code == 0
    calls = raw.execute("SELECT name, by, beside, keys, triggers FROM calls ORDER BY number")
    assert calls.fetchall() == [
        ("account", "account_id", "default", 0, 0),
        *((table, "account_id", "account", 0, 0) for table in TABLES if table != "account"),
    ]
    assert foreign_keys(raw) == before
    assert raw.execute(TRIGGERS).fetchall() == []
    with open_ledger(where).reading() as reading:
        own = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(reading, opts=own)
        assert compare_metadata(context, metadata) == []
    note_as_distributed(raw)
    for words in (["apply", str(second)], ["undo", "2"], ["ledger", "verify"]):
        assert command(*words).exit_code == 0, words


def test_what_is_distributed_stays_distributed(
    command: CommandLine, raw: psycopg.Connection
) -> None:
    """Once Citus knows the tables, init and upgrade neither distribute them again nor add the
    triggers again."""
    add_stand_in(raw)
    assert command("ledger", "init", "--distributed").exit_code == 0
    note_as_distributed(raw)
    for words in (["init", "--distributed"], ["init", "--reader", "postgres"], ["upgrade"]):
        assert command("ledger", *words).exit_code == 0, words
    assert raw.execute("SELECT count(*) FROM calls").fetchone() == (len(TABLES),)
    assert raw.execute(TRIGGERS).fetchall() == []


@pytest.mark.parametrize("words", [["upgrade"], ["init", "--distributed"]], ids=" ".join)
def test_a_table_that_came_later_is_distributed_beside_the_others(
    words: list[str], command: CommandLine, server: Server, tmp_path: Path
) -> None:
    """A ledger of which Citus knows all tables but `device`: that one alone is distributed, has no
    foreign key until then, and has it afterwards; imports go on."""
    key = ("device", "fk_device_customer", "FOREIGN KEY (account_id, customer_id) REFERENCES "
           "customer(account_id, customer_id)")  # fmt: skip
    with server.database(EMPTY) as name, server.connect(name) as connection:
        options = ("--ledger", server.url(name))
        with server.ledger(name).migrating() as migrating:
            create(migrating)
        add_stand_in(connection, *(table for table in TABLES if table != "device"))
        old = [key for key in foreign_keys(connection) if key[0] != "device"]
        assert command("ledger", *words, *options).exit_code == 0
        calls = connection.execute("SELECT name, by, beside, keys FROM calls").fetchall()
        assert calls == [("device", "account_id", "account", len(old))]
        assert foreign_keys(connection) == sorted([*old, key])
        for path in write_both(tmp_path):
            assert command("apply", path, *options).exit_code == 0
        assert command("ledger", "verify", *options).exit_code == 0
