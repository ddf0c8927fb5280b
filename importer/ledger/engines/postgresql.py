"""A ledger in a database of a PostgreSQL server."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from importer.base.errors import LedgerError
from importer.base.texts import N_, text
from importer.ledger.database import PATIENCE, ConflictError, Ledger, Outcome, Writing, is_empty
from importer.ledger.engines.postgresql_access import may_use
from importer.ledger.engines.postgresql_errors import (
    NO_RIGHT,
    NOT_OWNER,
    is_conflict,
    is_lost,
    ledger_error,
    reason_of,
    state_of,
)
from importer.ledger.tables import account, batch, complete_for_server

OLDEST_VERSION = 15
"""The first version of PostgreSQL whose views can have the rights of those who read them."""

TRIES = 20
"""How often work is tried, at most, when others keep changing what it depends on."""

CONNECT_TIMEOUT = 10
"""Seconds to wait for the server to answer at all."""

QUIET = 60
"""Seconds of silence after which the connection counts as lost."""

_LONGEST_PAUSE = 1.0  # seconds between two tries

_MIGRATING = 0x61766972  # the program's advisory lock on the server

complete_for_server()


@dataclass(frozen=True, slots=True)
class ServerLedger(Ledger):
    """A ledger on a PostgreSQL server, in the first schema of the connection's search path.

    Writers wait for each other only where they touch the same OTCs or customers (see locks.py), and
    on the account's row as they finish. `account` is the one to use; the role must have access.
    """

    url: sa.URL
    patience: float = PATIENCE
    account: str | None = None

    @property
    def name(self) -> str:
        """The URL without its password and settings, which can be secrets too."""
        url = self.url
        return sa.URL.create(
            url.drivername, url.username, host=url.host, port=url.port, database=url.database
        ).render_as_string()

    @property
    def is_missing(self) -> bool:
        """Whether the database has no tables yet."""
        with self._transaction() as connection:
            return is_empty(connection)

    def missing(self) -> LedgerError:
        """The error for a database without tables."""
        return LedgerError(
            text(N_("There is no ledger at {ledger} yet. The owner of the database creates it "
                    "with: avira-importer ledger init"), ledger=self.name)
        )  # fmt: skip

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A read-only transaction, which sees one state of the ledger."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._transaction(**options) as connection:
            self._check(connection)
            yield connection

    def write(self, work: Callable[[Writing], Outcome]) -> Outcome:
        """Do `work` in one transaction; start it again after a conflict or a lost connection.

        If a commit was not confirmed, look for its batch before doing the work again.
        """
        until = time.monotonic() + self.patience
        writing = None
        for tries in count(1):
            try:
                with self._begun() as connection:
                    self._check(connection)
                    writing = Writing(connection, self._begun)
                    outcome = work(writing)
                return outcome
            except (ConflictError, DBAPIError) as error:
                if is_lost(error):
                    if writing and self._has_landed(writing, until):
                        return outcome
                    again = writing is not None  # it was reached before
                else:
                    again = is_conflict(error) and tries < TRIES
                if not again or time.monotonic() > until:
                    raise self._error(state_of(error), error) from error
            _pause(tries)
        raise AssertionError("a try returns, raises, or is followed by another")

    @contextmanager
    def migrating(self) -> Iterator[sa.Connection]:
        """A transaction that excludes others of its kind."""
        try:
            with self._begun() as connection:
                version = int(connection.scalar(sa.text("SHOW server_version_num"))) // 10_000
                if version < OLDEST_VERSION:
                    raise LedgerError(
                        text(N_("The server of the ledger {ledger} runs PostgreSQL {version}, but "
                                "version {oldest} or newer is needed."),
                             ledger=self.name, version=version, oldest=OLDEST_VERSION)
                    )  # fmt: skip
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
                yield connection
        except DBAPIError as error:
            state = state_of(error)
            raise self._error(NOT_OWNER if state == NO_RIGHT else state, error) from error

    def _check(self, connection: sa.Connection) -> None:
        try:
            self.check_revision(connection)
        except LedgerError:
            if is_empty(connection):
                raise self.missing() from None
            raise
        if self.account is not None and not may_use(connection, self.account):
            raise LedgerError(
                text(N_("The role {role} may not use the account {account} of the ledger {ledger}. "
                        "The ledger's owner grants access with: avira-importer ledger init "
                        "--account {account} --reader {role} (or --importer)"),
                     role=self.url.username or "", account=self.account, ledger=self.name)
            )  # fmt: skip

    def _has_landed(self, writing: Writing, until: float) -> bool:
        """Whether a batch was committed although the connection was lost.

        The account's row is locked from when a batch gets its number to the end of its transaction,
        so waiting for that row also waits for a commit that is still under way.
        """
        own = account.c.account_id == writing.account
        lock = sa.select(account.c.head).where(own).with_for_update(key_share=True)
        landed = sa.select(batch.c.batch).where(
            batch.c.account_id == writing.account, batch.c.entry == writing.entry
        )
        while writing.entry is not None:
            try:
                with self._begun() as connection:
                    connection.execute(lock)
                    return connection.scalar(landed) is not None
            except DBAPIError as error:
                if not is_lost(error) or time.monotonic() > until:
                    raise LedgerError(
                        text(N_("The connection to {ledger} was lost while the batch was being "
                                "confirmed. Before you try again, check whether it was applied: "
                                "avira-importer history"), ledger=self.name)
                    ) from error  # fmt: skip
                _pause(TRIES)
        return False

    @contextmanager
    def _transaction(self, **options: Any) -> Iterator[sa.Connection]:
        try:
            with self._begun(**options) as connection:
                yield connection
        except DBAPIError as error:
            raise self._error(state_of(error), error) from error

    @contextmanager
    def _begun(self, **options: Any) -> Iterator[sa.Connection]:
        """A transaction that raises the server's errors as they are."""
        engine = _engine(self.url, self.patience)
        # Whoever waited for a lock must see what was committed meanwhile.
        options.setdefault("isolation_level", "READ COMMITTED")
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def _error(self, state: str, error: Exception) -> LedgerError:
        return ledger_error(state, {
            "ledger": self.name, "role": self.url.username or "", "seconds": f"{self.patience:g}",
            "reason": reason_of(error),
        })  # fmt: skip


@lru_cache(16)
def _engine(url: sa.URL, patience: float) -> sa.Engine:
    settings: dict[str, str | int] = {
        "connect_timeout": CONNECT_TIMEOUT,
        "application_name": "avira-importer",
        "keepalives_idle": QUIET,  # a server that vanished is noticed
        "tcp_user_timeout": 1000 * QUIET,
    }
    try:
        engine = sa.create_engine(
            url,
            poolclass=NullPool,
            hide_parameters=True,  # keep OTCs out of logs
            connect_args={name: value for name, value in settings.items() if name not in url.query},
        )
    except ModuleNotFoundError as error:
        raise LedgerError(
            text(N_("A ledger on a PostgreSQL server needs another package: "
                    'pip install "psycopg[binary]"'))
        ) from error  # fmt: skip

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        milliseconds = max(1, int(patience * 1000))  # 0 would wait for ever
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")

    return engine


def _pause(tries: int) -> None:
    """Wait longer after each try, at random, so that others wait less or more."""
    longest = min(_LONGEST_PAUSE, 0.01 * 2 ** min(tries, TRIES))
    time.sleep(random.uniform(0, longest))  # noqa: S311 - jitter
