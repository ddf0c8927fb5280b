"""The service of a test, with folders of its own: in this process, or as a process."""

from __future__ import annotations

import gc
import io
import json
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from command_line import CommandResult
from importer.cli import main as program
from service_folders import Folders
from waiting import PATIENCE

PROGRAM = ("-m", "importer")
"""Python's arguments for the program."""

Event = dict[str, Any]
Logged = tuple[str, dict[str, Any]]
"""The name of an event, and its facts."""
Events = Callable[[], list[Logged]]
"""Gives the events that were logged since it was last called."""


def program_with(*lines: str) -> list[str]:
    """Python's arguments for the program with changes: shorter pauses, or a bug."""
    return ["-c", "\n".join([*lines, "from importer.cli.main import main", "main()"])]


class ServiceLog(io.TextIOBase):
    """The lines of a log as they come: `events`, and `other_lines` that are none."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.other_lines: list[str] = []
        self._changed = threading.Condition()

    def write(self, text: str) -> int:
        """Add lines."""
        with self._changed:
            for line in text.splitlines():
                try:
                    self.events.append(json.loads(line))
                except ValueError:
                    self.other_lines.append(line)
            self._changed.notify_all()
        return len(text)

    def wait(self, condition: Callable[[], object], has_ended: Callable[[], bool]) -> None:
        """Wait until `condition` holds, which only a new line can change."""
        end = time.monotonic() + PATIENCE
        with self._changed:
            while not condition():
                ended = has_ended()
                self._changed.wait(0.2)
                if (ended or time.monotonic() > end) and not condition():
                    raise AssertionError(
                        f"the service {'has ended' if ended else 'does not do what was expected'}; "
                        f"events: {self.events}, other lines: {self.other_lines}"
                    )


class RunningService:
    """A service that runs; its events are collected as they come."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.log = ServiceLog()

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        return self.log.events

    def named(self, *names: str) -> list[Event]:
        """The events of these names so far."""
        return [event for event in self.log.events if event["event"] in names]

    def wait_for(self, *names: str, count: int = 1) -> Event:
        """Wait until there are so many events of these names; gives the last of them."""
        self.log.wait(lambda: len(self.named(*names)) >= count, self._has_ended)
        return self.named(*names)[count - 1]

    def wait_for_more(self, name: str, count: int = 1) -> Event:
        """Wait until there are so many more events of this name than now."""
        return self.wait_for(name, count=len(self.named(name)) + count)

    def _has_ended(self) -> bool:
        raise NotImplementedError


