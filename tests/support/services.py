"""The service as a real process, with folders of its own, its events as they come, and its end."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from builders import write_workbook
from command_line import CommandResult
from importer.cli import main as program
from mail_server import HOST, MailServer

PATIENCE = 180.0
"""Seconds after which what was waited for does not come any more; machines are slow."""

PROGRAM = ("-m", "importer")
"""What Python is told to run."""


def changed(*lines: str) -> list[str]:
    """A program that runs `lines` before it does what ours does: with shorter pauses, or a bug."""
    return ["-c", "\n".join([*lines, "from importer.cli.main import main", "main()"])]


SOONER = (
    "import datetime, importer.service.exports.run, importer.service.mail.outbox",
    "pause = datetime.timedelta(seconds=1)",
    "exports = importer.service.exports.run",
    "mail = importer.service.mail.outbox",
    "exports.FIRST_PAUSE = mail.FIRST_PAUSE = pause",
    "exports.LONGEST_PAUSE = mail.LONGEST_PAUSE = pause",
)
"""With these, an export or a mail that has failed is tried again after a second."""


class Place:
    """The folders of a service, and its configuration file."""

    def __init__(self, folder: Path, ledger: str | None = None, more: str = "") -> None:
        self.folder = folder
        self.inbox = folder / "inbox"
        self.applied = self.inbox / "applied"
        self.rejected = self.inbox / "rejected"
        self.state = folder / "state"
        self.ledger = ledger or str(folder / "ledger.db")
        self.config = folder / "avira-importer.toml"
        for path in (self.inbox, self.state):
            path.mkdir(parents=True, exist_ok=True)
        self.configure(more)

    def configure(self, more: str = "", inbox: str | None = "", top: str = "") -> None:
        """Write the configuration file; `inbox` goes under [inbox], which None leaves out, `top`
        stands at its beginning and `more`, first more of [service], at its end."""
        inbox_table = "" if inbox is None else f"[inbox]\nfolder = 'inbox'\n{inbox}\n"
        self.config.write_text(
            f"{top}\nledger = {json.dumps(self.ledger)}\n{inbox_table}"
            f"[service]\nstate = 'state'\n{more}\n",
            "utf-8",
        )

    def drop(self, name: str, sheets: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> Path:
        """Put a workbook into the inbox as a careful program does: under another name first."""
        made = write_workbook(self.folder / f"{name}.making.xlsx", sheets)
        return made.rename(self.inbox / name)

    @property
    def left(self) -> list[str]:
        """The names in the inbox, but for the folders of the service."""
        return sorted(
            path.name for path in self.inbox.iterdir() if path not in (self.applied, self.rejected)
        )


class Running:
    """A service that runs; its events are collected as they come."""

    def __init__(
        self,
        place: Place,
        *options: str,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.place = place
        self.events: list[dict[str, Any]] = []
        self.plain: list[str] = []
        self._out: str | None = None
        self._new = threading.Condition()
        self.started = time.monotonic()
        self.service = subprocess.Popen(
            [sys.executable, *program, "serve", "--config", str(place.config), *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.service.stderr is not None
        for line in self.service.stderr:
            with self._new:
                try:
                    self.events.append(json.loads(line))
                except ValueError:
                    self.plain.append(line)
                self._new.notify_all()
        with self._new:
            self._new.notify_all()

    def named(self, *names: str) -> list[dict[str, Any]]:
        """The events of these names so far."""
        return [one for one in self.events if one["event"] in names]

    def wait_for(self, *names: str, count: int = 1, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until events of these names have come so often; the last of them."""
        until = time.monotonic() + seconds
        with self._new:
            while len(self.named(*names)) < count:
                left = until - time.monotonic()
                if left <= 0 or (self.service.poll() is not None and not self._reader.is_alive()):
                    raise AssertionError(f"no {names} in {self.events} {self.plain}")
                self._new.wait(min(left, 0.5))
        return self.named(*names)[count - 1]

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; the exit code, and after how many seconds it came."""
        sent = time.monotonic()
        self.service.send_signal(number)
        code = self.service.wait(PATIENCE)
        took = time.monotonic() - sent
        self._close()
        return code, took

    def wait(self, seconds: float = PATIENCE) -> int:
        """Wait until it ends by itself; its exit code."""
        code = self.service.wait(seconds)
        self._close()
        return code

    @property
    def out(self) -> str:
        """What it said on standard output, once it has ended."""
        assert self._out is not None, "it has ended"
        return self._out

    def _close(self) -> None:
        self._reader.join(PATIENCE)
        if self._out is not None:
            return
        assert self.service.stdout is not None
        assert self.service.stderr is not None
        self._out = self.service.stdout.read()
        self.service.stdout.close()
        self.service.stderr.close()


@contextmanager
def running(
    place: Place,
    *options: str,
    environment: Mapping[str, str] | None = None,
    program: Sequence[str] = PROGRAM,
) -> Iterator[Running]:
    """A service that has started; it is ended with the block, if it has not ended before."""
    service = Running(place, *options, environment=environment, program=program)
    try:
        service.wait_for("service-started")
        yield service
    finally:
        if service.service.poll() is None:
            service.end(signal.SIGKILL)


def once(place: Place, *options: str, program: Sequence[str] = PROGRAM) -> Running:
    """A run of `serve --once` that has ended."""
    service = Running(place, "--once", *options, program=program)
    service.wait()
    return service


def here(place: Place, capture: pytest.CaptureFixture[str], *options: str) -> CommandResult:
    """A run of `serve` in this process, which takes less time where it ends by itself."""
    root, ours = logging.getLogger(), logging.getLogger("avira-importer")
    before = root.handlers[:], root.level, ours.level
    capture.readouterr()
    try:
        code = program.run(["serve", "--config", str(place.config), *options])
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        ours.setLevel(before[2])
    said = capture.readouterr()
    return CommandResult(code, said.out, said.err)


def table(kind: str = "[[exports]]", **settings: object) -> str:
    """A table of the configuration; an export's folder is `exports` unless told otherwise."""
    if kind == "[[exports]]":
        settings = {"folder": "exports", **settings}
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    return "\n".join([kind, *lines, ""])


def by_mail(server: MailServer, **more: object) -> str:
    """The table [smtp] for a server."""
    known = {"host": HOST, "port": server.port, "sender": "licences@msp.example"}
    return table("[smtp]", **known, **more)


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until `condition` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)
