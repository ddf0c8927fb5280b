"""The cells of a file as it holds them, with their true row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from importer.base.texts import Text
from importer.workbook.markup import Markup
from importer.workbook.rows import FilledRows

Note = tuple[Text, Text]
"""What is noteworthy, and what to do about it."""


@dataclass(slots=True)
class RawSheet:
    """A sheet of a file.

    `is_named` is false for a text file that does not say which sheet it holds. `chosen` is what
    the user says it holds. `unread` names cells that may be wrong or missing: the reader and the
    look at the file found different ones.
    """

    name: str
    rows: FilledRows = field(default_factory=FilledRows)
    hidden: bool = False
    markup: Markup = field(default_factory=Markup)
    is_named: bool = True
    chosen: str | None = None
    unread: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The name that says which sheet it holds."""
        return self.chosen or self.name


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """The sheets of a workbook, left to right, and the SHA-256 of the bytes they were read from.

    `notes` are what a person should know of how the file was read, each with what to do about it.
    """

    sha256: str
    sheets: list[RawSheet]
    notes: Sequence[Note] = ()
