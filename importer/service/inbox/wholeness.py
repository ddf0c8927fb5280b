"""Examine a file of the inbox: whether anybody writes to it, and whether its end is there."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from enum import Enum, auto
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zipfile import is_zipfile

from importer.base.texts import N_
from importer.workbook.formats.text.csv_file import SUFFIXES, WORKBOOK_SUFFIXES, has_header
from importer.workbook.formats.text.encodings import beginning as text_beginning

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]


class Writers(Enum):
    """Whether a program has a file open for writing."""

    NONE = auto()
    SOME = auto()
    UNKNOWN = auto()
    """The system cannot be asked: the file is another user's, on a share, or not on Linux."""


EMPTY = N_("it is empty")
NO_LINE_END = N_("its last line has no line end")
NO_END = N_("its end is missing")
"""What makes a file doubtful."""

_MOUNTS = Path("/proc/self/mountinfo")
_SHARED = (
    "nfs", "cifs", "smb", "fuse", "virtiofs", "fakeowner", "9p", "vboxsf", "ceph", "afs", "lustre",
    "gfs2", "ocfs2",
)  # fmt: skip
"""How the names of file systems begin that other computers may write to."""

_ARCHIVE = b"PK\x03\x04"
_NOT_SEPARATED = (b"\xd0\xcf\x11\xe0", b"<")
"""How workbooks of Excel 97-2003 and web pages begin; what else has their names may be text."""
_BEGINNING = 4_096  # bytes that are enough for the header of a text
_ENDED = re.compile(rb"[\r\n]\0{0,3}\Z")
"""The end of a last line. In UTF-16 and UTF-32 it has up to three zeros; room that a program has
reserved for the rest of a file is many."""


class Examined(NamedTuple):
    """Who writes to a file, and the template of what makes its content doubtful, if anything."""

    writers: Writers
    doubt: str | None


State = tuple[int, int]
"""The size of a file, and when it was changed, in nanoseconds."""


def examine(path: Path) -> Examined:
    """Examine the file at `path` without following a link; raise OSError where that fails."""
    with open(path, "rb", opener=_open_safely) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # it was replaced meanwhile
            return Examined(Writers.SOME, None)
        return Examined(_writers(file), _doubt(file, path.suffix.lower()))


def state_of(status: os.stat_result) -> State:
    """What changes when a file is written to."""
    return status.st_size, status.st_mtime_ns


def sha256_of(path: Path) -> str:
    """The hash of the file at `path`, by which the ledger knows it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _writers(file: BinaryIO) -> Writers:
    if fcntl is None or not hasattr(fcntl, "F_SETLEASE") or _is_shared(file):
        return Writers.UNKNOWN
    try:  # Linux grants a lease for reading only if nobody has the file open for writing
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return Writers.SOME
    except OSError:  # the file is another user's, or the file system has no leases
        return Writers.UNKNOWN
    return Writers.NONE


def _is_shared(file: BinaryIO) -> bool:
    """Whether other computers may write to the file without this one's knowledge.

    NFS and SMB then refuse a lease as if the file were open, and FUSE grants one although it is.
    """
    device = os.fstat(file.fileno()).st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = _MOUNTS.read_text("utf-8", "replace").splitlines()  # proc_pid_mountinfo(5)
    except OSError:  # nothing is known of the disks
        return True
    for line in lines:
        mount, _, source = line.partition(" - ")
        if mount.split(" ")[2] == number:
            return source.startswith(_SHARED)
    return False  # Btrfs has other numbers for its files


def _doubt(file: BinaryIO, suffix: str) -> str | None:
    """The template of what shows that more of the file may be to come."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return EMPTY
    file.seek(0)
    beginning = file.read(_BEGINNING)
    if beginning.startswith(_ARCHIVE):
        return None if is_zipfile(file) else NO_END
    if suffix not in (*SUFFIXES, *WORKBOOK_SUFFIXES) or beginning.startswith(_NOT_SEPARATED):
        return None
    file.seek(-min(size, 4), os.SEEK_END)
    if _ENDED.search(file.read()):
        return None
    is_text = suffix in SUFFIXES or has_header(text_beginning(beginning), suffix)
    return NO_LINE_END if is_text else NO_END


def _open_safely(path: str, flags: int) -> int:
    """Open an untrusted file without following a link or waiting for a pipe."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
