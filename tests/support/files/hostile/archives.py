"""Archives that claim what is not so, or hold what no workbook does."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from hostile.originals import MB, ODS, ORIGINALS, XLSX, Make, hostile, ods_content
from hostile.sheets import repeated_rows
from workbook_files import SHEET, Parts, pack

Entry = tuple[str, bytes, int, int]
"""An entry: its name, its deflated bytes, and the size and CRC that it claims."""


def deflated(content: bytes) -> bytes:
    """`content` as archives store it."""
    deflating = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflating.compress(content) + deflating.flush()


def blanks(size: int) -> bytes:
    """So many blanks, deflated: one piece of 1 MB after the other, each by itself."""
    deflating = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = deflating.compress(b" " * MB) + deflating.flush(zlib.Z_FULL_FLUSH)
    return piece * (size // MB) + deflating.flush()


def entry(name: str, content: bytes) -> Entry:
    """An honest entry."""
    return name, deflated(content), len(content), zlib.crc32(content)


def entries(parts: Parts) -> list[Entry]:
    """The entries of a sound archive."""
    return [entry(name, content) for name, content in parts.items()]


def write_entries(path: Path, entries: Sequence[Entry]) -> None:
    """An archive whose entries claim whatever they like."""
    body = io.BytesIO()
    directory = bytearray()
    for name, packed, size, crc in entries:
        letters = name.encode()
        facts = struct.pack("<HHHHIIIHH", 0, 8, 0, 33, crc, len(packed), size, len(letters), 0)
        offset = struct.pack("<HHHII", 0, 0, 0, 0, body.tell())
        directory += struct.pack("<IHH", 0x02014B50, 20, 20) + facts + offset + letters
        body.write(struct.pack("<IH", 0x04034B50, 20) + facts + letters + packed)
    count = min(len(entries), 0xFFFF)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), body.tell(), 0)
    path.write_bytes(body.getvalue() + directory + end)


def bomb(original: Parts, part: str, size: int) -> Make:
    """`size` blanks in one part, which take a thousandth of it."""
    others = {name: content for name, content in original.items() if name != part}
    return lambda path: write_entries(path, [*entries(others), (part, blanks(size), size, 0)])


def small_bomb(path: Path) -> None:
    """17 MB of blanks: 1 MB more than is allowed at any ratio."""
    bomb(XLSX, SHEET, 17 * MB)(path)


def many_small_bombs(path: Path) -> None:
    """40 parts that are each too small to be a bomb: 640 MB in 0.6 MB."""
    size = 16 * MB
    packed = blanks(size)
    bombs = [(f"xl/part{number}.xml", packed, size, 0) for number in range(40)]
    write_entries(path, [*entries(XLSX), *bombs])


def lying_about_sizes(original: Parts, part: str) -> Make:
    """A part that claims to be as long as its harmless beginning, whose CRC it states."""

    def make(path: Path) -> None:
        content = original[part]
        lie = (part, deflated(content + b" " * 200_000), len(content), zlib.crc32(content))
        write_entries(path, [*(real for real in entries(original) if real[0] != part), lie])

    return make


def overlapping(original: Parts) -> Make:
    """A hundred entries that are all the same bytes of the archive."""

    def make(path: Path) -> None:
        pack(path, {**original, "xl/same": b"x" * 1_000})
        content = path.read_bytes()
        start, end = content.rindex(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
        last = content[start:end]
        copies = b"".join(last.replace(b"xl/same", b"xl/s%03d" % number) for number in range(100))
        (count,) = struct.unpack_from("<H", content, end + 10)
        (size,) = struct.unpack_from("<I", content, end + 12)
        tail = bytearray(content[end:])
        struct.pack_into("<HHI", tail, 8, count + 100, count + 100, size + len(copies))
        path.write_bytes(content[:end] + copies + tail)

    return make


def many_parts(path: Path) -> None:
    """70,000 parts, more than an archive of the old kind can hold."""
    media = [(f"xl/media/{number}", b"", 0, 0) for number in range(70_000)]
    write_entries(path, [*entries(XLSX), *media])


def two_directories(path: Path) -> None:
    """A harmless archive with a comment that holds the end of another archive's directory."""
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.comment = b"and no more"
    comment = other.getvalue() + b"!"
    content = bytearray(pack(path, XLSX).read_bytes())
    struct.pack_into("<H", content, len(content) - 2, len(comment))
    path.write_bytes(content + comment)


