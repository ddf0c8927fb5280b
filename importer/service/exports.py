"""Scheduled exports: made when they are due, put in their folder whole, mailed, the old removed."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importer import clock, exporting
from importer.details.form import Format
from importer.errors import ImporterError, LedgerError, OutputError
from importer.fault_log import log_fault
from importer.job import Job
from importer.service.destinations import Destination, destination
from importer.service.events import Event, log
from importer.service.ledger_watch import LedgerWatch
from importer.service.mail import alert_mail, export_mail
from importer.service.metrics import Metrics
from importer.service.outbox import Outbox
from importer.service.schedule import Due, Schedule
from importer.service.state import LastRuns
from importer.service.stopping import StoppedError, Stopping
from importer.service_settings import ExportSettings, ServiceSettings
from importer.texts import N_, Text, text

LATE = dt.timedelta(minutes=1)
"""A run that comes later than this was missed, and is made up for."""

UNTIL_THERE_IS_ONE = dt.timedelta(seconds=5)
"""Between two looks whether there is a ledger at last."""

FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
"""Between the tries of an export that fails."""

_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(slots=True)
class _Planned:
    """An export, where it goes and when it comes.

    `last` is the run that was made last, `again` when a failed one is tried again.
    """

    settings: ExportSettings
    schedule: Schedule
    destination: Destination
    last: dt.datetime | None
    failures: int = 0
    again: dt.datetime | None = None


class Exports:
    """All exports of a service, which makes them one after the other."""

    def __init__(
        self,
        settings: ServiceSettings,
        folder: Path,
        job: Job,
        ledger: LedgerWatch,
        outbox: Outbox | None,
        metrics: Metrics,
        stopping: Stopping,
    ) -> None:
        self._folder = folder
        self._job = job
        self._ledger = ledger
        self._smtp = settings.smtp
        self._outbox = outbox
        self._metrics = metrics
        self._stopping = stopping
        self._last_runs = LastRuns(folder)
        self._planned = [
            _Planned(one, Schedule.of(one, settings.file), destination(one), None)
            for one in settings.exports
        ]

    def begin(self, now: dt.datetime) -> None:
        """Look up what was made last; an export by cron that is new waits for its time."""
        for one in self._planned:
            one.last = self._last_runs.of(one.settings)
            if one.last is not None:
                self._metrics.exported_before(one.settings.name, one.last)
            if one.last is None and one.settings.cron is not None:
                one.last = now
                self._last_runs.keep(one.settings, now)

    def round(self, now: Callable[[], dt.datetime] = clock.now) -> dt.datetime | None:
        """Make what is due; when the next one is, None if there are no exports at all.

        A failed one is due again after a while, and holds up no other.
        """
        for one in self._planned:
            self._stopping.or_go_on()
            due = self._due(one, now())
            if due is not None:
                self._make(one, due, now)
        return min((self._next(one, now()) for one in self._planned), default=None)

    @property
    def failing(self) -> list[str]:
        """The names of the exports that failed the last time."""
        return [one.settings.name for one in self._planned if one.failures]

    def _due(self, one: _Planned, now: dt.datetime) -> Due | None:
        if one.again is not None and now < one.again:
            return None
        if one.last is None:
            return Due(now, now, 0)
        return one.schedule.due(one.last, now)

    def _next(self, one: _Planned, now: dt.datetime) -> dt.datetime:
        if one.again is not None:
            return one.again
        return now if one.last is None else one.schedule.next_after(min(one.last, now))

    def _make(self, one: _Planned, due: Due, now: Callable[[], dt.datetime]) -> None:
        name = one.settings.name
        if self._job.ledger.is_made_when_needed and self._job.ledger.is_missing:
            if one.again is None:
                log(Event.WAITS, export=name)
            one.again = now() + UNTIL_THERE_IS_ONE
            return
        late = now() - due.at > LATE
        if (late or due.missed) and not one.failures:
            since = due.first.strftime("%Y-%m-%d %H:%M:%SZ")
            log(Event.MISSED, export=name, missed=due.missed + late, since=since)
        try:
            self._deliver(one, now())
            self._last_runs.keep(one.settings, due.at)
        except ImporterError as error:
            self._failed(one, error, now())
            return
        except StoppedError:
            raise
        except Exception as error:
            path = log_fault()
            log(Event.FAULT, reason=type(error).__name__, log=path)
            fault = text(N_("The program has a fault and stopped. See {log}."), log=path)
            self._failed(one, ImporterError(fault), now())
            return
        one.last, one.failures, one.again = due.at, 0, None
        self._metrics.exported(name, now(), now() - due.at)
        self._remove_old(one)

    def _deliver(self, one: _Planned, now: dt.datetime) -> None:
        """Make the export in a folder of the service's own, and put it where it belongs."""
        form = Format(one.settings.format)
        ending = "" if form is Format.CSV else f".{form}"
        name = f"{one.settings.name} {now.strftime(_STAMP)}{ending}"
        making = Path(tempfile.mkdtemp(dir=self._folder, prefix="making-"))
        try:
            job = replace(self._job, today=clock.today())
            made = exporting.export(
                making / name, job, customer=one.settings.customer, form=form,
                translate_headers=one.settings.translate_headers,
            )  # fmt: skip
            self._ledger.worked()
            self._stopping.or_go_on()
            place = one.destination.deliver(making / name, name)
            if one.settings.mail_to and self._outbox is not None and self._smtp is not None:
                mail = export_mail(
                    self._smtp, one.settings.mail_to, one.settings.name, made.summary,
                    making / name, place,
                )  # fmt: skip
                self._outbox.put(mail)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        log(Event.EXPORTED, export=one.settings.name, file=place, batch=made.batch)

    def _failed(self, one: _Planned, error: ImporterError, now: dt.datetime) -> None:
        """Say it once, and try again less and less often."""
        name = one.settings.name
        pause = min(FIRST_PAUSE * 2 ** min(one.failures, 10), LONGEST_PAUSE)
        one.failures += 1
        one.again = now + pause
        self._metrics.export_failed(name)
        if isinstance(error, LedgerError):
            self._ledger.failed(error)
        if one.failures == 1:
            again = one.again.strftime("%Y-%m-%d %H:%M:%SZ")
            log(Event.EXPORT_FAILED, export=name, reason=str(error.message), again=again)
            if not isinstance(error, LedgerError):
                self._alarm(name, error.message)

    def _alarm(self, name: str, reason: Text) -> None:
        if self._outbox is not None and self._smtp is not None and self._smtp.alerts_to:
            subject = text(N_("The export {export} could not be made"), export=name)
            lines = [reason, text(N_("It is tried again until it can."))]
            try:
                self._outbox.put(alert_mail(self._smtp, subject, lines))
            except OutputError as error:
                log(Event.MAIL_NOT_KEPT, reason=str(error.message))

    def _remove_old(self, one: _Planned) -> None:
        if one.settings.keep is None:
            return
        try:
            ours = _ours(one.settings, one.destination.names())
            for name in ours[: -one.settings.keep]:
                one.destination.remove(name)
                log(Event.REMOVED, export=one.settings.name, file=name, keep=one.settings.keep)
        except ImporterError as error:
            log(Event.NOT_REMOVED, export=one.settings.name, reason=str(error.message))


def _ours(settings: ExportSettings, names: Sequence[str]) -> list[str]:
    """Those of `names` that this export has made, the oldest first."""
    ending = "" if settings.format == Format.CSV else rf"\.{settings.format}"
    pattern = re.compile(rf"{re.escape(settings.name)} (\d{{8}}T\d{{6}}Z){ending}")
    return sorted(name for name in names if pattern.fullmatch(name))


def remove_half_made(folder: Path) -> None:
    """Remove what a service that was ended has left in its state."""
    for path in folder.glob("making-*"):
        shutil.rmtree(path, ignore_errors=True)
