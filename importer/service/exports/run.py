"""Run scheduled exports: write, deliver, mail, and remove old ones."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from importer.base import clock
from importer.base.errors import ImporterError, LedgerError, OutputError
from importer.base.files import temporary_folder
from importer.base.texts import N_, in_language, text
from importer.config.formats import Format
from importer.config.service import ExportSettings
from importer.messages.fault_log import internal_error
from importer.pipeline import export as exporting
from importer.service.context import ServiceContext
from importer.service.events import Event, log
from importer.service.exports.destination import open_folder, shown
from importer.service.exports.schedule import Due, Schedule
from importer.service.state import NO_RUNS, Runs, load_runs, save_runs
from importer.service.stopping import StoppedError

LATE = dt.timedelta(minutes=1)
"""How late a run may start before it counts as missed, in a service that always runs."""

LEDGER_PAUSE = dt.timedelta(seconds=5)
"""The pause between two looks for a ledger that does not exist yet."""

FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
"""The pauses between retries of an export that fails."""

_MAKING = ".avira-importer-making-"
_STAMP = "%Y%m%dT%H%M%SZ"
_INSTANT = "%Y-%m-%d %H:%M:%SZ"


class WrittenExport(NamedTuple):
    """A delivered export: its name, where its file is, and the last batch in it."""

    export: str
    file: str
    batch: int | None


@dataclass(slots=True)
class _Scheduled:
    """An export, its runs, the last file of this process, and the template of the last error."""

    settings: ExportSettings
    schedule: Schedule
    runs: Runs = NO_RUNS
    written: WrittenExport | None = None
    failure: str = ""

    def due(self, now: dt.datetime) -> Due | None:
        """The run that is due, if any."""
        if self._waits(now):
            return None
        last = self.runs.last
        return Due(now, now, 0) if last is None else self.schedule.due(last, now)

    def next(self, now: dt.datetime) -> dt.datetime:
        """When the next run or retry is due."""
        if self.runs.again is not None and self._waits(now):
            return self.runs.again
        last = self.runs.last
        return now if last is None else self.schedule.next_after(min(last, now))

    def _waits(self, now: dt.datetime) -> bool:
        """Whether a retry is ahead; after the clock was set back, none is waited for."""
        again = self.runs.again
        return again is not None and now < again <= now + LONGEST_PAUSE

    def is_own(self, name: str) -> bool:
        """Whether a file of that name is an earlier export of these settings."""
        stem = re.escape(self.settings.name)
        return re.fullmatch(rf"{stem} \d{{8}}T\d{{6}}Z{re.escape(self.ending)}", name) is not None

    @property
    def ending(self) -> str:
        """The ending of its files; a CSV export is a folder."""
        return Format(self.settings.format).ending


class Exports:
    """The exports of a service, which run one after the other.

    A run that starts more than `late` after its time counts as missed. Raises MisuseError where
    the schedule of an export is invalid.
    """

    def __init__(self, context: ServiceContext, late: dt.timedelta = LATE) -> None:
        self._context = context
        self._job = context.job("exports")
        self._late = late
        self._begun = False
        file, exports = context.settings.file, context.settings.exports
        self._exports = [_Scheduled(export, Schedule.of(export, file)) for export in exports]

    def begin(self, now: dt.datetime) -> None:
        """Load the last runs, and remove what a killed service left in the state folder.

        A new export with a cron expression waits for its time.
        """
        for path in self._context.folder.glob(f"{_MAKING}*"):
            shutil.rmtree(path, ignore_errors=True)
        for export in self._exports:
            runs = export.runs = load_runs(self._context.folder, export.settings)
            if runs.last is None and export.settings.cron is not None:
                self._keep(export, Runs(now, exported=False))
            elif runs.last is not None and runs.exported:
                last_export = self._context.metrics.last_export
                last_export.labels(export.settings.name).set(runs.last.timestamp())
        self._begun = True

    def round(self, now: Callable[[], dt.datetime]) -> dt.datetime | None:
        """Run what is due; return when the next run is, None if there are no exports.

        An export that fails is due again after a pause and does not delay others.
        """
        if not self._begun:
            self.begin(now())
        for export in self._exports:
            self._context.stopping.raise_if_set()
            due = export.due(now())
            if due is not None:
                self._run(export, due, now)
        return min((export.next(now()) for export in self._exports), default=None)

    @property
    def written(self) -> list[WrittenExport]:
        """The last file of each export that this service has written."""
        return [export.written for export in self._exports if export.written is not None]

    @property
    def failing(self) -> list[str]:
        """The names of the exports that failed the last time."""
        return [export.settings.name for export in self._exports if export.runs.failures]

    def _run(self, export: _Scheduled, due: Due, now: Callable[[], dt.datetime]) -> None:
        name, ledger = export.settings.name, self._job.ledger
        late = now() - due.at > self._late
        try:
            self._context.ledger.must_exist()
            if ledger.is_made_when_needed and ledger.is_missing:
                if export.runs.again is None:
                    log(Event.WAITS, export=name)
                export.runs = replace(export.runs, again=now() + LEDGER_PAUSE)
                return
            if (late or due.missed) and not export.runs.failures:
                since = due.first.strftime(_INSTANT)
                log(Event.MISSED, export=name, missed=due.missed + late, since=since)
            file = self._deliver(export, now())
        except ImporterError as error:
            self._fail(export, error, now())
            return
        except StoppedError:
            raise
        except BaseException as error:  # some libraries raise others than Exception
            fault = internal_error()
            log(Event.FAULT, reason=type(error).__name__, log=fault.message.facts.get("log"))
            self._fail(export, fault, now())
            return
        self._keep(export, Runs(due.at))
        metrics, at = self._context.metrics, now()
        metrics.exports.labels(name, "made").inc()
        metrics.last_export.labels(name).set(at.timestamp())
        metrics.export_lag.labels(name).set((at - due.at).total_seconds())
        self._remove_old(export, file)

    def _deliver(self, export: _Scheduled, now: dt.datetime) -> str:
        """Write the export in the state folder, deliver and mail it; return its file's name."""
        settings = export.settings
        name = f"{settings.name} {now.strftime(_STAMP)}{export.ending}"
        with temporary_folder(self._context.folder, _MAKING) as making:
            with in_language(settings.lang):
                written = exporting.export(
                    making / name, replace(self._job, today=clock.today()),
                    customer=settings.customer, form=Format(settings.format),
                    translate_headers=settings.translate_headers, movements=settings.movements,
                )  # fmt: skip
            self._context.ledger.worked()
            self._context.stopping.raise_if_set()
            with open_folder(settings) as folder:
                folder.deliver(making / name, name)
            place = f"{shown(settings)}/{name}"
            export.written = WrittenExport(settings.name, place, written.batch)
            log(Event.EXPORTED, **export.written._asdict())
            self._context.notices.exported(settings, written, place)
        return name

    def _keep(self, export: _Scheduled, runs: Runs) -> None:
        """Save the runs of an export; if that fails, only this process remembers them."""
        export.runs = runs
        try:
            save_runs(self._context.folder, export.settings, runs)
        except OutputError as error:
            log(Event.STATE_NOT_KEPT, reason=str(error.message))

    def _fail(self, export: _Scheduled, error: ImporterError, now: dt.datetime) -> None:
        """Report a new failure once, and retry less and less often."""
        name, failures = export.settings.name, export.runs.failures
        again = now + min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)
        self._keep(export, replace(export.runs, failures=failures + 1, again=again))
        self._context.metrics.exports.labels(name, "failed").inc()
        if isinstance(error, LedgerError):
            self._context.ledger.failed(error)
        if failures == 0 or export.failure != error.message.template:  # facts differ each time
            reason = str(error.message)
            log(Event.EXPORT_FAILED, export=name, reason=reason, again=again.strftime(_INSTANT))
        if failures == 0 and not isinstance(error, LedgerError):
            subject = text(N_("The export {export} could not be made"), export=name)
            self._context.notices.alarm(subject, error.message)
        export.failure = error.message.template

    def _remove_old(self, export: _Scheduled, written: str) -> None:
        """Keep the newest, and what was just `written` even if a fast clock dated others later."""
        name, keep = export.settings.name, export.settings.keep
        try:
            with open_folder(export.settings) as folder:
                files = list(filter(export.is_own, folder.names()))
                for file in files[:-keep] if keep else ():
                    if file != written:
                        folder.remove(file)
                        log(Event.REMOVED, export=name, file=file, keep=keep)
                folder.remove_left_over()
        except OutputError as error:
            log(Event.NOT_REMOVED, export=name, reason=str(error.message))
