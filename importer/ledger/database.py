"""What a ledger can do wherever it is kept: transactions that roll back by default."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

import sqlalchemy as sa

from importer.base.errors import LedgerError
from importer.base.texts import N_, text

REVISION = "0001"
"""The newest migration. Revisions are four digits and count up."""

PATIENCE = 30.0
"""Seconds to wait for others that are using the ledger, where nothing else is said."""

Outcome = TypeVar("Outcome")


class CameBetweenError(Exception):
    """Others have changed what the work was about; it must begin again from its start."""


@dataclass(slots=True)
class Writing:
    """One try at changing a ledger; it is committed when the work ends, else rolled back.

    `aside` opens a transaction for counters that others must not wait for: on a file, this one.
    `account` and `entry` say which batch the try has made, once it has made one.
    """

    connection: sa.Connection
    aside: Callable[[], AbstractContextManager[sa.Connection]]
    account: str = ""
    entry: int | None = None


class Ledger(ABC):
    """A ledger in a file or on a server; it may not be there yet."""

    patience: float

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called in messages: a path, or a URL without its password."""

    def is_at(self, path: Path) -> bool:
        """Whether `path` is the file that it is kept in."""
        return False

    @property
    @abstractmethod
    def is_missing(self) -> bool:
        """Whether there is nothing yet."""

    is_made_when_needed: ClassVar[bool] = False
    """Whether the first batch makes it, where there is nothing yet."""

    @abstractmethod
    def missing(self) -> LedgerError:
        """What to say where there is nothing yet: how to begin."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that sees one state of the ledger and cannot change it.

        Raises LedgerError if there is none, or none that this version can read.
        """

    @abstractmethod
    def write(self, work: Callable[[Writing], Outcome]) -> Outcome:
        """Do `work` in one transaction; again from its start where others came between.

        Raises LedgerError where the ledger cannot be written, or not in time.
        """

    @abstractmethod
    def migrating(self) -> AbstractContextManager[sa.Connection]:
        """A transaction for making or upgrading tables, of whatever revision they are."""

    def check_revision(self, connection: sa.Connection) -> None:
        """Raise LedgerError unless the tables are those that this version works with."""
        found = revision_of(connection)
        if found is None:
            raise self.foreign()
        if is_earlier(found):
            raise LedgerError(
                text(N_("The ledger {ledger} was made by an earlier version of this program. Copy "
                        "it first (a file with “avira-importer ledger backup COPY --ledger "
                        "{ledger}”), then bring it up to date: avira-importer ledger upgrade "
                        "--ledger {ledger}"),
                     ledger=self.name)
            )  # fmt: skip
        if found != REVISION:
            raise LedgerError(
                text(N_("The ledger {ledger} was made by a newer version of this program ({found}; "
                        "this one knows {known}). Use that version."), ledger=self.name,
                     found=found, known=REVISION)
            )  # fmt: skip

    def foreign(self) -> LedgerError:
        """What to say of a database that is none of ours."""
        return LedgerError(
            text(N_("{ledger} is a database of something else, not a ledger. Name another with "
                    "--ledger."), ledger=self.name)
        )  # fmt: skip


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of the ledger's tables; None if they are not there."""
    tables = sa.inspect(connection).get_table_names()
    if "alembic_version" not in tables or "journal" not in tables:
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def is_earlier(revision: str) -> bool:
    """Whether `ledger upgrade` can bring tables of this revision to the newest."""
    return revision < REVISION


def is_empty(connection: sa.Connection) -> bool:
    """Whether the database has no tables at all."""
    return not sa.inspect(connection).get_table_names()
