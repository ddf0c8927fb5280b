"""One process that reads files, and the pipes to it."""

from __future__ import annotations

import gc
import io
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import importer
from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.domain.problems import CODES
from importer.workbook.formats.refusals import RefusedError, too_large, unreadable
from importer.workbook.reading.frames import Done, Failed, MoreRows, Refused, Work
from importer.workbook.reading.raw import RawSheet, RawWorkbook

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from importer.workbook.reading.child_main import main; main()"
)
_SECONDS_TO_END = 2

_ALLOWED = {
    "datetime": {"date", "datetime", "time", "timedelta"},
    "importer.domain.problems": {"Code"},
    "importer.base.texts": {"Text"},
    "importer.workbook.cell": {"Broken"},
    "importer.workbook.reading.frames": {"Done", "Failed", "MoreRows", "Refused"},
    "importer.workbook.markup": {"Markup"},
    "importer.workbook.reading.raw": {"RawSheet"},
}


class ReadingProcess:
    """One process and the pipes to it."""

    def __init__(self) -> None:
        # It imports what this process does, but nothing out of the working folder, where files of
        # strangers lie, unless the program itself is there.
        ours = str(Path(importer.__file__).parent.parent)
        path = [ours, *(one for one in sys.path if one not in ("", _working_folder()))]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-I", "-S", "-c", _START, json.dumps(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._owner = os.getpid()
        self._timed_out = False

    @property
    def is_ours(self) -> bool:
        """Whether this process has started it, and not one that this was forked from."""
        return self._owner == os.getpid()

    @property
    def is_sound(self) -> bool:
        """Whether it is ours and still there."""
        return self.is_ours and self._process.poll() is None and not self._timed_out

    def ask(self, work: Work) -> None:
        """Have a file read; raise OSError if the process is no more."""
        assert self._process.stdin is not None
        pickle.dump(work, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def answer(self, limits: Limits) -> RawWorkbook:
        """What was read of the file that was asked for; raise RefusedError where it cannot be."""
        clock = threading.Timer(limits.seconds, self._run_out)
        clock.start()
        try:
            with _without_looking_for_garbage():
                return self._answer(limits)
        except RefusedError:
            raise
        except Exception as error:  # it is no more, or what it says makes no sense
            if self._timed_out:
                what = text(N_("reading it takes too long"))
                raise too_large(what, "seconds", limits.seconds) from error
            if self._has_aborted():
                raise _too_much_memory(limits) from error
            raise _broke_down() from error
        finally:
            clock.cancel()

    def _answer(self, limits: Limits) -> RawWorkbook:
        assert isinstance(self._process.stdout, io.BufferedReader)
        sheets: list[RawSheet] = []
        while True:
            match _Frames(self._process.stdout).load():
                case RawSheet() as sheet:
                    sheets.append(sheet)
                case MoreRows(rows):
                    sheets[-1].rows += rows
                case Done(sha256, guessed_encoding):
                    return RawWorkbook(sha256, sheets, guessed_encoding)
                case Refused(code, reason, fix):
                    raise RefusedError(CODES[code], reason, fix)
                case Failed(memory):
                    raise _too_much_memory(limits) if memory else _broke_down()
                case other:
                    raise pickle.UnpicklingError(type(other))

    def _has_aborted(self) -> bool:
        """Whether it ended itself, as calamine does where it gets no memory."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        return self._process.returncode == -signal.SIGABRT

    def _run_out(self) -> None:
        self._timed_out = True
        self._process.kill()

    def kill(self) -> None:
        """End the process at once; whoever reads with it is told that it broke down."""
        self._process.kill()

    def end(self) -> None:
        """End the process, if it is ours; it leaves nothing behind that it should tidy up."""
        if not self.is_ours:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()
        self._process.wait()


@contextmanager
def _without_looking_for_garbage() -> Iterator[None]:
    """There is none among the cells that come, and looking takes as long as taking them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was taken away
        return ""


class _Frames(pickle.Unpickler):
    """Takes nothing but what an answer consists of, whatever has become of the other process."""

    def find_class(self, module: str, name: str) -> Any:
        if name not in _ALLOWED.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


def _too_much_memory(limits: Limits) -> RefusedError:
    what = text(N_("reading it takes too much memory"))
    return too_large(what, "memory_mb", limits.memory_mb)


def _broke_down() -> RefusedError:
    return unreadable(text(N_("the part of this program that reads files broke down on it")))
