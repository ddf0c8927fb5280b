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
from importer.service.events import Event, log
from importer.service.exports.run import LATE, Exports, remove_half_made
from importer.service.inbox.claims import open_claims
from importer.service.inbox.inbox import Inbox
from importer.service.inbox.watching import LOOK_EVERY, LOOK_SOON, watch
from importer.service.locks import TakenError, locked
from importer.service.shared import Shared
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


def parts_of(shared: Shared) -> Iterator[Callable[[], None]]:
    """The parts that the configuration asks for, each to be run in a thread of its own."""
    settings = shared.settings
    if settings.inbox is not None:
        inbox = settings.inbox
        yield _lasting(shared, "inbox", lambda: _run_inbox(shared, inbox))
    if settings.exports or settings.smtp is not None:
        exports = _exports(shared)
        yield _lasting(shared, "exports", lambda: _run_exports(shared, exports))


def _lasting(shared: Shared, name: str, work: Callable[[], None]) -> Callable[[], None]:
    """`work`, begun again after a fault of ours until the service stops."""
    shared.beat(name)

    def run() -> None:
        while not shared.stopping.told:
            try:
                work()
            except StoppedError:
                return
            except BaseException as error:  # some libraries raise what is no Exception
                log(Event.FAULT, reason=type(error).__name__, log=log_fault())
                shared.stopping.wait(AFTER_FAULT)

    return run


def _run_inbox(shared: Shared, settings: InboxSettings) -> None:
    beat = shared.beat("inbox")
    said = False
    while not shared.stopping.told:
        try:
            with _inbox(shared, settings) as inbox, watch(settings.folder, shared.inbox_wake):
                if said:
                    log(Event.LOOKED_INTO_AGAIN, folder=settings.folder)
                    said = False
                _look_into(shared, inbox, beat)
        except (OutputError, OSError) as error:  # it cannot even be begun
            reason = error.message if isinstance(error, OutputError) else os_error_reason(error)
            if not said:
                log(Event.NOT_LOOKED_INTO, folder=settings.folder, reason=str(reason))
            said = True
            beat()
            shared.stopping.wait(LOOK_EVERY)


def _look_into(shared: Shared, inbox: Inbox, beat: Callable[[], None]) -> None:
    while not shared.stopping.told:
        shared.inbox_wake.clear()
        beat()
        try:
            soon = inbox.round()
        except LedgerError as error:
            shared.ledger.failed(error, to_write=True)
            shared.of_inbox(inbox)
            shared.ledger.wait_for_it(beat)
            continue
        shared.of_inbox(inbox)
        shared.inbox_wake.wait(LOOK_SOON if soon else LOOK_EVERY)


@contextmanager
def _inbox(shared: Shared, settings: InboxSettings) -> Iterator[Inbox]:
    with open_claims(settings.folder) as claims:
        shared.inbox = Inbox(
            settings, claims, shared.job("inbox"), shared.ledger, shared.stopping,
            shared.notices.refused, shared.filed,
        )  # fmt: skip
        yield shared.inbox


def _run_exports(shared: Shared, exports: Exports) -> None:
    """Make exports and send mail, once no other service with the same state does."""
    beat = shared.beat("exports")
    said = False
    while not shared.stopping.told:
        with _turn(shared) as ours:
            if ours:
                _export_and_mail(shared, exports, beat)
                return
        if not said:
            log(Event.EXPORTS_ELSEWHERE)
        said = True
        beat()
        shared.stopping.wait(TURN)


def _export_and_mail(shared: Shared, exports: Exports, beat: Callable[[], None]) -> None:
    def stopping() -> bool:
        beat()
        return shared.stopping.told

    remove_half_made(shared.folder)
    while not shared.stopping.told:
        shared.exports_wake.clear()
        beat()
        due = [exports.round(), shared.send_mail(stopping)]
        shared.exports_wake.wait(_until(min((one for one in due if one is not None), default=None)))


def _until(due: dt.datetime | None) -> float:
    """Seconds to sleep; never none at all, whatever the clock says."""
    if due is None:
        return LONGEST_SLEEP
    seconds = (due - dt.datetime.now(dt.UTC)).total_seconds()
    return min(max(seconds, 0.05), LONGEST_SLEEP)


def _exports(shared: Shared, late: dt.timedelta = LATE) -> Exports:
    """The exports that are configured; raises MisuseError where they cannot be."""
    return Exports(
        shared.settings, shared.folder, shared.job("exports"), shared.ledger, shared.notices,
        shared.metrics, shared.stopping, late,
    )  # fmt: skip


@contextmanager
def _turn(shared: Shared) -> Iterator[bool]:
    """Whether this service is the one that makes exports and sends mail."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(shared.folder / "service.lock"))
        except TakenError:
            yield False
            return
        yield True


def all_once(shared: Shared) -> None:
    """Settle what is in the inbox, make the exports that are due, send the mail that waits.

    Raises LedgerError where the ledger could not be used.
    """
    settings = shared.settings
    exports = _exports(shared, late=LATE_ONCE)
    if settings.inbox is not None:
        try:
            _inbox_once(shared, settings.inbox)
        except LedgerError as error:  # mail can be sent all the same
            shared.ledger.failed(error, to_write=True)
    with _turn(shared) as ours:
        if ours:
            remove_half_made(shared.folder)
            exports.round()
            shared.exports_made = exports.made
            shared.failed_exports = exports.failing
            shared.send_mail(lambda: shared.stopping.told)
        else:
            log(Event.EXPORTS_ELSEWHERE)
    if shared.ledger.is_away and shared.ledger.error is not None:
        raise shared.ledger.error


def _inbox_once(shared: Shared, settings: InboxSettings) -> None:
    with _inbox(shared, settings) as inbox:
        try:
            until = time.monotonic() + AT_MOST_ONCE
            while inbox.round() and time.monotonic() < until:
                shared.stopping.wait(LOOK_SOON)
                shared.stopping.or_go_on()
        finally:
            shared.of_inbox(inbox)
            shared.has_left = inbox.has_left
