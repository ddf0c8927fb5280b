"""Inspect the zip archive of a workbook before any parser opens it.

Nothing that the archive says about itself is believed: sizes are counted while inflating.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
from collections import Counter
from collections.abc import Collection, Mapping
from zipfile import ZipFile, ZipInfo

from importer.base.texts import N_, text
from importer.config.limits import MB, Limits
from importer.workbook.formats.refusals import (
    RefusedError,
    damaged,
    hostile,
    password_protected,
    too_large,
)
from importer.workbook.formats.xml.inflating import SMALL, Inspect, inspect_part

_ENTRY = b"PK\x01\x02"
END_OF_ARCHIVE = b"PK\x05\x06"
_END_SIZE = 22
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30
_NAME_AT = 26
_ENCRYPTED = 0x1
_DRIVE = re.compile("[A-Za-z]:")


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
        size, fault = inspect_part(entry, packed, allowed, limits, inspect)
        total += size
        if total > max(SMALL, limits.ratio * len(content)):
            raise hostile(text(N_("its parts grow too much when they are unpacked")))
        if fault is not None:
            archive.faults[entry.filename] = fault
    spellings = Counter(part_key(name) for name in archive.namelist())
    for name in archive.namelist():
        if spellings[part_key(name)] > 1:  # they differ in case, and parsers would differ in them
            archive.faults[name] = _same_name()
    return archive


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
