"""Check everything that the service will need, for `serve --check`."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tzlocal import get_localzone

from importer.base import clock
from importer.base.errors import EXIT_DONE, EXIT_LEDGER, EXIT_USAGE, ImporterError, LedgerError
from importer.base.texts import N_, Text, text
from importer.config.service import ExportSettings, ServiceSettings, SmtpSettings
from importer.ledger.database import Ledger
from importer.ledger.engines.sqlite import default_path
from importer.ledger.writing.apply import change_nothing
from importer.pipeline.job import Job
from importer.pipeline.show import customers
from importer.service.exports.destination import open_folder, shown
from importer.service.exports.schedule import Schedule
from importer.service.folders import (
    make_folders,
    make_state_folder,
    require_folder,
    required_folders,
)
from importer.service.ledger_watch import LedgerWatch
from importer.service.mail.outbox import Outbox
from importer.service.metrics import unusable_port
from importer.service.paths import meeting_paths
from importer.service.state import MAIL, load_runs, state_folder
from importer.service.stopping import StopSignal

_USABLE = N_("{folder} can be read and written.")
_NO_RIGHT = N_("The user of the service has no permission to read and write {folder}.")


class CheckResult(NamedTuple):
    """The result for one setting. A warning may need no action."""

    what: str
    exit_code: int
    message: Text
    is_warning: bool = False

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return self.exit_code == EXIT_DONE


def check_all(settings: ServiceSettings, job: Job) -> Iterator[CheckResult]:
    """Check folders, ledger, exports and mail; create only missing folders.

    Where paths meet, nothing else is tried: it might write to a wrong place.
    """
    if meeting := meeting_paths(settings, job.ledger):
        yield from (CheckResult(key, EXIT_USAGE, message) for key, message in meeting.items())
        return
    make_folders(settings)
    delivered_to = {f"{export.key}.folder" for export in settings.exports}
    for key, path in required_folders(settings):
        if key not in delivered_to:
            yield _result(key, partial(_folder, settings, key, path))
    yield _result("service.state", partial(_own_folders, settings))
    yield _result("ledger", partial(_ledger, job, state_folder(settings)))
    for export in settings.exports:
        yield _result(export.key, partial(_schedule, export, settings))
        yield _result(f"{export.key}.folder", partial(_destination, export, settings))
    yield from _customers(settings, job)
    if settings.smtp is not None:
        yield _result("smtp", partial(_mail, settings, settings.smtp))
    if settings.metrics_port:  # 0 is any that is free
        yield _port("service.metrics_port", settings)


def _result(what: str, check: Callable[[], Text]) -> CheckResult:
    try:
        return CheckResult(what, EXIT_DONE, check())
    except ImporterError as error:
        exit_code = EXIT_LEDGER if isinstance(error, LedgerError) else EXIT_USAGE
        return CheckResult(what, exit_code, error.message)


def _folder(settings: ServiceSettings, key: str, path: Path) -> Text:
    require_folder(settings, key, path)
    return _usable(path)


def _own_folders(settings: ServiceSettings) -> Text:
    inbox = settings.inbox
    if inbox is not None and inbox.folder.is_dir():
        for folder in (inbox.applied, inbox.rejected):
            if folder.parent == inbox.folder:
                _usable(folder)
    return _usable(make_state_folder(settings))


def _usable(folder: Path) -> Text:
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise ImporterError(text(_NO_RIGHT, folder=folder))
    return text(_USABLE, folder=folder)


def _ledger(job: Job, state: Path) -> Text:
    LedgerWatch(job.ledger, state, StopSignal(), lambda _: None).must_exist()
    if job.ledger.is_missing:
        return _future_ledger(job.ledger)
    job.ledger.write(change_nothing)
    return text(N_("{ledger} can be written; the account is {account}."),
                ledger=job.ledger.name, account=job.account)  # fmt: skip


def _future_ledger(ledger: Ledger) -> Text:
    """The message for a ledger that does not exist; raise LedgerError if it cannot be created."""
    if not ledger.is_made_when_needed:
        raise ledger.missing()
    folder = Path(ledger.name).absolute().parent
    if ledger.name != str(default_path()) and not folder.is_dir():
        message = N_("{ledger} cannot be created: the folder {folder} does not exist.")
        raise LedgerError(text(message, ledger=ledger.name, folder=folder))
    if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
        raise LedgerError(text(_NO_RIGHT, folder=folder))
    return text(N_("{ledger} will be created by the first workbook."), ledger=ledger.name)


def _schedule(export: ExportSettings, settings: ServiceSettings) -> Text:
    schedule = Schedule.of(export, settings.file)
    last = load_runs(state_folder(settings), export).last
    if last is None and export.cron is None:
        return text(N_("{export}: the first run is due now."), export=export.name)
    at = schedule.next_after(clock.now() if last is None else last)
    zone = ZoneInfo(export.timezone) if export.timezone else get_localzone()
    local = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S} ({zone})"
    return text(N_("{export}: the next run is at {at}."), export=export.name, at=local)


def _destination(export: ExportSettings, settings: ServiceSettings) -> Text:
    if not export.is_remote:
        require_folder(settings, f"{export.key}.folder", Path(export.folder))
    with open_folder(export) as folder:
        folder.check()
    return text(_USABLE, folder=shown(export))


def _customers(settings: ServiceSettings, job: Job) -> Iterator[CheckResult]:
    """Warn of exports for customers that do not exist, who may be added later."""
    for export in settings.exports:
        if export.customer is None:
            continue
        try:
            if job.ledger.is_missing:
                return
            _, unknown = customers(job, export.customer)
        except LedgerError:  # reported for the ledger
            return
        exists = text(N_("Customer {name} exists."), name=export.customer)
        message = exists if unknown is None else unknown.message
        yield CheckResult(f"{export.key}.customer", EXIT_DONE, message, unknown is not None)


def _port(what: str, settings: ServiceSettings) -> CheckResult:
    """Whether the metrics port is free; nothing listens on it meanwhile."""
    address: dict[str, Any] = {"host": settings.metrics_host, "port": settings.metrics_port}
    try:
        family, *_, bound = socket.getaddrinfo(**address, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name != "nt":  # where that would take the port of another program
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(bound)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            in_use = N_("Port {port} of {host} is in use. If this service is not already running, "
                        "choose another port.")  # fmt: skip
            return CheckResult(what, EXIT_DONE, text(in_use, **address), is_warning=True)
        return CheckResult(what, EXIT_USAGE, unusable_port(settings, error).message)
    return CheckResult(what, EXIT_DONE, text(N_("Port {port} of {host} can be used."), **address))


def _mail(settings: ServiceSettings, smtp: SmtpSettings) -> Text:
    Outbox(state_folder(settings) / MAIL, smtp).check()
    host = f"{smtp.host}:{smtp.port}"
    return text(N_("{host} is ready to accept mail; none was sent."), host=host)
