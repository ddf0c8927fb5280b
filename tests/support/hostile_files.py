"""Files made to harm whoever reads them, in every format, each with the code it must be given.

`HOSTILE` holds a function for each that writes it; none takes more than a few MB on the disk,
however much it claims to be.
"""

from __future__ import annotations

import io
import os
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from builders import HEADERS, write_workbook
from xlsb_files import XlsbSheet, write_xlsb

MB = 1 << 20

CODE = "ABCDE-12345-FGHIJ-67890"
GOOD = {"OTC": CODE, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": 50}

SHEET = "xl/worksheets/sheet1.xml"
XLSB_SHEET = "xl/worksheets/sheet1.bin"
STRINGS = "xl/sharedStrings.xml"

Make = Callable[[Path], object]
Whole = Callable[[], Mapping[str, bytes]]
"""Gives the parts of a sound archive."""


class Hostile(NamedTuple):
    """What the file is called, the code that it must be given, and how it is made."""

    file: str
    code: str
    make: Make


# What is whole


def good_workbook(path: Path) -> Path:
    """A workbook that registers one OTC."""
    return write_workbook(path, [("Add OTC", [GOOD])])


@cache
def _xlsx() -> Mapping[str, bytes]:
    stream = io.BytesIO()
    write_workbook(stream, [("Add OTC", [GOOD])])  # type: ignore[arg-type]  # openpyxl takes both
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def _xlsb() -> Mapping[str, bytes]:
    stream = io.BytesIO()
    headers = HEADERS["Add OTC"]
    cells: dict[tuple[int, int], str | float] = {(0, at): name for at, name in enumerate(headers)}
    cells |= {(1, headers.index(name)): value for name, value in GOOD.items()}  # type: ignore[misc]
    write_xlsb(stream, [XlsbSheet("Add OTC", cells)])  # type: ignore[arg-type]  # zipfile takes both
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def ods_cell(value: object, more: str = "") -> str:
    """A cell of text in an ODS file."""
    return (
        f'<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p>'
        "</table:table-cell>"
    )


def ods_content(*tables: str) -> bytes:
    """The part that holds all of an ODS file's sheets, of the rows given for each."""
    sheets = "".join(
        f'<table:table table:name="Sheet{number}">{rows}</table:table>'
        for number, rows in enumerate(tables, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_ODS_NAMES}>'
        f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body>"
        "</office:document-content>"
    ).encode()


ODS_HEADER = "<table:table-row>" + "".join(map(ods_cell, HEADERS["Add OTC"])) + "</table:table-row>"


def _ods() -> Mapping[str, bytes]:
    filled = "".join(ods_cell(GOOD.get(name, "")) for name in HEADERS["Add OTC"])
    content = ods_content(f"{ODS_HEADER}<table:table-row>{filled}</table:table-row>")
    manifest = b'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest/>'
    return {"mimetype": ODS_TYPE, "META-INF/manifest.xml": manifest, "content.xml": content}


# Archives


def pack(path: Path, parts: Mapping[str, bytes]) -> None:
    """An archive of `parts`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def changed(whole: Whole, part: str, change: Callable[[bytes], bytes]) -> Make:
    """An archive like `whole()` but for one part."""

    def make(path: Path) -> None:
        before = whole().get(part, b'<?xml version="1.0"?><sst><si><t>Add OTC</t></si></sst>')
        after = change(before)
        assert after != before
        pack(path, {**whole(), part: after})

    return make


def with_parts(whole: Whole, more: Mapping[str, bytes]) -> Make:
    """An archive like `whole()` with more parts."""
    return lambda path: pack(path, {**whole(), **more})


def bomb(whole: Whole, part: str, size: int) -> Make:
    """`size` bytes of nothing in one part, which take a thousandth of it."""

    def make(path: Path) -> None:
        entries = [one for one in raw(whole) if one[0] != part]
        write_raw(path, [*entries, (part, blanks(size), size, 0)])

    return make


def just_a_bomb(path: Path) -> None:
    """17 MB of blanks: 1 MB more than harms nobody, whatever it grew from."""
    bomb(_xlsx, SHEET, 17 * MB)(path)


def many_small_bombs(path: Path) -> None:
    """40 parts that are each too small to be a bomb: 640 MB in 0.6 MB."""
    size = 16 * MB
    bombs = [(f"xl/part{number}.xml", blanks(size), size, 0) for number in range(40)]
    write_raw(path, [*raw(_xlsx), *bombs])


def blanks(size: int) -> bytes:
    """So many blanks, deflated: a piece of 1 MB after the other, each by itself."""
    deflating = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = deflating.compress(b" " * MB) + deflating.flush(zlib.Z_FULL_FLUSH)
    return piece * (size // MB) + deflating.flush()


def zlib_raw(content: bytes) -> bytes:
    """`content` deflated as archives do it."""
    deflating = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflating.compress(content) + deflating.flush()


Raw = tuple[str, bytes, int, int]
"""An entry: its name, its deflated bytes, and the size and CRC that it claims."""


def write_raw(path: Path, entries: Sequence[Raw]) -> None:
    """An archive whose entries claim whatever they like."""
    body = io.BytesIO()
    directory = bytearray()
    for name, packed, size, crc in entries:
        letters = name.encode()
        facts = struct.pack("<HHHHIIIHH", 0, 8, 0, 33, crc, len(packed), size, len(letters), 0)
        directory += (
            struct.pack("<IHH", 0x02014B50, 20, 20)
            + facts
            + struct.pack("<HHHII", 0, 0, 0, 0, body.tell())
            + letters
        )
        body.write(struct.pack("<IH", 0x04034B50, 20) + facts + letters + packed)
    count = min(len(entries), 0xFFFF)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), body.tell(), 0)
    path.write_bytes(body.getvalue() + directory + end)


def raw(whole: Whole) -> list[Raw]:
    """The entries of a sound archive."""
    return [(name, zlib_raw(part), len(part), zlib.crc32(part)) for name, part in whole().items()]


def lying_about_sizes(whole: Whole, part: str) -> Make:
    """A part that claims to be as long as its harmless beginning, whose CRC it gives."""

    def make(path: Path) -> None:
        entries = [one for one in raw(whole) if one[0] != part]
        content = whole()[part]
        packed = zlib_raw(content + b" " * 200_000)
        write_raw(path, [*entries, (part, packed, len(content), zlib.crc32(content))])

    return make


def overlapping(whole: Whole) -> Make:
    """A hundred entries that are all the same bytes of the archive."""

    def make(path: Path) -> None:
        pack(path, {**whole(), "xl/same": b"x" * 1_000})
        content = path.read_bytes()
        start = content.rindex(b"PK\x01\x02")
        end = content.rindex(b"PK\x05\x06")
        entry = content[start:end]
        copies = b"".join(entry.replace(b"xl/same", b"xl/s%03d" % number) for number in range(100))
        (many,) = struct.unpack_from("<H", content, end + 10)
        (size,) = struct.unpack_from("<I", content, end + 12)
        tail = bytearray(content[end:])
        struct.pack_into("<HHI", tail, 8, many + 100, many + 100, size + len(copies))
        path.write_bytes(content[:end] + copies + tail)

    return make


def many_parts(whole: Whole) -> Make:
    """70,000 parts, more than an archive of the old kind can hold."""

    return lambda path: write_raw(
        path, [*raw(whole), *((f"xl/media/{number}", b"", 0, 0) for number in range(70_000))]
    )


def two_directories(path: Path) -> None:
    """A harmless archive, with a comment that holds the end of another archive's directory."""
    pack(path, _xlsx())
    content = bytearray(path.read_bytes())
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.comment = b"and no more"
    comment = other.getvalue() + b"!"
    struct.pack_into("<H", content, len(content) - 2, len(comment))
    path.write_bytes(content + comment)


def duplicate_names(path: Path) -> None:
    """Two parts of one name, of which every program may take another one."""
    write_raw(path, [*raw(_xlsx), *(one for one in raw(_xlsx) if one[0] == SHEET)])


def names_differing_in_case(path: Path) -> None:
    """Two parts that are one where case does not count, as in a workbook."""
    other = [(SHEET.upper(), *rest) for name, *rest in raw(_xlsx) if name == SHEET]
    write_raw(path, [*raw(_xlsx), *other])  # type: ignore[list-item]


def with_part_named(name: str) -> Make:
    """A part whose name leads elsewhere; `?` stands for a zero byte."""

    def make(path: Path) -> None:
        entry = (name, zlib_raw(b"x"), 1, zlib.crc32(b"x"))
        write_raw(path, [*raw(_xlsx), entry])
        path.write_bytes(
            path.read_bytes().replace(name.encode(), name.encode().replace(b"?", b"\0"))
        )

    return make


def encrypted_parts(path: Path) -> None:
    """An archive whose every part says that it is encrypted (APPNOTE.TXT, 4.4.4)."""
    pack(path, _xlsx())
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), bytes(content)):
            content[found.start() + offset] |= 1
    path.write_bytes(content)


