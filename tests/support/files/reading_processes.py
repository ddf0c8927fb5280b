"""Reading processes that continue after a refusal, or do something else than reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from importer.base.errors import FileError
from importer.config.limits import DEFAULT_LIMITS, Limits
from importer.workbook.reading import process, sandbox

_START = """
import json, os, sys, time
sys.path[:] = json.loads(sys.argv[1])
from pathlib import Path
from importer.domain.problems import Code
from importer.workbook.formats.refusals import RefusedError
from importer.workbook.reading import child, file
{start}
read = file.read_file
def read_file(work, content):
{body}
file.read_file = read_file
child.main(sys.argv[2])
"""

# An exception that the program did not expect is reported. When calamine panics, that is no
# exception of the program's.
_REPORTING = """
    try:
        {first}
        yield from read(work, content)
    except (RefusedError, MemoryError):
        raise
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise
        raise RefusedError(Code.UNREADABLE_FILE, f"surprise: {error!r}") from error
"""

_SABOTAGED = """
    parts = [*read(work, content)] if {after} else None
    exec({deeds}.get(Path(work.path).stem, "pass"))
    yield from parts or read(work, content)
"""


def sabotage(
    monkeypatch: pytest.MonkeyPatch, deeds: Mapping[str, str], *, after: bool = False,
    start: str = "",
) -> None:  # fmt: skip
    """Have reading processes execute something before they read a file of that name, or after, and
    something at their `start`."""
    body = _SABOTAGED.replace("{deeds}", repr(dict(deeds))).replace("{after}", repr(after))
    text = _START.replace("{start}", start).replace("{body}", body)
    monkeypatch.setattr(process, "_START", text)
    sandbox.end_all()


class Reader:
    """Reads files, and counts the outcomes.

    Fails on an exception that the program did not expect and, if the files are small, where time
    or memory ran out.
    """

    def __init__(self, limits: Limits, small: bool) -> None:
        self.outcomes: Counter[str] = Counter()
        self._limits, self._is_small = limits, small

    def read(self, path: Path) -> str:
        """Read a file: "read" or the code of its refusal."""
        outcome = "read"
        try:
            sandbox.read_workbook(path, self._limits)
        except FileError as error:
            outcome, reason = error.code, str(error)
            assert "surprise" not in reason, reason
            assert not (self._is_small and "reading it takes too" in reason), reason
        self.outcomes[outcome] += 1
        return str(outcome)


@contextmanager
def reader(
    limits: Limits = DEFAULT_LIMITS, *, small: bool = False, first: str = "pass"
) -> Iterator[Reader]:
    """A reader that executes the statement `first` before each file."""
    body = _REPORTING.replace("{first}", first)
    with patch.object(process, "_START", _START.replace("{start}", "").replace("{body}", body)):
        sandbox.end_all()
        yield Reader(limits, small)
        sandbox.end_all()
