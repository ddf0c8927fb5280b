"""Inflate a part of an archive, count its bytes, and look for what no parser should read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from importer.base.texts import N_, text
from importer.config.limits import MB, Limits
from importer.workbook.formats.refusals import (
    RefusedError,
    damaged,
    hostile,
    too_large,
    unreadable_part,
)

CHUNK = 1 << 20
SMALL = 16 * MB
"""Inflated bytes that do no harm, whatever they grew from."""
_SLICE = 1 << 16
_OVERLAP = 1_024  # bytes of a chunk that the next window repeats; no tag of interest is longer
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0\xfe\xff", b"\0\0\0<")
"""How XML begins in UTF-16 or UTF-32, which no program writes and calamine does not read."""
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"

Inspect = Callable[[str, bytes, int], object]
"""Takes the name of a part, a window of its bytes, and how many of them the window before had."""


class Inspection:
    """Counts the bytes of a part and, if they may be XML, looks for what no parser should read."""

    def __init__(self, entry: ZipInfo, limits: Limits, allowed: int, inspect: Inspect) -> None:
        self._entry, self._limits, self._allowed = entry, limits, allowed
        self._inspect = inspect
        self.fault: RefusedError | None = None

    def size_of(self, packed: memoryview) -> int:
        """Inflate the part; return its true size."""
        size = 0
        tail = b""
        for chunk in _inflated(self._entry, packed):
            is_start = size <= _OVERLAP  # the window has all bytes so far
            size += len(chunk)
            self._check_size(size, len(packed))
            window = tail + chunk
            if is_start:
                is_xml = window.lstrip(_BEFORE_XML)[:1] in (b"", b"<")
                can_be_read = is_xml and not window.startswith(_UTF_16)
                self.fault = None if can_be_read else unreadable_part(self._entry.filename)
            if self.fault is None:
                self._look_at(window, len(tail))
            tail = window[-_OVERLAP:]
        if size != self._entry.file_size:
            raise hostile(text(N_("the stated size of a part is wrong")))
        return size

    def _check_size(self, size: int, packed: int) -> None:
        if size > self._allowed:
            reason = text(N_("its parts are too large when they are unpacked"))
            raise too_large(reason, "inflated_mb", self._limits.inflated_mb)
        if size > max(SMALL, self._limits.ratio * packed):
            raise hostile(text(N_("one of its parts grows too much when it is unpacked")))

    def _look_at(self, window: bytes, seen: int) -> None:
        if b"<!DOCTYPE" in window:
            reason = text(N_("it declares a document type, as no spreadsheet program does"))
            self.fault = hostile(reason)
        self._inspect(self._entry.filename, window, seen)


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
