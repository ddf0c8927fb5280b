"""A look over the zip archive that a workbook is, before any parser of spreadsheets sees it.

Nothing that the archive says of itself is believed: sizes are counted while inflating.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from importer.base.texts import N_, text
from importer.config.limits import MB, Limits
from importer.workbook.formats.refusals import damaged, hostile, password_protected, too_large

CHUNK = 1 << 20
_SLICE = 1 << 16
OVERLAP = 1_024
"""Bytes of a chunk that are looked at again with the next one; no tag that matters is longer."""

_ENTRY = b"PK\x01\x02"
END_OF_ARCHIVE = b"PK\x05\x06"
_END_SIZE = 22
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30
_NAME_AT = 26
_ENCRYPTED = 0x1
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0\xfe\xff", b"\0\0\0<")
"""How XML begins in UTF-16 or UTF-32, which nobody writes and calamine does not read."""
_MARK_SIZE = 4
_SMALL = 16 * MB
"""Inflated bytes that harm nobody, whatever they grew from."""
_ASIDE = ("xl/media/", "pictures/", "thumbnails/", "docprops/thumbnail", "customxml/",
          "xl/customproperty", "basic/", "dialogs/")  # fmt: skip
"""Where pictures, macros and what other programs put by lie: XML of any kind and encoding."""

Watch = Callable[[str, bytes], object]
"""Is shown each part, by name, in windows that overlap."""


def look_over(content: bytes, limits: Limits, watch: Watch) -> ZipFile:
    """The archive in `content`, once every byte of it was inflated and counted.

    Raises RefusedError for whatever no spreadsheet program writes, or for more than `limits`.
    """
    # Each entry has this signature once, so that there are no more of them; ZipFile would make an
    # object of every one before anybody could count.
    if content.count(_ENTRY) > limits.parts:
        raise too_large(text(N_("it consists of too many parts")), "parts", limits.parts)
    _check_end(content)
    archive = ZipFile(io.BytesIO(content))
    entries = archive.infolist()
    _check_names(entries)
    places = [_place(content, entry) for entry in entries]
    _check_overlaps(places, len(content))
    total = 0
    for entry, (_start, data, end) in zip(entries, places, strict=True):
        allowed = limits.inflated_mb * MB - total
        total += _look_at(entry, memoryview(content)[data:end], allowed, limits, watch)
        if total > max(_SMALL, limits.ratio * len(content)):
            raise hostile(text(N_("its parts grow beyond all measure when they are inflated")))
    return archive


def is_aside(part: str) -> bool:
    """Whether the part lies where nobody looks for a sheet, and so is not looked at itself."""
    return plain(part).startswith(_ASIDE)


def plain(part: str) -> str:
    """A part's name in the form in which names are equal; some programs write backslashes."""
    return part.replace("\\", "/").lower()


def parts_of(archive: ZipFile) -> dict[str, str]:
    """The names of all parts, by their plain form."""
    return {plain(name): name for name in archive.namelist()}


def _check_end(content: bytes) -> None:
    """What says where the directory is must be the last thing in the file.

    Otherwise it is for each program to say which of several directories it believes.
    """
    end = content.rfind(END_OF_ARCHIVE)
    if end < 0 or end + _END_SIZE > len(content):
        raise damaged()
    (comment,) = struct.unpack_from("<H", content, end + _END_SIZE - 2)
    if end + _END_SIZE + comment != len(content):
        raise damaged()


def _check_names(entries: list[ZipInfo]) -> None:
    names = set()
    for entry in entries:
        name = entry.orig_filename.replace("\\", "/")
        if name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
            raise hostile(text(N_("a part of it is named so as to climb out of its folder")))
        if name.casefold() in names:
            raise hostile(text(N_("two of its parts have the same name")))
        names.add(name.casefold())
        if entry.flag_bits & _ENCRYPTED:
            raise password_protected()


def _place(content: bytes, entry: ZipInfo) -> tuple[int, int, int]:
    """Where an entry begins, where its data does, and where it ends."""
    start = entry.header_offset
    if content[start : start + len(_LOCAL)] != _LOCAL or start + _LOCAL_SIZE > len(content):
        raise damaged()
    name, extra = struct.unpack_from("<HH", content, start + _NAME_AT)
    data = start + _LOCAL_SIZE + name + extra
    return start, data, data + entry.compress_size


def _check_overlaps(places: list[tuple[int, int, int]], size: int) -> None:
    last = 0
    for start, _data, end in sorted(places):
        if start < last:
            raise hostile(text(N_("parts of it overlap")))
        last = end
    if last > size:
        raise damaged()


def _look_at(
    entry: ZipInfo, packed: memoryview, allowed: int, limits: Limits, watch: Watch
) -> int:  # fmt: skip
    """Inflate a part and show it to `watch`; give its true size."""
    size = 0
    tail = b""
    is_looked_at = not is_aside(entry.filename)
    for chunk in _inflated(entry, packed):
        is_start = size < _MARK_SIZE
        size += len(chunk)
        if size > allowed:
            what = text(N_("its parts are too large once they are inflated"))
            raise too_large(what, "inflated_mb", limits.inflated_mb)
        if size > max(_SMALL, limits.ratio * len(packed)):
            raise hostile(text(N_("a part of it grows beyond all measure when it is inflated")))
        if not is_looked_at:
            continue
        window = tail + chunk
        if is_start and window.startswith(_UTF_16):
            raise damaged()
        if b"<!DOCTYPE" in window:
            raise hostile(text(N_("it declares a document type, as no spreadsheet program does")))
        watch(entry.filename, window)
        tail = window[-OVERLAP:]
    if size != entry.file_size:
        raise hostile(text(N_("a part of it says that it has another size than it has")))
    return size


def _inflated(entry: ZipInfo, packed: memoryview) -> Iterator[bytes]:
    """The bytes of a part, as many as there are, whatever its entry says."""
    if entry.compress_type == ZIP_STORED:
        for start in range(0, len(packed), CHUNK):
            yield bytes(packed[start : start + CHUNK])
        return
    if entry.compress_type != ZIP_DEFLATED:
        raise damaged()
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    for start in range(0, len(packed), _SLICE):
        waiting: bytes | memoryview = packed[start : start + _SLICE]
        while waiting and not inflating.eof:
            yield inflating.decompress(waiting, CHUNK)
            waiting = inflating.unconsumed_tail
    while not inflating.eof:
        chunk = inflating.decompress(b"", CHUNK)
        if not chunk:
            raise damaged()
        yield chunk
