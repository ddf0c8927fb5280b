"""Read and rewrite the records of xlsb files: [MS-XLSB], 2.1.4 and 2.4."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from importer.workbook.formats.refusals import damaged

_ROW, _BLANK, _TEXT, _RICH_TEXT = 0, 1, 6, 62
VALUES = range(2, 12)
"""Cells with a value and their column."""
_SHORT_CELLS, _SHORTER = frozenset(range(12, 19)), 11
"""Cells that stand right of the cell before them and do not store their column; by how much their
type is greater than that of the same cell with a column."""
UNKNOWN_CELLS = _SHORT_CELLS | {_RICH_TEXT}
"""Cells that calamine skips."""
_LENGTH_BITS = 28
CELL_SIZE = 8
"""Bytes of a cell before its value: column and style."""


def records_of(content: bytes) -> Iterator[tuple[int, memoryview]]:
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


def string_at(data: memoryview, at: int) -> tuple[str, int]:
    """The text at `at`, and the position after it."""
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + 2 * length
    return bytes(data[at + 4 : end]).decode("utf-16-le"), end


def with_columns(content: bytes) -> bytes:
    """A sheet in which every cell stores its column, and no text its formats."""
    records = []
    column = -1
    for kind, data in records_of(content):
        if kind == _ROW:
            column = -1
        elif kind in _SHORT_CELLS:
            column += 1
            records.append(_record(kind - _SHORTER, struct.pack("<I", column) + data))
            continue
        elif kind == _BLANK or kind in VALUES:
            (column,) = struct.unpack_from("<I", data)
        elif kind == _RICH_TEXT:
            (column,) = struct.unpack_from("<I", data)
            value = string_at(data, CELL_SIZE + 1)[1]
            head = bytes(data[:CELL_SIZE])
            records.append(_record(_TEXT, head + bytes(data[CELL_SIZE + 1 : value])))
            continue
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
