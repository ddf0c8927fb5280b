"""A process that works on strangers' files, seen from the program."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeVar

import importer
from importer.base.texts import N_, text
from importer.config.limits import MB, Limits
from importer.domain.problems import Code
from importer.workbook.formats.refusals import (
    RefusedError,
    reader_failed,
    too_large,
    too_much_memory,
)
from importer.workbook.reading.protocol import ANSWER_TYPES, ANSWERED, END
from importer.workbook.reading.source import send
from importer.workbook.reading.windows_job import limit_process

T = TypeVar("T")

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from importer.workbook.reading.child import main; main(sys.argv[2])"
)
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables without which Python may not start. The others may hold passwords."""
_SECONDS_TO_END = 2
_TOO_LONG = 1816 if sys.platform == "win32" else -signal.SIGXCPU  # ERROR_NOT_ENOUGH_QUOTA
_ABORTED = 0xC0000409 if sys.platform == "win32" else -signal.SIGABRT
"""How calamine ends when it gets no memory."""
_CLOCK = 3
"""Seconds on the clock for each second of processor time: the machine may be busy."""
_ALLOWED = {(allowed.__module__, allowed.__name__): allowed for allowed in ANSWER_TYPES}


class ConfinedProcess:
    """A process that works on one file after the other, and the pipes to it.

    On Windows it ends after the first; elsewhere it has each worked on by a process of its own
    (`child.py`).
    """

    def __init__(self, module: str) -> None:
        # The child imports from the same folders, except the working folder: strangers' files lie
        # there. The program's own folder comes first, wherever it is.
        program = str(Path(importer.__file__).parent.parent)
        path = [program, *(entry for entry in sys.path if entry not in ("", _working_folder()))]
        python = sys.executable
        options: dict[str, Any] = {"process_group": 0}
        if sys.platform == "win32":
            # That of a virtual environment starts another process, which would not be limited.
            python = sys._base_executable  # type: ignore[attr-defined]
            options = {"creationflags": subprocess.DETACHED_PROCESS}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [python, "-I", "-S", "-c", _START, json.dumps(path), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
            | {"OPENBLAS_NUM_THREADS": "1"},  # of numpy, which openpyxl imports
            **options,
        )
        self._input: IO[bytes] = self._process.stdin  # type: ignore[assignment]
        self._output: io.BufferedReader = self._process.stdout  # type: ignore[assignment]
        self._raw = _Limited(self._output.raw)
        self._answers = io.BufferedReader(self._raw, MB)
        self._ends: IO[bytes] = self._process.stderr  # type: ignore[assignment]
        self._owner = os.getpid()
        self._timed_out = self._is_killed = False
        self._sender: threading.Thread | None = None
        self._sent: str | Exception = ""

    @property
    def is_owned(self) -> bool:
        """Whether this process started it, rather than the one that this was forked from."""
        return self._owner == os.getpid()

    @property
    def is_usable(self) -> bool:
        """Whether it is owned and takes another file."""
        is_open = not self._input.closed and not self._is_killed
        return self.is_owned and is_open and self._process.poll() is None

    def ask(self, work: object, source: BinaryIO, limits: Limits) -> None:
        """Send work on a file, which is closed then, in a thread of its own."""
        limit_process(self._process, limits)
        self._sender = threading.Thread(target=self._send, args=(work, source), daemon=True)
        self._sender.start()

    def _send(self, work: object, source: BinaryIO) -> None:
        try:
            with source:
                self._sent = send(work, source, self._input)
        except Exception as error:  # whatever it is, the process must not wait for more
            self._sent = error
            with suppress(OSError):
                self._input.close()

    def answer(self, limits: Limits, assemble: Callable[[Iterator[object]], T]) -> tuple[T, str]:
        """Wait for the answer, of whose parts `assemble` makes a value; with the SHA-256 of the
        file.

        Raises RefusedError if there is no answer.
        """
        clock = threading.Timer(limits.seconds * _CLOCK, self._run_out)
        clock.start()
        self._raw.left = limits.memory_mb * MB  # the process has the whole answer in memory
        try:
            value = assemble(self._parts())
        except RefusedError:
            self._finish()
            raise
        except Exception as error:  # the process has ended, or its answer is invalid
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_SECONDS_TO_END)
            self.kill()
            raise self._reason(f"{type(error).__name__}: {error}", limits) from error
        except BaseException:  # interrupted; a part of the answer may be left
            self.kill()
            raise
        else:
            self._finish()
            if not isinstance(self._sent, str):
                raise self._reason(str(self._sent), limits)
            return value, self._sent
        finally:
            clock.cancel()

    def _parts(self) -> Iterator[object]:
        """The parts of the answer; raise RefusedError if it is a refusal."""
        while (part := _Frames(self._answers).load()) is not None:
            if isinstance(part, RefusedError) and isinstance(part.code, Code):
                raise part
            yield part

    def _finish(self) -> None:
        """Make sure that nothing of the file is left: neither its process nor bytes of it."""
        assert self._sender is not None
        self._sender.join(_SECONDS_TO_END)
        if self._code() != ANSWERED or self._has_more():
            self.kill()

    def _code(self) -> int:
        """How the process that worked on the file has ended: its exit code or negative signal."""
        end = self._ends.read(struct.calcsize(END))
        return struct.unpack(END, end)[0] if end else self._process.wait()

    def _has_more(self) -> bool:
        if sys.platform == "win32":
            return False  # the process has ended
        os.set_blocking(self._answers.fileno(), False)
        try:
            return self._answers.peek(1) != b""
        finally:
            os.set_blocking(self._answers.fileno(), True)

    def _reason(self, detail: str, limits: Limits) -> RefusedError:
        """Why there was no answer."""
        code = self._code()
        if isinstance(self._sent, RefusedError):
            return self._sent
        if self._timed_out or (code and code == _TOO_LONG):
            return too_large(text(N_("reading it takes too long")), "seconds", limits.seconds)
        if code == _ABORTED:
            return too_much_memory(limits)
        return reader_failed(detail)

    def _run_out(self) -> None:
        self._timed_out = True
        self.kill()

    def kill(self) -> None:
        """End the process at once; a thread that waits for its answer gets a RefusedError."""
        self._is_killed = True
        if sys.platform == "win32":
            self._process.kill()
        elif self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> None:
        """End the process, if it is owned."""
        if not self.is_owned:
            return
        self.kill()
        pipes: list[IO[bytes]] = [self._answers, self._output, self._ends]
        if self._sender is not None:
            self._sender.join(_SECONDS_TO_END)
        if self._sender is None or not self._sender.is_alive():  # else a share does not answer
            pipes.append(self._input)
        for pipe in pipes:
            with suppress(OSError):
                pipe.close()
        self._process.wait()


class _Limited(io.RawIOBase):
    """A pipe of which only so many bytes are read, whatever a compromised process sends."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self.left = 0

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._pipe.fileno())

    def readinto(self, buffer: Any) -> int | None:
        size: int | None = self._pipe.readinto(buffer)
        self.left -= size or 0
        if self.left < 0:
            raise EOFError
        return size


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
