"""Scheduled exports: made when they are due, put in their folder whole, mailed, the old removed."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from importer.base import clock
from importer.base.errors import ImporterError, LedgerError, OutputError
from importer.base.files import temporary_folder
from importer.base.texts import N_, text
from importer.config.service import ExportSettings, ServiceSettings
from importer.export.form import Format
from importer.messages.fault_log import log_fault
from importer.pipeline import export as exporting
from importer.pipeline.job import Job
from importer.service.events import Event, log
from importer.service.exports.destination import Destination
from importer.service.exports.schedule import Due, Schedule
from importer.service.ledger_watch import LedgerWatch
from importer.service.mail.notices import Notices
from importer.service.metrics import Metrics
from importer.service.state import NO_RUNS, KeptRuns, Runs
from importer.service.stopping import StoppedError, StopSignal

LATE = dt.timedelta(minutes=1)
"""By how much a run may come late where a service is there all the time."""

UNTIL_THERE_IS_ONE = dt.timedelta(seconds=5)
"""Between two looks whether there is a ledger at last."""

FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
"""Between the tries of an export that fails."""

_MAKING = ".avira-importer-making-"
_STAMP = "%Y%m%dT%H%M%SZ"


class WrittenExport(NamedTuple):
    """An export that was made: its name, where it stands, and the ledger's last batch in it."""

    export: str
    file: str
    batch: int | None


@dataclass(slots=True)
class _Planned:
    """An export, where it goes, when it comes, and what became of its last runs.

    `made` is what this process has made of it last, if anything;
    `reason` is the template of why it failed the last time, as far as this process knows.
    """

    settings: ExportSettings
    schedule: Schedule
    destination: Destination
    runs: Runs = NO_RUNS
    made: WrittenExport | None = None
    reason: str = ""


