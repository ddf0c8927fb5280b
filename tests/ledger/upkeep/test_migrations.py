"""Alembic finds the program's migrations."""

from __future__ import annotations

from alembic.script import ScriptDirectory

from importer.ledger.database import REVISION
from importer.ledger.migrate import configuration


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    """REVISION is alembic's head, and there is one head."""
    assert ScriptDirectory.from_config(configuration()).get_heads() == [REVISION]
