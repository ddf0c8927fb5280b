"""Watch whether the ledger can be used, and log each outage and its end once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from importer.base.errors import LedgerError, OutputError
from importer.base.files import whole_file
from importer.base.texts import N_, Text, text
from importer.ledger.database import Ledger
from importer.service.events import Event, log
from importer.service.state import LEDGER_NAME
from importer.service.stopping import StopSignal

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds between two checks of an unavailable ledger."""

ALARM_AFTER = 600.0
"""Seconds after which mail is sent; a server that restarts is away for less."""


class LedgerWatch:
    """The state of the ledger, for all parts of the service; `alarm` is called once per outage."""

    def __init__(
        self, ledger: Ledger, folder: Path, stopping: StopSignal, alarm: Callable[[Text], None]
    ) -> None:
        self.error: LedgerError | None = None
        """The last error."""
        self._ledger = ledger
        self._name = ledger.name.encode("utf-8", "surrogateescape")  # a file's may be any bytes
        self._file = folder / LEDGER_NAME
        """Holds the name of the ledger once this service has used it."""
        self._is_remembered = False
        self._stopping = stopping
        self._alarm = alarm
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._has_alarmed = False
        self._needs_writing = False
        self._pause = FIRST_PAUSE

    @property
    def is_away(self) -> bool:
        """Whether the last attempt to use it failed."""
        return self._away_since is not None

    def failed(self, error: LedgerError, *, to_write: bool = False) -> None:
        """Note a failure; after one `to_write`, only a successful write ends the outage."""
        now = time.monotonic()
        with self._lock:
            self.error = error
            self._needs_writing = self._needs_writing or to_write
            is_new = self._away_since is None
            since = self._away_since = now if self._away_since is None else self._away_since
            alarms = not self._has_alarmed and now - since >= ALARM_AFTER
            self._has_alarmed = self._has_alarmed or alarms
        if is_new:
            log(Event.LEDGER_AWAY, reason=str(error.message))
        if alarms:
            self._alarm(error.message)

    def worked(self, *, to_write: bool = False) -> None:
        """Note a successful use."""
        self._remember()
        with self._lock:
            if self._needs_writing and not to_write:
                return
            since, self._away_since = self._away_since, None
            self._has_alarmed = self._needs_writing = False
            self._pause = FIRST_PAUSE
        if since is not None:
            log(Event.LEDGER_BACK, seconds=round(time.monotonic() - since))

    def must_exist(self) -> None:
        """Raise LedgerError if a file used before is gone, so that no new one is created."""
        if not self._ledger.is_missing or not self._ledger.is_made_when_needed:
            return
        try:
            name = self._file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError:  # better no ledger than a second one
            name = self._name
        if name == self._name:
            raise LedgerError(text(
                N_("The ledger {ledger} is missing, although this service has used it before. "
                   "Restore it. To begin a new ledger, remove {file}."),
                ledger=self._ledger.name, file=self._file))  # fmt: skip

    def wait(self, beat: Callable[[], None]) -> None:
        """Wait until it can be read, or until the service must stop.

        The pauses grow until it has been used: a readable ledger may still reject a batch.
        """
        while not self._stopping.is_set():
            self._stopping.wait(self._pause * random.uniform(0.5, 1))  # noqa: S311 - not all at once
            beat()
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            if self._stopping.is_set() or self.is_readable():
                return

    def is_readable(self) -> bool:
        """Whether it can be read now; a failure is noted."""
        try:
            self.must_exist()
            if not self._ledger.is_missing:
                with self._ledger.reading():
                    pass
        except LedgerError as error:
            self.failed(error)
            return False
        return True

    def _remember(self) -> None:
        if self._is_remembered or self._ledger.is_missing:
            return
        try:
            with whole_file(self._file) as path:
                path.write_bytes(self._name)
        except OutputError as error:
            log(Event.STATE_NOT_KEPT, reason=str(error.message))
        self._is_remembered = True
