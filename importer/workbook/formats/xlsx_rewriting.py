"""Rewrite what Excel reads and calamine does not: ECMA-376, part 1, 18.3, and part 2, 6.5."""

from __future__ import annotations

import re
from collections.abc import Iterable

from importer.workbook.formats.archive import InspectedArchive, part_key, usual_name
from importer.workbook.formats.packages import links_name, target_path

ODD_DIMENSION = rb'<dimension(?! ref="[A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?")[\s>/]'
"""The stated size of a sheet in an unusual form."""
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*>(?:</(?:\w+:)?dimension>)?")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*>")
_BARE_REFERENCE = re.compile(rb"""\sr\s*=\s*(?:"[0-9]*"|'[0-9]*')""")
_DOLLARS = re.compile(rb"""\sr\s*=\s*["']\$[A-Za-z$0-9]*["']""")
_TARGET = re.compile(rb"""(?<=\sTarget=["'])([^"']*)(?=["'])""")
_DOTS = re.compile(rb"""\sTarget=["'](?:[^"']*/)?\.{1,2}/""")


def rewritten(
    archive: InspectedArchive, workbook: str, sheets: Iterable[str]
) -> dict[str, bytes] | None:
    """The changed parts of a workbook; None if the archive can be read as it stands.

    `sheets` are the parts that calamine cannot read.
    """
    changed = {}
    for key in ("_rels/.rels", links_name(part_key(workbook))):
        part = archive.parts.get(key)
        if part is not None and _DOTS.search(archive.read(part)):
            source = "" if key == "_rels/.rels" else usual_name(workbook)
            changed[part] = _with_plain_targets(archive.read(part), source)
    for part in sheets:
        changed[part] = _readable(archive.read(part))
    is_usual = all(usual_name(name) == name for name in archive.namelist() if "\\" not in name)
    return None if is_usual and not changed else changed


def _with_plain_targets(links: bytes, source: str) -> bytes:
    def plain(target: re.Match[bytes]) -> bytes:
        if b"./" not in target[0] or b":" in target[0]:
            return target[0]
        return b"/" + target_path(source, target[0].decode()).encode()

    return _TARGET.sub(plain, links)


def _readable(sheet: bytes) -> bytes:
    """A sheet without its stated size, and without references of cells that have no letters."""
    return _CELL.sub(_with_reference, _DIMENSION.sub(b"", sheet))


def _with_reference(cell: re.Match[bytes]) -> bytes:
    tag = _BARE_REFERENCE.sub(b"", cell[0])
    return _DOLLARS.sub(lambda reference: reference[0].replace(b"$", b""), tag)
