"""All hostile files, and files that lie where it does no harm.

None takes more than a few MB on the disk, however much it claims to be.
"""

from __future__ import annotations

import os
from pathlib import Path

from hostile.archives import ARCHIVES
from hostile.markup import MARKUP
from hostile.originals import MB, Hostile, Make, hostile
from hostile.sheets import FALSE_SIZES_OF_SHEETS, SHEETS
from hostile.xls import FALSE_SIZES_OF_XLS, XLS

HTML = b"<html><body><table><tr><td>OTC</td></tr></table></body></html>"


def containing(content: bytes) -> Make:
    """A file of these bytes."""
    return lambda path: path.write_bytes(content)


def repeated(piece: bytes, size: int) -> Make:
    """A file of `size` bytes, one piece after the other."""
    block = piece * (MB // len(piece))
    return lambda path: path.write_bytes(block * (size // len(block)))


def zeros(size: int) -> Make:
    """A file of zeros, which takes no room on the disk."""

    def make(path: Path) -> None:
        path.touch()
        os.truncate(path, size)

    return make


def link_to(target: str) -> Make:
    """A name that leads to another one; `.` is itself."""
    return lambda path: path.symlink_to(path.name if target == "." else target)


TEXTS = {
    **hostile("x.csv", "unreadable-file", {
        "csv: an overlong field in quotes": containing(b'OTC,Email\r\n"' + b"x,\r\n" * 2_000_000),
    }),
    **hostile("x.csv", "too-large", {
        "csv: an overlong line in quotes": containing(b'OTC,Email\r\n"' + b"x," * 5_000_000),
        "csv: 200 MB of commas": repeated(b",", 200 * MB),
        "csv: 64 MB of commas in lines": repeated(b"," * 16_383 + b"\n", 64 * MB),
        "csv: 64 MB of line breaks": repeated(b"\n", 64 * MB),
    }),
    **hostile("x.csv", "not-a-workbook", {
        "a web page called csv": containing(HTML), "csv: zeros": zeros(5_000),
    }),
    **hostile("x.xlsx", "not-a-workbook", {
        "a web page by another name": containing(HTML), "xlsx: 64 MB of zeros": zeros(64 * MB),
    }),
    **hostile("x.xlsx", "too-large", {"xlsx: 2 GB of zeros": zeros(2_048 * MB)}),
    **hostile("x.ods", "not-a-workbook", {"a web page called ods": containing(HTML)}),
}  # fmt: skip

NO_FILES = hostile("x.xlsx", "unreadable-file", {
    "nothing in it": containing(b""), "a link to itself": link_to("."),
    "a FIFO": lambda path: os.mkfifo(path), "a device": link_to("/dev/zero"),
})  # fmt: skip

HOSTILE: dict[str, Hostile] = {**ARCHIVES, **MARKUP, **SHEETS, **XLS, **TEXTS, **NO_FILES}
COSTLY = {
    "a zip bomb", "a zip bomb called ods", "many small bombs", "csv: 200 MB of commas",
    "csv: 64 MB of commas in lines", "csv: 64 MB of line breaks", "cells without positions",
    "100,000 merged ranges", "70,000 parts",
}  # fmt: skip
"""Those that take more than a quarter of a second to refuse, or to write."""

FALSE_SIZES: dict[str, tuple[str, Make]] = {**FALSE_SIZES_OF_SHEETS, **FALSE_SIZES_OF_XLS}
"""Files with false sizes, which nothing relies on: they are read like any other, at no cost."""
