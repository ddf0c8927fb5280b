"""The interface of a ledger, which its two engines implement, and its revision."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from importer.base.errors import LedgerError
from importer.base.texts import N_, text

if TYPE_CHECKING:
    import sqlalchemy as sa

MIGRATIONS = Path(__file__).parent / "migrations"

REVISION = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The newest migration. Revisions are four digits and count up."""

PATIENCE = 30.0
"""Seconds to wait for others who are using the ledger, by default."""

Outcome = TypeVar("Outcome")


class ConflictError(Exception):
    """Others have changed what the work depends on; it must start again."""


@dataclass(slots=True)
class Writing:
    """A transaction that changes a ledger: committed at its end, rolled back if it raises.

    `counters` opens a transaction for counters that others must not wait for: on a file, this one.
    `account` and `entry` identify the batch that was written, if any.
    """

    connection: sa.Connection
    counters: Callable[[], AbstractContextManager[sa.Connection]]
    account: str = ""
    entry: int | None = None


class Ledger(ABC):
    """A ledger in a file or on a server; it may not exist yet."""

    patience: float
    is_made_when_needed: ClassVar[bool] = False
    """Whether the first batch creates a missing ledger."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Its name in messages: a path, or a URL without its password."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it is kept in, also those that exist only at times."""
        return ()

    @property
    @abstractmethod
    def is_missing(self) -> bool:
        """Whether there is no ledger yet."""

    @abstractmethod
    def missing(self) -> LedgerError:
        """The error for a missing ledger; it says how to create one."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that sees one state of the ledger and cannot change it.

        Raises LedgerError if there is none, or none that this version can read.
        """

    @abstractmethod
    def write(self, work: Callable[[Writing], Outcome]) -> Outcome:
        """Do `work` in one transaction; start it again after a conflict.

        Raises LedgerError where the ledger cannot be written, or not in time.
        """

    @abstractmethod
    def migrating(self) -> AbstractContextManager[sa.Connection]:
        """A transaction for creating or upgrading tables, whatever their revision."""

    def check_revision(self, connection: sa.Connection) -> None:
        """Raise LedgerError unless the tables are those of this version."""
        revision = revision_of(connection)
        if revision is None:
            raise self.foreign()
        if is_earlier(revision):
            raise LedgerError(
                text(N_("The ledger {ledger} was created by an earlier version of this program. "
                        "Copy it first (a file with “avira-importer ledger backup COPY --ledger "
                        "{ledger}”), then upgrade it: avira-importer ledger upgrade --ledger "
                        "{ledger}"), ledger=self.name)
            )  # fmt: skip
        if revision != REVISION:
            raise LedgerError(
                text(N_("The ledger {ledger} was created by a newer version of this program (its "
                        "revision is {revision}; this one supports {known}). Use that version."),
                     ledger=self.name, revision=revision, known=REVISION)
            )  # fmt: skip

    def foreign(self) -> LedgerError:
        """The error for a database that is not a ledger."""
        return LedgerError(
            text(N_("{ledger} is a database, but not a ledger. Name another ledger with "
                    "--ledger."), ledger=self.name)
        )  # fmt: skip


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of the ledger's tables; None if there are none."""
    tables = _tables(connection)
    if "alembic_version" not in tables or "journal_block" not in tables:
        return None
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if revision is None else str(revision)


def is_earlier(revision: str) -> bool:
    """Whether `ledger upgrade` can bring tables of this revision to the newest."""
    return revision < REVISION


def is_empty(connection: sa.Connection) -> bool:
    """Whether the database has no tables."""
    return not _tables(connection)


def _tables(connection: sa.Connection) -> list[str]:
    from sqlalchemy import inspect  # a ledger that does not exist needs no SQLAlchemy

    return inspect(connection).get_table_names()
