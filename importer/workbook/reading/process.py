"""A process that reads files, seen from the program."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import importer
from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.formats.refusals import (
    RefusedError,
    reader_failed,
    too_large,
    too_much_memory,
)
from importer.workbook.reading.protocol import ANSWER_TYPES, Part, Work, assembled
from importer.workbook.reading.raw import FilledRows, RawSheet, RawWorkbook

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from importer.workbook.reading.child import main; main()"
)
_SECONDS_TO_END = 2
_ALLOWED = {(allowed.__module__, allowed.__name__): allowed for allowed in ANSWER_TYPES}


class ReadingProcess:
    """A child process and the pipes to it."""

    def __init__(self) -> None:
        # The child imports from the same folders, except the working folder: strangers' files lie
        # there. The program's own folder comes first, wherever it is.
        program = str(Path(importer.__file__).parent.parent)
        path = [program, *(entry for entry in sys.path if entry not in ("", _working_folder()))]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-I", "-S", "-c", _START, json.dumps(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._owner = os.getpid()
        self._timed_out = False

    @property
    def is_owned(self) -> bool:
        """Whether this process started it, rather than the one that this was forked from."""
        return self._owner == os.getpid()

    @property
    def is_usable(self) -> bool:
        """Whether it is owned and still running."""
        return self.is_owned and self._process.poll() is None and not self._timed_out

    def ask(self, work: Work) -> None:
        """Send a file to read; raise OSError if the process has ended."""
        assert self._process.stdin is not None
        pickle.dump(work, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def answer(self, limits: Limits) -> RawWorkbook:
        """Wait for the file that was sent; raise RefusedError if it cannot be read."""
        clock = threading.Timer(limits.seconds, self._run_out)
        clock.start()
        try:
            return assembled(self._parts())
        except RefusedError:
            raise
        except Exception as error:  # the process has ended, or its answer is invalid
            if self._timed_out:
                reason = text(N_("reading it takes too long"))
                raise too_large(reason, "seconds", limits.seconds) from error
            if self._has_aborted():
                raise too_much_memory(limits) from error
            raise reader_failed(f"{type(error).__name__}: {error}") from error
        finally:
            clock.cancel()

    def _parts(self) -> Iterator[Part]:
        """The parts of the answer; raise RefusedError if it is a refusal."""
        assert isinstance(self._process.stdout, io.BufferedReader)
        while True:
            match _Frames(self._process.stdout).load():
                case FilledRows() | RawSheet() | RawWorkbook() as part:
                    yield part
                case RefusedError(code=Code()) as refusal:
                    raise refusal
                case other:
                    raise pickle.UnpicklingError(type(other))

    def _has_aborted(self) -> bool:
        """Whether it aborted, as calamine does when it gets no memory."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        return self._process.returncode == -signal.SIGABRT

    def _run_out(self) -> None:
        self._timed_out = True
        self._process.kill()

    def kill(self) -> None:
        """End the process at once; a thread that waits for its answer gets a RefusedError."""
        self._process.kill()

    def end(self) -> None:
        """End the process, if it is owned."""
        if not self.is_owned:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()
        self._process.wait()


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted
        return ""


class _Frames(pickle.Unpickler):
    """Loads nothing but the classes of an answer, even from a compromised process."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return _ALLOWED[module, name]
