"""Parse the sheets of ODS files: OpenDocument 1.3, part 3, 9, and LibreOffice's calcext."""

from __future__ import annotations

import re
from collections.abc import Mapping

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.workbook.cell import ERROR_WORDS
from importer.workbook.formats.number_formats import shown
from importer.workbook.formats.refusals import too_large
from importer.workbook.formats.xml.archive import InspectedArchive
from importer.workbook.formats.xml.ods_rewriting import Edits
from importer.workbook.formats.xml.tags import TagReader
from importer.workbook.markup import Markup, Positions

_CELLS = ("table:table-cell", "table:covered-table-cell")
_NOT_OF_A_CELL = ("office:annotation", "table:shapes", "office:forms")
_SHAPES = ("draw:", "dr3d:")
_BREAKS = {"text:tab": b"\t", "text:line-break": b"\n"}
_HIDDEN = ("collapse", "filter")
_MOST_REPEATED = 2_000_000
"""Formulas, errors and truth values of a file, each of which is kept in memory."""
_CONSTANTS = {"of:=TRUE()": True, "of:=FALSE()": False}
"""How LibreOffice writes TRUE and FALSE that a person typed."""
_ERROR = re.compile("|".join([*map(re.escape, ERROR_WORDS), "Err:[0-9]{3}"]))
"""What formulas show that have no result; calcext, which says so, is LibreOffice's own."""
_SPANNED = frozenset({"table:number-rows-spanned", "table:number-columns-spanned"})
_PADDED = re.compile(
    rb"""number:min-integer-digits\s*=\s*["'](?:[2-9]|[1-9][0-9]+)["']|<number:text>[^<]*%"""
)
"""A number format with leading zeros or a percent sign."""
_VALUES = ("value", "date-value", "time-value", "boolean-value", "string-value")
_UNLIKE_TEXT = frozenset({"date", "percentage", "time"})
"""The types of values that are no text, even if calamine reads a number or text."""
_MOMENTS = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)?"),
    "time": re.compile(r"PT(?:[01][0-9]|2[0-3])H[0-9]{2}M[0-9]{2}(?:\.[0-9]+)?S"),
}
"""Dates and times that calamine reads as such."""
_PERCENT = "0.#############%"
_DIGITS = re.compile(r"[0-9]+")


