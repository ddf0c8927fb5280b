"""Migrations lead to the tables that the program works with, from a ledger that is in use too."""

from __future__ import annotations

import multiprocessing
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from test_distribution import FIRST, SECOND

from builders import write_workbook
from command_line import CommandLine
from importer.cli.main import run
from importer.ledger import database, migrate
from importer.ledger.database import REVISION
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.migrate import configuration, upgrade
from importer.ledger.opening import open_ledger
from importer.ledger.tables import metadata
from servers import Server

ACCOUNTS = ("default", "another")
Rows = dict[str, list[tuple[Any, ...]]]


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    """REVISION is alembic's head, and there is one head."""
    assert ScriptDirectory.from_config(configuration()).get_heads() == [REVISION]


@pytest.mark.both_engines
def test_migrating_gives_the_very_tables_of_the_code(engine: str, server: Server) -> None:
    """Tables, columns, keys, constraints and indexes after it are those of tables.py."""
    with server.database("template0") as migrated, server.database("template0") as made:
        here = [server.url(migrated), server.url(made)]
        if engine == "sqlite":
            here = ["sqlite:///migrated.db", "sqlite:///made.db"]
        with open_ledger(here[0]).migrating() as connection:
            upgrade(connection)
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
            found = structure(connection)
        with open_ledger(here[1]).migrating() as connection:
            metadata.create_all(connection)
            assert structure(connection) == found


STRUCTURE = {
    "sqlite": """
        SELECT t.name, t.strict, t.wr, c.name, c.type, c."notnull", c.dflt_value, c.pk
        FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c
        WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite%'
        UNION ALL SELECT tbl_name, type, '', name, sql, '', '', '' FROM sqlite_master
        WHERE type = 'index' AND sql IS NOT NULL
    """,
    "postgresql": """
        SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT tablename, indexname, indexdef, '', '', '' FROM pg_indexes
        WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
}
"""What each engine tells of its tables, a row for each column, index and constraint."""

GUARDS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT relname, relrowsecurity::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    """,
}
"""What each engine tells of what keeps the tables from being tampered with."""


def structure(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """All that the engine tells of the ledger's tables, and on a file the names of constraints."""
    dialect = connection.dialect.name
    rows = connection.exec_driver_sql(STRUCTURE[dialect].replace("%", "%%"))
    told = [tuple(row) for row in rows if row[0] != "alembic_version"]
    if dialect == "sqlite":
        inspector = sa.inspect(connection)
        for name in metadata.tables:
            told += [
                (name, *map(str, sorted(found, key=str)))
                for found in (
                    inspector.get_foreign_keys(name),
                    inspector.get_unique_constraints(name),
                    inspector.get_check_constraints(name),
                )
            ]
            told.append((name, str(inspector.get_pk_constraint(name))))
    return sorted(told, key=str)


def _apply(path: str, ledger: str) -> None:
    raise SystemExit(run(["apply", path, "--ledger", ledger, "-q"]))


def test_two_first_imports_at_once_both_arrive(ledger: Path, tmp_path: Path) -> None:
    """Whoever comes second finds the ledger that the first has made."""
    processes = []
    for number in (1, 2, 3):
        otc = {
            "OTC": f"AAAAA-AAAAA-AAAAA-AAAA{number}", "Email": "a@x.example",
            "Company Name": "Empresa", "Total Licenses": 5,
        }  # fmt: skip
        path = write_workbook(tmp_path / f"{number}.xlsx", [("Add OTC", [otc])])
        process = multiprocessing.get_context("spawn").Process(
            target=_apply, args=(str(path), str(ledger))
        )
        process.start()
        processes.append(process)
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with FileLedger(ledger).reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM otc").scalar() == 3
        assert connection.exec_driver_sql("SELECT max(batch) FROM batch").scalar() == 3


# The upgrade of a ledger that is in use, to a revision of the test's own


NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9998", "%s"

def upgrade():
    op.add_column("otc", sa.Column("note", sa.Text))
    op.execute("UPDATE otc SET note = company")
    op.create_index("ix_otc_note", "otc", ["account_id", "note"])
    op.create_table("tag", sa.Column("account_id", sa.Text, primary_key=True))
"""
NEW = {"OTC": "ZZZZZ-11111-22222-33333", "Email": "a@x.example", "Company Name": "X",
       "Total Licenses": 5}  # fmt: skip


@pytest.fixture
def old(
    command: CommandLine, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:  # fmt: skip
    """What `--ledger` names: a ledger in use, of the version before the program's."""
    for number, sheets in enumerate((FIRST, SECOND)):
        path = write_workbook(tmp_path / f"{number}.xlsx", sheets)
        for account in ACCOUNTS:
            assert command("apply", path, "--account", account).exit_code == 0
    assert command("undo", "2", "--account", "another").exit_code == 0
    folder = tmp_path / "migrations"
    shutil.copytree(database.MIGRATIONS, folder)
    (folder / "versions" / "9998_next.py").write_text(NEXT % REVISION)
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    monkeypatch.setattr(database, "REVISION", "9998")
    return where


def everything_in(setting: str) -> Rows:
    """All rows of all tables, whatever revision they are of, in an order that stays."""
    with open_ledger(setting).migrating() as connection:
        return {
            table: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {table}")), key=str)
            for table in sa.inspect(connection).get_table_names()
        }


def proofs(command: CommandLine, *options: str) -> list[tuple[int, str]]:
    """The number of batches and the last hash of each account, which proves to be well."""
    verified = [
        command("ledger", "verify", "--account", one, "--json", *options).json for one in ACCOUNTS
    ]
    assert [one["faults"] for one in verified] == [[], []]
    return [(one["batches"], one["head"]) for one in verified]


@pytest.mark.both_engines
def test_an_older_ledger_asks_to_be_upgraded(
    command: CommandLine, old: str, tmp_path: Path
) -> None:
    """Exit 4 for every command, one line with the command that helps, and nothing is changed."""
    before = everything_in(old)
    workbook = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [NEW])])
    for words in (
        ["check", str(workbook)], ["apply", str(workbook)], ["undo", "1"], ["show", "otcs"],
        ["history"], ["export"], ["template"], ["ledger", "init"], ["ledger", "verify"],
    ):  # fmt: skip
        said = command(*words)
        assert said.exit_code == 4, words
        [line] = said.err.splitlines()
        assert "avira-importer ledger upgrade" in line
        assert old.partition("?")[0] in line
    assert everything_in(old) == before