def truncated(whole: Whole) -> Make:
    """A file of which the end has not arrived."""

    def make(path: Path) -> None:
        pack(path, whole())
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 2 // 3])

    return make


def of_another_kind_too(path: Path) -> None:
    """An xlsx that is damaged and an ODS bomb that is not, in one archive."""
    bombed = ods_content(_repeated_rows(1_048_576, 1_024))
    pack(path, {**_xlsx(), "xl/workbook.xml": b"<workbook", **_ods(), "content.xml": bombed})


# XML


def _after_declaration(content: bytes, what: bytes) -> bytes:
    declaration, mark, rest = content.partition(b"?>")
    if not mark:
        return what + content
    return declaration + mark + what + rest


_LAUGHS = b"<!DOCTYPE a [<!ENTITY e0 'ha'>" + b"".join(
    b"<!ENTITY e%d '%s'>" % (number, b"&e%d;" % (number - 1) * 10) for number in range(1, 12)
)


def laughing(content: bytes) -> bytes:
    """Entities of entities: 100 billion `ha`."""
    return _after_declaration(content, _LAUGHS + b"]>").replace(b"Add OTC", b"&e11;", 1)


def quadratic(content: bytes) -> bytes:
    """One long entity, used often."""
    entity = b"<!DOCTYPE a [<!ENTITY e '" + b"x" * 100_000 + b"'>]>"
    return _after_declaration(content, entity).replace(b"</", b"&e;" * 10_000 + b"</", 1)


