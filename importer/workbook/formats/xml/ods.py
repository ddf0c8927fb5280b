"""Look at ODS files: OpenDocument 1.3."""

from __future__ import annotations

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


def look(archive: InspectedArchive, limits: Limits, content: bytes) -> Look:
    """Look at the file `content`; raise ExpatError where it is damaged.

    What calamine would misread is rewritten.
    """
    parts = {key for key in _PARTS if key in archive.parts}
    for key in parts - {"mimetype"}:
        archive.require_xml(archive.parts[key])
    reader = ContentReader(archive, limits)
    part = archive.parts[CONTENT]
    reader.read(archive, part)
    if reader.edits or not archive.has_usual_names:
        changed = {part: reader.edits.applied_to(archive.read(part))}
        content = archive.with_parts(changed, parts)
    return Look(reader.sheets, content, partial(_filled, archive, limits))


def _filled(archive: InspectedArchive, limits: Limits, name: str) -> Iterator[tuple[int, int]]:
    """The cells with values of the sheet of that name, text or not."""
    reader = ContentReader(archive, limits, name)
    reader.read(archive, archive.parts[CONTENT])
    for rows, columns in reader.filled:
        yield from ((row, column) for row in rows for column in columns)


def is_encrypted(archive: InspectedArchive) -> bool:
    """Whether the parts of an ODS file are encrypted: part 2, 3.4.1."""
    return b"encryption-data" in archive.text_of("meta-inf/manifest.xml")
