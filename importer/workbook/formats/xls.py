"""What an xls file (Excel 97-2003) says of its sheets beside their values: [MS-XLS], 2.4."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

from importer.domain.problems import Code
from importer.texts import N_, text
from importer.workbook.formats.errors_shown import error_shown
from importer.workbook.formats.refusals import RefusedError, damaged, password_protected
from importer.workbook.markup import Markup

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")

_BEGIN, _EOF, _ENCRYPTED, _SHEET = 0x809, 0x0A, 0x2F, 0x85
_FORMULA, _ERROR, _ROW, _COLUMN_INFO = 0x06, 0x205, 0x208, 0x7D
_CELLS = frozenset({_FORMULA, _ERROR, 0x203, 0x204, 0x27E, 0xBD, 0xD6, 0xFD})
_MANY_NUMBERS = 0xBD
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x1
_NOT_A_NUMBER = 0xFFFF
_OF_ERROR = 2
_TOKEN_BOOL = 0x1D
_VALUE_AT, _TOKENS_AT = 6, 20


def look_at_sheets(content: bytes) -> list[Markup]:
    """The markup of each sheet, in the file's order.

    Raises RefusedError for a file that is encrypted, damaged, or no workbook.
    """
    records = _stream(content)
    bundles = []
    for kind, data in _records(records, 0):
        if kind == _ENCRYPTED:
            raise password_protected()
        if kind == _SHEET:
            bundles.append(struct.unpack_from("<I", data)[0])
    return [_look(records, start) for start in bundles]


def _stream(content: bytes) -> bytes:
    if _ENCRYPTED_PACKAGE in content:  # an xlsx file with a password
        raise password_protected()
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        for name in ("Workbook", "Book"):
            if ole.exists(name):
                stream: bytes = ole.openstream(name).read()
                return stream
    reason = text(N_("it is a document of another program"))
    raise RefusedError(Code.NOT_A_WORKBOOK, reason)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, memoryview]]:
    """Each record's type and data, up to the end of the part that begins at `start`.

    Those of a part within it, as a chart is, are left out.
    """
    view = memoryview(stream)
    at = start
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + length > len(stream):
            raise damaged()
        if kind == _BEGIN:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, view[at : at + length]
        at += length


def _look(stream: bytes, start: int) -> Markup:
    markup = Markup()
    for kind, data in _records(stream, start):
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", data)
            at = row + 1, column + 1
            markup.reach(*at)
            if kind == _MANY_NUMBERS:
                markup.reach(row + 1, struct.unpack_from("<H", data, len(data) - 2)[0] + 1)
            elif kind == _FORMULA:
                _note_formula(markup, at, data)
            elif kind == _ERROR and data[_VALUE_AT + 1]:
                markup.errors[at] = error_shown(data[_VALUE_AT])
        elif kind == _ROW:
            if struct.unpack_from("<H", data, 12)[0] & _ROW_HIDDEN:
                markup.hidden_rows.append(struct.unpack_from("<H", data)[0] + 1)
        elif kind == _COLUMN_INFO:
            first, last, _width, _style, flags = struct.unpack_from("<HHHHH", data)
            if flags & _COLUMN_HIDDEN:
                markup.hidden_columns.append((first + 1, last + 1))
    return markup


def _note_formula(markup: Markup, at: tuple[int, int], data: memoryview) -> None:
    value = data[_VALUE_AT : _VALUE_AT + 8]
    if struct.unpack_from("<H", value, 6)[0] == _NOT_A_NUMBER and value[0] == _OF_ERROR:
        markup.errors[at] = error_shown(value[2])
        return
    size, token = struct.unpack_from("<HB", data, _TOKENS_AT)
    if size != 2 or token != _TOKEN_BOOL:  # that one is a constant TRUE or FALSE of LibreOffice
        markup.formulas[at] = True
