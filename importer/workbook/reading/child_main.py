"""The process that reads files: what goes wrong in it stays in it.

It gets a job after the other on its standard input and answers each in frames on its standard
output (`Frame`); it ends with its input.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from importer.config.limits import MB, Limits
from importer.workbook.formats.refusals import RefusedError
from importer.workbook.reading.file import read_here
from importer.workbook.reading.frames import Done, Failed, Frame, MoreRows, Refused, Work

ROWS_AT_ONCE = 5_000


def main() -> None:
    """Answer jobs until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    _harmless()
    gc.disable()  # looking for garbage among a million cells takes a fifth of the time
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        while (work := _next_work(sys.stdin.buffer)) is not None:
            _limit(work.limits)
            for frame in _answer(work):
                pickle.dump(frame, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
            gc.collect()


def _next_work(jobs: BinaryIO) -> Work | None:
    try:
        work = pickle.load(jobs)  # noqa: S301 - it comes from the program itself
    except EOFError:
        return None
    assert isinstance(work, Work)
    return work


def _answer(work: Work) -> Iterator[Frame]:
    try:
        raw = read_here(Path(work.path), work.limits, work.sheet)
    except RefusedError as refused:
        yield Refused(refused.code, refused.reason, refused.fix)
        return
    except MemoryError:
        yield Failed(memory=True)
        return
    except BaseException:  # also pyo3's PanicException: whatever the file has done to a library
        yield Failed(memory=False)
        return
    for sheet in raw.sheets:
        rows, sheet.rows = sheet.rows, []
        yield sheet
        for start in range(0, len(rows), ROWS_AT_ONCE):
            yield MoreRows(rows[start : start + ROWS_AT_ONCE])
    yield Done(raw.sha256, raw.guessed_encoding)


def _harmless() -> None:
    """Give up what reading needs not: to write files, and to leave a picture of the memory."""
    if sys.platform != "win32":
        import resource

        for what in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
            resource.setrlimit(what, (0, 0))


def _limit(limits: Limits) -> None:
    """Let this process take so much memory and, from now on, so much time; not on Windows."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + limits.seconds + 1
        for what, most in (
            (resource.RLIMIT_AS, limits.memory_mb * MB),
            (resource.RLIMIT_CPU, seconds),
        ):
            hard = resource.getrlimit(what)[1]
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with suppress(ValueError, OSError):  # macOS does not limit the memory of a process
                resource.setrlimit(what, (allowed, hard))
