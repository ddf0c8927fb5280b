"""The markup of xls sheets (Excel 97-2003): [MS-XLS], 2.4."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

from importer.base.texts import N_, text
from importer.domain.problems import Code
from importer.workbook.formats import refusals
from importer.workbook.formats.archive import END_OF_ARCHIVE
from importer.workbook.markup import Markup

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")

_BEGIN, _EOF, _ENCRYPTED, _SHEET = 0x809, 0x0A, 0x2F, 0x85
_FORMULA, _ERROR, _ROW, _COLUMN_INFO = 0x06, 0x205, 0x208, 0x7D
_DIMENSIONS, _OLD_DIMENSIONS = 0x200, 10
_CELLS = frozenset({_FORMULA, _ERROR, 0x203, 0x204, 0x27E, 0xBD, 0xD6, 0xFD})
_MANY_NUMBERS = 0xBD
_ROWS, _COLUMNS = 65_536, 256
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x1
_NOT_A_NUMBER = 0xFFFF
_OF_ERROR = 2
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


def read_markup(content: bytes) -> list[Markup]:
    """The markup of each sheet, in the file's order.

    Raises RefusedError for a file that is encrypted, damaged, or not a workbook.
    """
    records = _stream(content)
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
    return [_read_sheet(records, start, doubtful) for start in starts]


def _stream(content: bytes) -> bytes:
    if _ENCRYPTED_PACKAGE in content:  # an xlsx file with a password
        raise refusals.password_protected()
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        _check_chains(ole)
        for name in ("Workbook", "Book"):
            if ole.exists(name):
                stream: bytes = ole.openstream(name).read()
                return stream
    reason = text(N_("it is a document of another program"))
    raise refusals.RefusedError(Code.NOT_A_WORKBOOK, reason)


def without_archives(content: bytes) -> bytes:
    """Remove the signature of a zip archive, which has not been inspected.

    calamine looks for one when it cannot read the workbook.
    """
    return content.replace(END_OF_ARCHIVE, bytes(len(END_OF_ARCHIVE)))


def _check_chains(ole: olefile.OleFileIO) -> None:
    """Raise RefusedError for a chain of sectors that forms a loop."""
    if ole.num_mini_fat_sectors:
        ole.loadminifat()
    for following in (ole.fat, ole.minifat or ()):
        walks = [0] * len(following)  # on which each sector was passed
        for walk, start in enumerate(range(len(following)), 1):
            at = start
            while at < len(following) and not walks[at]:
                walks[at] = walk
                at = following[at]
            if at < len(following) and walks[at] == walk:
                raise refusals.damaged()


def records_of(stream: bytes | bytearray, start: int) -> Iterator[tuple[int, memoryview]]:
    """The type and data of each record, up to the end of the part that begins at `start`.

    Parts within it, such as charts, are skipped.
    """
    view = memoryview(stream)
    at = start
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + length > len(stream):
            raise refusals.damaged()
        if kind == _BEGIN:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, view[at : at + length]
        at += length


def _read_sheet(stream: bytes, start: int, doubtful: list[bytes]) -> Markup:
    """The markup of a sheet; `doubtful` are stored results that may mean "not calculated"."""
    markup = Markup()
    for kind, data in records_of(stream, start):
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", data)
            at = row + 1, column + 1
            markup.reach(*at)
            if kind == _MANY_NUMBERS:
                markup.reach(row + 1, struct.unpack_from("<H", data, len(data) - 2)[0] + 1)
            elif kind == _FORMULA:
                _note_formula(markup, at, data, doubtful)
            elif kind == _ERROR and data[_VALUE_AT + 1]:
                markup.errors[at] = error_name(data[_VALUE_AT])
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


def _check_dimensions(data: memoryview) -> None:
    """Raise RefusedError for an impossible size: calamine reserves memory for all of it."""
    if len(data) == _OLD_DIMENSIONS:  # too few rows to do harm
        return
    top, bottom, left, right = struct.unpack_from("<IIHH", data)
    if top > bottom or bottom > _ROWS or left > right or right > _COLUMNS:
        raise refusals.hostile(text(N_("it has cells outside the grid of a sheet")))


def _note_formula(
    markup: Markup, at: tuple[int, int], data: memoryview, doubtful: list[bytes]
) -> None:  # fmt: skip
    value = data[_VALUE_AT : _VALUE_AT + 8]
    if struct.unpack_from("<H", value, 6)[0] == _NOT_A_NUMBER and value[0] == _OF_ERROR:
        markup.errors[at] = error_name(value[2])
        return
    size, token = struct.unpack_from("<HB", data, _TOKENS_AT)
    if size != 2 or token != _TOKEN_BOOL:  # LibreOffice writes TRUE and FALSE as such a formula
        markup.formulas[at] = value not in doubtful
