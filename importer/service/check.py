"""`serve --check`: tries all that the service will need, and says what is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tzlocal import get_localzone

from importer.base import clock
from importer.base.errors import (
    EXIT_DONE,
    EXIT_LEDGER,
    EXIT_USAGE,
    ImporterError,
    LedgerError,
    MisuseError,
)
from importer.base.texts import N_, Text, text
from importer.config.service import ExportSettings, ServiceSettings
from importer.ledger.database import Ledger
from importer.ledger.engines.sqlite import default_path
from importer.ledger.writing.apply import change_nothing
from importer.pipeline.export import customers
from importer.pipeline.job import Job
from importer.service.exports.destination import open_folder, shown
from importer.service.exports.schedule import Schedule
from importer.service.ledger_watch import LedgerWatch
from importer.service.mail.outbox import Outbox
from importer.service.metrics import PortInUseError, try_port
from importer.service.places import made_if_missing, make_places, missing, must_exist
from importer.service.state import KeptRuns, state_folder
from importer.service.stopping import StopSignal

_NO_RIGHT = N_("{folder} cannot be read and written by the user of the service.")


class CheckResult(NamedTuple):
    """One thing that was tried: its key in the configuration, the exit code that it would come to,
    and what is to be said of it; `is_doubtful` where that may yet be as it should be."""

    what: str
    exit_code: int
    message: Text
    is_doubtful: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.exit_code == EXIT_DONE


class _DoubtError(ImporterError):
    """It may be wrong; `message` says what somebody should look at."""


def check_all(settings: ServiceSettings, job: Job) -> Iterator[CheckResult]:
    """Try the folders, the ledger, the exports and the mail; nothing that is tried stays."""
    yield from _folders(settings)
    yield _tried("ledger", partial(_ledger, job, state_folder(settings)))
    for export in settings.exports:
        yield _tried(export.key, partial(_schedule, export, settings))
        yield _tried(f"{export.key}.folder", partial(_destination, export))
    yield from _customers(settings, job)
    if settings.smtp is not None:
        outbox = Outbox(state_folder(settings) / "mail", settings.smtp)
        host = f"{settings.smtp.host}:{settings.smtp.port}"
        yield _tried("smtp", partial(_mail, outbox, host))
    if settings.metrics_port:  # 0 is any that is free
        yield _tried("service.metrics_port", partial(_port, settings))


def exit_code(results: list[CheckResult]) -> int:
    """The ledger's, if it cannot be used, else that of the first thing that is wrong."""
    wrong = [one.exit_code for one in results if not one.ok]
    if EXIT_LEDGER in wrong:
        return EXIT_LEDGER
    return EXIT_USAGE if wrong else EXIT_DONE


def _tried(what: str, tried: Callable[[], Text]) -> CheckResult:
    try:
        return CheckResult(what, EXIT_DONE, tried())
    except _DoubtError as doubt:
        return CheckResult(what, EXIT_DONE, doubt.message, is_doubtful=True)
    except LedgerError as error:
        return CheckResult(what, EXIT_LEDGER, error.message)
    except ImporterError as error:
        return CheckResult(what, EXIT_USAGE, error.message)


def _folders(settings: ServiceSettings) -> Iterator[CheckResult]:
    exports = {f"{one.key}.folder" for one in settings.exports}  # really written to, further below
    for key, path in must_exist(settings):
        if key not in exports:
            yield _tried(key, partial(_folder, settings, key, path))
    yield _tried("service.state", partial(_state, settings))


def _folder(settings: ServiceSettings, key: str, path: Path) -> Text:
    if not path.is_dir():
        raise missing(settings, key, path)
    return _usable(path)


def _state(settings: ServiceSettings) -> Text:
    make_places(settings, checked=True)
    for path in made_if_missing(settings):
        if path.parent.is_dir():
            _usable(path)
    return _usable(state_folder(settings))


def _usable(folder: Path) -> Text:
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise ImporterError(text(_NO_RIGHT, folder=folder))
    return text(N_("{folder} can be read and written."), folder=folder)


def _ledger(job: Job, state: Path) -> Text:
    LedgerWatch(job.ledger, state, StopSignal(), lambda _: None).must_be_there()
    if job.ledger.is_missing:
        return _ledger_to_come(job.ledger)
    job.ledger.write(change_nothing)
    return text(N_("{ledger} can be written; the account is {account}."),
                ledger=job.ledger.name, account=job.account)  # fmt: skip


def _ledger_to_come(ledger: Ledger) -> Text:
    """What is said of a ledger that is not there; raises LedgerError if it would not be made."""
    if not ledger.is_made_when_needed:
        raise ledger.missing()
    folder = Path(ledger.name).absolute().parent
    if ledger.name != str(default_path()) and not folder.is_dir():
        raise LedgerError(
            text(N_("{ledger} cannot be made: there is no folder {folder}."),
                 ledger=ledger.name, folder=folder)
        )  # fmt: skip
    if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
        raise LedgerError(text(_NO_RIGHT, folder=folder))
    return text(N_("{ledger} will be made by the first workbook."), ledger=ledger.name)


def _schedule(export: ExportSettings, settings: ServiceSettings) -> Text:
    schedule = Schedule.of(export, settings.file)
    last = KeptRuns(state_folder(settings)).of(export).last
    if last is None and export.cron is None:
        return text(N_("{export}: the first one comes at once."), export=export.name)
    at = schedule.next_after(clock.now() if last is None else last)
    zone = ZoneInfo(export.timezone) if export.timezone else get_localzone()
    local = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S} ({zone})"
    return text(N_("{export}: the next one comes at {at}."), export=export.name, at=local)


def _destination(export: ExportSettings) -> Text:
    with open_folder(export) as folder:
        folder.check()
    return text(N_("{folder} can be read and written."), folder=shown(export))


def _customers(settings: ServiceSettings, job: Job) -> Iterator[CheckResult]:
    """Look for the customers that have an export of their own, which may come later."""
    named = [one for one in settings.exports if one.customer is not None]
    if not named or job.ledger.is_missing:
        return
    for export in named:
        try:
            _held, unknown = customers(job, export.customer)
        except LedgerError:  # which was said of the ledger
            return
        yield _tried(f"{export.key}.customer", partial(_customer, export, unknown))


def _customer(export: ExportSettings, unknown: MisuseError | None) -> Text:
    assert export.customer is not None, "it is an export of one"
    if unknown is not None:
        raise _DoubtError(unknown.message)
    return text(N_("The ledger has the customer {name}."), name=export.customer)


def _port(settings: ServiceSettings) -> Text:
    try:
        try_port(settings)
    except PortInUseError as error:
        raise _DoubtError(error.message) from error
    return text(N_("Port {port} of {host} can be used."),
                host=settings.metrics_host, port=settings.metrics_port)  # fmt: skip


def _mail(outbox: Outbox, host: str) -> Text:
    outbox.check()
    return text(N_("{host} answers and lets this program in; no mail was sent."), host=host)
