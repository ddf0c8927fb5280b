"""Reads a file in a process of its own, so that nothing in a file can harm this one.

A parser that crashes, hangs or eats all memory takes only that process with it (libraries do abort
on legal files of a few KB, which no `except` catches). The process is kept for the next file, since
starting one takes as long as reading a small workbook; one that met a file it refused is not.
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
from importer.workbook.reading.child import ReadingProcess
from importer.workbook.reading.frames import Work
from importer.workbook.reading.raw import RawWorkbook

_KEPT_BELOW = MB
"""A process that has read a larger file is not kept: its memory may not come back."""

_Seen = tuple[int, int, int, int] | None


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
    try:
        process = _take()
    except OSError:  # there can be no other process now, which is not for this file to tell
        return
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


_idle: list[ReadingProcess] = []
_busy: set[ReadingProcess] = set()
_ahead: tuple[Work, _Seen, ReadingProcess] | None = None
"""What was asked for ahead, what its file was then, and the process that reads it."""
_lock = threading.Lock()


def _take() -> ReadingProcess:
    with _lock:
        while _idle:
            process = _idle.pop()
            if process.is_sound:
                return process
            process.end()
    return ReadingProcess()


def _take_with(work: Work) -> ReadingProcess:
    """A process that has been asked for `work`, perhaps a while ago."""
    global _ahead
    with _lock:
        begun, _ahead = _ahead, None
    if begun is not None:
        asked, seen, process = begun
        if process.is_ours and asked == work and seen is not None and seen == _seen(work):
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


def _give_back(process: ReadingProcess, keep: bool) -> None:
    with _lock:
        if keep and not _idle and process.is_sound:
            _idle.append(process)
            return
    process.end()


@atexit.register
def _end_all() -> None:
    global _ahead
    if _ahead is not None:
        _ahead[2].end()
    _ahead = None
    while _idle:
        _idle.pop().end()


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
