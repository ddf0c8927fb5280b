"""Look at ODS files: OpenDocument 1.3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from importer.config.limits import Limits
from importer.workbook.formats.xml.archive import InspectedArchive
from importer.workbook.formats.xml.ods_content import ContentReader
from importer.workbook.markup import Look

CONTENT = "content.xml"
MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_PARTS = (CONTENT, "mimetype", "meta.xml", "styles.xml", "meta-inf/manifest.xml")
"""The parts that are read, by their keys."""
_PADDED = re.compile(
    rb"""number:min-integer-digits\s*=\s*["'](?:[2-9]|[1-9][0-9]+)["']|<number:text>[^<]*%"""
)


def look(archive: InspectedArchive, limits: Limits, content: bytes) -> Look:
    """Look at the file `content`; raise ExpatError where it is damaged.

    What calamine would misread is rewritten.
    """
    parts = {key for key in _PARTS if key in archive.parts}
    for key in parts - {"mimetype"}:
        archive.require_xml(archive.parts[key])
    reader = ContentReader(limits, _is_by_libreoffice(archive), _has_padding(archive))
    part = archive.parts[CONTENT]
    reader.read(archive, part)
    if reader.edits or not archive.has_usual_names:
        changed = {part: reader.edits.applied_to(archive.read(part))}
        content = archive.with_parts(changed, parts)
    return Look(reader.sheets, content, partial(_filled, archive, limits))


def _filled(archive: InspectedArchive, limits: Limits, name: str) -> Iterator[tuple[int, int]]:
    """The cells with values of the sheet of that name, text or not."""
    reader = ContentReader(limits, _is_by_libreoffice(archive), False, name)
    reader.read(archive, archive.parts[CONTENT])
    for rows, columns in reader.filled:
        yield from ((row, column) for row in rows for column in columns)


def _is_by_libreoffice(archive: InspectedArchive) -> bool:
    """Whether LibreOffice wrote the file: it gives no type to results that are empty text."""
    return b"LibreOffice" in archive.text_of("meta.xml")


def _has_padding(archive: InspectedArchive) -> bool:
    """Whether a number format of the file has leading zeros or a percent sign."""
    return any(_PADDED.search(archive.text_of(key)) for key in (CONTENT, "styles.xml"))


def is_encrypted(archive: InspectedArchive) -> bool:
    """Whether the parts of an ODS file are encrypted: part 2, 3.4.1."""
    return b"encryption-data" in archive.text_of("meta-inf/manifest.xml")
