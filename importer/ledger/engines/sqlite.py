"""A ledger in an SQLite file."""

from __future__ import annotations

import errno
import os
import random
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from platformdirs import user_data_path

from importer.base.errors import LedgerError, StrangeLedgerError
from importer.base.os_errors import os_error_reason
from importer.base.texts import N_, Text, text
from importer.ledger.creation import create
from importer.ledger.database import PATIENCE, Ledger, Outcome, Writing, is_empty

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.exc import DBAPIError

_READ, _WRITE = "BEGIN", "BEGIN IMMEDIATE"  # a deferred BEGIN that writes later may not wait
_PAUSE = 0.025  # seconds, on average, between two tries to begin
_ENGINES = 16  # kept with their compiled statements; connections are closed after use


def default_path() -> Path:
    """The default ledger: a file in the user's data folder."""
    return user_data_path("avira-importer", appauthor=False) / "ledger.db"


@dataclass(frozen=True, slots=True)
class FileLedger(Ledger):
    """A ledger in an SQLite file, which may not exist yet."""

    path: Path
    patience: float = PATIENCE
    is_made_when_needed: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    @property
    def files(self) -> tuple[Path, ...]:
        """The file, and those that SQLite puts beside it."""
        path = os.path.realpath(self.path)
        return self.path, *(Path(path + ending) for ending in ("-journal", "-wal", "-shm"))

    @property
    def is_missing(self) -> bool:
        """Whether there is no file, or an empty one."""
        try:
            status = self.path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EISDIR if self.path.is_dir() else errno.ENODEV, "")
            return status.st_size == 0
        except FileNotFoundError:
            return True
        except OSError as error:
            raise _fault(self.path, error) from error

    def missing(self) -> LedgerError:
        """The error for a missing file."""
        return LedgerError(
            text(N_("There is no ledger at {path} yet. The first “avira-importer apply FILE” "
                    "creates it. To use another ledger, name it with --ledger."), path=self.path)
        )  # fmt: skip

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A read-only transaction, which sees one state of the ledger."""
        with self.reading_any_version() as connection:
            self.check_revision(connection)
            yield connection

    @contextmanager
    def reading_any_version(self) -> Iterator[sa.Connection]:
        """The same, even for a ledger that must be upgraded first."""
        if self.is_missing:
            raise self.missing()
        with self._transaction(_READ) as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            yield connection

    def write(self, work: Callable[[Writing], Outcome]) -> Outcome:
        """Do `work` holding the write lock from its start; a missing ledger is created first."""
        with self.migrating() as connection:
            if is_empty(connection):
                create(connection)
            self.check_revision(connection)
            return work(Writing(connection, lambda: nullcontext(connection)))

    @contextmanager
    def migrating(self) -> Iterator[sa.Connection]:
        """A transaction that holds the write lock; a missing file is created."""
        if self.is_missing:
            self._create_file()
        with self._transaction(_WRITE) as connection:
            yield connection

    def _create_file(self) -> None:
        """Create the file for its owner alone; folders only at the default path."""
        try:
            if self.path == default_path():
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self.path.chmod(0o600)  # an empty file may have had another mode
        except OSError as error:
            raise _fault(self.path, error) from error

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sa.Connection]:
        from sqlalchemy.exc import DBAPIError

        engine = _engine(self.path.absolute(), self.patience)
        try:
            with engine.connect().execution_options(begin=begin) as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            raise self._database_fault(error) from error
        except UnicodeDecodeError as error:  # SQLite quotes names from a damaged file
            raise self.damaged() from error

    def damaged(self) -> LedgerError:
        """The error for a damaged file."""
        return LedgerError(Text(_MESSAGES["malformed"], {"path": self.path}))

    def _database_fault(self, error: DBAPIError) -> LedgerError:
        """The error to show; it quotes SQLite's message if that is not a common one."""
        reason = str(error.orig)
        facts = {"path": self.path, "seconds": f"{self.patience:g}"}
        for fragment, template in _MESSAGES.items():
            if fragment in reason:
                return LedgerError(Text(template, facts))
        return StrangeLedgerError(
            text(N_("The ledger {path} cannot be used: {reason}."), path=self.path, reason=reason)
        )


@lru_cache(_ENGINES)
def _engine(path: Path, patience: float) -> sa.Engine:
    import sqlalchemy as sa
    from sqlalchemy.pool import NullPool

    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        hide_parameters=True,  # keep OTCs out of logs
        connect_args={"timeout": patience},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # Python's sqlite3 begins no transactions of its own
        # The journal mode stays DELETE, as in a new file: setting it would rewrite a file that is
        # not a ledger, and SQLite 3.7.0 to 3.51.2 can corrupt a file in mode WAL.
        for pragma in ("foreign_keys = ON", "trusted_schema = OFF", "synchronous = EXTRA"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        _take_turn(connection, connection.get_execution_options()["begin"], patience)
        # Readers can still delay the commit; SQLite waits for them by itself.
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")

    return engine


def _take_turn(connection: sa.Connection, begin: str, patience: float) -> None:
    """Begin once nobody else holds the lock; unlike a wait in SQLite, this can be interrupted."""
    from sqlalchemy.exc import DBAPIError

    until = time.monotonic() + patience
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    while True:
        try:
            connection.exec_driver_sql(begin)
            return
        except DBAPIError as error:
            if "locked" not in str(error.orig) or time.monotonic() >= until:
                raise
        time.sleep(random.uniform(0, 2 * _PAUSE))  # noqa: S311 - jitter


def _fault(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        text(N_("The ledger {path} cannot be used: {reason}. Name another path with --ledger."),
             path=path, reason=os_error_reason(error))
    )  # fmt: skip


_MESSAGES = {
    "locked": N_("The ledger {path} is in use by another program (waited {seconds} seconds). "
                 "Nothing was changed; try again later, or wait longer with --wait."),
    "not a database": N_("{path} is not a ledger: it is not an SQLite database. Name another file "
                         "with --ledger."),
    "readonly": N_("The ledger {path} cannot be written. You need permission to write the file and "
                   "its folder, or name another file with --ledger."),
    "unable to open": N_("The ledger {path} cannot be opened. You need permission to read and "
                         "write the file and its folder, or name another file with --ledger."),
    "disk is full": N_("The disk of the ledger {path} is full. Nothing was changed; make room and "
                       "try again."),
    "malformed": N_("The ledger {path} is damaged. Restore an earlier copy."),
}  # fmt: skip