def with_second_sheet_part(name: str) -> Make:
    """The first sheet's part once more, under a name that programs take for the same."""
    return lambda path: write_entries(path, [*entries(XLSX), entry(name, XLSX[SHEET])])


def with_part_named(name: str) -> Make:
    """A part whose name leads elsewhere; `?` stands for a zero byte."""

    def make(path: Path) -> None:
        write_entries(path, [*entries(XLSX), entry(name, b"x")])
        stored = name.encode()
        path.write_bytes(path.read_bytes().replace(stored, stored.replace(b"?", b"\0")))

    return make


def _in_every_header(offset: int, change: Callable[[int], int]) -> Make:
    """An archive with a 16-bit field changed in every local header, and 2 bytes later in every
    header of the directory: 4.3.7 and 4.3.12 of APPNOTE.TXT."""

    def make(path: Path) -> None:
        content = bytearray(pack(path, XLSX).read_bytes())
        for signature, start in ((b"PK\x03\x04", offset), (b"PK\x01\x02", offset + 2)):
            for match in re.finditer(re.escape(signature), bytes(content)):
                (before,) = struct.unpack_from("<H", content, match.start() + start)
                struct.pack_into("<H", content, match.start() + start, change(before))
        path.write_bytes(content)

    return make


def with_flags(bits: int) -> Make:
    """An archive in which every part has these general flags: 4.4.4."""
    return _in_every_header(6, lambda flags: flags | bits)


def with_compression(method: int) -> Make:
    """An archive in which every part claims to be compressed by a method: 4.4.5."""
    return _in_every_header(8, lambda _: method)


def cut_to(share: float, original: Parts = XLSX) -> Make:
    """A file of which only the first part has arrived."""

    def make(path: Path) -> None:
        content = pack(path, original).read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return make


def of_two_formats(path: Path) -> None:
    """An xlsx that is damaged and an ODS bomb that is not, in one archive."""
    content = ods_content(repeated_rows(1_048_576, 1_024))
    pack(path, {**XLSX, "xl/workbook.xml": b"<workbook", **ODS, "content.xml": content})


ARCHIVES = {
    **{f"{suffix}: {name}": files for suffix, (original, part) in ORIGINALS.items()
       for name, files in (
           hostile(f"x.{suffix}", "hostile-file", {
               "a size that lies": lying_about_sizes(original, part),
               "overlapping parts": overlapping(original),
           }) | hostile(f"x.{suffix}", "unreadable-file", {"cut short": cut_to(0.67, original)})
       ).items()},
    **hostile("x.ods", "hostile-file", {
        "a zip bomb called ods": bomb(ODS, "content.xml", 600 * MB),
    }),
    **hostile("x.xlsx", "hostile-file", {
        "a zip bomb": bomb(XLSX, SHEET, 600 * MB),
        "many small bombs": many_small_bombs,
        "two parts of one name": with_second_sheet_part(SHEET),
        "two parts but for case": with_second_sheet_part(SHEET.upper()),
        "a part that climbs": with_part_named("xl/../../evil"),
        "a part that climbs in DOS": with_part_named("..\\evil"),
        "a part on a drive": with_part_named("C:\\evil"),
        "a part with a zero": with_part_named("xl/x?../../evil"),
        "an xlsx and an ods in one": of_two_formats,
    }),
    **hostile("x.xlsx", "too-large", {"70,000 parts": many_parts}),
    **hostile("x.xlsx", "unreadable-file", {"a second directory": two_directories}),
    **hostile("x.xlsx", "password-protected", {"encrypted parts": with_flags(1)}),
}  # fmt: skip
