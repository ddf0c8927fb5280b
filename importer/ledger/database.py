"""Where the ledger is, how it comes to be, and transactions that roll back by default."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from platformdirs import user_data_path
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from importer.errors import LedgerError
from importer.files import said_by_system
from importer.texts import N_, Text, text

REVISION = "0001"
"""The newest migration; a ledger at another was made by another version of this program."""

LOCK_TIMEOUT = 30.0
"""Seconds to wait for another program that is writing to the ledger."""

_BEGIN = "begin"
_READ, _WRITE = "BEGIN", "BEGIN IMMEDIATE"  # a deferred BEGIN that writes later may not wait
_SQLITE_URL = "sqlite:///"


def default_path() -> Path:
    """The ledger's file where nothing else is said: in the user's data folder."""
    return user_data_path("avira-importer", appauthor=False) / "ledger.db"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger in an SQLite file that may not be there yet."""

    path: Path

    @property
    def is_missing(self) -> bool:
        """Whether nothing was ever applied to it; an empty file counts as none."""
        try:
            if self.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "it is a folder")
            return self.path.stat().st_size == 0
        except FileNotFoundError:
            return True
        except OSError as error:
            raise _fault(self.path, error) from error

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the ledger and cannot change it.

        Raises LedgerError if there is none, or none that this version can read.
        """
        if self.is_missing:
            raise LedgerError(
                text(N_("There is no ledger at {path} yet. The first “avira-importer apply FILE” "
                        "makes one; “--ledger” names another."), path=self.path)
            )  # fmt: skip
        with self._transaction(_READ) as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            self._check_revision(connection)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the ledger's write lock from its start.

        It is committed when the block ends, and rolled back when it raises. A missing ledger is
        made first. Raises LedgerError where the ledger cannot be written, or not in time.
        """
        if self.is_missing:
            self._make_file()
        with self._transaction(_WRITE) as connection:
            if not sa.inspect(connection).get_table_names():
                from importer.ledger.migrate import upgrade

                upgrade(connection)
            self._check_revision(connection)
            yield connection

    def _make_file(self) -> None:
        """Make the file for its owner alone; folders only where nobody chose the place."""
        try:
            if self.path == default_path():
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self.path.chmod(0o600)  # also where an empty file was there before
        except OSError as error:
            raise _fault(self.path, error) from error

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sa.Connection]:
        engine = _engine(self.path)
        try:
            with (
                engine.connect().execution_options(**{_BEGIN: begin}) as connection,
                connection.begin(),
            ):
                yield connection
        except DBAPIError as error:
            raise _database_fault(self.path, error) from error
        finally:
            engine.dispose()

    def _check_revision(self, connection: sa.Connection) -> None:
        tables = sa.inspect(connection).get_table_names()
        found = None
        if "alembic_version" in tables and "journal" in tables:
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if found is None:
            raise LedgerError(
                text(N_("{path} is a database of something else, not a ledger. Name another file "
                        "with --ledger."), path=self.path)
            )  # fmt: skip
        if found != REVISION:
            raise LedgerError(
                text(N_("The ledger {path} was made by another version of this program ({found}; "
                        "this one knows {known}). Use that version."), path=self.path,
                     found=found, known=REVISION)
            )  # fmt: skip


def open_ledger(setting: str | None) -> Ledger:
    """The ledger that `setting` names: a file, or an SQLAlchemy URL of one; None is the default."""
    if not setting:
        return Ledger(default_path())
    path = setting.removeprefix(_SQLITE_URL)
    asks_more = path != setting and "?" in path
    if "://" in path or asks_more or path in ("", ":memory:"):
        raise LedgerError(
            text(N_("This version keeps its ledger in an SQLite file; it cannot use {setting}. "
                    "Name a file with --ledger."), setting=_without_password(setting))
        )  # fmt: skip
    return Ledger(Path(path).expanduser())


def _without_password(setting: str) -> str:
    scheme, _, rest = setting.rpartition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if scheme else setting


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"timeout": LOCK_TIMEOUT},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # Python's sqlite3 begins no transactions of its own
        for pragma in (
            "foreign_keys = ON",
            "trusted_schema = OFF",
            # The journal mode stays what a new file has, DELETE: setting it would rewrite a file
            # that is not ours, and SQLite 3.7.0 to 3.51.2 can corrupt the other one, WAL.
            "synchronous = EXTRA",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options()[_BEGIN])

    return engine


def _fault(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        text(N_("The ledger {path} cannot be used: {reason}. Name another place with --ledger."),
             path=path, reason=said_by_system(error))
    )  # fmt: skip


def _database_fault(path: Path, error: DBAPIError) -> LedgerError:
    """What went wrong, in words; SQLite's own where we know none better."""
    said = str(error.orig)
    for fragment, template in _SAID_BY_SQLITE.items():
        if fragment in said:
            return LedgerError(Text(template, {"path": path, "seconds": int(LOCK_TIMEOUT)}))
    return LedgerError(
        text(N_("The ledger {path} cannot be used: {reason}."), path=path, reason=said)
    )  # fmt: skip


_SAID_BY_SQLITE = {
    "locked": N_(
        "The ledger {path} is in use by another program, for more than {seconds} seconds. "
        "Nothing was changed; try again later."
    ),
    "not a database": N_(
        "{path} is not a ledger: it is no SQLite database. Name another file with --ledger."
    ),
    "readonly": N_(
        "The ledger {path} cannot be written. Ask for the right to write the file and its folder, "
        "or name another with --ledger."
    ),
    "unable to open": N_(
        "The ledger {path} cannot be opened. Ask for the right to read and write the file and its "
        "folder, or name another with --ledger."
    ),
    "disk is full": N_(
        "The disk that holds the ledger {path} is full. Nothing was changed; make room and try "
        "again."
    ),
    "malformed": N_("The ledger {path} is damaged. Put back a copy from before."),
}
