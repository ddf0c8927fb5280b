"""Inspect the zip archive of a workbook before any parser opens it.

Nothing that the archive says about itself is believed: sizes are counted while inflating.
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
_OVERLAP = 1_024  # bytes of a chunk that the next window repeats; no tag of interest is longer

_ENTRY = b"PK\x01\x02"
END_OF_ARCHIVE = b"PK\x05\x06"
_END_SIZE = 22
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30
_NAME_AT = 26
_ENCRYPTED = 0x1
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0\xfe\xff", b"\0\0\0<")
"""How XML begins in UTF-16 or UTF-32, which no program writes and calamine does not read."""
_MARK_SIZE = 4
_SMALL = 16 * MB  # inflated bytes that do no harm, whatever they grew from
_IGNORED = ("xl/media/", "pictures/", "thumbnails/", "docprops/thumbnail", "customxml/",
            "xl/customproperty", "basic/", "dialogs/")  # fmt: skip
"""Folders of pictures, macros and other programs' files: XML of any kind and encoding."""

Inspect = Callable[[str, bytes], object]
"""Takes the name of a part and a window of its bytes; windows of a part overlap."""


def inspect_archive(content: bytes, limits: Limits, inspect: Inspect) -> ZipFile:
    """Inflate and count every byte of the archive in `content`, then open it.

    Raises RefusedError for anything that no spreadsheet program writes, or that exceeds `limits`.
    """
    # Each entry contains this signature once, so this is an upper bound. ZipFile would create an
    # object for every entry before they could be counted.
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
        total += _inspect_part(entry, memoryview(content)[data:end], allowed, limits, inspect)
        if total > max(_SMALL, limits.ratio * len(content)):
            raise hostile(text(N_("its parts grow too much when they are unpacked")))
    return archive


def is_ignored(part: str) -> bool:
    """Whether the part lies in a folder that is not inspected."""
    return part_key(part).startswith(_IGNORED)


def part_key(part: str) -> str:
    """A part's name for comparison; some programs write backslashes."""
    return part.replace("\\", "/").lower()


def parts_of(archive: ZipFile) -> dict[str, str]:
    """The names of all parts, by their key."""
    return {part_key(name): name for name in archive.namelist()}


def with_parts(archive: ZipFile, changed: dict[str, bytes]) -> bytes:
    """The archive with other contents of some parts, and without those that are not inspected."""
    content = io.BytesIO()
    with ZipFile(content, "w") as copy:
        for name in archive.namelist():
            if not is_ignored(name):
                copy.writestr(name, changed[name] if name in changed else archive.read(name))
    return content.getvalue()


def _check_end(content: bytes) -> None:
    """Require the end record at the very end, or programs may choose different directories."""
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
            raise hostile(text(N_("the name of a part points outside its folder")))
        if name.casefold() in names:
            raise hostile(text(N_("two of its parts have the same name")))
        names.add(name.casefold())
        if entry.flag_bits & _ENCRYPTED:
            raise password_protected()


def _place(content: bytes, entry: ZipInfo) -> tuple[int, int, int]:
    """The start of an entry, the start of its data, and its end."""
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
            raise hostile(text(N_("some of its parts overlap")))
        last = end
    if last > size:
        raise damaged()


def _inspect_part(
    entry: ZipInfo, packed: memoryview, allowed: int, limits: Limits, inspect: Inspect
) -> int:  # fmt: skip
    """Inflate a part and pass it to `inspect`; return its true size."""
    size = 0
    tail = b""
    ignored = is_ignored(entry.filename)
    for chunk in _inflated(entry, packed):
        is_start = size < _MARK_SIZE
        size += len(chunk)
        if size > allowed:
            reason = text(N_("its parts are too large when they are unpacked"))
            raise too_large(reason, "inflated_mb", limits.inflated_mb)
        if size > max(_SMALL, limits.ratio * len(packed)):
            raise hostile(text(N_("one of its parts grows too much when it is unpacked")))
        if ignored:
            continue
        window = tail + chunk
        if is_start and window.startswith(_UTF_16):
            raise damaged()
        if b"<!DOCTYPE" in window:
            raise hostile(text(N_("it declares a document type, as no spreadsheet program does")))
        inspect(entry.filename, window)
        tail = window[-_OVERLAP:]
    if size != entry.file_size:
        raise hostile(text(N_("the stated size of a part is wrong")))
    return size


def _inflated(entry: ZipInfo, packed: memoryview) -> Iterator[bytes]:
    """All bytes of a part, whatever size its entry states."""
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
