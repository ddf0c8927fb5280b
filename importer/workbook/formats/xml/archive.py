"""Inspect the zip archive of a workbook before any parser opens it.

Nothing that the archive says about itself is believed: sizes are counted while inflating.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from importer.base.texts import N_, text
from importer.config.limits import MB, Limits
from importer.workbook.formats.refusals import (
    RefusedError,
    damaged,
    hostile,
    password_protected,
    too_large,
    unreadable_part,
)

_ENTRY = b"PK\x01\x02"
END_OF_ARCHIVE = b"PK\x05\x06"
_END_SIZE = 22
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30
_NAME_AT = 26
_ENCRYPTED = 0x1
_DRIVE = re.compile("[A-Za-z]:")
CHUNK = 1 << 20
_SMALL = 16 * MB
"""Inflated bytes that do no harm, whatever they grew from."""
_SLICE = 1 << 16
_OVERLAP = 1_024  # bytes of a chunk that the next window repeats; no tag of interest is longer
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0\xfe\xff", b"\0\0\0<")
"""How XML begins in UTF-16 or UTF-32, which no program writes and calamine does not read."""
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"

Inspect = Callable[[str, bytes, int], object]
"""Takes the name of a part, a window of its bytes, and how many of them the window before had."""


class InspectedArchive(ZipFile):
    """An archive whose parts have been counted.

    `faults` are the reasons not to parse a part as XML. They do not matter in parts that no parser
    reads: pictures, macros, data models, embedded mails and web pages.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))
        self.faults: dict[str, RefusedError] = {}
        self.parts = {part_key(name): name for name in self.namelist()}
        """The names of all parts, by the key under which parsers look for them."""

    @property
    def has_usual_names(self) -> bool:
        """Whether calamine finds all parts by their names."""
        return all(
            usual_name(name) == name.rstrip("/") and part_key(name) == key
            for key, name in self.parts.items()
        )

    def text_of(self, key: str) -> bytes:
        """The content of the part with this key; nothing if there is no such part."""
        return self.read(self.parts[key]) if key in self.parts else b""

    def require_xml(self, part: str) -> str:
        """Return `part`; raise RefusedError if it must not be parsed as XML."""
        if part in self.faults:
            raise self.faults[part]
        return part

    def with_parts(self, changed: Mapping[str, bytes], keys: Collection[str]) -> bytes:
        """An archive of the parts with these keys alone, under usual names; `changed` are others'
        contents, by the name of the part."""
        content = io.BytesIO()
        with ZipFile(content, "w") as copy:
            for key, name in self.parts.items():
                if key in keys:
                    part = changed[name] if name in changed else self.read(name)
                    copy.writestr(usual_name(name) if part_key(name) == key else key, part)
        return content.getvalue()


def inspect_archive(content: bytes, limits: Limits, inspect: Inspect) -> InspectedArchive:
    """Inflate and count every byte of the archive in `content`, then open it.

    Raises RefusedError for anything that no spreadsheet program writes, or that exceeds `limits`.
    """
    # Each entry contains this signature once, so this is an upper bound. ZipFile would create an
    # object for every entry before they could be counted.
    if content.count(_ENTRY) > limits.parts:
        raise too_large(text(N_("it consists of too many parts")), "parts", limits.parts)
    _check_end(content)
    archive = InspectedArchive(content)
    entries = archive.infolist()
    _check_names(entries)
    places = [_place(content, entry) for entry in entries]
    _check_overlaps(places, len(content))
    total = 0
    for entry, (_start, data, end) in zip(entries, places, strict=True):
        packed, allowed = memoryview(content)[data:end], limits.inflated_mb * MB - total
        size, fault = _inspect_part(entry, packed, allowed, limits, inspect)
        total += size
        if total > max(_SMALL, limits.ratio * len(content)):
            raise hostile(text(N_("its parts grow too much when they are unpacked")))
        if fault is not None:
            archive.faults[entry.filename] = fault
    spellings = Counter(part_key(name) for name in archive.namelist())
    for name in archive.namelist():
        if spellings[part_key(name)] > 1:  # they differ in case, and parsers would differ in them
            archive.faults[name] = _same_name()
    return archive


def _inspect_part(
    entry: ZipInfo, packed: memoryview, allowed: int, limits: Limits, inspect: Inspect
) -> tuple[int, RefusedError | None]:
    """Inflate a part; give its true size, and the reason not to parse it as XML if there is one.

    Raises RefusedError if it has more than `allowed` bytes, or grows too much.
    """
    size = 0
    tail = b""
    fault: RefusedError | None = None
    for chunk in _inflated(entry, packed):
        is_start = size <= _OVERLAP  # the window has all bytes so far
        size += len(chunk)
        if size > allowed:
            reason = text(N_("its parts are too large when they are unpacked"))
            raise too_large(reason, "inflated_mb", limits.inflated_mb)
        if size > max(_SMALL, limits.ratio * len(packed)):
            raise hostile(text(N_("one of its parts grows too much when it is unpacked")))
        window = tail + chunk
        if is_start:
            is_xml = window.lstrip(_BEFORE_XML)[:1] in (b"", b"<")
            can_be_read = is_xml and not window.startswith(_UTF_16)
            fault = None if can_be_read else unreadable_part(entry.filename)
        if fault is None:
            if b"<!DOCTYPE" in window:
                reason = text(N_("it declares a document type, as no spreadsheet program does"))
                fault = hostile(reason)
            inspect(entry.filename, window, len(tail))
        tail = window[-_OVERLAP:]
    if size != entry.file_size:
        raise hostile(text(N_("the stated size of a part is wrong")))
    return size, fault


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


def usual_name(part: str) -> str:
    """A part's name as calamine looks for it; some programs write backslashes or a first slash."""
    return posixpath.normpath(part.replace("\\", "/")).lstrip("/")


def part_key(part: str) -> str:
    """A part's name for comparison."""
    return usual_name(part).lower()


def _check_end(content: bytes) -> None:
    """Require the end record at the very end, or programs may choose different directories."""
    end = content.rfind(END_OF_ARCHIVE)
    size = int.from_bytes(content[end + _END_SIZE - 2 : end + _END_SIZE], "little")  # of a comment
    if end < 0 or end + _END_SIZE + size != len(content):
        raise damaged()


def _check_names(entries: list[ZipInfo]) -> None:
    names = set()
    for entry in entries:
        stored = entry.orig_filename.replace("\\", "/")
        if _DRIVE.match(stored) or "\0" in stored or ".." in stored.split("/"):
            raise hostile(text(N_("the name of a part points outside its folder")))
        name = usual_name(stored)
        if name in names:
            raise _same_name()
        names.add(name)
        if entry.flag_bits & _ENCRYPTED:
            raise password_protected()


def _same_name() -> RefusedError:
    return hostile(text(N_("two of its parts have the same name")))


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
