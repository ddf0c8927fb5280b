"""When the program shows progress."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from command_line import CommandLine
from importer.cli import output
from importer.workbook.reading.sandbox import read_workbook
from workbooks import good_workbook

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

import pty


class Terminal:
    """A pseudo-terminal, and what it shows."""

    def __init__(self) -> None:
        self._screen, device = pty.openpty()
        self.stream = os.fdopen(device, "w")
        self.shown = ""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):  # how Linux ends a pseudo-terminal that nobody writes to
            while chunk := os.read(self._screen, 65_536):
                with self._changed:
                    self.shown += chunk.decode(errors="replace")
                    self._changed.notify_all()

    def wait_for(self, text: str) -> None:
        """Wait until it shows `text`."""
        with self._changed:
            assert self._changed.wait_for(lambda: text in self.shown, 120), self.shown

    def close(self) -> None:
        """Wait for the last of what is shown."""
        self.stream.close()
        self._reader.join()
        os.close(self._screen)


def use_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a terminal."""
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    return terminal


def test_long_work_shows_progress_on_a_terminal(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output stays clean."""
    terminal = use_terminal(monkeypatch)

    def read_when_shown(*arguments: Any, **options: Any) -> Any:
        terminal.wait_for("good.xlsx")
        return read_workbook(*arguments, **options)

    monkeypatch.setattr(output, "PATIENCE", 0.0)
    monkeypatch.setattr("importer.pipeline.apply.read_workbook", read_when_shown)
    assert command("check", good_workbook(tmp_path), "--json").report["status"] == "valid"
    terminal.close()


def test_short_work_shows_no_progress(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = use_terminal(monkeypatch)
    monkeypatch.setattr(output, "PATIENCE", 3600.0)
    assert command("check", good_workbook(tmp_path), "--json").report["status"] == "valid"
    terminal.close()
    assert terminal.shown == ""


def test_progress_is_never_written_into_a_pipe(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "PATIENCE", 0.0)
    assert command("check", good_workbook(tmp_path)).err == ""
