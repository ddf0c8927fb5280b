"""Read and rewrite the records of xls files: [MS-CFB], and [MS-XLS], 2.4 and 2.5."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import accumulate

import olefile

from importer.base.texts import N_, text
from importer.domain.problems import Code
from importer.workbook.formats import refusals
from importer.workbook.formats.number_formats import special_formats

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_BEGIN, _EOF, _CONTINUE, _STRINGS, _FORMAT, _STYLE = 0x809, 0x0A, 0x3C, 0xFC, 0x41E, 0xE0
_CODE_PAGE, _UNICODE = 0x42, 1200
_VERSION_AT, _EXCEL_97 = 4, 0x0600
_WIDE, _RICH, _PHONETIC = 0x1, 0x8, 0x4
_RK_HUNDREDTHS, _RK_INTEGER = 1, 2
_FORMAT_AT = 2  # in a style
_FORMATS_OF_EXCEL = frozenset({*range(50), *range(63, 67), *range(164, 383)})
"""The numbers that formats have in Excel's own files; 2.4.126 names fewer."""
_OWN_FORMATS = range(164, 383)


def workbook_stream(content: bytes) -> bytes:
    """The records of the workbook in a compound file.

    Raises RefusedError for a file that is encrypted, damaged, or not a workbook.
    """
    if _ENCRYPTED_PACKAGE in content:  # an xlsx file with a password
        raise refusals.password_protected()
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        _check_chains(ole)
        stream: bytes = ole.openstream(_stream_name(ole)).read()
        return stream


def with_workbook_stream(content: bytes, stream: bytes) -> bytes:
    """The compound file with other records of the same size."""
    copy = io.BytesIO(content)
    with olefile.OleFileIO(copy, write_mode=True) as ole:
        ole.write_stream(_stream_name(ole), stream)
        return copy.getvalue()


def _stream_name(ole: olefile.OleFileIO) -> str:
    for name in ("Workbook", "Book"):
        if ole.exists(name):
            return name
    reason = text(N_("it is a document of another program"))
    raise refusals.RefusedError(Code.NOT_A_WORKBOOK, reason)


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


def is_excel_97(stream: bytes | bytearray) -> bool:
    """Whether the texts of the workbook are in Unicode."""
    return bool(struct.unpack_from("<H", stream, _VERSION_AT)[0] == _EXCEL_97)


def rk_number(stored: int) -> float:
    """A number that is stored in 30 bits: 2.5.217, RkNumber."""
    bits = stored & 0xFFFFFFFC
    if stored & _RK_INTEGER:
        number = float((bits - (1 << 32) if bits >> 31 else bits) >> 2)
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", bits << 32))
    return number / 100 if stored & _RK_HUNDREDTHS else number


def special_styles(stream: bytes) -> dict[int, str]:
    """The number formats that matter, by the index of their style."""
    formats = {}
    styles = []
    for kind, data in records_of(stream, 0):
        if kind == _FORMAT:
            number, length = struct.unpack_from("<HH" if is_excel_97(stream) else "<HB", data)
            formats[number] = _format_code(bytes(data), length, is_excel_97(stream))
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", data, _FORMAT_AT)[0])
    return special_formats(formats, styles)


def _format_code(data: bytes, length: int, is_unicode: bool) -> str:
    if not is_unicode:
        return data[3 : 3 + length].decode("latin-1")
    if data[4] & _WIDE:
        return data[5 : 5 + 2 * length].decode("utf-16-le")
    return data[5 : 5 + length].decode("latin-1")


def shared_strings(stream: bytes) -> list[str]:
    """The shared strings: 2.4.265, SST."""
    pieces: list[bytes] = []
    for kind, data in records_of(stream, 0):
        if kind == _STRINGS:
            pieces = [bytes(data)]
        elif kind == _CONTINUE and pieces:
            pieces.append(bytes(data))
        elif pieces:
            break
    content = b"".join(pieces)
    ends = iter([*accumulate(map(len, pieces)), len(content)])
    end = next(ends)
    strings = []
    at = 8
    while at < len(content):
        length, flags = struct.unpack_from("<HB", content, at)
        at += 3
        trailing = 0
        if flags & _RICH:
            trailing += 4 * struct.unpack_from("<H", content, at)[0]
            at += 2
        if flags & _PHONETIC:
            trailing += struct.unpack_from("<I", content, at)[0]
            at += 4
        letters: list[str] = []
        while length > 0:
            while at >= end:  # the letters continue in another record, perhaps in other bytes
                if end == len(content):
                    raise refusals.damaged()
                flags, at, end = content[at], at + 1, next(ends)
            width = 2 if flags & _WIDE else 1
            count = min(length, -(-(end - at) // width))
            encoding = "utf-16-le" if width == 2 else "latin-1"
            letters.append(content[at : at + count * width].decode(encoding, "replace"))
            at += count * width
            length -= count
        strings.append("".join(letters))
        at += trailing
        while at > end and end < len(content):
            end = next(ends)
    return strings


def readable_by_calamine(stream: bytes) -> bytes:
    """The records of a workbook in a form that calamine reads as Excel does.

    JExcelApi and Spreadsheet::WriteExcel name a code page, which strings of Excel 97 do not have.
    SheetJS numbers formats as Excel does not, so that calamine takes dates for numbers.
    """
    changed = bytearray(stream)
    records = list(records_of(changed, 0))
    formats = {struct.unpack_from("<H", data)[0]: data for kind, data in records if kind == _FORMAT}
    free = iter(sorted(set(_OWN_FORMATS) - formats.keys()))
    renumbered = dict(zip(sorted(formats.keys() - _FORMATS_OF_EXCEL), free, strict=False))
    for number, new_number in renumbered.items():
        struct.pack_into("<H", formats[number], 0, new_number)
    for kind, data in records:
        if kind == _CODE_PAGE and is_excel_97(stream):
            struct.pack_into("<H", data, 0, _UNICODE)
        elif kind == _STYLE:
            (number,) = struct.unpack_from("<H", data, _FORMAT_AT)
            struct.pack_into("<H", data, _FORMAT_AT, renumbered.get(number, number))
    return bytes(changed)
