"""The markup of ODS sheets: OpenDocument 1.3, part 3, 9, and LibreOffice's namespace calcext."""

from __future__ import annotations

import re
from zipfile import ZipFile

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.workbook.formats.refusals import too_large
from importer.workbook.formats.tags import TagReader
from importer.workbook.markup import Markup

CONTENT = "content.xml"
MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_CELLS = ("table:table-cell", "table:covered-table-cell")
_HIDDEN = ("collapse", "filter")
_MOST_REPEATED = 2_000_000
"""Formulas, errors and truth values of a file, each of which is kept in memory."""
_CONSTANTS = {"of:=TRUE()": True, "of:=FALSE()": False}
"""How LibreOffice writes TRUE and FALSE that a person typed."""


_INDENTED = tuple(
    space + tag for space in (b" ", b"\n", b"\t") for tag in (b"<table:", b"</table:")
)
_INDENTATION = re.compile(rb">\s+(?=</?table:|<text:p[ />])")


def read_markup(archive: ZipFile, limits: Limits) -> tuple[dict[str, Markup], dict[str, bytes]]:
    """The markup of each sheet, by the sheet's name; raise ExpatError where it is damaged.

    The second result is the content without white space between cells, if Gnumeric or SheetJS
    wrote it there: calamine refuses it.
    """
    reader = _ContentReader(limits, _is_by_libreoffice(archive))
    reader.read(archive, CONTENT)
    if not reader.is_indented:
        return reader.sheets, {}
    return reader.sheets, {CONTENT: _INDENTATION.sub(b">", archive.read(CONTENT))}


def _is_by_libreoffice(archive: ZipFile) -> bool:
    """Whether LibreOffice wrote the file: it gives no type to results that are empty text."""
    return "meta.xml" in archive.namelist() and b"LibreOffice" in archive.read("meta.xml")


def is_encrypted(archive: ZipFile) -> bool:
    """Whether the parts of an ODS file are encrypted: part 2, 3.4.1."""
    return b"encryption-data" in archive.read("META-INF/manifest.xml")


class _ContentReader(TagReader):
    """Reads content.xml and counts rows and columns, repeated ones included."""

    def __init__(self, limits: Limits, is_by_libreoffice: bool) -> None:
        super().__init__()
        self._is_by_libreoffice = is_by_libreoffice
        self._hidden_left = limits.rows
        self._repeated_left = min(_MOST_REPEATED, limits.cells)
        self.sheets: dict[str, Markup] = {}
        self.is_indented = False
        self._limits = limits
        self._depth = 0
        self._markup = Markup()
        self._row = self._next_row = self._column = self._next_column = 1
        self._error: list[str] | None = None
        self._error_at: list[tuple[int, int]] = []

    def look_at(self, chunk: bytes) -> None:
        self.is_indented = self.is_indented or any(mark in chunk for mark in _INDENTED)

    def start_tag(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._markup = self.sheets.setdefault(attributes.get("table:name", ""), Markup())
                self._next_row = self._next_column = 1
        elif self._depth != 1:
            return
        elif name == "table:table-column":
            self._start_column(attributes)
        elif name == "table:table-row":
            self._start_row(attributes)
        elif name in _CELLS:
            self._start_cell(attributes)

    def _start_column(self, attributes: dict[str, str]) -> None:
        first = self._next_column
        self._next_column += _number(attributes, "number-columns-repeated")
        if attributes.get("table:visibility") in _HIDDEN:
            self._markup.hidden_columns.append((first, self._next_column - 1))

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = self._next_row
        self._next_row += _number(attributes, "number-rows-repeated")
        self._next_column = 1
        if attributes.get("table:visibility") in _HIDDEN:
            hidden = range(self._row, min(self._next_row, self._row + self._hidden_left))
            self._hidden_left -= len(hidden)
            self._markup.hidden_rows.extend(hidden)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        at = self._row, self._next_column
        self._next_column += _number(attributes, "number-columns-repeated")
        formula = attributes.get("table:formula")
        value = attributes.get("office:value-type")
        if formula is not None or value is not None:
            self._markup.reach(self._next_row - 1, self._next_column - 1)
        if attributes.get("calcext:value-type") == "error":
            self._error = []
            self.parser.CharacterDataHandler = self._error.append
            self._error_at = self._repeated(at)
        elif formula in _CONSTANTS:
            self._markup.booleans |= dict.fromkeys(self._repeated(at), _CONSTANTS[formula])
        elif formula is not None:
            has_value = value is not None or self._is_by_libreoffice
            self._markup.formulas |= dict.fromkeys(self._repeated(at), has_value)
        if value == "boolean":
            is_true = attributes.get("office:boolean-value") == "true"
            self._markup.booleans |= dict.fromkeys(self._repeated(at), is_true)
        rows = _number(attributes, "number-rows-spanned")
        columns = _number(attributes, "number-columns-spanned")
        if rows > 1 or columns > 1:
            first = at[0] - 1, at[1] - 1
            self._markup.merged.append((first, (first[0] + rows - 1, first[1] + columns - 1)))

    def _repeated(self, at: tuple[int, int]) -> list[tuple[int, int]]:
        """All positions of the cell whose first one is `at`."""
        rows, columns = range(at[0], self._next_row), range(at[1], self._next_column)
        self._repeated_left -= len(rows) * len(columns)
        if self._repeated_left < 0:
            reason = text(N_("it repeats formulas or errors too often"))
            raise too_large(reason, "cells", self._limits.cells)
        return [(row, column) for row in rows for column in columns]

    def end_tag(self, name: str) -> None:
        if name == "table:table":
            self._depth -= 1
        elif name in _CELLS and self._error is not None:
            error = "".join(self._error) or "#N/A"
            self._markup.errors |= dict.fromkeys(self._error_at, error)
            self._error = self.parser.CharacterDataHandler = None


def _number(attributes: dict[str, str], name: str) -> int:
    """A count, which is 1 by default."""
    return max(1, int(attributes.get(f"table:{name}", "1")))
