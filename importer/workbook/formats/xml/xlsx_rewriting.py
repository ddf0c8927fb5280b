"""Rewrite what Excel reads and calamine does not: ECMA-376, part 1, 18.3, and part 2, 6.5."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from importer.workbook.formats.xml.archive import InspectedArchive, usual_name
from importer.workbook.formats.xml.packages import links_name, target_path
from importer.workbook.formats.xml.tags import plain

ODD_DIMENSION = (
    rb'<dimension(?! ref="[A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?")[\s>/]|:dimension[\s>/]'
)
"""The stated size of a sheet in an unusual form."""
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*>(?:</(?:\w+:)?dimension>)?")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*>")
_WITHOUT_STYLE = re.compile(rb"<((?:\w+:)?c)(?=[\s>/])(?![^<>]*\ss\s*=)")
_BARE_REFERENCE = re.compile(rb"""\sr\s*=\s*(?:"[0-9]*"|'[0-9]*')""")
_DOLLARS = re.compile(rb"""\sr\s*=\s*["']\$[A-Za-z$0-9]*["']""")
_ERROR = re.compile(
    rb"""(<c\s(?:[^<>]*\s)?t=["']e["'][^<>]*>(?:<f[^<>]*(?:/>|>[^<]*</f>))?<v>)[^<]*(?=</v>)"""
)
KNOWN_ERRORS = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#GETTING_DATA"}
)
"""The names of errors that calamine reads; others, such as #SPILL!, make it refuse the sheet."""
_TARGET = re.compile(rb"""(\sTarget\s*=\s*["'])([^"'&:]*)(?=["'])""")
_MACRO_SHEET = re.compile(rb"(?<=[\"'])[^\"']*/xl(?:Intl)?Macrosheet(?=[\"'])")
_DIALOG_SHEET = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/dialogsheet"
"""Neither has cells that are read, and calamine knows only the latter."""


def rewritten(
    archive: InspectedArchive, workbook: str, sheets: Iterable[str]
) -> dict[str, bytes] | None:
    """The changed parts of a workbook; None if the archive can be read as it stands.

    `sheets` are the parts that calamine cannot read.
    """
    changed = {part: _readable(archive.read(part)) for part in sheets}
    for source in ("", usual_name(workbook)):
        key = links_name(source.lower())
        links = archive.text_of(key)
        readable = _with_plain_targets(archive, source, plain(links))
        readable = _MACRO_SHEET.sub(_DIALOG_SHEET, readable)
        if readable != links:
            changed[archive.parts[key]] = readable
    return None if archive.has_usual_names and not changed else changed


def _with_plain_targets(archive: InspectedArchive, source: str, links: bytes) -> bytes:
    """The links of `source`, written so that calamine finds the parts."""

    def readable(target: re.Match[bytes]) -> bytes:
        written = target[2].decode()
        path = target_path(archive, source, written)
        in_folder = posixpath.join("/", posixpath.dirname(source), written)
        is_plain = in_folder.lower() == f"/{path}".lower() or path.lower() not in archive.parts
        return target[0] if is_plain else target[1] + f"/{path}".encode()

    return _TARGET.sub(readable, links)


def _readable(sheet: bytes) -> bytes:
    """A sheet without its stated size, references of cells that have no letters, and new errors.

    Cells without a style have the first one.
    """
    sheet = _CELL.sub(_with_reference, _DIMENSION.sub(b"", plain(sheet)))
    return _WITHOUT_STYLE.sub(rb'<\1 s="0"', _ERROR.sub(rb"\1#N/A", sheet))


def _with_reference(cell: re.Match[bytes]) -> bytes:
    tag = _BARE_REFERENCE.sub(b"", cell[0])
    return _DOLLARS.sub(lambda reference: reference[0].replace(b"$", b""), tag)
