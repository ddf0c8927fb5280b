"""The parts of the service: the inbox, and the exports with the mail; each a loop, or one round.

A part that fails says so and begins again; what it was doing is kept in files.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from importer.base.errors import LedgerError, OutputError
from importer.base.files import os_error_reason
from importer.config.service import InboxSettings
from importer.messages.fault_log import log_fault
from importer.service.context import ServiceContext
from importer.service.events import Event, log
from importer.service.exports.run import LATE, Exports, remove_half_made
from importer.service.inbox.claims import open_claim_folder
from importer.service.inbox.watching import LOOK_EVERY, LOOK_SOON, watch
from importer.service.inbox.worker import InboxWorker
from importer.service.locks import TakenError, locked
from importer.service.stopping import StoppedError

TURN = 5.0
"""Seconds between two tries to become the one that makes exports and sends mail."""

LONGEST_SLEEP = 60.0
"""Seconds after which exports and mail look round in any case: clocks are set, files come."""

LATE_ONCE = dt.timedelta(minutes=15)
"""A run counts as missed only after this where cron or a timer asks now and then what is due."""

AT_MOST_ONCE = 60.0
"""Seconds after which a run that is to end waits no longer for files that are still growing."""

AFTER_FAULT = 5.0
"""Seconds before a part begins again that met a fault of ours."""


def loops_of(context: ServiceContext) -> Iterator[Callable[[], None]]:
    """The parts that the configuration asks for, each to be run in a thread of its own."""
    settings = context.settings
    if settings.inbox is not None:
        inbox = settings.inbox
        yield _lasting(context, "inbox", lambda: _run_inbox(context, inbox))
    if settings.exports or settings.smtp is not None:
        exports = _exports(context)
        yield _lasting(context, "exports", lambda: _run_exports(context, exports))


def _lasting(context: ServiceContext, name: str, work: Callable[[], None]) -> Callable[[], None]:
    """`work`, begun again after a fault of ours until the service stops."""
    context.beat(name)

    def run() -> None:
        while not context.stopping.told:
            try:
                work()
            except StoppedError:
                return
            except BaseException as error:  # some libraries raise what is no Exception
                log(Event.FAULT, reason=type(error).__name__, log=log_fault())
                context.stopping.wait(AFTER_FAULT)

    return run


def _run_inbox(context: ServiceContext, settings: InboxSettings) -> None:
    beat = context.beat("inbox")
    said = False
    while not context.stopping.told:
        try:
            with _inbox(context, settings) as inbox, watch(settings.folder, context.inbox_wake):
                if said:
                    log(Event.INBOX_READABLE, folder=settings.folder)
                    said = False
                _look_into(context, inbox, beat)
        except (OutputError, OSError) as error:  # it cannot even be begun
            reason = error.message if isinstance(error, OutputError) else os_error_reason(error)
            if not said:
                log(Event.INBOX_UNREADABLE, folder=settings.folder, reason=str(reason))
            said = True
            beat()
            context.stopping.wait(LOOK_EVERY)


def _look_into(context: ServiceContext, inbox: InboxWorker, beat: Callable[[], None]) -> None:
    while not context.stopping.told:
        context.inbox_wake.clear()
        beat()
        try:
            soon = inbox.round()
        except LedgerError as error:
            context.ledger.failed(error, to_write=True)
            context.of_inbox(inbox)
            context.ledger.wait_for_it(beat)
            continue
        context.of_inbox(inbox)
        context.inbox_wake.wait(LOOK_SOON if soon else LOOK_EVERY)


@contextmanager
def _inbox(context: ServiceContext, settings: InboxSettings) -> Iterator[InboxWorker]:
    with open_claim_folder(settings.folder) as claims:
        context.inbox = InboxWorker(
            settings, claims, context.job("inbox"), context.ledger, context.stopping,
            context.notices.refused, context.filed,
        )  # fmt: skip
        yield context.inbox


def _run_exports(context: ServiceContext, exports: Exports) -> None:
    """Make exports and send mail, once no other service with the same state does."""
    beat = context.beat("exports")
    said = False
    while not context.stopping.told:
        with _turn(context) as ours:
            if ours:
                _export_and_mail(context, exports, beat)
                return
        if not said:
            log(Event.EXPORTS_ELSEWHERE)
        said = True
        beat()
        context.stopping.wait(TURN)


def _export_and_mail(context: ServiceContext, exports: Exports, beat: Callable[[], None]) -> None:
    def stopping() -> bool:
        beat()
        return context.stopping.told

    remove_half_made(context.folder)
    while not context.stopping.told:
        context.exports_wake.clear()
        beat()
        due = [exports.round(), context.send_mail(stopping)]
        context.exports_wake.wait(
            _until(min((one for one in due if one is not None), default=None))
        )


def _until(due: dt.datetime | None) -> float:
    """Seconds to sleep; never none at all, whatever the clock says."""
    if due is None:
        return LONGEST_SLEEP
    seconds = (due - dt.datetime.now(dt.UTC)).total_seconds()
    return min(max(seconds, 0.05), LONGEST_SLEEP)


def _exports(context: ServiceContext, late: dt.timedelta = LATE) -> Exports:
    """The exports that are configured; raises MisuseError where they cannot be."""
    return Exports(
        context.settings, context.folder, context.job("exports"), context.ledger, context.notices,
        context.metrics, context.stopping, late,
    )  # fmt: skip


@contextmanager
def _turn(context: ServiceContext) -> Iterator[bool]:
    """Whether this service is the one that makes exports and sends mail."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(context.folder / "service.lock"))
        except TakenError:
            yield False
            return
        yield True


def run_once(context: ServiceContext) -> None:
    """Settle what is in the inbox, make the exports that are due, send the mail that waits.

    Raises LedgerError where the ledger could not be used.
    """
    settings = context.settings
    exports = _exports(context, late=LATE_ONCE)
    if settings.inbox is not None:
        try:
            _inbox_once(context, settings.inbox)
        except LedgerError as error:  # mail can be sent all the same
            context.ledger.failed(error, to_write=True)
    with _turn(context) as ours:
        if ours:
            remove_half_made(context.folder)
            exports.round()
            context.exports_made = exports.written
            context.failed_exports = exports.failing
            context.send_mail(lambda: context.stopping.told)
        else:
            log(Event.EXPORTS_ELSEWHERE)
    if context.ledger.is_away and context.ledger.error is not None:
        raise context.ledger.error


def _inbox_once(context: ServiceContext, settings: InboxSettings) -> None:
    with _inbox(context, settings) as inbox:
        try:
            until = time.monotonic() + AT_MOST_ONCE
            while inbox.round() and time.monotonic() < until:
                context.stopping.wait(LOOK_SOON)
                context.stopping.or_go_on()
        finally:
            context.of_inbox(inbox)
            context.has_left = inbox.has_left
