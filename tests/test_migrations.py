"""The migrations lead to the tables that the program works with."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from importer.cli.main import run
from importer.ledger.database import REVISION
from importer.ledger.file import FileLedger
from importer.ledger.migrate import configuration, upgrade
from importer.ledger.tables import metadata
from workbooks import write_workbook


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    """REVISION is alembic's head, and there is one head."""
    assert ScriptDirectory.from_config(configuration()).get_heads() == [REVISION]


def test_migrating_gives_the_very_tables_of_the_code(ledger: Path) -> None:
    """Tables, columns, keys, constraints and indexes after it are those of tables.py."""
    with FileLedger(ledger).migrating() as connection:
        upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        migrated = _tables(connection)
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        assert _tables(connection) == {
            name: table for name, table in migrated.items() if name != "alembic_version"
        }
    engine.dispose()


def _tables(connection: sa.Connection) -> dict[str, object]:
    inspector = sa.inspect(connection)
    listed = connection.exec_driver_sql("SELECT name, strict FROM pragma_table_list")
    strict = {str(row.name): row.strict for row in listed}
    return {
        name: (
            strict[name],
            [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(name)],
            inspector.get_pk_constraint(name),
            sorted(inspector.get_foreign_keys(name), key=str),
            sorted(inspector.get_unique_constraints(name), key=str),
            sorted(inspector.get_check_constraints(name), key=str),
            _indexes(connection, name),
        )
        for name in inspector.get_table_names()
    }


def _indexes(connection: sa.Connection, table: str) -> list[str]:
    """The indexes as SQL, which also says what a partial one is partial to."""
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table")
    return sorted(str(sql) for sql in connection.scalars(query, {"table": table}))


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
