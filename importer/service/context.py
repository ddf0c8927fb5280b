"""The state that the parts of the service share."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from importer.base import clock
from importer.base.errors import OutputError
from importer.base.os_errors import os_error_reason
from importer.base.texts import N_, Text, text
from importer.config.service import ServiceSettings
from importer.pipeline.job import Job
from importer.service.events import Event, log
from importer.service.inbox.result import InboxResult
from importer.service.ledger_watch import LedgerWatch
from importer.service.mail.compose import Notices
from importer.service.mail.outbox import Outbox
from importer.service.metrics import Metrics
from importer.service.state import MAIL, state_folder
from importer.service.stopping import StopSignal, WatchedProgress

if TYPE_CHECKING:
    from importer.service.exports.run import WrittenExport
    from importer.service.inbox.worker import InboxWorker

STUCK = 5400.0
"""Seconds without a heartbeat after which a part counts as stuck: the largest workbook and the
longest upload take less."""


class ServiceContext:
    """Job, ledger, mail, metrics and heartbeats; `keep_results` is for a run that ends soon.

    `failing` has the events of what failed the last time. `error` ended a run that ends, and a run
    that `is_stuck` has a thread that does not stop.
    """

    def __init__(self, settings: ServiceSettings, job: Job, *, keep_results: bool = False) -> None:
        self.settings = settings
        self.folder = state_folder(settings)
        self.stopping = StopSignal()
        self.inbox_wake = self.stopping.wake_event()
        self.exports_wake = self.stopping.wake_event()
        self.metrics = Metrics()
        smtp = settings.smtp
        self.outbox = None if smtp is None else Outbox(self.folder / MAIL, smtp)
        self.notices = Notices(self.outbox, self.exports_wake.set)
        self.ledger = LedgerWatch(job.ledger, self.folder, self.stopping, self._alarm)
        self.inbox: InboxWorker | None = None
        self.results: list[InboxResult] = []
        self.written_exports: list[WrittenExport] = []
        self.failed_exports: list[str] = []
        self.error: BaseException | None = None
        self.is_stuck = False
        self.failing: set[Event] = set()
        self._beats: dict[str, float] = {}
        self._keep_results = keep_results
        self._job = job

    def beat(self, part: str) -> None:
        """The heartbeat of a part that is at work."""
        self._beats[part] = time.monotonic()

    def job(self, part: str) -> Job:
        """The job of a part: it beats, and is abandoned when the service stops."""
        return replace(self._job, progress=WatchedProgress(self.stopping, partial(self.beat, part)))

    @property
    def is_alive(self) -> bool:
        """Whether every part was at work recently."""
        return all(time.monotonic() - at < STUCK for at in self._beats.values())

    def send_mail(self, stopping: Callable[[], bool]) -> dt.datetime | None:
        """Send what is due; gives the instant of the next attempt, None if nothing waits."""
        if self.outbox is None:
            return None
        try:
            due = self.outbox.send_due(clock.now(), stopping)
            self.metrics.mails_waiting.set(self.outbox.waiting())
        except OutputError as error:
            self.failed(Event.MAIL_NOT_KEPT, error)
            return None
        self.failing.discard(Event.MAIL_NOT_KEPT)
        return due

    def filed(self, result: InboxResult) -> None:
        """Count a workbook that was filed."""
        self.metrics.filed(result)
        if self._keep_results:
            self.results.append(result)

    def write_metrics(self) -> None:
        """Update the metrics of the service itself, and write all to their file if there is one."""
        if self.is_alive:
            self.metrics.last_round.set(clock.now().timestamp())
        self.metrics.ledger_up.set(not self.ledger.is_away)
        if self.settings.metrics_file is not None:
            try:
                self.metrics.write(self.settings.metrics_file)
                self.failing.discard(Event.METRICS_NOT_WRITTEN)
            except OutputError as error:
                self.failed(Event.METRICS_NOT_WRITTEN, error)

    def failed(self, event: Event, error: OutputError | OSError, **facts: object) -> None:
        """Log that something fails, unless it failed the last time too."""
        if event not in self.failing:
            reason = error.message if isinstance(error, OutputError) else os_error_reason(error)
            log(event, **facts, reason=str(reason))
        self.failing.add(event)

    def _alarm(self, reason: Text) -> None:
        self.notices.alarm(text(N_("The ledger cannot be used")), reason)
