"""Files of Excel 97-2003 that are damaged or lie: compound files [MS-CFB] with records [MS-XLS]."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from builders import HEADERS
from hostile.originals import XLSX, Make, hostile
from workbook_files import pack

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD = OLE2 + bytes(1_000) + "EncryptedPackage".encode("utf-16-le") + bytes(1_000)
"""What Excel makes of a workbook with a password, as far as the reader looks."""
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole_file(stream: bytes, changes: Mapping[int, int] | None = None, **claims: int) -> bytes:
    """A compound file with one stream, `Workbook`: [MS-CFB].

    Sector 0 is the FAT, 1 the directory, the stream follows. `changes` alter the FAT; `claims`
    are what header and directory say: `size`, `first`, `sectors`, `difat`, `minifat`, `directory`.
    """
    stream = stream.ljust(max(4_096, -len(stream) % 512 + len(stream)), b"\0")
    count = len(stream) // 512
    fats = -(-(count + 2) // 127)
    first = fats + 1
    table = [_FAT] * fats + [_END, *range(first + 1, first + count), _END]
    table += [_FREE] * (fats * 128 - len(table))
    for sector, following in (changes or {}).items():
        table[sector] = following
    header = OLE2 + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack(
        "<IIIIIIIII", 0, claims.get("sectors", fats), claims.get("directory", fats), 0, 4_096,
        claims.get("minifat", _END), 1 if "minifat" in claims else 0,
        claims.get("difat", _END), 1 if "difat" in claims else 0,
    )  # fmt: skip
    header += struct.pack("<109I", *range(fats), *[_FREE] * (109 - fats))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        letters = (name + "\0").encode("utf-16-le")
        links = struct.pack("<HBBIII", len(letters), kind, 1, _FREE, _FREE, child)
        return letters.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, _END, 0)
    directory += entry(
        "Workbook", 2, _FREE, claims.get("first", first), claims.get("size", len(stream))
    )
    fat = struct.pack(f"<{len(table)}I", *table)
    return header + fat + directory.ljust(512, b"\0") + stream


def biff(kind: int, data: bytes = b"", length: int | None = None) -> bytes:
    """A record, which may lie about its length."""
    return struct.pack("<HH", kind, len(data) if length is None else length) + data


def xls_stream(
    *cells: bytes, sheets: int = 1, start: int | None = None, extra: bytes = b""
) -> bytes:
    """The stream of an xls file; all of its sheets are the same part."""
    sheet = biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    sheet += b"".join(cells) + biff(0x0A)
    names = [b"Add OTC", *(f"S{number}".encode() for number in range(1, sheets))]
    size = 20 + len(extra) + 4 + sum(12 + len(name) for name in names)
    at = size if start is None else start
    book = biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + extra
    for name in names:
        book += biff(0x85, struct.pack("<IHBB", at, 0, len(name), 0) + name)
    book += biff(0x0A)
    assert len(book) == size
    return book + sheet


def xls_text(row: int, column: int, value: str) -> bytes:
    """The record of a cell with text."""
    head = struct.pack("<HHHHB", row, column, 0, len(value), 0)
    return biff(0x204, head + value.encode("latin-1"))


def xls_number(row: int, column: int) -> bytes:
    """The record of a cell with a number."""
    return biff(0x203, struct.pack("<HHHd", row, column, 0, 1.0))


_HEADER = [xls_text(0, column, header) for column, header in enumerate(HEADERS["Add OTC"])]


def xls(*cells: bytes, ole: Callable[[bytes], bytes] = ole_file, **claims: object) -> Make:
    """An xls file with further records on its sheet."""
    stream = xls_stream(*_HEADER, *cells, **claims)  # type: ignore[arg-type]
    return lambda path: path.write_bytes(ole(stream))


def with_size(*rows_and_columns: int) -> Make:
    """A sheet that claims to reach from one row and column to others."""
    return xls(biff(0x200, struct.pack("<IIHHH", *rows_and_columns, 0)))


def xls_with_a_bomb_behind(path: Path) -> None:
    """An xls file that is damaged, and a sound workbook behind it, at which nobody would look."""
    broken = ole_file(xls_stream(*_HEADER, extra=biff(0xFC, b"\0")))
    path.write_bytes(broken + pack(path, XLSX).read_bytes())


XLS = {
    **hostile("x.xls", "unreadable-file", {
        "xls: a stream that loops": xls(ole=partial(ole_file, changes={5: 3})),
        "xls: a FAT that loops": xls(ole=partial(ole_file, changes={0: 0})),
        "xls: a directory that loops": xls(ole=partial(ole_file, changes={1: 1})),
        "xls: small sectors that loop": xls(ole=partial(ole_file, changes={5: 3}, minifat=3)),
        "xls: a list of FATs that loops": xls(
            ole=partial(ole_file, difat=0, sectors=2_000_000_000)),
        "xls: a stream that begins nowhere": xls(ole=partial(ole_file, first=70_000)),
        "xls: cut short": xls(ole=lambda stream: ole_file(stream)[:1_800]),
        "xls: a record that is too long": xls(biff(0x203, bytes(14), 0xFFFF)),
        "xls: a record that is too short": xls(biff(0x203, b"\0")),
        "xls: a sheet that begins nowhere": xls(start=2**31 - 1),
        "xls: a string that is not there": xls(
            biff(0xFD, b"\2\0\0\0\0\0\xff\xff\xff\x7f")),
        "xls: another workbook behind it": xls_with_a_bomb_behind,
    }),
    **hostile("x.xls", "too-large", {
        "xls: a far cell": xls(biff(0x203, struct.pack("<HHHd", 0xFFFF, 0xFF, 0, 1.0))),
        "xls: many numbers in no room": xls(biff(0xBD, b"\0\0\0\0\xff\xff")),
    }),
    **hostile("x.xls", "hostile-file", {
        "xls: a size of 4 billion rows": with_size(0, 2**32 - 1, 0, 0xFFFF),
        "xls: a size that is negative": with_size(9, 1, 9, 1),
        "xls: 3,000 sheets of one part": xls(
            *(xls_number(row, column) for row in range(3, 3_000) for column in range(8)),
            sheets=3_000),
    }),
    **hostile("x.xls", "password-protected", {"xls: a password": xls(extra=biff(0x2F, bytes(6)))}),
    **hostile("x.xlsx", "password-protected", {
        "an xlsx with a password": lambda path: path.write_bytes(PASSWORD)}),
    **hostile("x.xlsb", "password-protected", {
        "an xlsb with a password": lambda path: path.write_bytes(PASSWORD)}),
}  # fmt: skip

FALSE_SIZES_OF_XLS = {
    "xls: a stream of 2 GB": ("x.xls", xls(ole=partial(ole_file, size=2**31 - 1))),
    "xls: 4 billion strings": ("x.xls", xls(extra=biff(0xFC, b"\xff" * 8))),
    "xls: a text that is too long": (
        "x.xls", xls(biff(0x204, struct.pack("<HHHHB", 2, 0, 0, 0xFFFF, 0)))),
}  # fmt: skip
