"""The markup of xlsb sheets: [MS-XLSB], 2.1.4 and 2.4."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from zipfile import ZipFile

from importer.base.texts import N_, text
from importer.workbook.formats.refusals import damaged, hostile, same_sheet_twice
from importer.workbook.formats.xls import error_name
from importer.workbook.formats.xlsx import inspected, targets_of
from importer.workbook.markup import LAST_COLUMN, LAST_ROW, Markup

_ROW, _BLANK, _ERROR, _FORMULA_ERROR = 0, 1, 3, 11
_VALUES = range(2, 12)
_FORMULAS = range(8, 12)
_SHORT_CELLS, _SHORTER = frozenset(range(12, 19)), 11
"""Cells that stand right of the cell before them and do not store their column; by how much their
type is greater than that of the same cell with a column."""
_BUNDLE_SHEET, _COLUMN_INFO, _MERGE_CELL = 156, 60, 176
_ROW_FLAGS_AT, _ROW_HIDDEN = 11, 0x10
_COLUMN_HIDDEN = 0x1
_LENGTH_BITS = 28
_CELL_SIZE = 8  # bytes of a cell before its value: column and style


def read_markup(archive: ZipFile, workbook: str) -> tuple[dict[str, Markup], dict[str, bytes]]:
    """The markup of each sheet, by name; `workbook` is the part that lists them.

    The second result is the sheets that calamine would misread, in a form that it reads: SheetJS
    and Aspose store cells without their column.

    Raises KeyError or struct.error where the archive is not a valid workbook.
    """
    targets = targets_of(archive, workbook)
    parts = []
    for kind, data in _records(archive.read(workbook)):
        if kind == _BUNDLE_SHEET:
            link, at = _string(data, 8)
            name, _ = _string(data, at)
            parts.append((name, inspected(targets[link])))
    if len({part for _, part in parts}) < len(parts):
        raise same_sheet_twice()
    markups = {}
    changed = {}
    for name, part in parts:
        content = archive.read(part)
        markup = _read_sheet(content)
        if markup is None:
            content = changed[part] = _with_columns(content)
            markup = _read_sheet(content)
            assert markup is not None, "every cell has its column now"
        markups[name] = markup
    return markups, changed


def _records(content: bytes) -> Iterator[tuple[int, memoryview]]:
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


def _string(data: memoryview, at: int) -> tuple[str, int]:
    """The text at `at`, and the position after it."""
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + 2 * length
    return bytes(data[at + 4 : end]).decode("utf-16-le"), end


def _read_sheet(content: bytes) -> Markup | None:
    """The markup of a sheet; None if it has cells without their column."""
    markup = Markup()
    row = 0
    for kind, data in _records(content):
        if kind == _ROW:
            row = struct.unpack_from("<I", data)[0] + 1
            if data[_ROW_FLAGS_AT] & _ROW_HIDDEN:
                markup.hidden_rows.append(row)
        elif kind in _VALUES:
            at = row, struct.unpack_from("<I", data)[0] + 1
            if row > LAST_ROW or at[1] > LAST_COLUMN:
                raise hostile(text(N_("it has cells outside the grid of a sheet")))
            markup.reach(*at)
            if kind in (_ERROR, _FORMULA_ERROR):
                markup.errors[at] = error_name(data[_CELL_SIZE])
            elif kind in _FORMULAS:
                markup.formulas[at] = True
        elif kind in _SHORT_CELLS:
            return None
        elif kind == _COLUMN_INFO:
            first, last, _width, _style, flags = struct.unpack_from("<IIIIH", data)
            if flags & _COLUMN_HIDDEN:
                markup.hidden_columns.append((first + 1, last + 1))
        elif kind == _MERGE_CELL:
            top, bottom, left, right = struct.unpack_from("<IIII", data)
            markup.merged.append(((top, left), (bottom, right)))
    return markup


def _with_columns(content: bytes) -> bytes:
    """A sheet in which every cell stores its column."""
    records = []
    column = -1
    for kind, data in _records(content):
        if kind == _ROW:
            column = -1
        elif kind in _SHORT_CELLS:
            column += 1
            records.append(_record(kind - _SHORTER, struct.pack("<I", column) + data))
            continue
        elif kind == _BLANK or kind in _VALUES:
            (column,) = struct.unpack_from("<I", data)
        records.append(_record(kind, data))
    return b"".join(records)


def _record(kind: int, data: bytes | memoryview) -> bytes:
    """A record as `_records` reads it."""
    head = [kind] if kind < 0x80 else [kind & 0x7F | 0x80, kind >> 7]
    length = len(data)
    while length >= 0x80:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*head, length]) + data