class ServiceThread(RunningService):
    """A service in threads of this process."""

    def __init__(self, folders: Folders, *options: str) -> None:
        super().__init__(folders)
        self._arguments = ["serve", "--config", str(folders.config), *options]
        self._stopping = threading.Event()
        self.pauses: list[float] = []
        """Seconds for which its main thread has slept."""
        self._exit_code: int | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start it; see `running`."""
        self._thread.start()
        self.wait_for("service-started")

    def _run(self) -> None:
        self._exit_code = program.run(self._arguments)

    def sleep(self, seconds: float) -> None:
        """Sleep, and then go on unless the service must stop."""
        self.pauses.append(seconds)
        if self._stopping.wait(seconds):
            raise KeyboardInterrupt

    def stop(self) -> int | None:
        """Stop it as a signal does; gives its exit code."""
        self._stopping.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), f"the service does not stop; events: {self.events}"
        return self._exit_code

    def _has_ended(self) -> bool:
        return not self._thread.is_alive()


PAUSES = {
    "inbox.arrivals.STILL": 0.1, "loops.LOOK_SOON": 0.05, "loops.LOOK_EVERY": 0.5,
    "loops.TRY_LOCK_EVERY": 0.1, "ledger_watch.FIRST_PAUSE": 0.1,
    "ledger_watch.LONGEST_PAUSE": 0.5, "service.ROUND": 0.2,
}  # fmt: skip
"""Seconds that a service of a test waits, where it waits longer in earnest."""


@contextmanager
def running(folders: Folders, *options: str) -> Iterator[ServiceThread]:
    """A service in this process that has started; it is stopped with the block."""
    service = ServiceThread(folders, *options)
    instead = {
        "service.GRACE": PATIENCE, "service._stopped_by_signals": nullcontext,
        "service.time": SimpleNamespace(monotonic=time.monotonic, sleep=service.sleep),
        "events.sys": SimpleNamespace(stderr=service.log),
    }  # fmt: skip
    with process_restored(), pytest.MonkeyPatch.context() as patch:
        for name, value in (PAUSES | instead).items():
            patch.setattr(f"importer.service.{name}", value)
        try:
            service.start()
            yield service
        finally:
            service.stop()


@contextmanager
def process_restored() -> Iterator[None]:
    """Restore what `serve` changes of its process: logging, garbage collection, and a signal.

    SIGIO comes if a test opens a file for writing on which the inbox has a lease.
    """
    root, events = logging.getLogger(), logging.getLogger("avira-importer")
    before = root.handlers[:], root.level, events.level, gc.get_threshold()
    on_lease = signal.signal(signal.SIGIO, signal.SIG_IGN) if hasattr(signal, "SIGIO") else None
    try:
        yield
    finally:
        if hasattr(signal, "SIGIO"):
            signal.signal(signal.SIGIO, on_lease)
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        events.setLevel(before[2])
        gc.set_threshold(*before[3])


class ServeResult(CommandResult):
    """The result of `serve --once` or `serve --check`, with the events of its log."""

    __slots__ = ()

    @property
    def events(self) -> list[Event]:
        """The events of the log; an error message may follow them on standard error."""
        return _log_of(self.err).events

    @property
    def other_lines(self) -> list[str]:
        """The lines on standard error that are no events."""
        return _log_of(self.err).other_lines

    def named(self, *names: str) -> list[Event]:
        """The events of these names."""
        return [event for event in self.events if event["event"] in names]


def _log_of(text: str) -> ServiceLog:
    log = ServiceLog()
    log.write(text)
    return log


class Serve:
    """Runs `serve` in this process until it ends by itself, as with --once and --check."""

    def __init__(self, folders: Folders, capture: pytest.CaptureFixture[str]) -> None:
        self._folders = folders
        self._capture = capture

    def __call__(self, *options: str) -> ServeResult:
        """Run it; it waits for no file to be still."""
        arguments = ["serve", "--config", str(self._folders.config), *options]
        self._capture.readouterr()
        with process_restored(), pytest.MonkeyPatch.context() as patch:
            patch.setattr("importer.service.inbox.arrivals.STILL", 0.0)
            patch.setattr("importer.service.loops.LOOK_SOON", 0.01)
            assert isinstance(sys.stderr, io.TextIOWrapper)
            sys.stderr.reconfigure(errors="replace")  # much as `main` does
            exit_code = program.run(arguments)
        output = self._capture.readouterr()
        return ServeResult(exit_code, output.out, output.err)


class ServiceProcess(RunningService):
    """A service as a process of its own."""

    def __init__(self, folders: Folders, *options: str, program: Sequence[str] = PROGRAM) -> None:
        super().__init__(folders)
        self._process = subprocess.Popen(
            [sys.executable, *program, "serve", "--config", str(folders.config), *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.write(line)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; gives the exit code."""
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends; gives the exit code."""
        exit_code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self._process.stderr is not None
        self._process.stderr.close()
        return exit_code

    def _has_ended(self) -> bool:
        return self._process.poll() is not None and not self._reader.is_alive()


@contextmanager
def running_process(
    folders: Folders, *options: str, program: Sequence[str] = PROGRAM
) -> Iterator[ServiceProcess]:
    """A service process that has started; it is killed with the block, unless it has ended."""
    service = ServiceProcess(folders, *options, program=program)
    try:
        service.wait_for("service-started")
        yield service
    finally:
        if service._process.poll() is None:
            service._process.kill()
            service.wait()
