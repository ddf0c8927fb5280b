"""Look at xlsb files: [MS-XLSB], 2.1.4 and 2.4."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import partial

from importer.workbook.formats.number_formats import note_shown, special_formats
from importer.workbook.formats.records.xls import error_name
from importer.workbook.formats.records.xls_records import rk_number
from importer.workbook.formats.records.xlsb_records import (
    CELL_SIZE,
    UNKNOWN_CELLS,
    VALUES,
    records_of,
    string_at,
    with_columns,
)
from importer.workbook.formats.refusals import (
    check_on_grid,
    no_such_text,
    same_row_twice,
    same_sheet_twice,
)
from importer.workbook.formats.xml.archive import InspectedArchive
from importer.workbook.formats.xml.packages import require_sound, targets_of
from importer.workbook.formats.xml.xlsx_rewriting import rewritten
from importer.workbook.markup import Look, Markup, Positions

_ROW, _ERROR, _FORMULA_ERROR = 0, 3, 11
_RK, _REAL, _TEXT, _SHARED, _FORMULA_TEXT, _FORMULA_NUMBER = 2, 5, 6, 7, 8, 9
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
    for kind, data in records_of(archive.read(workbook)):
        if kind == _BUNDLE_SHEET:
            link, at = string_at(data, 8)
            name, _ = string_at(data, at)
            listed.append((name, targets[link]))
    if len({part for _, part in listed}) < len(listed):
        raise same_sheet_twice()
    keys = require_sound(archive, [workbook, *(part for _, part in listed)])
    formats = _special_formats(archive)
    markups = {}
    changed = {}
    sheets = {}
    for name, part in listed:
        sheet = archive.read(part)
        reader = _SheetReader(name, formats)
        if not reader.read(sheet):
            sheet = changed[part] = with_columns(sheet)
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
    records = records_of(archive.text_of(_STRINGS))
    strings = [string_at(data, 1)[0] for kind, data in records if kind == _STRING_ITEM]
    reader = _SheetReader(name, {}, strings)
    reader.read(sheets[name])
    return reader.filled


def _special_formats(archive: InspectedArchive) -> dict[int, str]:
    formats = {}
    styles = []
    is_cell_style = False
    for kind, data in records_of(archive.text_of(_STYLES)):
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = string_at(data, 2)[0]
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
        for kind, data in records_of(content):
            if kind in VALUES:
                self._note_cell(kind, data)
            elif kind == _ROW:
                self._start_row(data)
            elif kind in UNKNOWN_CELLS:
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
            markup.errors[at] = error_name(data[CELL_SIZE])
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
            index: int = struct.unpack_from("<I", data, CELL_SIZE)[0]
            if index >= len(strings):
                raise no_such_text(self._name, *at)
            return strings[index]
        return string_at(data, CELL_SIZE)[0] if kind in _TEXTS else "-"


def _number(kind: int, data: memoryview) -> float:
    if kind == _RK:
        return rk_number(struct.unpack_from("<I", data, CELL_SIZE)[0])
    number: float = struct.unpack_from("<d", data, CELL_SIZE)[0]
    return number
