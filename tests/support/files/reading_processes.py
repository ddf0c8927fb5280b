"""Reading processes that continue after a refusal, or do something else than reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from importer.config.limits import DEFAULT_LIMITS, Limits
from importer.workbook.formats.refusals import RefusedError
from importer.workbook.reading import process
from importer.workbook.reading.process import ReadingProcess
from importer.workbook.reading.protocol import Work

_START = """
import json, os, sys, time
sys.path[:] = json.loads(sys.argv[1])
from importer.domain.problems import Code
from importer.workbook.formats.refusals import RefusedError
from importer.workbook.reading import child
read = child.read_file
def read_file(path, *more):
{body}
child.read_file = read_file
child.main()
"""

# An exception that the program did not expect is reported. When calamine panics, that is no
# exception of the program's.
_REPORTING = """
    try:
        {first}
        yield from read(path, *more)
    except (RefusedError, MemoryError):
        raise
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise
        raise RefusedError(Code.UNREADABLE_FILE, f"surprise: {error!r}") from error
"""

_SABOTAGED = """
    deed = compile({deeds}.get(path.stem, "pass"), "deed", "exec")
    parts = [*read(path, *more)] if {after} else None
    exec(deed)
    yield from parts or read(path, *more)
"""


def sabotage(
    monkeypatch: pytest.MonkeyPatch, deeds: Mapping[str, str], *, after: bool = False
) -> None:
    """Have reading processes execute something before they read a file of that name, or after."""
    body = _SABOTAGED.replace("{deeds}", repr(dict(deeds))).replace("{after}", repr(after))
    monkeypatch.setattr(process, "_START", _START.replace("{body}", body))


class Reader:
    """Reads one file after the other, without a new process for each.

    Fails on an exception that the program did not expect and, if the files are small, where time
    or memory ran out.
    """

    def __init__(self, limits: Limits, small: bool) -> None:
        self.outcomes: Counter[str] = Counter()
        self._limits, self._is_small = limits, small
        self._process: ReadingProcess | None = None

    def read(self, path: Path) -> str:
        """Read a file: "read" or the code of its refusal."""
        if self._process is None:
            self._process = ReadingProcess()
        outcome = "read"
        try:
            self._process.ask(Work(str(path), self._limits))
            self._process.answer(self._limits)
        except RefusedError as refused:
            outcome, reason = refused.code, str(refused.reason)
            assert "surprise" not in reason, reason
            assert not (self._is_small and "reading it takes too" in reason), reason
            if not self._process.is_usable:
                self.outcomes["ended"] += 1
                self.end()
        self.outcomes[outcome] += 1
        return str(outcome)

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None


@contextmanager
def reader(
    limits: Limits = DEFAULT_LIMITS, *, small: bool = False, first: str = "pass"
) -> Iterator[Reader]:
    """A reader that executes the statement `first` before each file."""
    body = _REPORTING.replace("{first}", first)
    with patch.object(process, "_START", _START.replace("{body}", body)):
        reader = Reader(limits, small)
        try:
            yield reader
        finally:
            reader.end()
