"""Copy a ledger to a file, or from a file to a server."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from importer.base.errors import LedgerError
from importer.base.files import temporary_folder, whole_file
from importer.base.texts import N_, text
from importer.ledger import bulk
from importer.ledger.creation import create
from importer.ledger.database import Ledger, revision_of
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.tables import account, batch, journal_block, metadata


def back_up(ledger: Ledger, path: Path) -> None:
    """Write the ledger as it is at one instant to the file `path`, which is then a ledger too.

    Imports go on meanwhile. The file appears whole or not at all, for its owner alone.
    """
    with whole_file(path, mode=0o600) as temporary:
        if isinstance(ledger, FileLedger):
            _copy_file(ledger, temporary)
        else:
            with ledger.reading() as source:
                _copy_into_file(source, temporary)
    # SQLite would apply the journal of an import into the previous file to the new one.
    path.resolve().with_name(f"{path.resolve().name}-journal").unlink(missing_ok=True)


def _copy_file(ledger: FileLedger, path: Path) -> None:
    """Copy page by page, with SQLite's own backup; a ledger of an earlier version too."""
    with ledger.reading_any_version() as source:
        if revision_of(source) is None:
            raise ledger.foreign()
        driver = source.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            with closing(sqlite3.connect(path)) as target:
                driver.backup(target)
                result = target.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.Error as error:
            raise _cannot_write(error) from error
        if result != ("ok",):  # the copy may replace a sound one
            raise ledger.damaged()


def _copy_into_file(source: sa.Connection, path: Path) -> None:
    with temporary_folder(path.parent) as folder:
        copy = FileLedger(folder / path.name)
        try:
            with copy.migrating() as target:
                create(target)
                copy_rows(source, target)
        except LedgerError as fault:  # it names the temporary file
            match fault.__cause__:
                case DBAPIError(orig=sqlite3.Error() as error) if _refuses_row(error):
                    raise LedgerError(
                        text(N_("The ledger is damaged: a copy refuses its rows ({reason}). Run: "
                                "avira-importer ledger verify"), reason=error)
                    ) from error  # fmt: skip
                case DBAPIError(orig=sqlite3.Error() as error):
                    raise _cannot_write(error) from error
                case (DBAPIError() | OSError()) as cause:
                    raise cause from None
            raise
        shutil.copyfile(copy.path, path)


def _refuses_row(error: sqlite3.Error) -> bool:
    """Whether a constraint of the copy or one of its triggers has refused a row."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the kind of constraint
    return code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT)


def _cannot_write(error: sqlite3.Error) -> OSError:
    """The system's error for a file that SQLite cannot write."""
    full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return OSError(errno.ENOSPC if full else errno.EIO, str(error))


def take_over(source: FileLedger, target: sa.Connection) -> None:
    """Copy all that the file holds into the empty tables of `target`.

    Raises LedgerError where these hold batches already.
    """
    if target.scalar(sa.select(sa.func.count()).select_from(batch)):
        raise LedgerError(
            text(N_("The ledger is not empty: {path} can be copied only into an empty ledger."),
                 path=source.path)
        )  # fmt: skip
    target.execute(sa.delete(account))  # left by imports that failed
    try:
        with source.reading() as connection:
            copy_rows(connection, target)
    except LedgerError as fault:
        cause = fault.__cause__
        if isinstance(cause, DBAPIError) and not isinstance(cause.orig, sqlite3.Error):
            raise cause from None  # the server is at fault, not the file
        raise


def copy_rows(source: sa.Connection, target: sa.Connection) -> None:
    """Copy every row of every table, as it is."""
    by_id = sa.select(account.c.account_id).order_by(account.c.account_id)
    accounts = source.scalars(by_id).all()
    for table in metadata.sorted_tables:
        columns = [column for column in table.c if column is not table.c.account_id]
        names = [column.name for column in columns]
        at_once = bulk.BLOCKS_AT_ONCE if table is journal_block else bulk.AT_ONCE_TO_FILE
        for account_id in accounts:
            query = sa.select(*columns).where(table.c.account_id == account_id)
            rows = source.execute(query.execution_options(yield_per=at_once))
            bulk.insert(target, table, {"account_id": account_id}, names, rows, at_once=at_once)
