"""Read a file into the parts of an answer, in a process of its own (`child.py`)."""

from __future__ import annotations

import hashlib
import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from python_calamine import CalamineError, PasswordError

from importer.base.texts import N_, text
from importer.config.limits import MB, Limits
from importer.domain.problems import Code
from importer.workbook.formats import refusals
from importer.workbook.formats.records import xls, xls_records, xlsb
from importer.workbook.formats.xml import ods, xlsx
from importer.workbook.formats.xml.archive import InspectedArchive, inspect_archive
from importer.workbook.formats.xml.packages import USUAL_WORKBOOKS, find_shared_parts, workbook_part
from importer.workbook.markup import Look
from importer.workbook.reading.calamine import read_sheets
from importer.workbook.reading.protocol import Part
from importer.workbook.reading.raw import Note, RawWorkbook, blocks_of
from importer.workbook.reading.text_file import read_text

_ZIP = b"PK\x03\x04"
_DAMAGED = (
    BadZipFile, EOFError, IndexError,
    OSError,  # of olefile
    struct.error, zlib.error,
)  # fmt: skip
"""Bytes are missing, or are not what the format demands."""
_INVALID = (
    CalamineError, ExpatError, KeyError, OverflowError, ParseError,
    RuntimeError,  # zipfile, for unknown kinds of compression
    ValueError,
)  # fmt: skip


def read_file(path: Path, limits: Limits, encoding: str | None = None) -> Iterator[Part]:
    """Read the file at `path`, whatever its format; raise RefusedError if that fails.

    `encoding` is that of a text file, if it was chosen.
    """
    content = _bytes_of(path, limits)
    notes: list[Note] = []
    try:
        if content.startswith(_ZIP):
            yield from _archive_sheets(content, limits)
        elif content.startswith(xls_records.SIGNATURE):
            yield from read_sheets(xls.look(content), limits)
        else:
            rows, sheet, notes = read_text(content, path, limits, encoding)
            yield from blocks_of(rows)
            yield sheet
        yield RawWorkbook(hashlib.sha256(content).hexdigest(), notes)
    except PasswordError as error:
        raise refusals.password_protected() from error
    except _DAMAGED as error:
        raise refusals.damaged() from error
    except _INVALID as error:
        raise refusals.unreadable_list() from error


def _bytes_of(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refusals.unreadable(text(N_("it is a folder")))
        if not stat.S_ISREG(status.st_mode):
            raise refusals.unreadable(text(N_("it is not a regular file")))
        if status.st_size > limits.file_mb * MB:
            reason = text(N_("it has {size} MB"), size=status.st_size // MB)
            raise refusals.too_large(reason, "file_mb", limits.file_mb)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise refusals.unreadable(text(N_("it does not exist"))) from error
    except (OSError, ValueError) as error:
        strerror = error.strerror if isinstance(error, OSError) else None
        raise refusals.unreadable(strerror or str(error)) from error
    if not content:
        raise refusals.unreadable(text(N_("it is empty")))
    return content


def _archive_sheets(content: bytes, limits: Limits) -> Iterator[Part]:
    inspector = xlsx.Inspector(limits)
    with inspect_archive(content, limits, inspector.inspect) as archive:
        yield from read_sheets(_look_at(archive, content, inspector, limits), limits)


def _look_at(
    archive: InspectedArchive, content: bytes, inspector: xlsx.Inspector, limits: Limits
) -> Look:  # fmt: skip
    parts = archive.parts
    if len({*USUAL_WORKBOOKS, ods.CONTENT} & parts.keys()) > 1:
        raise refusals.hostile(text(N_("it contains several workbooks")))
    workbook = workbook_part(archive)
    if workbook is not None:
        find_shared_parts(archive, workbook)
        if workbook.lower().endswith(".bin"):
            return xlsb.look(archive, workbook, content)
        return inspector.look(archive, workbook, content)
    if ods.CONTENT in parts and archive.text_of("mimetype").startswith(ods.MIME_TYPE):
        if ods.is_encrypted(archive):
            raise refusals.password_protected()
        return ods.look(archive, limits, content)
    raise refusals.RefusedError(Code.NOT_A_WORKBOOK, text(N_("it is an archive of something else")))