def external(content: bytes) -> bytes:
    """An entity that stands for a file of the reader's."""
    what = b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
    return _after_declaration(content, what).replace(b"</", b"&e;</", 1)


def late_doctype(content: bytes) -> bytes:
    """A document type where one MB of the part ends and the next begins."""
    declaration = content.find(b"?>") + 2 if b"?>" in content else 0
    return _after_declaration(content, b" " * (MB - declaration - 5) + b"<!DOCTYPE a>")


def in_utf_16(content: bytes) -> bytes:
    """Entities of entities in an encoding where no byte looks as usual."""
    words = laughing(content).decode().replace("UTF-8", "UTF-16").replace("utf-8", "UTF-16")
    return words.encode("utf-16")


def nested(content: bytes) -> bytes:
    """A million tags within each other."""
    tags = b"<a>" * MB + b"</a>" * MB
    at = content.rindex(b"</")
    return content[:at] + tags + content[at:]


def crowded(content: bytes) -> bytes:
    """Three million tags beside each other, and a formula, so that they are looked at."""
    at = content.rindex(b"</")
    return content[:at] + b"<f>1</f>" + b"<a/>" * 3_000_000 + content[at:]


def sheet_elsewhere(target: str, content: Callable[[bytes], bytes]) -> Make:
    """A workbook whose sheet is a part where nobody looks for sheets."""

    def make(path: Path) -> None:
        parts = dict(_xlsx())
        rels = "xl/_rels/workbook.xml.rels"
        parts[rels] = parts[rels].replace(b"/" + SHEET.encode(), b"/" + target.encode())
        assert target.encode() in parts[rels]
        parts[target] = content(parts.pop(SHEET))
        pack(path, parts)

    return make


def rows_instead(rows: bytes) -> Callable[[bytes], bytes]:
    """A sheet's XML with other rows after the first."""

    def change(content: bytes) -> bytes:
        return content.replace(b"</sheetData>", rows + b"</sheetData>")

    return change


def with_rows(*rows: bytes) -> Make:
    """A workbook with further rows on its sheet."""
    return changed(_xlsx, SHEET, rows_instead(b"".join(rows)))


def without_places(content: bytes) -> bytes:
    """16,384 cells and then 80,000 rows that do not say where they are: 1.3 billion cells."""
    wide = b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"
    return rows_instead(wide + b"<row><c><v>1</v></c></row>" * 80_000)(content)


def many_merged(content: bytes) -> bytes:
    """100,000 merged ranges, each of the whole sheet."""
    first = b"".join(b'<c r="%c3"><v>1</v></c>' % (65 + at) for at in range(26))
    rows = b'<row r="3">' + first + b"</row>" + b'<row r="2000"><c r="Z2000"><v>1</v></c></row>'
    merged = b'<mergeCells count="100000">' + b'<mergeCell ref="A3:Z2000"/>' * 100_000
    return rows_instead(rows)(content).replace(
        b"</sheetData>", b"</sheetData>" + merged + b"</mergeCells>"
    )


def sheets_of_one_part(path: Path) -> None:
    """3,000 sheets that are all the same part, of 40,000 cells."""
    parts = dict(_xlsx())
    rows = b"".join(
        b'<row r="%d"><c r="A%d"><v>1</v></c><c r="B%d"><f>1</f><v>1</v></c></row>' % (at, at, at)
        for at in range(3, 20_003)
    )
    parts[SHEET] = rows_instead(rows)(parts[SHEET])
    book = parts["xl/workbook.xml"]
    [sheet] = re.findall(rb"<sheet [^>]*/>", book)
    more = b"".join(
        sheet.replace(b"Add OTC", b"S%d" % at).replace(b'sheetId="1"', b'sheetId="%d"' % at)
        for at in range(2, 3_002)
    )
    parts["xl/workbook.xml"] = book.replace(sheet, sheet + more)
    pack(path, parts)


