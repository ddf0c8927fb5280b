"""The messages between the program and the process that reads files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from importer.base.texts import Text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.cell import BadCell
from importer.workbook.formats.refusals import RefusedError
from importer.workbook.markup import Markup
from importer.workbook.reading.raw import FilledRows, RawSheet, RawWorkbook


class Work(NamedTuple):
    """A file to read, the limits, and the encoding of a text file if it was chosen.

    `state` has the device, inode, size and time of change of the file, if there is one.
    """

    path: str
    limits: Limits
    encoding: str | None = None
    state: tuple[int, int, int, int] | None = None


Part = FilledRows | RawSheet | RawWorkbook
"""A part of an answer: rows, then the sheet that they are of, and so on; last, the workbook without
its sheets, or else a refusal."""

ANSWER_TYPES = (
    FilledRows, RawSheet, RawWorkbook, Markup, RefusedError, BadCell, Code, Text,
    dt.date, dt.datetime, dt.time, dt.timedelta,
)  # fmt: skip
"""Every class that an answer may contain."""


def _set_state(self: object, state: tuple[None, dict[str, object]]) -> None:
    for name, value in state[1].items():
        object.__setattr__(self, name, value)


def _refuse_state(_self: object, _state: object) -> None:
    raise TypeError


# Without these, an answer could change the classes themselves, and with them what later files mean.
for _class, _setter in (
    (FilledRows, _set_state), (RawSheet, _set_state), (RawWorkbook, _set_state),
    (Markup, _set_state), (BadCell, _refuse_state), (Code, _refuse_state),
):  # fmt: skip
    type.__setattr__(_class, "__setstate__", _setter)

END = "i"
"""The form of the exit code, or the negative signal, of a process that worked on a file."""
ANSWERED = 17
"""The exit code of one that has answered, which no library ends a process with."""


def assembled(parts: Iterable[object]) -> RawWorkbook:
    """The workbook that is made of `parts`."""
    sheets: list[RawSheet] = []
    rows = FilledRows()
    for part in parts:
        if isinstance(part, FilledRows):
            rows.add(part)
        elif isinstance(part, RawSheet):
            part.rows, rows = rows, FilledRows()
            sheets.append(part)
        elif isinstance(part, RawWorkbook):
            workbook = part
            workbook.sheets.extend(sheets)
        else:
            raise TypeError(type(part))
    return workbook
