"""Whether the ledger can be used: said once when it cannot, and once when it can again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from importer.base.errors import LedgerError, OutputError
from importer.base.files import os_error_reason, whole_file
from importer.base.texts import N_, Text, text
from importer.ledger.database import Ledger
from importer.service.events import Event, log
from importer.service.stopping import StopSignal

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds before the first look at it, and between two looks at most."""

ALARM_AFTER = 600.0
"""Seconds after which somebody is told: a server that starts anew is away for less."""


class LedgerWatch:
    """What all parts of the service know of the ledger; `alarm` is called once an outage."""

    def __init__(
        self, ledger: Ledger, folder: Path, stopping: StopSignal, alarm: Callable[[Text], None]
    ) -> None:
        self._ledger = ledger
        self._seen = folder / "ledger"
        self._name = ledger.name.encode("utf-8", "surrogateescape")  # a file's may be any bytes
        self._knows = False
        self._stopping = stopping
        self._alarm = alarm
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._alarmed = False
        self._to_write = False
        self.error: LedgerError | None = None
        """What kept it from being used the last time that it was not."""
        self._pause = FIRST_PAUSE

    @property
    def is_away(self) -> bool:
        """Whether it could not be used the last time."""
        return self._away_since is not None

    def failed(self, error: LedgerError, *, to_write: bool = False) -> None:
        """It could not be used; if it was `to_write`, reading it alone does not bring it back."""
        with self._lock:
            self.error = error
            self._to_write = self._to_write or to_write
            first = self._away_since is None
            if self._away_since is None:
                self._away_since = time.monotonic()
            late = not self._alarmed and time.monotonic() - self._away_since >= ALARM_AFTER
            self._alarmed = self._alarmed or late
        if first:
            log(Event.LEDGER_AWAY, reason=str(error.message))
        if late:
            self._alarm(error.message)

    def must_be_there(self) -> None:
        """Raise LedgerError if it is gone: it was used before, and none is begun in its place."""
        if not self._ledger.is_missing or not self._ledger.is_made_when_needed:
            return
        try:
            seen = self._seen.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:  # then rather none than one that is not the first
            raise LedgerError(
                text(N_("The ledger {ledger} is missing, and {file}, which tells whether this "
                        "service has used it before, cannot be read: {reason}. To begin a new "
                        "ledger, remove it."),
                     ledger=self._ledger.name, file=self._seen, reason=os_error_reason(error))
            ) from error  # fmt: skip
        if seen == self._name:
            raise LedgerError(
                text(N_("The ledger {ledger} is gone; this service has used it before. Put it "
                        "back. To begin a new one, remove {file}."),
                     ledger=self._ledger.name, file=self._seen)
            )  # fmt: skip

    def worked(self, *, to_write: bool = False) -> None:
        """It was used."""
        self._remember()
        with self._lock:
            if self._to_write and not to_write:
                return
            self._to_write = False
            since, self._away_since, self._alarmed = self._away_since, None, False
            self._pause = FIRST_PAUSE
        if since is not None:
            log(Event.LEDGER_BACK, seconds=round(time.monotonic() - since))

    def _remember(self) -> None:
        if self._knows or self._ledger.is_missing:
            return
        try:
            with whole_file(self._seen) as path:
                path.write_bytes(self._name)
        except OutputError as error:
            log(Event.STATE_NOT_KEPT, reason=str(error.message))
        self._knows = True

    def wait_for_it(self, beat: Callable[[], None]) -> None:
        """Wait until it answers, or until the service is to stop.

        It is looked at less and less often until it was really used again: it may answer, and yet
        take no batch.
        """
        while not self._stopping.is_set:
            self._stopping.wait(self._pause * random.uniform(0.5, 1))  # noqa: S311 - not all at once
            beat()
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            if self._stopping.is_set or self.answers():
                return

    def answers(self) -> bool:
        """Whether it can be read now."""
        try:
            self.must_be_there()
            if not self._ledger.is_missing:
                with self._ledger.reading():
                    pass
        except LedgerError as error:
            self.failed(error)
            return False
        return True
