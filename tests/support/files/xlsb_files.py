"""Writes xlsb files, which nothing that can be installed does: [MS-XLSB], 2.1 and 2.4.

As much of the format as a workbook of cells needs, laid out as Excel does it: shared strings, two
styles (general and date), hidden rows, columns and sheets, merged ranges, days counted from 1904.
"""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

Value = str | float | bool | dt.date | dt.datetime
"""What a cell shows, but for errors; a date is a number whose style says that it is one."""

Merged = tuple[int, int, int, int]
"""First and last row, first and last column, counted from 0."""


class Error(Enum):
    """An error value, by what it shows: 2.5.97.2, BErr."""

    NULL = "#NULL!", 0x00
    DIV_0 = "#DIV/0!", 0x07
    VALUE = "#VALUE!", 0x0F
    REF = "#REF!", 0x17
    NAME = "#NAME?", 0x1D
    NUM = "#NUM!", 0x24
    NA = "#N/A", 0x2A

    def __init__(self, shown: str, number: int) -> None:
        self.shown = shown
        self.number = number


ERRORS = {error.shown: error for error in Error}


@dataclass(frozen=True, slots=True)
class Calculated:
    """A formula that is nothing but its value, `=50`; a truth value is `=1=1` or `=1=0`."""

    value: Value | Error


Cell = Value | Error | Calculated | None
"""What a cell holds; None is a blank one that has a style."""


@dataclass(frozen=True, slots=True)
class XlsbSheet:
    """A sheet: its cells by row and column counted from 0, and what is hidden and merged."""

    name: str
    cells: Mapping[tuple[int, int], Cell]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: Sequence[Merged] = ()


# Records, by the names of [MS-XLSB] 2.3.2 without Brt.
_ROW_HDR, _CELL_BLANK, _CELL_ERROR, _CELL_BOOL, _CELL_REAL, _CELL_ISST = 0, 1, 3, 4, 5, 7
_FMLA_STRING, _FMLA_NUM, _FMLA_BOOL, _FMLA_ERROR = 8, 9, 10, 11
_SST_ITEM, _FONT, _FILL, _BORDER, _XF, _COL_INFO = 19, 43, 45, 46, 47, 60
_BEGIN_SHEET, _END_SHEET, _BEGIN_BOOK, _END_BOOK = 129, 130, 131, 132
_BEGIN_BUNDLE, _END_BUNDLE, _BEGIN_DATA, _END_DATA = 143, 144, 145, 146
_WS_DIM, _WB_PROP, _BUNDLE_SH, _BEGIN_SST, _END_SST = 148, 153, 156, 159, 160
_MERGE_CELL, _BEGIN_MERGED, _END_MERGED = 176, 177, 178
_BEGIN_STYLES, _END_STYLES, _BEGIN_COLUMNS, _END_COLUMNS = 278, 279, 390, 391
_FILLS, _FONTS, _BORDERS, _CELL_XFS, _STYLE_XFS = 603, 611, 613, 617, 626

# Tokens of formulas: 2.5.97.16.
_EQUAL, _STR, _ERR, _INT, _NUM = b"\x0b", b"\x17", b"\x1c", b"\x1e", b"\x1f"

_GENERAL, _DATE = 0, 1
_DATE_FORMAT = 14
_HIDDEN_ROW = 0x10
_DAYS_TO_1904 = 1_462

_LOCKED = 0x1000
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_EXCEL = "application/vnd.ms-excel"