@pytest.mark.both_engines
def test_an_older_ledger_is_upgraded_and_goes_on(
    command: CommandLine, old: str, tmp_path: Path
) -> None:
    """It holds what it held and has its journal and hashes; what was done before can be undone."""
    before = everything_in(old)
    expected = {"ledger": old.partition("?")[0], "from": REVISION, "to": "9998"}
    assert command("ledger", "upgrade", "--json").json == expected
    after = everything_in(old)
    for table in before.keys() - {"otc", "alembic_version"}:
        assert after[table] == before[table]
    assert after["otc"] == sorted(((*row, row[3]) for row in before["otc"]), key=str)
    assert command("ledger", "upgrade", "--json").json == expected | {"from": "9998"}
    assert everything_in(old) == after
    (batches, _), (more, _) = proofs(command)
    workbook = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [NEW])])
    assert command("apply", workbook).exit_code == 0
    assert command("undo", "2").exit_code == 0
    assert command("undo", "3", "--account", "another").exit_code == 0
    assert [number for number, _ in proofs(command)] == [batches + 2, more + 1]


@pytest.mark.both_engines
def test_an_upgraded_ledger_has_the_structure_and_guards_of_a_new_one(
    command: CommandLine, old: str, server: Server, engine: str
) -> None:
    """Column by column and trigger by trigger."""
    assert command("ledger", "upgrade").exit_code == 0
    with server.database("template0") as name:
        new = server.url(name) if engine == "postgresql" else "new.db"
        assert command("ledger", "init", "--ledger", new).exit_code == 0
        told = []
        for place in (old, new):
            with open_ledger(place).reading() as connection:
                guards = connection.exec_driver_sql(GUARDS[engine]).all()
                told.append((structure(connection), sorted(guards)))
    assert told[0] == told[1]
    assert told[0][1]


def test_a_copy_can_be_made_before_the_upgrade(command: CommandLine, old: str) -> None:
    """As the message advises: the copy is of the old version, and can be upgraded in its turn."""
    assert command("ledger", "backup", "copy.db").exit_code == 0
    assert everything_in("copy.db") == everything_in(old)
    assert command("ledger", "upgrade").exit_code == 0
    copy = ("--ledger", "copy.db")
    assert command("show", "otcs", *copy).exit_code == 4
    assert command("ledger", "upgrade", *copy).exit_code == 0
    assert proofs(command, *copy) == proofs(command)


def test_an_upgraded_file_is_taken_over_into_a_server(
    command: CommandLine, old: str, server: Server
) -> None:
    """Before the upgrade it is refused, naming it; then both accounts come with their hashes."""
    with server.database("template0") as name:
        target = ("--ledger", server.url(name))
        said = command("ledger", "init", "--from", old, *target)
        assert said.exit_code == 4
        assert old in said.err
        assert "ledger upgrade" in said.err
        assert command("ledger", "upgrade").exit_code == 0
        assert command("ledger", "init", "--from", old, *target).exit_code == 0
        assert proofs(command, *target) == proofs(command)


class MachineFailsError(Exception):
    """Stands for whatever may end an upgrade in the middle."""


@contextmanager
def failing_at(last: int) -> Iterator[list[str]]:
    """Raise at the `last` statement that changes anything; the statements executed so far."""
    executed: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if re.match(r"\s*(ALTER|CREATE|DROP|INSERT|UPDATE|REVOKE)", statement):
            executed.append(statement)
            if len(executed) == last:
                raise MachineFailsError

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield executed
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.mark.both_engines
def test_an_upgrade_that_fails_in_the_middle_leaves_the_old_ledger(
    command: CommandLine, old: str, engine: str
) -> None:
    """Whichever statement it gets to: all is as it was, and the next upgrade goes through."""
    before = everything_in(old)
    last, step = 1, 1 if engine == "sqlite" else 4
    while True:
        with failing_at(last) as executed:
            exit_code = command("ledger", "upgrade").exit_code
        if exit_code != 70:
            break
        assert len(executed) == last
        assert everything_in(old) == before
        last += step
    assert last > 5
    assert [number for number, _ in proofs(command)] == [2, 3]
