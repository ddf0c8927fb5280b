"""`ledger verify` in a damaged database."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from command_line import CommandLine
from importer.ledger.tables import metadata
from prepared import database as database
from prepared import ledger as ledger
from prepared import unguarded
from prepared import where as where
from sound_ledger import dice as dice
from sound_ledger import faults
from sound_ledger import filled as filled
from tiers import examples

pytestmark = pytest.mark.both_engines

INDEX = "ix_otc_company_key"
DAMAGE = {
    "sqlite": [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'company_key)', 'company)') "
        f"WHERE name = '{INDEX}'",
    ],
    "postgresql": [
        f"UPDATE pg_index SET indisready = false WHERE indexrelid = '{INDEX}'::regclass",
        "INSERT INTO otc SELECT 'nobody', code, email, company, company_key, total, used FROM otc "
        "WHERE account_id = 'default'",
        f"UPDATE pg_index SET indisready = true WHERE indexrelid = '{INDEX}'::regclass",
    ],
}
"""What makes an index disagree with its table."""


@pytest.fixture
def repaired(engine: str, where: str) -> Iterator[None]:
    """The database is used again."""
    yield
    if engine == "postgresql":
        with unguarded(where) as connection:
            connection.exec_driver_sql(f"REINDEX INDEX {INDEX}")
            connection.exec_driver_sql("DROP INDEX other")


@pytest.mark.contract
@pytest.mark.usefixtures("repaired")
def test_an_index_that_disagrees_with_its_table_is_found(
    command: CommandLine, where: str, engine: str
) -> None:
    """By the engine's own check: on a server the extension amcheck, where it is installed, and for
    the indexes that it supports."""
    with unguarded(where) as connection:
        if engine == "postgresql":
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
            connection.exec_driver_sql("CREATE INDEX other ON otc USING hash (code)")
            assert faults(command) == []
        for statement in DAMAGE[engine]:
            connection.exec_driver_sql(statement)
    assert faults(command)[0] == "database-damaged"


def contents_of(path: Path) -> dict[str, list[Any]]:
    """All rows of the ledger's tables."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in metadata.tables
        }


def test_flipped_bytes_are_found_wherever_they_matter(
    command: CommandLine, ledger: Path, dice: random.Random
) -> None:
    """One byte of the file, anywhere: exit 4 and one line or a list of faults, never an internal
    error; exit 0 in both accounts only where every row is as it was, as in free pages."""
    sound, rows = ledger.read_bytes(), contents_of(ledger)
    flips, detected = 0, 0
    while flips < examples(60) or not detected:
        at, flip = dice.randrange(len(sound)), dice.choice([1 << dice.randrange(8), 255])
        ledger.write_bytes(sound[:at] + bytes([sound[at] ^ flip]) + sound[at + 1 :])
        results = [command("ledger", "verify", "--account", a) for a in ("default", "another")]
        for result in results:
            assert result.exit_code in (0, 4), (at, flip, result)
            assert "Traceback" not in result.out + result.err, (at, flip)
            assert len(result.err.splitlines()) == (0 if result.out else 1), (at, flip, result)
        if any(result.exit_code for result in results):
            detected += 1
        else:
            assert contents_of(ledger) == rows, (at, flip)
        flips += 1


def test_a_name_in_the_schema_that_is_not_text_is_damage(
    command: CommandLine, ledger: Path
) -> None:
    """SQLite's message about the malformed schema quotes it, and is not text either."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET name = CAST(x'ff' AS text), sql = 'CREATE' "
            f"WHERE name = '{INDEX}'"
        )
    result = command("ledger", "verify")
    assert result.exit_code == 4
    assert len(result.err.splitlines()) == 1
