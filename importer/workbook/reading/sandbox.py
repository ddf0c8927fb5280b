"""Read files in a sandboxed process, so that nothing in a file can harm the program.

A parser that crashes, hangs or takes all memory ends only that process, which is kept for the next
file unless it refused one: starting it takes as long as reading a small workbook.
"""

from __future__ import annotations

import atexit
import os
import threading
from contextlib import suppress
from pathlib import Path

from importer.base.errors import FileError
from importer.base.texts import N_, text
from importer.config.limits import DEFAULT_LIMITS, MB, Limits
from importer.domain.problems import Code
from importer.workbook.formats.refusals import RefusedError
from importer.workbook.reading.process import ReadingProcess
from importer.workbook.reading.protocol import Work
from importer.workbook.reading.raw import RawWorkbook

_KEPT_BELOW = MB  # A process that has read a larger file is not kept: its memory may not come back


def read_workbook(
    path: Path, limits: Limits = DEFAULT_LIMITS, encoding: str | None = None
) -> RawWorkbook:
    """Read the file at `path`, whatever its format; raise FileError if that fails.

    `encoding` is that of a text file, if it was chosen.
    """
    process = _take_with(_work(path, limits, encoding))
    keep = False
    _busy.add(process)
    try:
        raw = process.answer(limits)
        with suppress(OSError):  # the file may be gone by now
            keep = path.stat().st_size < _KEPT_BELOW
        return raw
    except RefusedError as refused:
        code, facts = refused.code, {"path": path, "reason": refused.reason}
        fix = refused.fix or text(_FIXES[code])
        raise FileError(code, text(_MESSAGES[code], **facts), fix, refused.detail) from refused
    finally:
        _busy.discard(process)
        _give_back(process, keep)


def read_ahead(
    path: Path, limits: Limits = DEFAULT_LIMITS, encoding: str | None = None
) -> None:  # fmt: skip
    """Start to read the file that `read_workbook` will be asked for next.

    The result is dropped if another file is asked for, or if the file has changed by then.
    """
    global _ahead
    work = _work(path, limits, encoding)
    try:
        process = _take()
    except OSError:  # no process can be started now; read_workbook will report it
        return
    with suppress(OSError):  # the process has ended; read_workbook will report it
        process.ask(work)
    with _lock:
        unwanted, _ahead = _ahead, (work, process)
    if unwanted is not None:
        unwanted[1].end()


def end_reading() -> None:
    """End all reading of other threads; each gets a FileError."""
    for process in list(_busy):
        process.kill()


_idle: list[ReadingProcess] = []
_busy: set[ReadingProcess] = set()
_ahead: tuple[Work, ReadingProcess] | None = None
"""What was sent before it was needed, and the process that reads it."""
_lock = threading.Lock()


def _take() -> ReadingProcess:
    with _lock:
        while _idle:
            process = _idle.pop()
            if process.is_usable:
                return process
            process.end()
    return ReadingProcess()


def _take_with(work: Work) -> ReadingProcess:
    """A process that has been sent `work`, perhaps by read_ahead."""
    global _ahead
    with _lock:
        ahead, _ahead = _ahead, None
    if ahead is not None:
        sent, process = ahead
        if process.is_owned and sent == work:
            return process
        process.end()
    process = _take()
    with suppress(OSError):  # the process has ended, which its answer will show
        process.ask(work)
    return process


def _work(path: Path, limits: Limits, encoding: str | None) -> Work:
    state = None
    with suppress(OSError, ValueError):
        status = os.stat(path)
        state = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
    return Work(os.path.abspath(path), limits, encoding, state)


def _give_back(process: ReadingProcess, keep: bool) -> None:
    with _lock:
        if keep and not _idle and process.is_usable:
            _idle.append(process)
            return
    process.end()


@atexit.register
def _end_all() -> None:
    global _ahead
    if _ahead is not None:
        _ahead[1].end()
    _ahead = None
    while _idle:
        _idle.pop().end()


_MESSAGES = {
    Code.UNREADABLE_FILE: N_("{path} cannot be read: {reason}."),
    Code.NOT_A_WORKBOOK: N_("{path} is not a workbook: {reason}."),
    Code.TOO_LARGE: N_("{path} is too large: {reason}."),
    Code.PASSWORD_PROTECTED: N_("{path} is protected with a password."),
    Code.HOSTILE_FILE: N_("{path} is not safe to open: {reason}."),
}
_FIXES = {
    Code.UNREADABLE_FILE: N_("Give the path of a workbook that Excel can open (.xlsx, .xlsm, "
                             ".xlsb, .xls, .ods, .csv or .tsv)."),
    Code.NOT_A_WORKBOOK: N_("Open it in Excel and save it as an Excel Workbook (.xlsx)."),
    Code.TOO_LARGE: N_("Split it into several workbooks, or delete the rows and columns beyond the "
                       "last filled one. Limits can be raised in the configuration file."),
    Code.PASSWORD_PROTECTED: N_("Open it in Excel, remove the password under File > Info, and "
                                "save it."),
    Code.HOSTILE_FILE: N_("Do not trust it. Ask the sender for a new file."),
}  # fmt: skip
