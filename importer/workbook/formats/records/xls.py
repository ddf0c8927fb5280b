"""Look at xls files (Excel 97-2003): [MS-XLS], 2.4."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

from importer.workbook.formats import refusals
from importer.workbook.formats.number_formats import note_shown
from importer.workbook.formats.records.xls_records import (
    readable_by_calamine,
    records_of,
    rk_number,
    shared_strings,
    special_styles,
    with_workbook_stream,
    workbook_stream,
)
from importer.workbook.formats.xml.archive import END_OF_ARCHIVE
from importer.workbook.markup import Look, Markup, Positions

_ENCRYPTED, _SHEET = 0x2F, 0x85
_FORMULA, _ERROR, _ROW, _COLUMN_INFO = 0x06, 0x205, 0x208, 0x7D
_DIMENSIONS, _OLD_DIMENSIONS = 0x200, 10
_NUMBER, _LABEL, _RK, _MANY_NUMBERS, _RICH_LABEL, _SHARED = 0x203, 0x204, 0x27E, 0xBD, 0xD6, 0xFD
_CELLS = frozenset(
    {_FORMULA, _ERROR, _NUMBER, _LABEL, _RK, _MANY_NUMBERS, _RICH_LABEL, _SHARED}
)  # fmt: skip
_ROWS, _COLUMNS = 65_536, 256
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x1
_NOT_A_NUMBER = 0xFFFF
_OF_ERROR, _EMPTY_TEXT = 2, 3
_TOKEN_BOOL = 0x1D
_VALUE_AT, _TOKENS_AT = 6, 20
_BUILD_AT, _EXCEL_97 = 8, (0x0DBB, 0x07CC)
"""The program that wrote the file. LibreOffice calls itself Excel 97, and stores 0 for a formula
whose result is text, unless it has calculated the formula itself."""
_CALCULATED = 0x1C1
"""Only files with calculated formulas have this record; libraries store 0 or no text."""
_ZERO, _NO_TEXT = bytes(8), b"\3\0\0\0\0\0\xff\xff"


_ERROR_NAMES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


def error_name(value: int) -> str:
    """The text of an error value: [MS-XLS], 2.5.10, BErr."""
    return _ERROR_NAMES.get(value, "#N/A")


def look(content: bytes) -> Look:
    """Look at a file.

    Raises RefusedError for a file that is encrypted, damaged, or not a workbook.
    """
    records = workbook_stream(content)
    starts = []
    doubtful = [_ZERO, _NO_TEXT]
    for kind, data in records_of(records, 0):
        if kind == _ENCRYPTED:
            raise refusals.password_protected()
        if kind == _SHEET:
            starts.append(struct.unpack_from("<I", data)[0])
        if kind == _CALCULATED:
            of_excel_97 = struct.unpack_from("<HH", records, _BUILD_AT) == _EXCEL_97
            doubtful = [_ZERO] if of_excel_97 else []
    if len(set(starts)) < len(starts):
        raise refusals.same_sheet_twice()
    formats = special_styles(records)
    readers = [_SheetReader(f"{number}", doubtful, formats) for number in range(1, len(starts) + 1)]
    for reader, start in zip(readers, starts, strict=True):
        reader.read(records, start)

    def filled(index: int) -> Positions:
        reader = _SheetReader(f"{index + 1}", doubtful, {}, shared_strings(records))
        reader.read(records, starts[index])
        return reader.filled

    readable = readable_by_calamine(records)
    if readable != records:
        content = with_workbook_stream(content, readable)
    # When calamine cannot read the workbook, it looks for an archive, which nobody has inspected.
    content = content.replace(END_OF_ARCHIVE, bytes(len(END_OF_ARCHIVE)))
    return Look([reader.markup for reader in readers], content, filled)


class _SheetReader:
    """Reads the sheet `name`; `formats` are those of `special_styles`.

    `doubtful` are stored results that may mean "not calculated". If it is given the shared strings,
    `filled` has the position of every cell with a value.
    """

    def __init__(
        self, name: str, doubtful: list[bytes], formats: Mapping[int, str],
        strings: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        self.markup = Markup()
        self.filled: Positions = []
        self._name, self._doubtful, self._formats, self._strings = name, doubtful, formats, strings

    def read(self, stream: bytes, start: int) -> None:
        """Read all records of the sheet that begins at `start`."""
        markup = self.markup
        for kind, data in records_of(stream, start):
            if kind in _CELLS:
                self._note_cell(kind, data)
                if self._formats:
                    for at, style, number in _numbers(kind, data):
                        if style in self._formats:
                            note_shown(markup, at, self._formats[style], number)
            elif kind == _DIMENSIONS:
                _check_dimensions(data)
            elif kind == _ROW:
                if struct.unpack_from("<H", data, 12)[0] & _ROW_HIDDEN:
                    markup.hidden_rows.append(struct.unpack_from("<H", data)[0] + 1)
            elif kind == _COLUMN_INFO:
                first, last, _width, _style, flags = struct.unpack_from("<HHHHH", data)
                if flags & _COLUMN_HIDDEN:
                    markup.hidden_columns.append((first + 1, last + 1))

    def _note_cell(self, kind: int, data: memoryview) -> None:
        row, column = struct.unpack_from("<HH", data)
        at = row + 1, column + 1
        width = 1
        if kind == _MANY_NUMBERS:
            width = struct.unpack_from("<H", data, len(data) - 2)[0] - column + 1
        self.markup.reach(at[0], column + width)
        if kind == _ERROR and data[_VALUE_AT + 1]:
            self.markup.errors[at] = error_name(data[_VALUE_AT])
        elif kind != _FORMULA or self._note_formula(at, data):
            self.markup.values += width
            if self._strings is not None and self._has_text(at, kind, data, self._strings):
                self.filled += [(at[0], at[1] + offset) for offset in range(width)]

    def _note_formula(self, at: tuple[int, int], data: memoryview) -> bool:
        """Note a formula; return whether it has a value other than empty text."""
        value = data[_VALUE_AT : _VALUE_AT + 8]
        is_number = struct.unpack_from("<H", value, 6)[0] != _NOT_A_NUMBER
        if not is_number and value[0] == _OF_ERROR:
            self.markup.errors[at] = error_name(value[2])
            return False
        has_value = True
        size, token = struct.unpack_from("<HB", data, _TOKENS_AT)
        if size != 2 or token != _TOKEN_BOOL:  # LibreOffice writes TRUE and FALSE as such a formula
            has_value = self.markup.formulas[at] = value not in self._doubtful
        return has_value and (is_number or value[0] != _EMPTY_TEXT)

    def _has_text(
        self, at: tuple[int, int], kind: int, data: memoryview, strings: Sequence[str]
    ) -> bool:
        """Whether a cell has text, or a value of another type."""
        if kind == _SHARED:
            index: int = struct.unpack_from("<I", data, _VALUE_AT)[0]
            if index >= len(strings):
                raise refusals.no_such_text(self._name, *at)
            return strings[index].strip() != ""
        return kind not in (_LABEL, _RICH_LABEL) or any(data[_VALUE_AT : _VALUE_AT + 2])


def _numbers(kind: int, data: memoryview) -> Iterator[tuple[tuple[int, int], int, float]]:
    """The position, style and value of each number of a record."""
    row, column, style = struct.unpack_from("<HHH", data)
    if kind == _MANY_NUMBERS:
        for index in range((len(data) - 6) // 6):
            style, stored = struct.unpack_from("<HI", data, 4 + 6 * index)
            yield (row + 1, column + index + 1), style, rk_number(stored)
    elif kind == _RK:
        stored = struct.unpack_from("<I", data, _VALUE_AT)[0]
        yield (row + 1, column + 1), style, rk_number(stored)
    elif kind == _NUMBER or (
        kind == _FORMULA and struct.unpack_from("<H", data, _VALUE_AT + 6)[0] != _NOT_A_NUMBER
    ):
        yield (row + 1, column + 1), style, struct.unpack_from("<d", data, _VALUE_AT)[0]


def _check_dimensions(data: memoryview) -> None:
    """Raise RefusedError for an impossible size: calamine reserves memory for all of it."""
    if len(data) == _OLD_DIMENSIONS:  # too few rows to do harm
        return
    top, bottom, left, right = struct.unpack_from("<IIHH", data)
    if top > bottom or bottom > _ROWS or left > right or right > _COLUMNS:
        raise refusals.outside_grid()