class Exports:
    """All exports of a service, which makes them one after the other.

    A run that comes by more than `late` after it was due was missed, and is made up for.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        folder: Path,
        job: Job,
        ledger: LedgerWatch,
        notices: Notices,
        metrics: Metrics,
        stopping: StopSignal,
        late: dt.timedelta = LATE,
    ) -> None:
        self._folder = folder
        self._job = job
        self._ledger = ledger
        self._notices = notices
        self._metrics = metrics
        self._stopping = stopping
        self._late = late
        self._kept = KeptRuns(folder)
        self._cannot_keep = False
        self._begun = False
        self._planned = [
            _Planned(one, Schedule.of(one, settings.file), Destination(one))
            for one in settings.exports
        ]

    def begin(self, now: dt.datetime) -> None:
        """Look up what was made last; an export by cron that is new waits for its time."""
        for one in self._planned:
            one.runs = self._kept.of(one.settings)
            if one.runs.last is not None and one.runs.made:
                self._metrics.exported_before(one.settings.name, one.runs.last)
            if one.runs.last is None and one.settings.cron is not None:
                self._keep(one, Runs(now, made=False))
        self._begun = True

    def round(self, now: Callable[[], dt.datetime] = clock.now) -> dt.datetime | None:
        """Make what is due; when the next one is, None if there are no exports at all.

        A failed one is due again after a while, and holds up no other.
        """
        if not self._begun:
            self.begin(now())
        for one in self._planned:
            self._stopping.or_go_on()
            due = self._due(one, now())
            if due is not None:
                self._make(one, due, now)
        return min((self._next(one, now()) for one in self._planned), default=None)

    @property
    def made(self) -> list[WrittenExport]:
        """What was made last of each export that was made since this service began."""
        return [one.made for one in self._planned if one.made is not None]

    @property
    def failing(self) -> list[str]:
        """The names of the exports that failed the last time."""
        return [one.settings.name for one in self._planned if one.runs.failures]

    def _due(self, one: _Planned, now: dt.datetime) -> Due | None:
        if self._is_put_off(one, now):
            return None
        if one.runs.last is None:
            return Due(now, now, 0)
        return one.schedule.due(one.runs.last, now)

    def _next(self, one: _Planned, now: dt.datetime) -> dt.datetime:
        if one.runs.again is not None and self._is_put_off(one, now):
            return one.runs.again
        last = one.runs.last
        return now if last is None else one.schedule.next_after(min(last, now))

    def _is_put_off(self, one: _Planned, now: dt.datetime) -> bool:
        """Whether it failed a while ago only; a clock that was set back is not waited for."""
        again = one.runs.again
        return again is not None and now < again <= now + LONGEST_PAUSE

    def _make(self, one: _Planned, due: Due, now: Callable[[], dt.datetime]) -> None:
        name, failures = one.settings.name, one.runs.failures
        late = now() - due.at > self._late
        try:
            self._ledger.must_be_there()
            if self._job.ledger.is_made_when_needed and self._job.ledger.is_missing:
                self._wait_for_ledger(one, now())
                return
            if (late or due.missed) and not failures:
                since = due.first.strftime("%Y-%m-%d %H:%M:%SZ")
                log(Event.MISSED, export=name, missed=due.missed + late, since=since)
            made = self._deliver(one, now())
        except ImporterError as error:
            self._failed(one, error, now())
            return
        except StoppedError:
            raise
        except BaseException as error:  # some libraries raise what is no Exception
            path = log_fault()
            log(Event.FAULT, reason=type(error).__name__, log=path)
            fault = text(N_("The program has a fault and stopped. See {log}."), log=path)
            self._failed(one, ImporterError(fault), now())
            return
        self._keep(one, Runs(due.at))
        self._metrics.exported(name, now(), now() - due.at)
        self._remove_old(one, made)

    def _wait_for_ledger(self, one: _Planned, now: dt.datetime) -> None:
        if one.runs.again is None:
            log(Event.WAITS, export=one.settings.name)
        one.runs = replace(one.runs, again=now + UNTIL_THERE_IS_ONE)

    def _deliver(self, one: _Planned, now: dt.datetime) -> str:
        """Make the export in a folder of the service's own, and put it where it belongs; its name.

        From there on nothing makes it undone: mail that cannot be kept is said and no more.
        """
        form = Format(one.settings.format)
        ending = "" if form is Format.CSV else f".{form}"
        name = f"{one.settings.name} {now.strftime(_STAMP)}{ending}"
        with temporary_folder(self._folder, _MAKING) as making:
            job = replace(self._job, today=clock.today())
            made = exporting.export(
                making / name, job, customer=one.settings.customer, form=form,
                translate_headers=one.settings.translate_headers,
            )  # fmt: skip
            self._ledger.worked()
            self._stopping.or_go_on()
            place = one.destination.deliver(making / name, name)
            one.made = WrittenExport(one.settings.name, place, made.batch)
            log(Event.EXPORTED, **one.made._asdict())
            self._notices.exported(
                one.settings.mail_to, one.settings.name, made.summary, making / name, place
            )
        return name

    def _keep(self, one: _Planned, runs: Runs) -> None:
        """Remember what became of an export, if need be only as long as this process runs."""
        one.runs = runs
        try:
            self._kept.keep(one.settings, runs)
            self._cannot_keep = False
        except OutputError as error:
            if not self._cannot_keep:
                log(Event.STATE_NOT_KEPT, reason=str(error.message))
            self._cannot_keep = True

    def _failed(self, one: _Planned, error: ImporterError, now: dt.datetime) -> None:
        """Say it once, and try again less and less often."""
        name, failures = one.settings.name, one.runs.failures
        again = now + min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)
        self._keep(one, replace(one.runs, failures=failures + 1, again=again))
        self._metrics.export_failed(name)
        if isinstance(error, LedgerError):
            self._ledger.failed(error)
        reason = str(error.message)
        kind = error.message.template  # names and instants in it differ each time
        if failures == 0 or kind != one.reason:
            said = again.strftime("%Y-%m-%d %H:%M:%SZ")
            log(Event.EXPORT_FAILED, export=name, reason=reason, again=said)
            if failures == 0 and not isinstance(error, LedgerError):
                subject = text(N_("The export {export} could not be made"), export=name)
                self._notices.alarm(subject, error.message)
        one.reason = kind

    def _remove_old(self, one: _Planned, made: str) -> None:
        """Keep the newest; the one just `made` stays even if a clock that ran ahead made others."""
        if one.settings.keep is None:
            return
        try:
            ours = _ours(one.settings, one.destination.names())
            for name in ours[: -one.settings.keep]:
                if name == made:
                    continue
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
    for path in folder.glob(f"{_MAKING}*"):
        shutil.rmtree(path, ignore_errors=True)
