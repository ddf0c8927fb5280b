"""The messages between the program and the process that reads files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from importer.base.texts import Text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.cell import BadCell, Row
from importer.workbook.markup import Markup
from importer.workbook.reading.raw import Note, RawSheet


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


class MoreRows(NamedTuple):
    """More rows of the sheet before."""

    rows: list[Row]


class Done(NamedTuple):
    """The end of an answer: the whole file was read."""

    sha256: str
    notes: Sequence[Note]


Frame = RawSheet | MoreRows | Refused | Failed | Done

ANSWER_TYPES = (
    RawSheet, Markup, MoreRows, Refused, Failed, Done, BadCell, Code, Text,
    dt.date, dt.datetime, dt.time, dt.timedelta,
)  # fmt: skip
"""Every class that an answer may contain."""
