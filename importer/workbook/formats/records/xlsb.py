"""Look at xlsb files: [MS-XLSB], 2.1.4 and 2.4."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from importer.workbook.formats.number_formats import note_shown, special_formats
from importer.workbook.formats.records.xls import error_name
from importer.workbook.formats.records.xls_records import rk_number
from importer.workbook.formats.refusals import (
    check_on_grid,
    damaged,
    no_such_text,
    same_row_twice,
)
from importer.workbook.formats.xml.archive import InspectedArchive
from importer.workbook.formats.xml.packages import require_sound, targets_of
from importer.workbook.formats.xml.xlsx_rewriting import rewritten
from importer.workbook.markup import Look, Markup, Positions

_ROW, _BLANK, _ERROR, _FORMULA_ERROR = 0, 1, 3, 11
_RK, _REAL, _TEXT, _SHARED, _FORMULA_TEXT, _FORMULA_NUMBER, _RICH_TEXT = 2, 5, 6, 7, 8, 9, 62
_VALUES = range(2, 12)
"""Cells with a value and their column."""
_SHORT_CELLS, _SHORTER = frozenset(range(12, 19)), 11
"""Cells that stand right of the cell before them and do not store their column; by how much their
type is greater than that of the same cell with a column."""
_UNKNOWN_CELLS = _SHORT_CELLS | {_RICH_TEXT}
"""Cells that calamine skips."""
_CELL_SIZE = 8
"""Bytes of a cell before its value: column and style."""
_LENGTH_BITS = 28
_TEXTS, _NUMBERS = (_TEXT, _FORMULA_TEXT), (_RK, _REAL, _FORMULA_NUMBER)
_FORMULAS = range(8, 12)
_BUNDLE_SHEET, _COLUMN_INFO, _MERGE_CELL = 156, 60, 176
_ROW_FLAGS_AT, _ROW_HIDDEN = 11, 0x10
_COLUMN_HIDDEN = 0x1
_STYLE_BITS = 0xFFFFFF
_STRING_ITEM, _FORMAT, _STYLE, _BEGIN_CELL_STYLES, _END_CELL_STYLES = 19, 44, 47, 617, 618
_STRINGS, _STYLES = "xl/sharedstrings.bin", "xl/styles.bin"


def look(archive: InspectedArchive, workbook: str, content: bytes) -> Look:
    """Look at the file `content`, whose part `workbook` lists the sheets.

    Sheets that calamine would misread are rewritten: SheetJS and Aspose store cells without their
    column.

    Raises KeyError or struct.error where the archive is not a valid workbook.
    """
    targets = targets_of(archive, workbook)
    listed = []
    for kind, data in _records_of(archive.read(workbook)):
        if kind == _BUNDLE_SHEET:
            link, at = _string_at(data, 8)
            name, _ = _string_at(data, at)
            listed.append((name, targets[link]))
    keys = require_sound(archive, [workbook, *(part for _, part in listed)])
    formats = _special_formats(archive)
    markups = {}
    changed = {}
    sheets = {}
    for name, part in listed:
        sheet = archive.read(part)
        reader = _SheetReader(name, formats)
        if not reader.read(sheet):
            sheet = changed[part] = _with_columns(sheet)
            reader = _SheetReader(name, formats)
            reader.read(sheet)
        sheets[name] = sheet
        markups[name] = reader.markup
    links = rewritten(archive, workbook, ())
    if changed or links is not None:
        content = archive.with_parts({**changed, **(links or {})}, keys)
    return Look(markups, content, partial(_filled, archive, sheets))


def _filled(archive: InspectedArchive, sheets: dict[str, bytes], name: str) -> Positions:
    """The cells with values of the sheet of that name."""
    records = _records_of(archive.text_of(_STRINGS))
    strings = [_string_at(data, 1)[0] for kind, data in records if kind == _STRING_ITEM]
    reader = _SheetReader(name, {}, strings)
    reader.read(sheets[name])
    return reader.filled


def _special_formats(archive: InspectedArchive) -> dict[int, str]:
    formats = {}
    styles = []
    is_cell_style = False
    for kind, data in _records_of(archive.text_of(_STYLES)):
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = _string_at(data, 2)[0]
        elif kind in (_BEGIN_CELL_STYLES, _END_CELL_STYLES):
            is_cell_style = kind == _BEGIN_CELL_STYLES
        elif kind == _STYLE and is_cell_style:
            styles.append(struct.unpack_from("<H", data, 2)[0])
    return special_formats(formats, styles)


class _SheetReader:
    """Reads the sheet `name`; `formats` are those of `special_formats`.

    If it is given the shared strings, `filled` has the position of every cell with a value.
    """

    def __init__(
        self, name: str, formats: Mapping[int, str], strings: Sequence[str] | None = None
    ) -> None:  # fmt: skip
        self.markup = Markup()
        self.filled: Positions = []
        self._name, self._formats, self._strings = name, formats, strings
        self._rows: set[int] = set()
        self._row = 0

    def read(self, content: bytes) -> bool:
        """Read all records; return whether calamine reads them, too."""
        for kind, data in _records_of(content):
            if kind in _VALUES:
                self._note_cell(kind, data)
            elif kind == _ROW:
                self._start_row(data)
            elif kind in _UNKNOWN_CELLS:
                return False
            elif kind == _COLUMN_INFO:
                first, last, _width, _style, flags = struct.unpack_from("<IIIIH", data)
                if flags & _COLUMN_HIDDEN:
                    self.markup.hidden_columns.append((first + 1, last + 1))
            elif kind == _MERGE_CELL:
                top, bottom, left, right = struct.unpack_from("<IIII", data)
                self.markup.merged.append(((top, left), (bottom, right)))
        return True

    def _start_row(self, data: memoryview) -> None:
        self._row = struct.unpack_from("<I", data)[0] + 1
        if self._row in self._rows:
            raise same_row_twice(self._name, self._row)
        self._rows.add(self._row)
        if data[_ROW_FLAGS_AT] & _ROW_HIDDEN:
            self.markup.hidden_rows.append(self._row)

    def _note_cell(self, kind: int, data: memoryview) -> None:
        markup = self.markup
        column, style = struct.unpack_from("<II", data)
        at = self._row, column + 1
        check_on_grid(*at)
        markup.reach(*at)
        if kind in (_ERROR, _FORMULA_ERROR):
            markup.errors[at] = error_name(data[_CELL_SIZE])
            return
        if kind in _FORMULAS:
            markup.formulas[at] = True
        markup.values += 1
        if self._strings is not None and self._text_of(at, kind, data, self._strings).strip():
            self.filled.append(at)
        code = self._formats.get(style & _STYLE_BITS) if self._formats else None
        if code is not None and kind in _NUMBERS:
            note_shown(markup, at, code, _number(kind, data))

    def _text_of(
        self, at: tuple[int, int], kind: int, data: memoryview, strings: Sequence[str]
    ) -> str:
        """The text of a cell; any text for a number or truth value."""
        if kind == _SHARED:
            index: int = struct.unpack_from("<I", data, _CELL_SIZE)[0]
            if index >= len(strings):
                raise no_such_text(self._name, *at)
            return strings[index]
        return _string_at(data, _CELL_SIZE)[0] if kind in _TEXTS else "-"


def _number(kind: int, data: memoryview) -> float:
    if kind == _RK:
        return rk_number(struct.unpack_from("<I", data, _CELL_SIZE)[0])
    number: float = struct.unpack_from("<d", data, _CELL_SIZE)[0]
    return number


def _records_of(content: bytes) -> Iterator[tuple[int, memoryview]]:
    """The type and data of each record; type and length use 7 bits of each byte."""
    view = memoryview(content)
    at = 0
    while at < len(content):
        kind = content[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (content[at] & 0x7F) << 7
            at += 1
        length = 0
        for shift in range(0, _LENGTH_BITS, 7):
            byte = content[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + length > len(content):
            raise damaged()
        yield kind, view[at : at + length]
        at += length


def _string_at(data: memoryview, at: int) -> tuple[str, int]:
    """The text at `at`, and the position after it."""
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + 2 * length
    return bytes(data[at + 4 : end]).decode("utf-16-le"), end


def _with_columns(content: bytes) -> bytes:
    """A sheet in which every cell stores its column, and no text its formats."""
    records = []
    column = -1
    for kind, data in _records_of(content):
        if kind == _ROW:
            column = -1
        elif kind in _SHORT_CELLS:
            column += 1
            records.append(_record(kind - _SHORTER, struct.pack("<I", column) + data))
            continue
        elif kind == _BLANK or kind in _VALUES:
            (column,) = struct.unpack_from("<I", data)
        elif kind == _RICH_TEXT:
            (column,) = struct.unpack_from("<I", data)
            value = _string_at(data, _CELL_SIZE + 1)[1]
            head = bytes(data[:_CELL_SIZE])
            records.append(_record(_TEXT, head + bytes(data[_CELL_SIZE + 1 : value])))
            continue
        records.append(_record(kind, data))
    return b"".join(records)


def _record(kind: int, data: bytes | memoryview) -> bytes:
    """A record as `_records_of` reads it."""
    head = [kind] if kind < 0x80 else [kind & 0x7F | 0x80, kind >> 7]
    length = len(data)
    while length >= 0x80:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*head, length]) + data
