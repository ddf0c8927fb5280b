"""Runs the parts of the service, in threads of their own, until it is told to stop.

All that matters is kept in files, so that the end of the process at any moment, by whatever cause,
loses nothing.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from importer.base.errors import EXIT_DONE, EXIT_INTERRUPTED
from importer.base.texts import N_, text
from importer.config.service import ServiceSettings
from importer.pipeline.job import Job
from importer.service.context import ServiceContext
from importer.service.events import Event, log
from importer.service.loops import loops_of, run_once
from importer.service.metrics import Endpoint
from importer.service.stopping import StoppedError
from importer.service.systemd import notify, watchdog_seconds
from importer.workbook.reading import sandbox as apart

GRACE = 4.0
"""Seconds that the parts have to stop; then the process ends, whatever they do."""

ROUND = 10.0
"""Seconds between two looks at how all parts are."""


def serve(settings: ServiceSettings, job: Job) -> None:
    """Run until SIGTERM or Ctrl-C.

    Raises MisuseError or LedgerError only before anything has begun.
    """
    context = ServiceContext(settings, job)
    with ExitStack() as stack:
        if settings.metrics_port is not None:
            stack.callback(Endpoint(settings, context.metrics).close)
        parts = [threading.Thread(target=part, daemon=True) for part in loops_of(context)]
        with _stopped_by_signals():
            try:
                for part in parts:
                    part.start()
                log(Event.STARTED, what=_what(settings))
                notify("READY=1", "STATUS=" + _what(settings))
                while True:
                    _look_round(context)
            except KeyboardInterrupt:
                pass
            log(Event.STOPPING)
            notify("STOPPING=1")
            _stop(context, parts)
        context.write_metrics()
    log(Event.STOPPED)


def once(settings: ServiceSettings, job: Job) -> ServiceContext:
    """Settle what is in the inbox, make the exports that are due, send the mail that waits.

    Gives what was done. Raises KeyboardInterrupt if it is stopped meanwhile, and LedgerError where
    the ledger could not be used.
    """
    context = ServiceContext(settings, job, keeps_all=True)
    found: list[Exception] = []
    done = threading.Event()

    def work() -> None:
        try:
            run_once(context)
        except StoppedError:
            pass
        except Exception as error:
            found.append(error)

        finally:
            done.set()

    part = threading.Thread(target=work, daemon=True)
    with _stopped_by_signals():
        try:
            part.start()
            while not done.wait(0.2):  # and no join: an interrupted one takes the thread for ended
                pass
        except KeyboardInterrupt:
            _stop(context, [part], EXIT_INTERRUPTED)
            raise
    context.write_metrics()
    if found:
        raise found[0]
    return context


def _look_round(context: ServiceContext) -> None:
    """See how all parts are, and say so to whoever asks, until it is time to look again."""
    if context.all_live():
        notify("WATCHDOG=1")
    context.write_metrics()
    time.sleep(min(ROUND, (watchdog_seconds() or ROUND) / 3))


def _stop(
    context: ServiceContext, parts: list[threading.Thread], exit_code: int = EXIT_DONE
) -> None:
    """Stop all parts in time. What does not stop by itself is ended: nothing of it is lost."""
    context.stopping.stop()
    apart.end_reading()  # which may take minutes
    until = time.monotonic() + GRACE
    with suppress(KeyboardInterrupt):  # one who asks twice does not want to wait
        for part in parts:
            if part.is_alive():
                part.join(max(0.0, until - time.monotonic()))
    if any(part.is_alive() for part in parts):
        if context.inbox is not None:
            context.inbox.forget_try()
        log(Event.STOPPED)
        os._exit(exit_code)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does: it raises KeyboardInterrupt here."""
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    # The system says so when somebody opens a file for writing that we look at (arrivals.py); this
    # ends the process unless it is ignored.
    if hasattr(signal, "SIGIO"):
        before[signal.SIGIO] = signal.signal(signal.SIGIO, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _what(settings: ServiceSettings) -> str:
    said = []
    if settings.inbox is not None:
        said.append(str(text(N_("Inbox: {folder}."), folder=settings.inbox.folder)))
    if settings.exports:
        names = [one.name for one in settings.exports]
        said.append(str(text(N_("Exports: {names}."), names=names)))
    return " ".join(said)
