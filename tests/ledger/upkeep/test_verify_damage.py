"""`ledger verify` in a damaged database."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from command_line import CommandLine
from ledgers import all_rows
from sound_ledger import SoundLedger
from tiers import examples

pytest_plugins = "filled_ledgers"
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
def repaired(engine: str, sound: SoundLedger) -> Iterator[None]:
    """The indexes of a database are as they were afterwards, since it is used again."""
    yield
    if engine == "postgresql":
        sound.connection.exec_driver_sql(f"REINDEX INDEX {INDEX}")
        sound.connection.exec_driver_sql("DROP INDEX other")


@pytest.mark.contract
@pytest.mark.usefixtures("repaired")
def test_an_index_that_disagrees_with_its_table_is_found(sound: SoundLedger, engine: str) -> None:
    """By the engine's own check: on a server the extension amcheck, where it is installed, and for
    the indexes that it supports."""
    if engine == "postgresql":
        sound.connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
        sound.connection.exec_driver_sql("CREATE INDEX other ON otc USING hash (code)")
        assert sound.faults() == []
    for statement in DAMAGE[engine]:
        sound.connection.exec_driver_sql(statement)
    assert sound.faults()[0] == "database-damaged"


def test_flipped_bytes_are_found_wherever_they_matter(
    command: CommandLine, ledger: Path, sound_file: Path, dice: random.Random
) -> None:
    """One byte of the file, anywhere: exit 4 and one line or a list of faults, never an internal
    error; exit 0 in both accounts only where every row is as it was, as in free pages."""
    content, rows = sound_file.read_bytes(), all_rows(sound_file)
    flips, detected = 0, 0
    while flips < examples(60) or not detected:
        at, flip = dice.randrange(len(content)), dice.choice([1 << dice.randrange(8), 255])
        ledger.write_bytes(content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :])
        results = [command("ledger", "verify", "--account", a) for a in ("default", "another")]
        for result in results:
            assert result.exit_code in (0, 4), (at, flip, result)
            assert "Traceback" not in result.out + result.err, (at, flip)
            assert len(result.err.splitlines()) == (0 if result.out else 1), (at, flip, result)
        if any(result.exit_code for result in results):
            detected += 1
        else:
            assert all_rows(ledger) == rows, (at, flip)
        flips += 1


def test_a_name_in_the_schema_that_is_not_text_is_damage(
    command: CommandLine, ledger: Path, sound_file: Path
) -> None:
    """SQLite's message about the malformed schema quotes it, and is not text either."""
    shutil.copy(sound_file, ledger)
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET name = CAST(x'ff' AS text), sql = 'CREATE' "
            f"WHERE name = '{INDEX}'"
        )
    result = command("ledger", "verify")
    assert result.exit_code == 4
    assert len(result.err.splitlines()) == 1