def write_xlsb(path: Path, sheets: Sequence[XlsbSheet], *, from_1904: bool = False) -> Path:
    """Write `sheets` to `path`."""
    book = _Book(from_1904)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sheet in enumerate(sheets, 1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", b"".join(book.sheet(sheet)))
        archive.writestr("xl/workbook.bin", b"".join(_workbook(sheets, from_1904)))
        archive.writestr("xl/styles.bin", b"".join(_styles()))
        archive.writestr("xl/sharedStrings.bin", b"".join(book.shared_strings()))
        for part, content in _links(len(sheets)):
            archive.writestr(part, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return path


def serial(value: dt.date | dt.datetime, *, from_1904: bool) -> float:
    """The number by which Excel keeps a day and a time of day."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    days = (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    return days - _DAYS_TO_1904 * from_1904


def record(kind: int, *parts: bytes, length: int | None = None) -> bytes:
    """A record, which may lie about its length; type and length are numbers of 7 bits a byte."""
    content = b"".join(parts)
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content) if length is None else length
    while size >= 0x80:
        head += bytes([size & 0x7F | 0x80])
        size >>= 7
    return head + bytes([size]) + content


def _text(value: str) -> bytes:
    encoded = value.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


@dataclass(slots=True)
class _Book:
    from_1904: bool
    strings: dict[str, int] = field(default_factory=dict)

    def sheet(self, sheet: XlsbSheet) -> Iterator[bytes]:
        rows = sorted({row for row, _ in sheet.cells})
        width = max((column for _, column in sheet.cells), default=0)
        yield record(_BEGIN_SHEET)
        yield record(_WS_DIM, struct.pack("<4I", 0, rows[-1] if rows else 0, 0, width))
        if sheet.hidden_columns:
            yield record(_BEGIN_COLUMNS)
            for column in sorted(sheet.hidden_columns):
                yield record(_COL_INFO, struct.pack("<4IH", column, column, 2_560, _GENERAL, 1))
            yield record(_END_COLUMNS)
        yield record(_BEGIN_DATA)
        for row in rows:
            hidden = _HIDDEN_ROW if row in sheet.hidden_rows else 0
            yield record(_ROW_HDR, struct.pack("<IIHBBBI", row, 0, 300, 0, hidden, 0, 0))
            columns = sorted(column for at, column in sheet.cells if at == row)
            yield from (self._cell(column, sheet.cells[row, column]) for column in columns)
        yield record(_END_DATA)
        if sheet.merged:
            yield record(_BEGIN_MERGED, struct.pack("<I", len(sheet.merged)))
            for merged in sheet.merged:
                yield record(_MERGE_CELL, struct.pack("<4I", *merged))
            yield record(_END_MERGED)
        yield record(_END_SHEET)

    def shared_strings(self) -> Iterator[bytes]:
        yield record(_BEGIN_SST, struct.pack("<II", len(self.strings), len(self.strings)))
        for value in self.strings:
            yield record(_SST_ITEM, b"\0", _text(value))
        yield record(_END_SST)

    def _cell(self, column: int, cell: Cell) -> bytes:
        value = cell.value if isinstance(cell, Calculated) else cell
        style = _GENERAL
        if isinstance(value, dt.date):
            style, value = _DATE, serial(value, from_1904=self.from_1904)
        head = struct.pack("<II", column, style)
        if isinstance(cell, Calculated):
            assert value is not None
            return _formula(head, value)
        match value:
            case None:
                return record(_CELL_BLANK, head)
            case bool():
                return record(_CELL_BOOL, head, bytes([value]))
            case str():
                number = self.strings.setdefault(value, len(self.strings))
                return record(_CELL_ISST, head, struct.pack("<I", number))
            case Error():
                return record(_CELL_ERROR, head, bytes([value.number]))
            case _:
                return record(_CELL_REAL, head, struct.pack("<d", value))


def _formula(head: bytes, value: Value | Error) -> bytes:
    match value:
        case bool():
            kind, stored = _FMLA_BOOL, bytes([value])
            tokens = _INT + b"\1\0" + _INT + bytes([value, 0]) + _EQUAL  # =1=1
        case str():
            kind, stored = _FMLA_STRING, _text(value)
            letters = value.encode("utf-16-le")
            tokens = _STR + struct.pack("<H", len(letters) // 2) + letters
        case Error():
            kind, stored = _FMLA_ERROR, bytes([value.number])
            tokens = _ERR + stored
        case _:
            assert isinstance(value, int | float)
            kind, stored = _FMLA_NUM, struct.pack("<d", value)
            tokens = _NUM + stored
    flags, size, more = b"\0\0", struct.pack("<I", len(tokens)), struct.pack("<I", 0)
    return record(kind, head, stored, flags, size, tokens, more)


def _workbook(sheets: Sequence[XlsbSheet], from_1904: bool) -> Iterator[bytes]:
    yield record(_BEGIN_BOOK)
    yield record(_WB_PROP, struct.pack("<II", from_1904, 0), _text("ThisWorkbook"))
    yield record(_BEGIN_BUNDLE)
    for number, sheet in enumerate(sheets, 1):
        state = struct.pack("<II", sheet.hidden, number)
        yield record(_BUNDLE_SH, state, _text(f"rId{number}"), _text(sheet.name))
    yield record(_END_BUNDLE)
    yield record(_END_BOOK)


def _styles() -> Iterator[bytes]:
    """One font, fill and border, and the two styles of cells."""
    no_color, no_line = struct.pack("<II", 0, 0), bytes(10)
    font = struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 2, 0, 0) + no_color + b"\x02"
    fill = struct.pack("<I", 0) + no_color + no_color + bytes(48)
    general, date = (
        struct.pack("<HHHHHBBHH", parent, number, 0, 0, 0, 0, 0, _LOCKED, 0)
        for parent, number in ((0, 0), (0, _DATE_FORMAT))
    )
    parent = struct.pack("<H", 0xFFFF) + general[2:]
    yield record(_BEGIN_STYLES)
    for kind, item, entries in (
        (_FONTS, _FONT, [font + _text("Calibri")]),
        (_FILLS, _FILL, [fill]),
        (_BORDERS, _BORDER, [b"\0" + no_line * 5]),
        (_STYLE_XFS, _XF, [parent]),
        (_CELL_XFS, _XF, [general, date]),
    ):
        yield record(kind, struct.pack("<I", len(entries)))
        yield from (record(item, entry) for entry in entries)
        yield record(kind + 1)
    yield record(_END_STYLES)


def _links(sheets: int) -> Iterator[tuple[str, str]]:
    """The parts in XML: what the other parts are, and how they hang together."""
    numbers = range(1, sheets + 1)
    targets = [
        *(("worksheet", f"worksheets/sheet{number}.bin") for number in numbers),
        ("styles", "styles.bin"),
        ("sharedStrings", "sharedStrings.bin"),
    ]
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    types = "".join(
        f'<Override PartName="/xl/{target}" ContentType="{_EXCEL}.{kind}"/>'
        for kind, target in targets
    )
    office = f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.bin"/>'
    yield "_rels/.rels", f'<Relationships xmlns="{_RELS}">{office}</Relationships>'
    yield "xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{_RELS}">{links}</Relationships>'
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="bin" ContentType="{_EXCEL}.sheet.binary.macroEnabled.main"/>'
        f"{types}</Types>",
    )
