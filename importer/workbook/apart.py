"""Reads a file in a process of its own, so that nothing in a file can harm this one.

A parser that crashes, hangs or eats all memory takes only that process with it (libraries do abort
on legal files of a few KB, which no `except` catches). The process is kept for the next file, since
starting one takes as long as reading a small workbook; one that met a file it refused is not.
"""

from __future__ import annotations

import atexit
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
from importer.domain.problems import CODES, Code
from importer.errors import FileError
from importer.limits import DEFAULT_LIMITS, MB, Limits
from importer.texts import N_, text
from importer.workbook.formats.refusals import RefusedError, too_large, unreadable
from importer.workbook.frames import Done, Failed, Refused, Rows, Work
from importer.workbook.raw import RawSheet, RawWorkbook

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from importer.workbook.reading_process import main; main()"
)
_SECONDS_TO_END = 2
_KEPT_BELOW = MB
"""A process that has read a larger file is not kept: its memory may not come back."""

_Seen = tuple[int, int, int, int] | None

_ALLOWED = {
    "datetime": {"date", "datetime", "time", "timedelta"},
    "importer.domain.problems": {"Code"},
    "importer.texts": {"Text"},
    "importer.workbook.cells": {"Broken"},
    "importer.workbook.frames": {"Done", "Failed", "Refused", "Rows"},
    "importer.workbook.markup": {"Markup"},
    "importer.workbook.raw": {"RawSheet"},
}


def read_workbook(
    path: Path, limits: Limits = DEFAULT_LIMITS, sheet: str | None = None
) -> RawWorkbook:
    """Read the file at `path`, whatever its format; raise FileError where that cannot be done.

    `sheet` names the sheet of ours that a file of text holds.
    """
    process = _take_with(Work(os.path.abspath(path), limits, sheet))
    keep = False
    _busy.add(process)
    try:
        raw = process.answer(limits)
        with suppress(OSError):  # somebody may have taken the file away meanwhile
            keep = path.stat().st_size < _KEPT_BELOW
        return raw
    except RefusedError as refused:
        code, facts = refused.code, {"path": path, "reason": refused.reason}
        fix = refused.fix or text(_HOW[code])
        raise FileError(code, text(_WHAT[code], **facts), fix) from refused
    finally:
        _busy.discard(process)
        _give_back(process, keep)


def read_ahead(path: Path, limits: Limits = DEFAULT_LIMITS, sheet: str | None = None) -> None:
    """Have the file read that `read_workbook` will be asked for next, while others do other work.

    Nothing comes of it if it is not asked for, or if the file is another by then.
    """
    global _ahead
    work = Work(os.path.abspath(path), limits, sheet)
    seen = _seen(work)
    process = _take()
    with suppress(OSError):  # it is no more, which will be found out when its answer is wanted
        process.ask(work)
    with _lock:
        unwanted, _ahead = _ahead, (work, seen, process)
    if unwanted is not None:
        unwanted[2].end()


def end_reading() -> None:
    """End whatever other threads are reading; for them it is as if the file could not be read."""
    for process in list(_busy):
        process.kill()


def start() -> None:
    """Start the process, so that it is ready by the time there is something to read."""
    _give_back(_take(), keep=True)


class _ReadingProcess:
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
        self.owner = os.getpid()
        self._timed_out = False

    @property
    def is_sound(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None and not self._timed_out

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
                case Rows(rows):
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
        """End the process, which leaves nothing behind that it should tidy up."""
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


_idle: list[_ReadingProcess] = []
_busy: set[_ReadingProcess] = set()
_ahead: tuple[Work, _Seen, _ReadingProcess] | None = None
"""What was asked for ahead, what its file was then, and the process that reads it."""
_lock = threading.Lock()


def _take() -> _ReadingProcess:
    with _lock:
        while _idle:
            process = _idle.pop()
            if process.owner != os.getpid():  # this process was forked, and that is the other's
                continue
            if process.is_sound:
                return process
            process.end()
    return _ReadingProcess()


def _take_with(work: Work) -> _ReadingProcess:
    """A process that has been asked for `work`, perhaps a while ago."""
    global _ahead
    with _lock:
        begun, _ahead = _ahead, None
    if begun is not None:
        asked, seen, process = begun
        if process.owner == os.getpid():
            if asked == work and seen is not None and seen == _seen(work):
                return process
            process.end()
    process = _take()
    with suppress(OSError):  # it is no more, which shows as soon as its answer is wanted
        process.ask(work)
    return process


def _seen(work: Work) -> _Seen:
    """What tells a file from what it was before; None if it is not there."""
    try:
        status = os.stat(work.path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _give_back(process: _ReadingProcess, keep: bool) -> None:
    with _lock:
        if keep and not _idle and process.is_sound:
            _idle.append(process)
            return
    process.end()


@atexit.register
def _end_all() -> None:
    global _ahead
    if _ahead is not None and _ahead[2].owner == os.getpid():
        _ahead[2].end()
    _ahead = None
    while _idle:
        process = _idle.pop()
        if process.owner == os.getpid():
            process.end()


def _too_much_memory(limits: Limits) -> RefusedError:
    what = text(N_("reading it takes too much memory"))
    return too_large(what, "memory_mb", limits.memory_mb)


def _broke_down() -> RefusedError:
    return unreadable(text(N_("the part of this program that reads files broke down on it")))


_HOW = {
    Code.UNREADABLE_FILE: N_("Give the path of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods, .csv "
                             "or .tsv) that Excel opens."),
    Code.NOT_A_WORKBOOK: N_("Open it in Excel and save it as an Excel Workbook (.xlsx)."),
    Code.TOO_LARGE: N_("Split it into several workbooks, or delete the rows and columns beyond the "
                       "last filled one. Limits can be raised in the configuration file."),
    Code.PASSWORD_PROTECTED: N_("Open it in Excel, take the password off under File > Info, and "
                                "save it."),
    Code.HOSTILE_FILE: N_("Do not trust it; ask its sender for a new file."),
}  # fmt: skip
_WHAT = {
    Code.UNREADABLE_FILE: N_("{path} cannot be read: {reason}."),
    Code.NOT_A_WORKBOOK: N_("{path} is not a workbook: {reason}."),
    Code.TOO_LARGE: N_("{path} is too large: {reason}."),
    Code.PASSWORD_PROTECTED: N_("{path} is protected with a password."),
    Code.HOSTILE_FILE: N_("{path} is not to be trusted: {reason}."),
}
