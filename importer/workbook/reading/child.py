"""The process that works on strangers' files: it takes work and a file from its input, and answers
in frames.

Where the system can fork, each file has a process of its own, which gives up its rights before it
sees the file. The first process only starts them, and writes how each ended to its error output.
"""

from __future__ import annotations

import codecs
import io
import os
import pickle
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from importer.config.limits import Limits
from importer.workbook.formats.refusals import RefusedError, reader_failed, too_much_memory
from importer.workbook.reading.confinement import allow, confine
from importer.workbook.reading.protocol import ANSWERED, END

Prepare = Callable[..., tuple[Limits, Callable[[bytes], Iterator[object]]]]
"""`prepare` of a module takes work, and loads whatever it needs; it gives the limits and a function
that takes the bytes of the file and gives the parts of the answer."""
_LONGEST_DETAIL = 500
_NO_INPUT = 3


def main(module: str) -> None:
    """Answer until the input ends, as the `module` does."""
    prepare: Prepare = import_module(module).prepare
    codecs.lookup("cp437")  # which archives name their parts in
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program that started this process ends it
    if not hasattr(os, "fork"):
        _serve(prepare)
        return
    code = ANSWERED
    while code == ANSWERED:
        process = os.fork()
        if not process:
            os._exit(_serve(prepare))
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        os.write(sys.stderr.fileno(), struct.pack(END, code))


def _serve(prepare: Prepare) -> int:
    """Answer once; return an exit code."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    for output in (sys.stdout, sys.stderr):
        os.dup2(nowhere, output.fileno())
    with open(sys.stdin.fileno(), "rb", closefd=False) as stream:
        try:
            work, size = pickle.load(stream)  # noqa: S301 - the program itself sends it
        except EOFError:
            return _NO_INPUT
        limits, answer = prepare(work)
        confine(limits)
        allow(size)
        content = stream.read(size)
        if len(content) < size:  # the program could not read the file
            return _NO_INPUT
        answers.write(_frames(answer, content, limits))
        answers.flush()
    return ANSWERED


def _frames(
    answer: Callable[[bytes], Iterator[object]], content: bytes, limits: Limits
) -> memoryview:  # fmt: skip
    """The frames of the answer. Sent one by one, they would wait until the program takes them."""
    frames = io.BytesIO()
    try:
        for part in answer(content):
            pickle.dump(part, frames, pickle.HIGHEST_PROTOCOL)
        pickle.dump(None, frames)
        return frames.getbuffer()
    except RefusedError as error:
        refusal = error
        if error.__cause__ is not None:
            refusal.detail = _detail(error.__cause__)
    except MemoryError:
        refusal = too_much_memory(limits)
    except BaseException as error:  # also pyo3's PanicException
        refusal = reader_failed(_detail(error))
    return memoryview(pickle.dumps(refusal, pickle.HIGHEST_PROTOCOL))


def _detail(error: BaseException) -> str:
    """An exception and where it was raised, in one line."""
    stack = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(stack[-1].filename).name}:{stack[-1].lineno})" if stack else ""
    return f"{type(error).__name__}: {error}"[:_LONGEST_DETAIL] + place
