"""Run the loops of the service in threads until it must stop.

State is kept in files, so nothing is lost whenever the process ends.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

from importer.base.errors import EXIT_DONE, terminate
from importer.base.texts import N_, text
from importer.config.service import ServiceSettings
from importer.pipeline.job import Job
from importer.service.context import ServiceContext
from importer.service.events import Event, log
from importer.service.loops import loops_of, run_once
from importer.service.metrics import endpoint
from importer.service.stopping import StoppedError
from importer.workbook.reading import sandbox

GRACE = 4.0
"""Seconds that the loops have to stop; then the process ends, whatever they do."""

ROUND = 10.0
"""Seconds between two looks at the heartbeats."""


def serve(settings: ServiceSettings, job: Job) -> None:
    """Run until SIGTERM or Ctrl-C.

    Raises MisuseError or LedgerError only before anything has begun.
    """
    context = ServiceContext(settings, job)
    with endpoint(settings, context.metrics):
        threads = [threading.Thread(target=loop, daemon=True) for loop in loops_of(context)]
        with _stopped_by_signals():
            try:
                for thread in threads:
                    thread.start()
                log(Event.STARTED, what=_summary(settings))
                _notify("READY=1", "STATUS=" + _summary(settings))
                while True:
                    if context.is_alive:
                        _notify("WATCHDOG=1")
                    context.write_metrics()
                    time.sleep(min(ROUND, (_watchdog_seconds() or ROUND) / 3))
            except KeyboardInterrupt:
                pass
            log(Event.STOPPING)
            _notify("STOPPING=1")
            _stop(context, threads)
            if context.is_stuck:
                log(Event.STOPPED)
                os._exit(EXIT_DONE)
        context.write_metrics()
    log(Event.STOPPED)


def once(settings: ServiceSettings, job: Job) -> ServiceContext:
    """Do what is due now; the context has the results, and the error that ended it, if any.

    That is KeyboardInterrupt if it was stopped, LedgerError where the ledger cannot be used.
    """
    context = ServiceContext(settings, job, keep_results=True)
    done = threading.Event()

    def work() -> None:
        try:
            run_once(context)
        except StoppedError:
            pass
        except Exception as error:
            context.error = error
        finally:
            done.set()

    thread = threading.Thread(target=work, daemon=True)
    with _stopped_by_signals():
        try:
            thread.start()
            while not done.wait(0.2):  # an interrupted join would take the thread for ended
                pass
        except KeyboardInterrupt as interrupt:
            _stop(context, [thread])
            context.error = interrupt
    context.write_metrics()
    return context


def _stop(context: ServiceContext, threads: list[threading.Thread]) -> None:
    """Stop all threads in time; note if one does not stop: ending the process loses nothing."""
    context.stopping.set()
    sandbox.end_reading()  # it may take minutes
    until = time.monotonic() + GRACE
    with suppress(KeyboardInterrupt):  # a second Ctrl-C: do not wait
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        if context.inbox is not None:
            context.inbox.applier.forget_try()
        context.is_stuck = True


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Have SIGTERM and Ctrl-C raise KeyboardInterrupt here, also where the latter is ignored.

    On Windows, Ctrl-Break and closing the console do so too.
    """
    handlers = ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, terminate))
    before = {number: signal.signal(number, handler) for number, handler in handlers}
    # Sent when another program opens a file for writing while the inbox has a lease on it
    # (arrivals.py). It ends the process unless it is ignored.
    if hasattr(signal, "SIGIO"):
        before[signal.SIGIO] = signal.signal(signal.SIGIO, signal.SIG_IGN)
    _stop_with_console()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@cache
def _stop_with_console() -> Callable[[int], object] | None:
    """Have Windows raise SIGINT where it would end the process; give what it calls, to be kept."""
    if sys.platform != "win32":
        return None
    import ctypes

    def stop(event: int) -> bool:
        if event != signal.CTRL_C_EVENT:  # which Python handles
            signal.raise_signal(signal.SIGINT)
        if event > signal.CTRL_BREAK_EVENT:  # the process ends when this returns
            time.sleep(2 * GRACE)
        return bool(event != signal.CTRL_C_EVENT)

    handler = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)(stop)
    ctypes.WinDLL("kernel32").SetConsoleCtrlHandler(handler, True)
    return handler


def _notify(*lines: str) -> None:
    """Send lines such as READY=1, in a datagram of sd_notify(3), if systemd listens."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path or not hasattr(socket, "AF_UNIX"):
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto("\n".join(lines).encode(), address)


def _watchdog_seconds() -> float | None:
    """The interval in which systemd wants to hear from this process; None if it does not."""
    interval, pid = os.environ.get("WATCHDOG_USEC", ""), str(os.getpid())
    if not interval.isdecimal() or os.environ.get("WATCHDOG_PID", pid) != pid:
        return None
    return int(interval) / 1e6


def _summary(settings: ServiceSettings) -> str:
    sentences = []
    if settings.inbox is not None:
        sentences.append(text(N_("Inbox: {folder}."), folder=settings.inbox.folder))
    if settings.exports:
        names = [export.name for export in settings.exports]
        sentences.append(text(N_("Exports: {names}."), names=names))
    return " ".join(map(str, sentences))
