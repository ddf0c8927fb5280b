"""Whether the ledger can be used: said once when it cannot, and once when it can again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from importer.errors import LedgerError
from importer.ledger.database import Ledger
from importer.service.events import Event, log
from importer.service.stopping import Stopping
from importer.texts import Text

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds before the first look at it, and between two looks at most."""

ALARM_AFTER = 600.0
"""Seconds after which somebody is told: a server that starts anew is away for less."""


class LedgerWatch:
    """What all parts of the service know of the ledger; `alarm` is called once an outage."""

    def __init__(self, ledger: Ledger, stopping: Stopping, alarm: Callable[[Text], None]) -> None:
        self._ledger = ledger
        self._stopping = stopping
        self._alarm = alarm
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._alarmed = False
        self._pause = FIRST_PAUSE

    @property
    def is_away(self) -> bool:
        """Whether it could not be used the last time."""
        return self._away_since is not None

    def failed(self, error: LedgerError) -> None:
        """It could not be used."""
        with self._lock:
            first = self._away_since is None
            if self._away_since is None:
                self._away_since = time.monotonic()
            late = not self._alarmed and time.monotonic() - self._away_since >= ALARM_AFTER
            self._alarmed = self._alarmed or late
        if first:
            log(Event.LEDGER_AWAY, reason=str(error.message))
        if late:
            self._alarm(error.message)

    def worked(self) -> None:
        """It was used."""
        with self._lock:
            since, self._away_since, self._alarmed = self._away_since, None, False
            self._pause = FIRST_PAUSE
        if since is not None:
            log(Event.LEDGER_BACK, seconds=round(time.monotonic() - since))

    def wait_for_it(self, beat: Callable[[], None]) -> None:
        """Wait until it answers, or until the service is to stop.

        It is looked at less and less often until it was really used again: it may answer, and yet
        take no batch.
        """
        while not self._stopping.told:
            self._stopping.wait(self._pause * random.uniform(0.5, 1))  # noqa: S311 - not all at once
            beat()
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            if self._stopping.told or self.answers():
                return

    def answers(self) -> bool:
        """Whether it can be read now."""
        try:
            if not self._ledger.is_missing:
                with self._ledger.reading():
                    pass
        except LedgerError as error:
            self.failed(error)
            return False
        return True
