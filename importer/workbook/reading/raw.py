"""What was read of a file: sheets of raw cells that remember their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from importer.workbook.cell import Cell
from importer.workbook.markup import Markup


@dataclass(slots=True)
class RawSheet:
    """A sheet's rows that are not blank, top to bottom: row number (from 1) and cells from A.

    `told` is whether the file itself says which sheet it is; a CSV does not.
    """

    name: str
    rows: list[tuple[int, Sequence[Cell]]]
    hidden: bool = False
    markup: Markup = field(default_factory=Markup)
    told: bool = True


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """A workbook's sheets, left to right, and the SHA-256 of the very bytes they were read from.

    `guessed_encoding` is that of a text whose bytes do not tell it.
    """

    sha256: str
    sheets: list[RawSheet]
    guessed_encoding: str | None = None
