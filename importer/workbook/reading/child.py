"""The process that reads files: it takes `Work` from its input and answers in frames."""

from __future__ import annotations

import io
import os
import pickle
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from importer.config.limits import MB, Limits
from importer.workbook.formats.refusals import RefusedError, reader_failed, too_much_memory
from importer.workbook.reading.file import read_file
from importer.workbook.reading.protocol import Work

_LONGEST_DETAIL = 500


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program that started this process ends it
    _give_up_rights()
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        while (work := _next_work(sys.stdin.buffer)) is not None:
            _limit(work.limits)
            answers.write(_answer(work))
            answers.flush()


def _next_work(stream: BinaryIO) -> Work | None:
    try:
        work = pickle.load(stream)  # noqa: S301 - the program itself sends it
    except EOFError:
        return None
    assert isinstance(work, Work)
    return work


def _answer(work: Work) -> memoryview:
    """The frames of the answer. Sent one by one, they would wait until the program takes them."""
    frames = io.BytesIO()
    try:
        for part in read_file(Path(work.path), work.limits, work.encoding):
            pickle.dump(part, frames, pickle.HIGHEST_PROTOCOL)
        return frames.getbuffer()
    except RefusedError as error:
        refusal = error
        if error.__cause__ is not None:
            refusal.detail = _detail(error.__cause__)
    except MemoryError:
        refusal = too_much_memory(work.limits)
    except BaseException as error:  # also pyo3's PanicException
        refusal = reader_failed(_detail(error))
    return memoryview(pickle.dumps(refusal, pickle.HIGHEST_PROTOCOL))


def _detail(error: BaseException) -> str:
    """An exception and where it was raised, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}"[:_LONGEST_DETAIL] + place


def _give_up_rights() -> None:
    """Give up the right to write files and core dumps; not on Windows."""
    if sys.platform != "win32":
        import resource

        for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
            resource.setrlimit(limit, (0, 0))


def _limit(limits: Limits) -> None:
    """Limit this process's memory and, from now on, its processor time; not on Windows."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + limits.seconds + 1
        for limit, value in (
            (resource.RLIMIT_AS, limits.memory_mb * MB),
            (resource.RLIMIT_CPU, seconds),
        ):
            hard = resource.getrlimit(limit)[1]
            allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
            with suppress(ValueError, OSError):  # macOS does not limit memory
                resource.setrlimit(limit, (allowed, hard))
