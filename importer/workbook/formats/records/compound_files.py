"""Read and rewrite the compound file of a workbook: [MS-CFB]."""

from __future__ import annotations

import io

import olefile

from importer.base.texts import N_, text
from importer.domain.problems import Code
from importer.workbook.formats import refusals

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def workbook_stream(content: bytes) -> bytes:
    """The records of the workbook in a compound file.

    Raises RefusedError for a file that is encrypted, damaged, or not a workbook.
    """
    if _ENCRYPTED_PACKAGE in content:  # an xlsx file with a password
        raise refusals.password_protected()
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        _check_chains(ole)
        stream: bytes = ole.openstream(_stream_name(ole)).read()
        return stream


def with_workbook_stream(content: bytes, stream: bytes) -> bytes:
    """The compound file with other records of the same size."""
    copy = io.BytesIO(content)
    with olefile.OleFileIO(copy, write_mode=True) as ole:
        ole.write_stream(_stream_name(ole), stream)
        return copy.getvalue()


def _stream_name(ole: olefile.OleFileIO) -> str:
    for name in ("Workbook", "Book"):
        if ole.exists(name):
            return name
    reason = text(N_("it is a document of another program"))
    raise refusals.RefusedError(Code.NOT_A_WORKBOOK, reason)


def _check_chains(ole: olefile.OleFileIO) -> None:
    """Raise RefusedError for a chain of sectors that forms a loop."""
    if ole.num_mini_fat_sectors:
        ole.loadminifat()
    for following in (ole.fat, ole.minifat or ()):
        walks = [0] * len(following)  # on which each sector was passed
        for walk, start in enumerate(range(len(following)), 1):
            at = start
            while at < len(following) and not walks[at]:
                walks[at] = walk
                at = following[at]
            if at < len(following) and walks[at] == walk:
                raise refusals.damaged()
