"""A ledger in an SQLite file."""

from __future__ import annotations

import errno
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from platformdirs import user_data_path
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from importer.base.errors import LedgerError, StrangeLedgerError
from importer.base.files import os_error_reason
from importer.base.texts import N_, Text, text
from importer.ledger.database import PATIENCE, Ledger, Outcome, Writing, is_empty

_BEGIN = "begin"
_READ, _WRITE = "BEGIN", "BEGIN IMMEDIATE"  # a deferred BEGIN that writes later may not wait
_PAUSE = 0.025  # seconds, on average, between two tries to begin
_ENGINES = 16  # kept, with what they have compiled; connections are closed after each transaction


def default_path() -> Path:
    """The ledger's file where nothing else is said: in the user's data folder."""
    return user_data_path("avira-importer", appauthor=False) / "ledger.db"


@dataclass(frozen=True, slots=True)
class FileLedger(Ledger):
    """A ledger in an SQLite file that may not be there yet."""

    path: Path
    patience: float = PATIENCE
    is_made_when_needed: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def is_at(self, path: Path) -> bool:
        """Whether `path` is the ledger's own file."""
        return path.resolve() == self.path.resolve()

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

    def missing(self) -> LedgerError:
        """What to say where there is no file yet."""
        return LedgerError(
            text(N_("There is no ledger at {path} yet. The first “avira-importer apply FILE” "
                    "makes one; “--ledger” names another."), path=self.path)
        )  # fmt: skip

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the ledger and cannot change it."""
        with self.reading_any_version() as connection:
            self.check_revision(connection)
            yield connection

    @contextmanager
    def reading_any_version(self) -> Iterator[sa.Connection]:
        """The same, also of a ledger that must be upgraded before it can be used."""
        if self.is_missing:
            raise self.missing()
        with self._transaction(_READ) as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            yield connection

    def write(self, work: Callable[[Writing], Outcome]) -> Outcome:
        """Do `work` holding the write lock from its start; a missing ledger is made first."""
        with self.migrating() as connection:
            if is_empty(connection):
                from importer.ledger.migrate import upgrade

                upgrade(connection)
            self.check_revision(connection)
            return work(Writing(connection, lambda: nullcontext(connection)))

    @contextmanager
    def migrating(self) -> Iterator[sa.Connection]:
        """A transaction that holds the write lock; the file is made if it is missing."""
        if self.is_missing:
            self._make_file()
        with self._transaction(_WRITE) as connection:
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
        engine = _engine(self.path.absolute(), self.patience)
        try:
            with (
                engine.connect().execution_options(**{_BEGIN: begin}) as connection,
                connection.begin(),
            ):
                yield connection
        except DBAPIError as error:
            raise self._database_fault(error) from error
        except UnicodeDecodeError as error:  # SQLite quotes names out of a damaged file
            raise self.damaged() from error

    def damaged(self) -> LedgerError:
        """What to say of a file that is not as SQLite wrote it."""
        return LedgerError(Text(_SAID_BY_SQLITE["malformed"], {"path": self.path}))

    def _database_fault(self, error: DBAPIError) -> LedgerError:
        """What went wrong, in words; SQLite's own where we know none better."""
        said = str(error.orig)
        for fragment, template in _SAID_BY_SQLITE.items():
            if fragment in said:
                return LedgerError(
                    Text(template, {"path": self.path, "seconds": f"{self.patience:g}"})
                )
        return StrangeLedgerError(
            text(N_("The ledger {path} cannot be used: {reason}."), path=self.path, reason=said)
        )


@lru_cache(_ENGINES)
def _engine(path: Path, patience: float) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        hide_parameters=True,  # no log shall hold OTCs
        connect_args={"timeout": patience},
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
        _take_turn(connection, connection.get_execution_options()[_BEGIN], patience)
        # Readers may still hold up the commit; SQLite waits for them by itself.
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")

    return engine


def _take_turn(connection: sa.Connection, begin: str, patience: float) -> None:
    """Begin as soon as no other holds the lock.

    Waiting here and not in SQLite lets an interrupt through, and progress be shown.
    """
    until = time.monotonic() + patience
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    while True:
        try:
            connection.exec_driver_sql(begin)
            return
        except DBAPIError as error:
            if "locked" not in str(error.orig) or time.monotonic() >= until:
                raise
        time.sleep(random.uniform(0, 2 * _PAUSE))  # noqa: S311 - so that not all try at once


def _fault(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        text(N_("The ledger {path} cannot be used: {reason}. Name another place with --ledger."),
             path=path, reason=os_error_reason(error))
    )  # fmt: skip


_SAID_BY_SQLITE = {
    "locked": N_(
        "The ledger {path} is in use by another program, for more than {seconds} seconds. "
        "Nothing was changed; try again later, or wait longer with --wait."
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