def one_attribute_after_the_other(content: bytes) -> bytes:
    """A tag that never ends, full of what looks like far cells: 8 MB."""
    return rows_instead(b"<row " + b' r="AB1"' * MB)(content)


def far_cell_in_disguise(tag: bytes) -> Make:
    """A cell in the last row and column, written as XML allows and no program does."""
    return with_rows(b'<row r="3">' + tag + b"<v>1</v></c></row>")


# Sheets of the other formats


def _repeated_rows(rows: int, columns: int, what: str = "") -> str:
    return (
        f'{ODS_HEADER}<table:table-row table:number-rows-repeated="{rows}">'
        + ods_cell("x", f' table:number-columns-repeated="{columns}"{what}')
        + "</table:table-row>"
    )


def ods(*tables: str) -> Make:
    """An ODS file of these sheets."""
    return lambda path: pack(path, {**_ods(), "content.xml": ods_content(*tables)})


def ods_with_other_prefixes(path: Path) -> None:
    """An ODS bomb in which the usual prefix stands for an unusual namespace."""
    content = ods_content(_repeated_rows(1_048_576, 1_024))
    pack(path, {**_ods(), "content.xml": content.replace(b":xmlns:table:1.0", b":xmlns:elbat:1.0")})


ODS_HIDDEN = '<table:table-row table:visibility="collapse" table:number-rows-repeated="1000000"/>'


