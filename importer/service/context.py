"""What the parts of the service share: job, ledger, mail, figures and signs of life."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import replace

from importer.base import clock
from importer.base.errors import OutputError
from importer.base.texts import N_, Text, text
from importer.config.service import ServiceSettings
from importer.pipeline.job import Job
from importer.service.events import Event, log
from importer.service.exports.run import WrittenExport
from importer.service.inbox.result import InboxResult
from importer.service.inbox.worker import InboxWorker
from importer.service.ledger_watch import LedgerWatch
from importer.service.mail.notices import Notices
from importer.service.mail.outbox import Outbox
from importer.service.metrics import Metrics
from importer.service.state import state_folder
from importer.service.stopping import Heartbeat, StopSignal, WatchedProgress

STUCK = 5400.0
"""Seconds without a sign of life after which a part counts as stuck: the largest workbook and the
longest upload take less."""


class ServiceContext:
    """Made once a service; `keeps_all` remembers every workbook, for runs that end soon."""

    def __init__(self, settings: ServiceSettings, job: Job, *, keeps_all: bool = False) -> None:
        self.settings = settings
        self.folder = state_folder(settings)
        self.stopping = StopSignal()
        self.inbox_wake = self.stopping.waker()
        self.exports_wake = self.stopping.waker()
        self.metrics = Metrics()
        self.outbox: Outbox | None = None
        if settings.smtp is not None:
            self.outbox = Outbox(self.folder / "mail", settings.smtp)
        self.notices = Notices(self.outbox, self.exports_wake.set)
        self.ledger = LedgerWatch(job.ledger, self.folder, self.stopping, self._alarm)
        self.beats: dict[str, Heartbeat] = {}
        self.outcomes: list[InboxResult] = []
        self.exports_made: list[WrittenExport] = []
        self.failed_exports: list[str] = []
        self.has_left = False
        self.inbox: InboxWorker | None = None
        self._keeps_all = keeps_all
        self._job = job
        self._metrics_fail = False
        self._mail_fails = False

    def beat(self, part: str) -> Heartbeat:
        """What the part calls to show that it lives."""
        return self.beats.setdefault(part, Heartbeat())

    def job(self, part: str) -> Job:
        """The job for a part; it is given up when the service stops, and shows that it lives."""
        return replace(self._job, progress=WatchedProgress(self.stopping, self.beat(part)))

    def send_mail(self, stopping: Callable[[], bool]) -> dt.datetime | None:
        """Send what waits; when to try again, None if nothing waits. Says once what hinders it."""
        if self.outbox is None:
            return None
        try:
            due = self.outbox.send_due(clock.now(), stopping)
            self.metrics.mails_waiting.set(self.outbox.waiting())
            self._mail_fails = False
            return due
        except OutputError as error:
            if not self._mail_fails:
                log(Event.MAIL_NOT_KEPT, reason=str(error.message))
            self._mail_fails = True
            return None

    def all_live(self) -> bool:
        """Whether every part was seen at work lately."""
        return all(time.monotonic() - beat.at < STUCK for beat in self.beats.values())

    def filed(self, outcome: InboxResult) -> None:
        """Count a workbook that was filed."""
        self.metrics.filed(outcome)
        if self._keeps_all:
            self.outcomes.append(outcome)

    def of_inbox(self, inbox: InboxWorker) -> None:
        """Take the figures of the inbox."""
        self.metrics.inbox_files.set(inbox.waiting)
        self.metrics.inbox_lag.set(inbox.oldest)

    def write_metrics(self) -> None:
        """Bring the figures up to date, and write them where they are wanted; say once if that
        fails."""
        if self.all_live():
            self.metrics.worked(clock.now())
        self.metrics.ledger_up.set(not self.ledger.is_away)
        if self.settings.metrics_file is None:
            return
        try:
            self.metrics.write(self.settings.metrics_file)
            self._metrics_fail = False
        except OutputError as error:
            if not self._metrics_fail:
                log(Event.METRICS_NOT_WRITTEN, reason=str(error.message))
            self._metrics_fail = True

    def _alarm(self, reason: Text) -> None:
        self.notices.alarm(text(N_("The ledger cannot be used")), reason)
