"""Find the parts of an xlsx or xlsb file that parsers read: ECMA-376, part 2."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from importer.base.texts import N_, text
from importer.domain.problems import Code
from importer.workbook.formats.refusals import hostile, same_sheet_twice
from importer.workbook.formats.xml.archive import InspectedArchive, part_key, usual_name
from importer.workbook.formats.xml.tags import tags_of

USUAL_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin")
"""The usual names of the part that lists the sheets."""
_CONTENT_TYPES, _LINKS = "[content_types].xml", "_rels/.rels"
_ALWAYS_READ = (
    _CONTENT_TYPES, _LINKS, "docprops/app.xml", "docprops/core.xml", "docprops/custom.xml",
    "xl/sharedstrings.xml", "xl/styles.xml", "xl/theme/theme1.xml",
    "xl/sharedstrings.bin", "xl/styles.bin",
)  # fmt: skip
"""Parts that calamine or openpyxl read by their names."""
_SHARED = {"sharedStrings": "xl/sharedstrings", "styles": "xl/styles"}
"""The names of parts that a workbook shares among its sheets, by the kind of the relationship."""
_SHARED_NAMES = [name + ending for name in _SHARED.values() for ending in (".xml", ".bin")]
_READ_KINDS = frozenset({
    "chart", "chartsheet", "comments", "drawing", "externalLink", "pivotCacheDefinition",
    "pivotCacheRecords", "pivotTable", "sharedStrings", "styles", "table", "theme", "vmlDrawing",
    "worksheet",
})  # fmt: skip
"""The last words of the types of relationships that calamine or openpyxl follow."""
_READ_TYPE = re.compile(
    r"spreadsheetml\.(?:(?:sheet|template)\.main|worksheet|chartsheet|sharedStrings|styles|comments"
    r"|table|pivot\w+|externalLink)\+xml$"
)
"""A part of such a type is read wherever it is."""


def workbook_part(archive: InspectedArchive) -> str | None:
    """The part that lists the sheets, if there is one."""
    parts = archive.parts
    for link, target in _links(archive, ""):
        if link.get("Type", "").endswith("/officeDocument") and target in parts:
            # calamine tries the usual names first, and both must see the same workbook.
            if target not in USUAL_WORKBOOKS and parts.keys() & set(USUAL_WORKBOOKS):
                raise hostile(text(N_("it contains several workbooks")))
            return parts[target]
    return next((parts[usual] for usual in USUAL_WORKBOOKS if usual in parts), None)


def find_shared_parts(archive: InspectedArchive, workbook: str) -> None:
    """Give the texts and styles that `workbook` refers to the names under which all look for them.

    calamine knows no others.
    """
    key = part_key(workbook)
    for link, target in _links(archive, key):
        usual = _SHARED.get(posixpath.basename(link.get("Type", "")))
        if usual is not None and target in archive.parts:
            archive.parts[usual + posixpath.splitext(key)[1]] = archive.parts[target]


def targets_of(archive: InspectedArchive, part: str) -> dict[str, str]:
    """The parts that `part` refers to, by their ids; raise KeyError if it has no links."""
    parts, key = archive.parts, part_key(part)
    if links_name(key) not in parts:
        raise KeyError(links_name(key))
    links = _links(archive, key)
    return {link.get("Id", ""): parts[target] for link, target in links if target in parts}


def require_sound(archive: InspectedArchive, roots: Sequence[str]) -> set[str]:
    """The keys of all parts that a parser reads; `roots` are the workbook and its sheets.

    Raises RefusedError if one of them must not be parsed or holds two sheets. What calamine does
    not need may be unreadable; corrections are then written without openpyxl.
    """
    if len(set(roots)) < len(roots):
        raise same_sheet_twice()
    parts = archive.parts
    keys = {key for key in _ALWAYS_READ if key in parts}
    if _CONTENT_TYPES in parts:
        content_types = archive.require_xml(parts[_CONTENT_TYPES])
        for override in tags_of(archive, content_types, "Override"):
            if _READ_TYPE.search(override.get("ContentType", "")):
                keys.add(part_key(override.get("PartName", "")))
    needed = {*map(part_key, roots), _CONTENT_TYPES, _LINKS, *_SHARED_NAMES}
    waiting = [*keys, *map(part_key, roots)]
    keys = set()
    while waiting:
        key = waiting.pop()
        if key in keys or key not in parts:
            continue
        fault = archive.faults.get(parts[key])
        is_binary = key.endswith(".bin")
        if fault is not None and not (is_binary and fault.code is not Code.HOSTILE_FILE):
            if key in needed or fault.code is Code.HOSTILE_FILE:
                raise fault
            continue
        keys.add(key)
        if links_name(key) in parts:
            keys.add(links_name(key))
        for link, target in _links(archive, key):
            if posixpath.basename(link.get("Type", "")) in _READ_KINDS:
                waiting.append(target)
    return keys


def links_name(key: str) -> str:
    """The key of the part with the links of the part with this key."""
    folder, name = posixpath.split(key)
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def target_path(archive: InspectedArchive, part: str, target: str) -> str:
    """The name of the part that `part` calls `target`, in its folder or, failing that, from the
    root."""
    target = unquote(target).replace("\\", "/")
    from_root = usual_name(target)
    path = usual_name(posixpath.join("/", posixpath.dirname(part), target))
    is_from_root = path.lower() not in archive.parts and from_root.lower() in archive.parts
    return from_root if is_from_root else path


def _links(archive: InspectedArchive, key: str) -> Iterator[tuple[dict[str, str], str]]:
    """The links of the part with this key, if it has any, and the key of each one's target."""
    links = archive.parts.get(links_name(key))
    for link in tags_of(archive, archive.require_xml(links), "Relationship") if links else ():
        if link.get("TargetMode") != "External":
            yield link, target_path(archive, key, link.get("Target", "")).lower()
