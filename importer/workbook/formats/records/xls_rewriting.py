"""Rewrite xls records that calamine misreads: [MS-XLS], 2.4."""

from __future__ import annotations

import io
import struct

import olefile

from importer.workbook.formats.records.xls_records import is_excel_97, records_of

_CODE_PAGE, _FORMAT, _STYLE = 0x42, 0x41E, 0xE0
_UNICODE = 1200
_NUMBERS = frozenset({*range(50), *range(63, 67), *range(164, 383)})
"""The numbers that formats have in Excel's own files; 2.4.126 names fewer."""
_OWN_NUMBERS = range(164, 383)
_FORMAT_AT = 2  # in a style


def readable(content: bytes) -> bytes:
    """The file in a form that calamine reads as Excel does.

    JExcelApi and Spreadsheet::WriteExcel name a code page, which strings of Excel 97 do not have.
    SheetJS numbers formats as Excel does not, so that calamine takes dates for numbers.
    """
    copy = io.BytesIO(content)
    with olefile.OleFileIO(copy, write_mode=True) as ole:
        name = "Workbook" if ole.exists("Workbook") else "Book"
        original: bytes = ole.openstream(name).read()
        stream = bytearray(original)
        _rewrite(stream)
        if stream != original:
            ole.write_stream(name, bytes(stream))
        return copy.getvalue()


def _rewrite(stream: bytearray) -> None:
    """Change the workbook's own records in place."""
    records = list(records_of(stream, 0))
    formats = {struct.unpack_from("<H", data)[0]: data for kind, data in records if kind == _FORMAT}
    free = iter(sorted(set(_OWN_NUMBERS) - formats.keys()))
    renumbered = dict(zip(sorted(formats.keys() - _NUMBERS), free, strict=False))
    for number, new_number in renumbered.items():
        struct.pack_into("<H", formats[number], 0, new_number)
    for kind, data in records:
        if kind == _CODE_PAGE and is_excel_97(stream):
            struct.pack_into("<H", data, 0, _UNICODE)
        elif kind == _STYLE:
            (number,) = struct.unpack_from("<H", data, _FORMAT_AT)
            struct.pack_into("<H", data, _FORMAT_AT, renumbered.get(number, number))
