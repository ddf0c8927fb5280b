"""The loops of the service for the inbox and for exports with mail, and a single round of both."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from importer.base import clock
from importer.base.errors import LedgerError, OutputError
from importer.config.service import InboxSettings
from importer.messages.fault_log import log_fault
from importer.service.context import ServiceContext
from importer.service.events import Event, log
from importer.service.exports.run import Exports
from importer.service.inbox.claims import open_claim_folder
from importer.service.inbox.worker import InboxWorker
from importer.service.locks import locked
from importer.service.state import STATE_LOCK
from importer.service.stopping import StoppedError

LOOK_EVERY = 5.0
"""Seconds between two looks in any case: changes of a network share are not reported."""

LOOK_SOON = 0.5
"""Seconds between two looks while a file arrives."""

TRY_LOCK_EVERY = 5.0
"""Seconds between two attempts to become the service that writes exports and sends mail."""

LONGEST_SLEEP = 60.0
"""Seconds until exports and mail are looked at again in any case: the clock may be set."""

LATE_ONCE = dt.timedelta(minutes=15)
"""How late a run may be before it counts as missed, where a timer starts the program."""

AT_MOST_ONCE = 60.0
"""Seconds for which a single round waits for files that are still growing, beyond `settle`."""

AFTER_FAULT = 5.0
"""Seconds before a loop is restarted after an internal error."""


def loops_of(context: ServiceContext) -> Iterator[Callable[[], None]]:
    """The loops that the configuration asks for, each to be run in a thread of its own."""
    settings = context.settings
    if settings.inbox is not None:
        yield _restarted(context, "inbox", partial(_run_inbox, context, settings.inbox))
    if settings.exports or settings.smtp is not None:
        yield _restarted(context, "exports", partial(_run_exports, context, Exports(context)))


def _restarted(context: ServiceContext, name: str, loop: Callable[[], None]) -> Callable[[], None]:
    """`loop`, restarted after an internal error until the service stops."""
    context.beat(name)

    def run() -> None:
        while not context.stopping.is_set():
            try:
                loop()
            except StoppedError:
                return
            except BaseException as error:  # some libraries raise others than Exception
                log(Event.FAULT, reason=type(error).__name__, log=log_fault())
                context.stopping.wait(AFTER_FAULT)

    return run


def _run_inbox(context: ServiceContext, settings: InboxSettings) -> None:
    folder = settings.folder
    while not context.stopping.is_set():
        try:
            with open_claim_folder(folder) as claims, _watched(folder, context.inbox_wake):
                context.inbox = InboxWorker(context, settings, claims)
                _process_inbox(context, context.inbox)
        except (OutputError, OSError) as error:  # the inbox cannot be opened
            context.failed(Event.INBOX_UNREADABLE, error, folder=folder)
            context.beat("inbox")
            context.stopping.wait(LOOK_EVERY)


@contextmanager
def _watched(folder: Path, wake: threading.Event) -> Iterator[None]:
    """Set `wake` whenever something in `folder` changes, as long as the block runs."""
    end = threading.Event()
    watcher = threading.Thread(target=_watch, args=(folder, wake, end), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        end.set()
        watcher.join()


def _watch(folder: Path, wake: threading.Event, end: threading.Event) -> None:
    from watchfiles import watch

    try:
        for _ in watch(
            folder, watch_filter=None, debounce=200, stop_event=end, rust_timeout=1000,
            raise_interrupt=False, recursive=False,
        ):  # fmt: skip
            wake.set()
    except (OSError, RuntimeError) as error:  # no more watches, or the folder is away
        if not end.is_set():
            reason = " ".join(str(error).split()) or type(error).__name__
            log(Event.POLLING, folder=folder, reason=reason, seconds=round(LOOK_EVERY))


def _process_inbox(context: ServiceContext, inbox: InboxWorker) -> None:
    while not context.stopping.is_set():
        context.inbox_wake.clear()
        context.beat("inbox")
        try:
            files_arrive = inbox.round()
        except LedgerError as error:
            context.ledger.failed(error, to_write=True)
            context.ledger.wait(partial(context.beat, "inbox"))
            continue
        context.inbox_wake.wait(LOOK_SOON if files_arrive else LOOK_EVERY)


def _run_exports(context: ServiceContext, exports: Exports) -> None:
    """Write exports and send mail, once no other service with the same state folder does."""
    is_logged = False
    while not context.stopping.is_set():
        with locked(context.folder / STATE_LOCK) as is_locked:
            if is_locked:
                _export_and_mail(context, exports)
                return
        if not is_logged:
            log(Event.EXPORTS_ELSEWHERE)
        is_logged = True
        context.beat("exports")
        context.stopping.wait(TRY_LOCK_EVERY)


def _export_and_mail(context: ServiceContext, exports: Exports) -> None:
    def stopping() -> bool:
        context.beat("exports")
        return context.stopping.is_set()

    while not context.stopping.is_set():
        context.exports_wake.clear()
        context.beat("exports")
        times = exports.round(clock.now), context.send_mail(stopping)
        now = dt.datetime.now(dt.UTC)
        pauses = [(at - now).total_seconds() for at in times if at is not None]
        context.exports_wake.wait(max(min([*pauses, LONGEST_SLEEP]), 0.05))


def run_once(context: ServiceContext) -> None:
    """File what is in the inbox, write the exports that are due, send the mail that waits.

    Raises LedgerError where the ledger cannot be used.
    """
    exports = Exports(context, LATE_ONCE)
    if context.settings.inbox is not None:
        try:
            _process_inbox_once(context, context.settings.inbox)
        except LedgerError as error:  # mail can be sent nonetheless
            context.ledger.failed(error, to_write=True)
    with locked(context.folder / STATE_LOCK) as is_locked:
        if is_locked:
            try:
                exports.round(clock.now)
            finally:
                context.written_exports = exports.written
                context.failed_exports = exports.failing
            context.send_mail(context.stopping.is_set)
        else:
            log(Event.EXPORTS_ELSEWHERE)
    if context.ledger.is_away and context.ledger.error is not None:
        raise context.ledger.error


def _process_inbox_once(context: ServiceContext, settings: InboxSettings) -> None:
    with open_claim_folder(settings.folder) as claims:
        inbox = context.inbox = InboxWorker(context, settings, claims)
        until = time.monotonic() + AT_MOST_ONCE + settings.settle.total_seconds()
        files_arrive, retrying = True, False
        while files_arrive or not retrying:
            retrying = not files_arrive  # last: what ended the program may end it again
            files_arrive = inbox.round(retrying=retrying) and time.monotonic() < until
            if files_arrive:
                context.stopping.wait(LOOK_SOON)
                context.stopping.raise_if_set()
