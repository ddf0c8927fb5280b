"""What the program and the process that reads files say to each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from importer.base.texts import Text
from importer.config.limits import Limits
from importer.workbook.cell import Cell
from importer.workbook.reading.raw import RawSheet


class Work(NamedTuple):
    """A file to read, within which limits, and the sheet that it holds if it is a text."""

    path: str
    limits: Limits
    sheet: str | None


class Refused(NamedTuple):
    """The end of an answer: the file is not taken."""

    code: str
    reason: Text | str
    fix: Text | None


class Failed(NamedTuple):
    """The end of an answer: reading broke down, perhaps since there was too little memory."""

    memory: bool


class MoreRows(NamedTuple):
    """More rows of the sheet before."""

    rows: list[tuple[int, Sequence[Cell]]]


class Done(NamedTuple):
    """The end of an answer: all of the file was read."""

    sha256: str
    guessed_encoding: str | None


Frame = RawSheet | MoreRows | Refused | Failed | Done
