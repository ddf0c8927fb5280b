"""What an ODS file says of its sheets beside their values: OpenDocument 1.3, part 3, 9.

LibreOffice's own additions are in the namespace calcext.
"""

from __future__ import annotations

from xml.parsers import expat
from zipfile import ZipFile

from importer.limits import Limits
from importer.workbook.formats.archive import CHUNK
from importer.workbook.markup import Markup

CONTENT = "content.xml"
MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE = f"{_NAMES}table:1.0 "
_OFFICE = f"{_NAMES}office:1.0 "
_P = f"{_NAMES}text:1.0 p"
_CALCEXT_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_HIDDEN = ("collapse", "filter")
_CONSTANTS = {"of:=TRUE()": True, "of:=FALSE()": False}
"""How LibreOffice writes what a person entered as TRUE or FALSE."""


def look_at_sheets(archive: ZipFile, limits: Limits) -> dict[str, Markup]:
    """The markup of each sheet, by the sheet's name; raise ExpatError where it is damaged."""
    look = _Look(limits)
    with archive.open(CONTENT) as stream:
        while chunk := stream.read(CHUNK):
            look.parser.Parse(chunk, False)
    look.parser.Parse(b"", True)
    return look.sheets


def is_encrypted(archive: ZipFile) -> bool:
    """Whether the parts of an ODS file can only be read with a password: part 2, 3.4.1."""
    return b"encryption-data" in archive.read("META-INF/manifest.xml")


class _Look:
    """Goes through content.xml and counts rows and columns, repeated ones included."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: dict[str, Markup] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._begins
        self.parser.EndElementHandler = self._ends
        self._limits = limits
        self._depth = 0
        self._markup = Markup()
        self._row = self._next_row = self._column = self._next_column = 1
        self._error: list[str] | None = None

    def _begins(self, name: str, facts: dict[str, str]) -> None:
        if name == f"{_TABLE}table":
            self._depth += 1
            if self._depth == 1:
                self._markup = self.sheets.setdefault(facts.get(f"{_TABLE}name", ""), Markup())
                self._next_row = self._next_column = 1
        elif self._depth != 1:
            return
        elif name == f"{_TABLE}table-column":
            self._column_begins(facts)
        elif name == f"{_TABLE}table-row":
            self._row_begins(facts)
        elif name in _CELLS:
            self._cell_begins(facts)

    def _column_begins(self, facts: dict[str, str]) -> None:
        first = self._next_column
        self._next_column += _number(facts, "number-columns-repeated")
        if facts.get(f"{_TABLE}visibility") in _HIDDEN:
            self._markup.hidden_columns.append((first, self._next_column - 1))

    def _row_begins(self, facts: dict[str, str]) -> None:
        self._row = self._next_row
        self._next_row += _number(facts, "number-rows-repeated")
        self._next_column = 1
        if facts.get(f"{_TABLE}visibility") in _HIDDEN:
            last = min(self._next_row, self._row + self._limits.rows)
            self._markup.hidden_rows.extend(range(self._row, last))

    def _cell_begins(self, facts: dict[str, str]) -> None:
        at = self._row, self._next_column
        self._next_column += _number(facts, "number-columns-repeated")
        formula = facts.get(f"{_TABLE}formula")
        value = facts.get(f"{_OFFICE}value-type")
        if formula is not None or value is not None:
            self._markup.reach(self._next_row - 1, self._next_column - 1)
        if facts.get(_CALCEXT_TYPE) == "error":
            self._error = []
            self.parser.CharacterDataHandler = self._error.append
            self._markup.errors[at] = ""
        elif formula in _CONSTANTS:
            self._markup.booleans[at] = _CONSTANTS[formula]
        elif formula is not None:
            # One whose result is empty text has no type of value: it has one all the same.
            self._markup.formulas[at] = True
        if value == "boolean":
            self._markup.booleans[at] = facts.get(f"{_OFFICE}boolean-value") == "true"
        rows = _number(facts, "number-rows-spanned")
        columns = _number(facts, "number-columns-spanned")
        if rows > 1 or columns > 1:
            first = at[0] - 1, at[1] - 1
            self._markup.merged.append((first, (first[0] + rows - 1, first[1] + columns - 1)))

    def _ends(self, name: str) -> None:
        if name == f"{_TABLE}table":
            self._depth -= 1
        elif name in _CELLS and self._error is not None:
            at = next(reversed(self._markup.errors))
            self._markup.errors[at] = "".join(self._error) or "#N/A"
            self._error = self.parser.CharacterDataHandler = None


def _number(facts: dict[str, str], name: str) -> int:
    """A count that is 1 where it is not given."""
    return max(1, int(facts.get(f"{_TABLE}{name}", "1")))
