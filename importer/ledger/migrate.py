"""Upgrade the tables of an older ledger to the newest revision, with alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from importer.ledger.database import MIGRATIONS


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, which works in the transaction of `connection`, if given."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: sa.Connection) -> None:
    """Run every migration that the ledger lacks; the caller commits."""
    command.upgrade(configuration(connection), "head")
