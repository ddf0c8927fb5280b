"""Work on strangers' files in confined processes, so that nothing in a file can harm the program.

A parser that crashes, hangs or takes all memory ends only its own process (`process.py`).
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from importer.base.errors import FileError
from importer.base.texts import N_, text
from importer.config.limits import DEFAULT_LIMITS, Limits
from importer.domain.problems import Code
from importer.workbook.formats.refusals import RefusedError, reader_failed
from importer.workbook.reading.process import ConfinedProcess
from importer.workbook.reading.protocol import Work, assembled
from importer.workbook.reading.raw import RawWorkbook
from importer.workbook.reading.source import open_source

T = TypeVar("T")
_READER = "importer.workbook.reading.file"


def read_workbook(
    path: Path, limits: Limits = DEFAULT_LIMITS, encoding: str | None = None
) -> RawWorkbook:
    """Read the file at `path`, whatever its format; raise FileError if that fails.

    `encoding` is that of a text file, if it was chosen.
    """
    try:
        work = _work(path, limits, encoding)
        process = _taken_ahead(work) or _sent(work)
        raw, sha256 = _answer(_READER, process, limits, assembled)
    except RefusedError as refused:
        code, facts = refused.code, {"path": path, "reason": refused.reason}
        fix = refused.fix or text(_FIXES[code])
        raise FileError(code, text(_MESSAGES[code], **facts), fix, refused.detail) from refused
    raw.sha256 = sha256
    return raw


def read_ahead(
    path: Path, limits: Limits = DEFAULT_LIMITS, encoding: str | None = None
) -> None:  # fmt: skip
    """Start to read the file that `read_workbook` will be asked for next.

    The result is dropped if another file is asked for, or if the file has changed by then.
    """
    global _ahead
    work = _work(path, limits, encoding)
    with suppress(RefusedError):  # read_workbook will report it
        process = _sent(work)
        with _lock:
            unwanted, _ahead = _ahead, (work, process)
        if unwanted is not None:
            unwanted[1].end()


def run(
    module: str, work: object, source: BinaryIO, limits: Limits,
    assemble: Callable[[Iterator[object]], T],
) -> tuple[T, str]:  # fmt: skip
    """Have `prepare` of a module work on a file in the sandbox; see child.py.

    Gives what `assemble` makes of the parts of the answer, and the SHA-256 of the file. Raises
    RefusedError if there is no answer.
    """
    return _answer(module, _asked(module, work, source, limits), limits, assemble)


def end_reading() -> None:
    """End all reading of other threads; each gets a FileError."""
    for process in list(_busy):
        process.kill()


_idle: dict[str, ConfinedProcess] = {}
"""By module, a process that waits for the next file."""
_busy: set[ConfinedProcess] = set()
_ahead: tuple[Work, ConfinedProcess] | None = None
"""What was sent before it was needed, and the process that reads it."""
_lock = threading.Lock()


def _take(module: str) -> ConfinedProcess:
    with _lock:
        process = _idle.pop(module, None)
    if process is not None:
        if process.is_usable:
            return process
        process.end()
    return ConfinedProcess(module)


def _taken_ahead(work: Work) -> ConfinedProcess | None:
    """The process that has been sent `work` by read_ahead."""
    global _ahead
    with _lock:
        ahead, _ahead = _ahead, None
    if ahead is not None:
        sent, process = ahead
        if process.is_owned and sent == work:
            return process
        process.end()
    return None


def _sent(work: Work) -> ConfinedProcess:
    return _asked(_READER, work, open_source(Path(work.path), work.limits), work.limits)


def _asked(module: str, work: object, source: BinaryIO, limits: Limits) -> ConfinedProcess:
    """A process that is sent the work; raise RefusedError if none can be started or confined."""
    try:
        process = _take(module)
        process.ask(work, source, limits)
    except OSError as error:
        source.close()
        raise reader_failed(f"{type(error).__name__}: {error}") from error
    return process


def _answer(
    module: str, process: ConfinedProcess, limits: Limits,
    assemble: Callable[[Iterator[object]], T],
) -> tuple[T, str]:  # fmt: skip
    _busy.add(process)
    try:
        return process.answer(limits, assemble)
    finally:
        _busy.discard(process)
        with _lock:
            is_kept = process.is_usable and module not in _idle
            if is_kept:
                _idle[module] = process
        if not is_kept:
            process.end()


def _work(path: Path, limits: Limits, encoding: str | None) -> Work:
    state = None
    with suppress(OSError, ValueError):
        status = os.stat(path)
        state = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
    return Work(os.path.abspath(path), limits, encoding, state)


@atexit.register
def end_all() -> None:
    """End all processes that wait for a file or read one ahead."""
    global _ahead
    if _ahead is not None:
        _ahead[1].end()
    _ahead = None
    while _idle:
        _idle.popitem()[1].end()


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