class ContentReader(TagReader):
    """Reads content.xml and counts rows and columns, repeated ones included.

    `filled` has the rows and columns of every cell with a value of the sheet `wanted`.
    """

    def __init__(
        self, archive: InspectedArchive, limits: Limits, wanted: str | None = None
    ) -> None:  # fmt: skip
        super().__init__()
        # LibreOffice gives no type to results that are empty text.
        self._is_by_libreoffice = b"LibreOffice" in archive.text_of("meta.xml")
        styles = map(archive.text_of, ("content.xml", "styles.xml"))
        self._has_padding = any(map(_PADDED.search, styles))
        self._hidden_left = limits.rows
        self._repeated_left = min(_MOST_REPEATED, limits.cells)
        self._repetitions_left = limits.repetitions
        self._repetitions = 0
        """Of the row, unless they are counted already: blank rows do not count."""
        self.sheets: dict[str, Markup] = {}
        self.edits = Edits()
        self.parser.CommentHandler = lambda _: self._mark()
        self.parser.StartCdataSectionHandler = self._mark
        self.filled: list[tuple[range, range]] = []
        self._wanted, self._sheet = wanted, ""
        self._limits = limits
        self._depth = 0
        self._markup = Markup()
        self._row = self._next_row = self._next_column = 1
        self._cell: dict[str, str] | None = None
        self._at = 1, 1
        self._cell_start = 0
        self._text: list[str] | None = None
        self._left_out: int | None = None
        """How deep the tag is nested whose text is not that of its cell."""

    def _look_at(self, chunk: bytes) -> None:
        self.edits.note_white_space(chunk)

    def _mark(self) -> None:
        self.edits.is_marked = True

    def _start_tag(self, name: str, attributes: dict[str, str]) -> None:
        if name == "text:p" or self._left_out is not None:
            return
        if name == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._sheet = attributes.get("table:name", "")
                self._markup = self.sheets.setdefault(self._sheet, Markup())
                self._next_row = self._next_column = 1
        elif self._depth != 1:
            return
        elif name in _CELLS:
            self._start_cell(attributes)
        elif name == "table:table-row":
            self._start_row(attributes)
        elif name == "table:table-column":
            self._start_column(attributes)
        elif name in _BREAKS:
            self.edits.begin(self.parser.CurrentByteIndex)
        elif name in _NOT_OF_A_CELL or name.startswith(_SHAPES):
            self._left_out = self.nested
            self.edits.begin(self.parser.CurrentByteIndex)
            self.parser.CharacterDataHandler = None

    def _start_column(self, attributes: dict[str, str]) -> None:
        first = self._next_column
        self._next_column += _number(attributes, "number-columns-repeated")
        if attributes.get("table:visibility") in _HIDDEN:
            self._markup.hidden_columns.append((first, self._next_column - 1))

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = self._next_row
        self._next_row += _number(attributes, "number-rows-repeated")
        self._next_column = 1
        self._repetitions = self._next_row - self._row - 1
        if attributes.get("table:visibility") in _HIDDEN:
            hidden = range(self._row, min(self._next_row, self._row + self._hidden_left))
            self._hidden_left -= len(hidden)
            self._markup.hidden_rows.extend(hidden)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._at = self._row, self._next_column
        self._next_column += _number(attributes, "number-columns-repeated")
        self._cell, self._cell_start = attributes, self.parser.CurrentByteIndex
        kind = attributes.get("office:value-type")
        is_error = attributes.get("calcext:value-type") == "error"
        is_result = is_error or "table:formula" in attributes
        is_shown = kind in _UNLIKE_TEXT or (kind == "float" and self._has_padding)
        self._text = None
        if kind is None or is_result or is_shown or self._wanted is not None:
            self._text = []
            self._listen()

    def _listen(self) -> None:
        """Receive the text of the cell, if it is wanted."""
        self.parser.CharacterDataHandler = None if self._text is None else self._text.append

    def _end_cell(self, attributes: dict[str, str]) -> None:
        words = ""
        if self._text is not None:
            self.parser.CharacterDataHandler = None
            words = "".join(self._text).strip()
        formula = attributes.get("table:formula")
        kind = attributes.get("office:value-type")
        if kind is None and words and formula is None:
            kind = "string"  # as LibreOffice takes it
            self.edits.add_type(self._cell_start)
        if formula is not None or kind is not None:
            self._markup.reach(self._next_row - 1, self._next_column - 1)
            self._count_repetitions()
        is_error = formula is not None and _ERROR.fullmatch(words) is not None
        if is_error or attributes.get("calcext:value-type") == "error":
            self._markup.errors |= dict.fromkeys(self._repeated(), words or "#N/A")
            kind = None
        elif formula in _CONSTANTS:
            self._markup.booleans |= dict.fromkeys(self._repeated(), _CONSTANTS[formula])
        elif formula is not None:
            has_value = kind is not None or self._is_by_libreoffice
            self._markup.formulas |= dict.fromkeys(self._repeated(), has_value)
        if kind == "boolean":
            is_true = attributes.get("office:boolean-value") == "true"
            self._markup.booleans |= dict.fromkeys(self._repeated(), is_true)
        if kind is not None:
            self._count(attributes, words)
        if kind in _UNLIKE_TEXT or (kind == "float" and words):
            self._note_shown(kind, _shown_text(kind, attributes, words))
        if _SPANNED.isdisjoint(attributes):
            return
        rows = _number(attributes, "number-rows-spanned")
        columns = _number(attributes, "number-columns-spanned")
        if rows > 1 or columns > 1:
            top, left = self._at[0] - 1, self._at[1] - 1
            self._markup.merged.append(((top, left), (top + rows - 1, left + columns - 1)))

    def _note_shown(self, kind: str, words: str | None) -> None:
        if words is not None:
            is_text = kind == "float" and "%" not in words
            texts = self._markup.shown if is_text else self._markup.not_text
            texts |= dict.fromkeys(self._repeated(), words)

    def _count(self, attributes: dict[str, str], words: str) -> None:
        """Count a cell with a value, or all that are its repetitions."""
        rows, columns = self._reach()
        # A range may be too long for len.
        self._markup.values += (rows.stop - rows.start) * (columns.stop - columns.start)
        if self._sheet == self._wanted:
            stored = "".join(attributes.get(f"office:{name}", "") for name in _VALUES)
            if stored.strip() or words:
                self.filled.append((rows, columns))

    def _count_repetitions(self) -> None:
        """Count the repetitions of a row that has a value."""
        self._repetitions_left -= self._repetitions
        self._repetitions = 0
        if self._repetitions_left < 0:
            facts = {"first": self._row + 1, "last": self._next_row - 1, "sheet": self._sheet}
            reason = text(N_("rows {first} to {last} of {sheet} only repeat row {row}"),
                          row=self._row, **facts)  # fmt: skip
            refusal = too_large(reason, "repetitions", self._limits.repetitions)
            refusal.fix = text(N_("Delete the repeated rows. The limit can be raised in the "
                                  "configuration file."))  # fmt: skip
            raise refusal

    def _reach(self) -> tuple[range, range]:
        """The rows and columns of the cell and its repetitions."""
        row, column = self._at
        return range(row, self._next_row), range(column, self._next_column)

    def _repeated(self) -> Positions:
        """All positions of the cell."""
        rows, columns = self._reach()
        self._repeated_left -= len(rows) * len(columns)
        if self._repeated_left < 0:
            reason = text(N_("it repeats formulas or errors too often"))
            raise too_large(reason, "cells", self._limits.cells)
        return [(row, column) for row in rows for column in columns]

    def _end_tag(self, name: str) -> None:
        if self._left_out is not None:
            if self.nested < self._left_out:
                self._left_out = None
                self.edits.end(self.parser.CurrentByteIndex, b"")
                self._listen()
        elif name in _CELLS:
            if self._depth == 1 and self._cell is not None:
                self._end_cell(self._cell)
        elif name == "table:table":
            self._depth -= 1
        elif name in _BREAKS and self._depth == 1:
            self.edits.end(self.parser.CurrentByteIndex, _BREAKS[name])


def _number(attributes: dict[str, str], name: str) -> int:
    """A count, which is 1 by default."""
    stated = attributes.get(f"table:{name}")
    return 1 if stated is None else max(1, int(stated))


def _shown_text(kind: str, attributes: Mapping[str, str], words: str) -> str | None:
    """What a cell of this type and with these words shows, if calamine does not read it so."""
    if kind == "percentage":
        return words or shown(_PERCENT, float(attributes.get("office:value", 0)))
    if kind in _MOMENTS:
        moment = attributes.get(f"office:{kind}-value", "")
        return None if _MOMENTS[kind].fullmatch(moment) else words or moment
    return words if "%" in words or _is_padded(words, attributes) else None


def _is_padded(words: str, attributes: Mapping[str, str]) -> bool:
    """Whether the text of a number has leading zeros, and no digit but those of the number."""
    *others, last = _DIGITS.findall(words) or [""]
    whole = "".join(others)
    value = abs(float(attributes.get("office:value", "nan")))
    readings = ((whole + last, ""), (whole, last))  # the last digits may be those after the point
    return any(
        len(digits) > 1 and digits[0] == "0" and float(f"{digits}.{fraction}") == value
        for digits, fraction in readings
    )
