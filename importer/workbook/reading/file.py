"""Read the bytes of a file into the parts of an answer, in a process of its own (`child.py`)."""

from __future__ import annotations

import codecs
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from python_calamine import CalamineError, PasswordError

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.formats import refusals
from importer.workbook.formats.records import xls, xls_records, xlsb
from importer.workbook.formats.text import encodings
from importer.workbook.formats.xml import ods, xlsx
from importer.workbook.formats.xml.archive import InspectedArchive, inspect_archive
from importer.workbook.formats.xml.packages import USUAL_WORKBOOKS, find_shared_parts, workbook_part
from importer.workbook.markup import Look
from importer.workbook.reading.calamine import read_sheets
from importer.workbook.reading.confinement import allow
from importer.workbook.reading.protocol import Part, Work
from importer.workbook.reading.raw import Note, RawWorkbook, blocks_of
from importer.workbook.reading.text_file import read_text

_SHEETS_GROW = 40  # times, inflated
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
for _encoding in encodings.KNOWN:
    codecs.lookup(_encoding)  # which imports modules: the process will not be able to


def prepare(work: Work) -> tuple[Limits, Callable[[bytes], Iterator[Part]]]:
    """The limits of the work, and the function that reads the bytes of its file."""
    codecs.lookup(work.encoding or "utf-8")
    return work.limits, partial(read_file, work)


def read_file(work: Work, content: bytes) -> Iterator[Part]:
    """Read the bytes of a file, whatever its format; raise RefusedError if that fails."""
    limits = work.limits
    notes: list[Note] = []
    allow(len(content) * _SHEETS_GROW)
    try:
        if content.startswith(_ZIP):
            yield from _archive_sheets(content, limits)
        elif content.startswith(xls_records.SIGNATURE):
            yield from read_sheets(xls.look(content), limits)
        else:
            rows, sheet, notes = read_text(content, Path(work.path), limits, work.encoding)
            yield from blocks_of(rows)
            yield sheet
        yield RawWorkbook(notes)
    except PasswordError as error:
        raise refusals.password_protected() from error
    except _DAMAGED as error:
        raise refusals.damaged() from error
    except _INVALID as error:
        raise refusals.unreadable_list() from error


def _archive_sheets(content: bytes, limits: Limits) -> Iterator[Part]:
    inspector = xlsx.Inspector(limits)
    with inspect_archive(content, limits, inspector.inspect) as archive:
        allow(sum(part.file_size for part in archive.infolist()))
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