def encrypted_ods(path: Path) -> None:
    """An ODS file with a password."""
    manifest = (
        b'<manifest:manifest><manifest:file-entry manifest:full-path="content.xml">'
        b"<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    noise = random.Random(3).randbytes(500)
    pack(path, {**_ods(), "META-INF/manifest.xml": manifest, "content.xml": noise})


def xlsb_record(kind: int, data: bytes, length: int | None = None) -> bytes:
    """A record of an xlsb file, which may lie about its length."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(data) if length is None else length
    while size >= 0x80:
        head += bytes([size & 0x7F | 0x80])
        size >>= 7
    return head + bytes([size]) + data


def xlsb_with(*records: bytes) -> Make:
    """An xlsb file with further records in the cells of its sheet."""
    end = xlsb_record(146, b"")
    return changed(_xlsb, XLSB_SHEET, lambda content: content.replace(end, b"".join(records) + end))


def xlsb_row(row: int) -> bytes:
    """The record with which a row begins."""
    return xlsb_record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))


def xlsb_cell(column: int) -> bytes:
    """The record of a cell with a number."""
    return xlsb_record(5, struct.pack("<IId", column, 0, 1.0))


# OLE2 and xls

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def ole_file(stream: bytes, changes: Mapping[int, int] | None = None, **claims: int) -> bytes:
    """A compound file with one stream, `Workbook`: [MS-CFB].

    Sector 0 is the FAT, 1 the directory, the stream follows. `changes` alter the FAT; `claims`
    are what header and directory say: `size`, `first`, `sectors`, `difat`, `minifat`, `directory`.
    """
    stream = stream.ljust(max(4_096, -len(stream) % 512 + len(stream)), b"\0")
    count = len(stream) // 512
    fats = -(-(count + 2) // 127)
    first = fats + 1
    table = [FAT] * fats + [END]
    table += [*range(first + 1, first + count), END]
    table += [FREE] * (fats * 128 - len(table))
    for sector, following in (changes or {}).items():
        table[sector] = following
    header = OLE2 + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack(
        "<IIIIIIIII", 0, claims.get("sectors", fats), claims.get("directory", fats), 0, 4_096,
        claims.get("minifat", END), 1 if "minifat" in claims else 0,
        claims.get("difat", END), 1 if "difat" in claims else 0,
    )  # fmt: skip
    header += struct.pack("<109I", *range(fats), *[FREE] * (109 - fats))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        letters = (name + "\0").encode("utf-16-le")
        return (
            letters.ljust(64, b"\0")
            + struct.pack("<HBB", len(letters), kind, 1)
            + struct.pack("<III", FREE, FREE, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    size = claims.get("size", len(stream))
    directory = entry("Root Entry", 5, 1, END, 0)
    directory += entry("Workbook", 2, FREE, claims.get("first", first), size)
    fat = b"".join(struct.pack("<I", one) for one in table)
    return header + fat + directory.ljust(512, b"\0") + stream


def biff(kind: int, data: bytes = b"", length: int | None = None) -> bytes:
    """A record of an xls file, which may lie about its length."""
    return struct.pack("<HH", kind, len(data) if length is None else length) + data


def xls_stream(
    *cells: bytes, names: int = 1, start: int | None = None, extra: bytes = b""
) -> bytes:
    """The stream of an xls file; all of its sheets are the same one."""
    sheet = biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    sheet += b"".join(cells) + biff(0x0A)
    bundles = [b"Add OTC", *(f"S{number}".encode() for number in range(1, names))]
    size = 20 + len(extra) + 4 + sum(12 + len(name) for name in bundles)
    at = size if start is None else start
    book = biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + extra
    for name in bundles:
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


XLS_CELLS = [xls_text(0, at, name) for at, name in enumerate(HEADERS["Add OTC"])]


def xls(*cells: bytes, ole: Callable[[bytes], bytes] = ole_file, **claims: object) -> Make:
    """An xls file with further records on its sheet."""
    stream = xls_stream(*XLS_CELLS, *cells, **claims)  # type: ignore[arg-type]
    return lambda path: path.write_bytes(ole(stream))


def xls_with_a_bomb_behind(path: Path) -> None:
    """An xls file that is damaged, and a sound workbook behind it, which nobody would look over."""
    broken = ole_file(xls_stream(*XLS_CELLS, extra=biff(0x42, b"\x0f\x27")))
    pack(path, _xlsx())
    path.write_bytes(broken + path.read_bytes())


# Text


def containing(content: bytes) -> Make:
    """A file of these bytes."""
    return lambda path: path.write_bytes(content)


def repeated(piece: bytes, size: int) -> Make:
    """A file of `size` bytes, a piece after the other."""

    def make(path: Path) -> None:
        block = piece * (MB // len(piece))
        with path.open("wb") as file:
            for _ in range(size // len(block)):
                file.write(block)

    return make


def zeros(size: int) -> Make:
    """A file of zeros, which takes no room on the disk."""

    def make(path: Path) -> None:
        path.touch()
        os.truncate(path, size)

    return make


# What is no file


def link_to(target: str) -> Make:
    """A name that leads to another one."""
    return lambda path: path.symlink_to(target.replace("SELF", path.name))


HTML = b"<html><body><table><tr><td>OTC</td></tr></table></body></html>"
CSV = b"OTC,Email\r\nABCDE-12345-FGHIJ-67890,a@b.example\r\n"
PACKAGE = OLE2 + bytes(1_000) + "EncryptedPackage".encode("utf-16-le") + bytes(1_000)
WHOLE: dict[str, tuple[Whole, str]] = {
    "xlsx": (_xlsx, SHEET),
    "xlsb": (_xlsb, XLSB_SHEET),
    "ods": (_ods, "content.xml"),
}

_FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def _archives() -> dict[str, Hostile]:
    """What can be done to every format that is an archive."""
    found = {
        f"{suffix}: {name}": Hostile(f"x.{suffix}", code, make)
        for suffix, (whole, part) in WHOLE.items()
        for name, code, make in (
            ("a size that lies", "hostile-file", lying_about_sizes(whole, part)),
            ("overlapping parts", "hostile-file", overlapping(whole)),
            ("cut short", "unreadable-file", truncated(whole)),
        )
    }
    tricks = (
        ("entities of entities", "hostile-file", laughing),
        ("one long entity", "hostile-file", quadratic),
        ("an external entity", "hostile-file", external),
        ("a document type far in", "hostile-file", late_doctype),
        ("UTF-16 with a document type", "unreadable-file", in_utf_16),
    )
    for suffix, whole, part, some in (
        ("xlsx", _xlsx, SHEET, tricks),
        ("xlsx", _xlsx, "xl/workbook.xml", tricks[:1]),
        ("xlsx", _xlsx, STRINGS, tricks[:1]),
        ("xlsx", _xlsx, "docProps/core.xml", tricks[:1]),
        ("xlsb", _xlsb, "xl/_rels/workbook.bin.rels", tricks[:1]),
        ("ods", _ods, "content.xml", tricks),
        ("ods", _ods, "META-INF/manifest.xml", tricks[:1]),
    ):
        for name, code, change in some:
            make = changed(whole, part, change)
            found[f"{suffix}: {name} in {part}"] = Hostile(f"x.{suffix}", code, make)
    return found


HOSTILE: dict[str, Hostile] = {
    **_archives(),
    # Archives
    "a zip bomb": Hostile("x.xlsx", "hostile-file", bomb(_xlsx, SHEET, 600 * MB)),
    "a zip bomb called ods": Hostile("x.ods", "hostile-file", bomb(_ods, "content.xml", 600 * MB)),
    "70,000 parts": Hostile("x.xlsx", "too-large", many_parts(_xlsx)),
    "a web page by another name": Hostile("x.xlsx", "not-a-workbook", containing(HTML)),
    "a web page called ods": Hostile("x.ods", "not-a-workbook", containing(HTML)),
    "a web page called csv": Hostile("x.csv", "not-a-workbook", containing(HTML)),
    "values called xls": Hostile("x.xls", "not-a-workbook", containing(CSV)),
    "an xlsx with a password": Hostile("x.xlsx", "password-protected", containing(PACKAGE)),
    "an xlsb with a password": Hostile("x.xlsb", "password-protected", containing(PACKAGE)),
    "many small bombs": Hostile("x.xlsx", "hostile-file", many_small_bombs),
    "a second directory": Hostile("x.xlsx", "unreadable-file", two_directories),
    "two parts of one name": Hostile("x.xlsx", "hostile-file", duplicate_names),
    "two parts but for case": Hostile("x.xlsx", "hostile-file", names_differing_in_case),
    "a part that climbs": Hostile("x.xlsx", "hostile-file", with_part_named("xl/../../evil")),
    "a part that climbs in DOS": Hostile("x.xlsx", "hostile-file", with_part_named("..\\evil")),
    "a part at the root": Hostile("x.xlsx", "hostile-file", with_part_named("/etc/cron.d/evil")),
    "a part on a drive": Hostile("x.xlsx", "hostile-file", with_part_named("C:\\evil")),
    "a part with a zero": Hostile("x.xlsx", "hostile-file", with_part_named("xl/x?../../evil")),
    "encrypted parts": Hostile("x.xlsx", "password-protected", encrypted_parts),
    "an xlsx and an ods in one": Hostile("x.xlsx", "hostile-file", of_another_kind_too),
    # XML
    "deep nesting in a sheet": Hostile(
        "x.xlsx",
        "hostile-file",
        changed(
            _xlsx,
            SHEET,
            lambda content: nested(content.replace(b"</sheetData>", b"<f>1</f></sheetData>")),
        ),
    ),
    "deep nesting in the workbook": Hostile(
        "x.xlsx", "hostile-file", changed(_xlsx, "xl/workbook.xml", nested)
    ),
    "deep nesting in the links": Hostile(
        "x.xlsb", "hostile-file", changed(_xlsb, "xl/_rels/workbook.bin.rels", nested)
    ),
    "deep nesting in an ods": Hostile(
        "x.ods", "hostile-file", changed(_ods, "content.xml", nested)
    ),
    "4 billion strings": Hostile(
        "x.xlsx",
        "too-large",
        with_parts(_xlsx, {STRINGS: b'<sst count="4294967295" uniqueCount="4294967295"></sst>'}),
    ),
    "a sheet among the pictures": Hostile(
        "x.xlsx", "hostile-file", sheet_elsewhere("xl/media/image1.png", laughing)
    ),
    "a sheet in UTF-16 by another name": Hostile(
        "x.xlsx", "unreadable-file", sheet_elsewhere("xl/worksheets/sheet1.dat", in_utf_16)
    ),
    "3,000 sheets of one part": Hostile("x.xlsx", "hostile-file", sheets_of_one_part),
    "100,000 merged ranges": Hostile("x.xlsx", "hostile-file", changed(_xlsx, SHEET, many_merged)),
    # Cells that are too far away
    "a cell at XFD1048576": Hostile("x.xlsx", "too-large", with_rows(_FAR)),
    "a far cell by another quote": Hostile(
        "x.xlsx", "too-large", far_cell_in_disguise(b"<c r='XFD1048576'>")
    ),
    "a far cell by a space": Hostile(
        "x.xlsx", "too-large", far_cell_in_disguise(b'<c r = "XFD1048576">')
    ),
    "a far cell behind a decoy": Hostile(
        "x.xlsx", "too-large", far_cell_in_disguise(b'<c s=" r=\'AB1\' " r="XFD1048576">')
    ),
    "a far cell with a long tail": Hostile(
        "x.xlsx",
        "too-large",
        changed(
            _xlsx,
            SHEET,
            lambda content: rows_instead(
                b" " * (MB - content.index(b"</sheetData>") - 50)
                + b'<row r="3"><c r="XFD1048576" x="'
                + b"/" * 5_000
                + b'"><v>1</v></c></row>'
            )(content),
        ),
    ),
    "a far cell with a prefix": Hostile(
        "x.xlsx",
        "too-large",
        changed(
            _xlsx,
            SHEET,
            lambda content: rows_instead(
                b'<x:row r="3"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
            )(content).replace(
                b"xmlns=",
                b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns=',
                1,
            ),
        ),
    ),
    "cells without places": Hostile("x.xlsx", "too-large", changed(_xlsx, SHEET, without_places)),
    "a column outside the grid": Hostile(
        "x.xlsx", "hostile-file", with_rows(b'<row r="3"><c r="XFE3"><v>1</v></c></row>')
    ),
    "a row outside the grid": Hostile(
        "x.xlsx", "hostile-file", with_rows(b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>')
    ),
    "a row beyond all numbers": Hostile(
        "x.xlsx",
        "hostile-file",
        with_rows(b'<row r="99999999999999999999"><c r="A99999999999999999999"><v>1</v></c></row>'),
    ),
    "a tag that never ends": Hostile(
        "x.xlsx", "unreadable-file", changed(_xlsx, SHEET, one_attribute_after_the_other)
    ),
    "xlsb: a far cell": Hostile(
        "x.xlsb", "too-large", xlsb_with(xlsb_row(1_048_575), xlsb_cell(16_383))
    ),
    "xlsb: a row outside the grid": Hostile(
        "x.xlsb", "hostile-file", xlsb_with(xlsb_row(1_048_576), xlsb_cell(0))
    ),
    "xlsb: a column outside the grid": Hostile(
        "x.xlsb", "hostile-file", xlsb_with(xlsb_row(2), xlsb_cell(16_384))
    ),
    "xlsb: cut in a record": Hostile(
        "x.xlsb",
        "unreadable-file",
        changed(_xlsb, XLSB_SHEET, lambda content: content[: len(content) // 2]),
    ),
    "xlsb: a record that is too long": Hostile(
        "x.xlsb", "unreadable-file", xlsb_with(xlsb_record(5, bytes(16), 0x0FFFFFFF))
    ),
    "xlsb: a length that never ends": Hostile(
        "x.xlsb", "unreadable-file", xlsb_with(b"\x05" + b"\xff" * 2_000_000)
    ),
    "xlsb: cut in the workbook": Hostile(
        "x.xlsb", "unreadable-file", changed(_xlsb, "xl/workbook.bin", lambda content: content[:50])
    ),
    "ods: rows times columns": Hostile(
        "x.ods", "too-large", ods(_repeated_rows(1_048_576, 16_384))
    ),
    "ods: a number without end": Hostile("x.ods", "too-large", ods(_repeated_rows(10**30, 10**30))),
    "ods: columns without end": Hostile("x.ods", "too-large", ods(_repeated_rows(1, 2**31 - 1))),
    "ods: columns before a value": Hostile(
        "x.ods",
        "too-large",
        ods(
            ODS_HEADER
            + f'<table:table-row><table:table-cell table:number-columns-repeated="{2**40}"/>'
            + f"{ods_cell('x')}</table:table-row>"
        ),
    ),
    "ods: rows before a value": Hostile(
        "x.ods",
        "too-large",
        ods(
            ODS_HEADER
            + f'<table:table-row table:number-rows-repeated="{2**40}"><table:table-cell/>'
            + f"</table:table-row><table:table-row>{ods_cell('x')}</table:table-row>"
        ),
    ),
    "ods: a bomb in another prefix": Hostile("x.ods", "too-large", ods_with_other_prefixes),
    "ods: encrypted": Hostile("x.ods", "password-protected", encrypted_ods),
    # OLE2
    "xls: a stream that loops": Hostile(
        "x.xls", "unreadable-file", xls(ole=lambda stream: ole_file(stream, {5: 3}))
    ),
    "xls: a FAT that loops": Hostile(
        "x.xls", "unreadable-file", xls(ole=partial(ole_file, changes={0: 0}))
    ),
    "xls: a directory that loops": Hostile(
        "x.xls", "unreadable-file", xls(ole=partial(ole_file, changes={1: 1}))
    ),
    "xls: small sectors that loop": Hostile(
        "x.xls", "unreadable-file", xls(ole=lambda stream: ole_file(stream, {5: 3}, minifat=3))
    ),
    "xls: a list of FATs that loops": Hostile(
        "x.xls", "unreadable-file", xls(ole=partial(ole_file, difat=0, sectors=2_000_000_000))
    ),
    "xls: a stream that begins nowhere": Hostile(
        "x.xls", "unreadable-file", xls(ole=partial(ole_file, first=70_000))
    ),
    "xls: cut short": Hostile(
        "x.xls", "unreadable-file", xls(ole=lambda stream: ole_file(stream)[:1_800])
    ),
    "xls: a record that is too long": Hostile(
        "x.xls", "unreadable-file", xls(biff(0x203, bytes(14), 0xFFFF))
    ),
    "xls: a record that is too short": Hostile("x.xls", "unreadable-file", xls(biff(0x203, b"\0"))),
    "xls: many numbers in no room": Hostile(
        "x.xls", "too-large", xls(biff(0xBD, b"\0\0\0\0\xff\xff"))
    ),
    "xls: a size of 4 billion rows": Hostile(
        "x.xls",
        "hostile-file",
        xls(biff(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 0xFFFF, 0))),
    ),
    "xls: a size that is negative": Hostile(
        "x.xls", "hostile-file", xls(biff(0x200, struct.pack("<IIHHH", 9, 1, 9, 1, 0)))
    ),
    "xls: a sheet that begins nowhere": Hostile("x.xls", "unreadable-file", xls(start=2**31 - 1)),
    "xls: 3,000 sheets of one part": Hostile(
        "x.xls",
        "hostile-file",
        xls(
            *(xls_number(row, column) for row in range(3, 3_000) for column in range(8)),
            names=3_000,
        ),
    ),
    "xls: a password": Hostile("x.xls", "password-protected", xls(extra=biff(0x2F, bytes(6)))),
    "xls: another workbook behind it": Hostile("x.xls", "unreadable-file", xls_with_a_bomb_behind),
    # Text
    "csv: an overlong field in quotes": Hostile(
        "x.csv", "unreadable-file", containing(b'OTC,Email\r\n"' + b"x,\r\n" * 2_000_000)
    ),
    "csv: an overlong line in quotes": Hostile(
        "x.csv", "too-large", containing(b'OTC,Email\r\n"' + b"x," * 5_000_000)
    ),
    "csv: 200 MB of commas": Hostile("x.csv", "too-large", repeated(b",", 200 * MB)),
    "csv: 64 MB of commas in lines": Hostile(
        "x.csv", "too-large", repeated(b"," * 16_383 + b"\n", 64 * MB)
    ),
    "csv: 64 MB of line breaks": Hostile("x.csv", "too-large", repeated(b"\n", 64 * MB)),
    "csv: zeros": Hostile("x.csv", "not-a-workbook", zeros(5_000)),
    "xlsx: 2 GB of zeros": Hostile("x.xlsx", "too-large", zeros(2_048 * MB)),
    "xlsx: 64 MB of zeros": Hostile("x.xlsx", "not-a-workbook", zeros(64 * MB)),
    # What is no file
    "nothing in it": Hostile("x.xlsx", "unreadable-file", containing(b"")),
    "a FIFO": Hostile("x.xlsx", "unreadable-file", os.mkfifo),
    "a device": Hostile("x.xlsx", "unreadable-file", link_to("/dev/zero")),
    "a link to itself": Hostile("x.xlsx", "unreadable-file", link_to("SELF")),
}

_SIZE = re.compile(rb"<dimension [^>]*/>")


def _claiming(reference: bytes) -> Make:
    """A workbook that claims to have cells there."""
    tag = b'<dimension ref="' + reference + b'"/>'
    return changed(_xlsx, SHEET, lambda content: _SIZE.sub(tag, content))


LYING: dict[str, tuple[str, Make]] = {
    "ods: words without a type": (
        "x.ods",
        ods(
            f'{ODS_HEADER}<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
            'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
            "</table:table-row>"
        ),
    ),
    "xlsx: the size of all of Excel": ("x.xlsx", _claiming(b"A1:XFD1048576")),
    "xlsx: a size that is negative": ("x.xlsx", _claiming(b"Z9:A1")),
    "xlsx: a size beyond the grid": ("x.xlsx", _claiming(b"A1:XFE1048577")),
    "xlsx: a size of one cell": ("x.xlsx", _claiming(b"A1")),
    "xlsb: the size of all of Excel": (
        "x.xlsb",
        changed(
            _xlsb,
            XLSB_SHEET,
            lambda content: content.replace(
                xlsb_record(148, struct.pack("<4I", 0, 1, 0, 8)),
                xlsb_record(148, struct.pack("<4I", 0, 1_048_575, 0, 16_383)),
            ),
        ),
    ),
    "xls: a stream of 2 GB": ("x.xls", xls(ole=partial(ole_file, size=2**31 - 1))),
    "xls: a string that is not there": ("x.xls", xls(biff(0xFD, b"\2\0\0\0\0\0\xff\xff\xff\x7f"))),
    "xls: 4 billion strings": ("x.xls", xls(extra=biff(0xFC, b"\xff" * 8))),
    "xls: a text that is too long": (
        "x.xls",
        xls(biff(0x204, struct.pack("<HHHHB", 2, 0, 0, 0xFFFF, 0))),
    ),
}
"""Files that lie where nobody believes them: they are read like any other, at no cost."""
