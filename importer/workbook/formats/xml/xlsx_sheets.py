"""Parse the sheets of xlsx and xlsm files: ECMA-376, part 1, 18.3."""

from __future__ import annotations

import re
from collections.abc import Mapping

from importer.workbook.formats.number_formats import note_shown, special_formats
from importer.workbook.formats.refusals import (
    RefusedError,
    check_on_grid,
    no_such_text,
    same_row_twice,
    unreadable_sheet,
)
from importer.workbook.formats.xml.tags import TagReader, local
from importer.workbook.markup import Markup, Positions, column_number

_CELL = re.compile(r"\$?([A-Za-z]+)\$?([0-9]+)")
_CONSTANTS = {"TRUE()": True, "FALSE()": False}
"""How LibreOffice writes TRUE and FALSE that a person typed."""
_TEXTS = ("v", "f", "t")
_VALUES = ("v", "is")
_NUMBERS = (None, "n")


class SheetReader(TagReader):
    """Reads the markup of the sheet `name`; `formats` are those of `special_formats`.

    If it is given the shared strings, `filled` has the position of every cell with a value.
    """

    def __init__(
        self, name: str, formats: Mapping[str, str], strings: StringsReader | None = None
    ) -> None:  # fmt: skip
        super().__init__()
        self.markup = Markup()
        self.filled: Positions = []
        self._name, self._formats, self._strings = name, formats, strings
        self._rows: set[int] = set()
        self._at = 0, 0
        self._cell: dict[str, str] | None = None
        self._contents: dict[str, list[str]] = {}
        self._is_twice = False

    def _refusal(self, part: str) -> RefusedError:
        return unreadable_sheet(self._name)

    def _start_tag(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        row, column = self._at
        if tag == "c":
            self._at = position(attributes.get("r"), row, column + 1)
            self._cell, self._contents, self._is_twice = attributes, {}, False
        elif self._cell is not None:
            self._is_twice = self._is_twice or (tag in _VALUES and tag in self._contents)
            contents = self._contents.setdefault(tag, [])
            self.parser.CharacterDataHandler = contents.append if tag in _TEXTS else None
        elif tag == "row":
            self._start_row(int(attributes.get("r") or row + 1), attributes)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self.markup.hidden_columns.append(
                (int(attributes.get("min", 0)), int(attributes.get("max", 0)))
            )

    def _start_row(self, row: int, attributes: dict[str, str]) -> None:
        if row in self._rows:
            raise same_row_twice(self._name, row)
        self._rows.add(row)
        self._at = row, 0
        if attributes.get("hidden") in ("1", "true"):
            self.markup.hidden_rows.append(row)

    def _end_tag(self, name: str) -> None:
        if self._cell is not None:
            self.parser.CharacterDataHandler = None
            if local(name) == "c":
                self._record(self._cell)
                self._cell = None

    def _record(self, cell: dict[str, str]) -> None:
        value = "".join(self._contents.get("v", ()))
        formula = "".join(self._contents.get("f", ()))
        kind = cell.get("t")
        if self._contents:
            check_on_grid(*self._at)
            self.markup.reach(*self._at)
        if kind == "e":
            self.markup.errors[self._at] = value or "#N/A"
            return
        if "f" in self._contents and formula.upper() not in _CONSTANTS:
            # A formula whose result is empty text has t="str" and an empty value, which is a value.
            is_empty_text = kind == "str" and "v" in self._contents
            self.markup.formulas[self._at] = value != "" or is_empty_text
        if self._is_filled(kind, value):
            times = 1 + self._is_twice
            self.markup.values += times
            if self._strings is not None:
                self.filled += [self._at] * times
        code = self._formats.get(cell.get("s", "0"))
        if code is not None and value and kind in _NUMBERS:
            note_shown(self.markup, self._at, code, float(value))
        elif kind == "d":
            self.markup.not_text[self._at] = value

    def _is_filled(self, kind: str | None, value: str) -> bool:
        """Whether the cell has a value other than empty text."""
        if kind == "inlineStr":
            return any(piece.strip() for piece in (value, *self._contents.get("t", ())))
        if kind != "s" or not value:
            return value.strip() != ""
        exists = value.isascii() and value.isdecimal()
        if exists and self._strings is not None:
            exists = int(value) < self._strings.count
        if not exists:
            raise no_such_text(self._name, *self._at)
        return self._strings is None or int(value) not in self._strings.blank


class StringsReader(TagReader):
    """Counts shared strings, and finds the `blank` ones: 18.4."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.blank: set[int] = set()
        self._pieces: list[str] = []

    def _start_tag(self, name: str, attributes: dict[str, str]) -> None:
        is_text = local(name) == "t"
        self.parser.CharacterDataHandler = self._pieces.append if is_text else None

    def _end_tag(self, name: str) -> None:
        self.parser.CharacterDataHandler = None
        if local(name) == "si":
            if not "".join(self._pieces).strip():
                self.blank.add(self.count)
            self._pieces.clear()
            self.count += 1


class StylesReader(TagReader):
    """Reads the formats of numbers: 18.8."""

    def __init__(self) -> None:
        super().__init__()
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        self._is_cell_style = False

    def _start_tag(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "numFmt":
                code = attributes.get("formatCode", "")
                self._formats[int(attributes.get("numFmtId", -1))] = code
            case "cellXfs" | "cellStyleXfs" as group:
                self._is_cell_style = group == "cellXfs"
            case "xf" if self._is_cell_style:
                self._styles.append(int(attributes.get("numFmtId", 0)))

    def special(self) -> dict[str, str]:
        """The formats that matter, by the index of their style as sheets write it."""
        formats = special_formats(self._formats, self._styles)
        return {str(style): code for style, code in formats.items()}

    def has_default(self) -> bool:
        """Whether cells without a style have a format as well."""
        return any(self._styles[:1])


def position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    """Row and column of a reference such as A1; those given if it does not say them."""
    match = _CELL.fullmatch(reference or "")
    if match is None:
        return row, column
    return int(match[2]), column_number(match[1])
