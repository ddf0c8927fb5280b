"""Look at xls files (Excel 97-2003): [MS-XLS], 2.4."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

from importer.base.texts import N_, text
from importer.workbook.formats import refusals
from importer.workbook.formats.look import Look, Positions
from importer.workbook.formats.number_formats import note_shown
from importer.workbook.formats.records import xls_rewriting
from importer.workbook.formats.records.compound_files import without_archives, workbook_stream
from importer.workbook.formats.records.xls_records import (
    records_of,
    rk_number,
    shared_strings,
    special_styles,
)
from importer.workbook.markup import Markup

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
    readers = [_SheetReader(records, start, doubtful) for start in starts]
    markups = [reader.read(formats) for reader in readers]
    readable = without_archives(xls_rewriting.readable(content))

    def filled(index: str | int) -> Positions:
        assert isinstance(index, int)
        return readers[index].filled(shared_strings(records), f"{index + 1}")

    return Look(markups, readable, filled)


class _SheetReader:
    """Reads the sheet that begins at `start`; `doubtful` are stored results that may mean "not
    calculated"."""

    def __init__(self, stream: bytes, start: int, doubtful: list[bytes]) -> None:
        self._stream, self._start, self._doubtful = stream, start, doubtful

    def read(self, formats: Mapping[int, str]) -> Markup:
        """The markup; `formats` are those of `special_styles`."""
        markup = Markup()
        for kind, data in records_of(self._stream, self._start):
            if kind in _CELLS:
                self._note_cell(markup, kind, data)
                if formats:
                    for at, style, number in _numbers(kind, data):
                        if style in formats:
                            note_shown(markup, at, formats[style], number)
            elif kind == _DIMENSIONS:
                _check_dimensions(data)
            elif kind == _ROW:
                if struct.unpack_from("<H", data, 12)[0] & _ROW_HIDDEN:
                    markup.hidden_rows.append(struct.unpack_from("<H", data)[0] + 1)
            elif kind == _COLUMN_INFO:
                first, last, _width, _style, flags = struct.unpack_from("<HHHHH", data)
                if flags & _COLUMN_HIDDEN:
                    markup.hidden_columns.append((first + 1, last + 1))
        return markup

    def _note_cell(self, markup: Markup, kind: int, data: memoryview) -> None:
        row, column = struct.unpack_from("<HH", data)
        at = row + 1, column + 1
        markup.reach(*at)
        if kind == _FORMULA:
            markup.values += _note_formula(markup, at, data, self._doubtful)
        elif kind == _ERROR and data[_VALUE_AT + 1]:
            markup.errors[at] = error_name(data[_VALUE_AT])
        elif kind == _MANY_NUMBERS:
            last = struct.unpack_from("<H", data, len(data) - 2)[0]
            markup.reach(row + 1, last + 1)
            markup.values += last - column + 1
        else:
            markup.values += 1

    def filled(self, strings: Sequence[str], name: str) -> Positions:
        """All cells with values; `name` is the sheet's in a refusal."""
        positions: Positions = []
        for kind, data in records_of(self._stream, self._start):
            if kind not in _CELLS:
                continue
            row, column = struct.unpack_from("<HH", data)
            at = row + 1, column + 1
            if kind == _MANY_NUMBERS:
                last = struct.unpack_from("<H", data, len(data) - 2)[0]
                positions += [(row + 1, number + 1) for number in range(column, last + 1)]
            elif kind == _FORMULA:
                positions += [at] * _note_formula(Markup(), at, data, self._doubtful)
            elif kind == _SHARED:
                (index,) = struct.unpack_from("<I", data, _VALUE_AT)
                if index >= len(strings):
                    raise refusals.no_such_text(name, *at)
                positions += [at] * bool(strings[index].strip())
            elif kind not in (_LABEL, _RICH_LABEL) or struct.unpack_from("<H", data, _VALUE_AT)[0]:
                positions += [at] * (kind != _ERROR or not data[_VALUE_AT + 1])
        return positions


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
        raise refusals.hostile(text(N_("it has cells outside the grid of a sheet")))


def _note_formula(
    markup: Markup, at: tuple[int, int], data: memoryview, doubtful: list[bytes]
) -> bool:  # fmt: skip
    """Note a formula; return whether it has a value other than empty text."""
    value = data[_VALUE_AT : _VALUE_AT + 8]
    is_number = struct.unpack_from("<H", value, 6)[0] != _NOT_A_NUMBER
    if not is_number and value[0] == _OF_ERROR:
        markup.errors[at] = error_name(value[2])
        return False
    size, token = struct.unpack_from("<HB", data, _TOKENS_AT)
    if size != 2 or token != _TOKEN_BOOL:  # LibreOffice writes TRUE and FALSE as such a formula
        markup.formulas[at] = value not in doubtful
    return markup.formulas.get(at, True) and (is_number or value[0] != _EMPTY_TEXT)
