"""The messages between the program and the process that reads files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from importer.base.texts import Text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.cell import BadCell
from importer.workbook.markup import Markup
from importer.workbook.reading.raw import Note, RawSheet, RawWorkbook
from importer.workbook.rows import FilledRows


class Work(NamedTuple):
    """A file to read, the limits, and the encoding of a text file if it was chosen."""

    path: str
    limits: Limits
    encoding: str | None = None


class Refused(NamedTuple):
    """The end of an answer: the file is refused; `detail` is for the log."""

    code: str
    reason: Text | str
    fix: Text | None
    detail: str | None


class Failed(NamedTuple):
    """The end of an answer: the reader failed, perhaps for lack of memory."""

    memory: bool
    detail: str | None = None


class Done(NamedTuple):
    """The end of an answer: the whole file was read."""

    sha256: str
    notes: Sequence[Note]


Part = FilledRows | RawSheet | Done
"""A part of an answer: rows, then the sheet that they are of, and so on."""

ANSWER_TYPES = (
    FilledRows, RawSheet, Markup, Done, Refused, Failed, BadCell, Code, Text,
    dt.date, dt.datetime, dt.time, dt.timedelta,
)  # fmt: skip
"""Every class that an answer may contain."""


def assembled(parts: Iterable[Part]) -> RawWorkbook:
    """The workbook that is made of `parts`."""
    sheets: list[RawSheet] = []
    rows = FilledRows()
    for part in parts:
        match part:
            case FilledRows():
                rows.add(part)
            case RawSheet():
                part.rows, rows = rows, FilledRows()
                sheets.append(part)
            case Done(sha256, notes):
                return RawWorkbook(sha256, sheets, notes)
    raise EOFError
