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


def inspect_part(
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
        if size > max(SMALL, limits.ratio * len(packed)):
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
