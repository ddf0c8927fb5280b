"""What an xlsx or xlsm file says of its sheets beside their values: ECMA-376, part 1, 18.3."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from zipfile import ZipFile

from importer.limits import Limits
from importer.texts import N_, text
from importer.workbook.formats.refusals import hostile
from importer.workbook.markup import LAST_COLUMN, LAST_ROW, Markup, column_number

WORKBOOK = "xl/workbook.xml"

# What makes a sheet worth a closer look; few hold any of it: a formula, an error value, anything
# hidden. Each begins with plain text, which makes the search ten times faster than one expression
# for all; what they find too much costs a look and nothing else.
_WORTH_A_LOOK = tuple(
    re.compile(pattern)
    for pattern in (
        rb"<f[\s>/]", rb":f[\s>/]", rb'"e"', rb"'e'", rb'hidden="[1t]', rb"hidden='[1t]",
    )
)  # fmt: skip
# A cell beyond column Z or row 999,999, or such a row, and the rest of its tag.
_FAR = re.compile(rb'\sr=["\']([A-Za-z]{2,}[0-9]+|[A-Za-z]?[0-9]{7,})["\'][^<>]*>')
_NEAR_ROWS, _NEAR_COLUMNS = 999_999, 26
_CELL = re.compile(r"([A-Za-z]*)([0-9]+)")
_CONSTANTS = {"TRUE()": True, "FALSE()": False}
"""How LibreOffice writes what a person entered as TRUE or FALSE."""


@dataclass(slots=True)
class _Seen:
    """What was seen of one part while it was inflated."""

    worth_a_look: bool = False
    rows: int = _NEAR_ROWS
    columns: int = _NEAR_COLUMNS


class Watcher:
    """Sees every part of the archive go by, and then looks closer where there is a reason to."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._seen: dict[str, _Seen] = {}

    def see(self, part: str, window: bytes) -> None:
        """Note what `window` shows; raise RefusedError for cells outside the grid."""
        seen = self._seen.setdefault(part, _Seen())
        if not seen.worth_a_look:
            seen.worth_a_look = any(one.search(window) for one in _WORTH_A_LOOK)
        for far in _FAR.finditer(window):
            if far[1].isdigit() or not far[0].endswith(b"/>"):  # one that is blank costs nothing
                row, column = _position(far[1].decode(), 0, 0)
                if row > LAST_ROW or column > LAST_COLUMN:
                    raise hostile(text(N_("it has cells outside the grid of a sheet")))
                seen.rows = max(seen.rows, row)
                seen.columns = max(seen.columns, column)

    def markup(self, archive: ZipFile) -> dict[str, Markup]:
        """The markup of each sheet, by the sheet's name.

        Raises KeyError or ParseError where the archive is not a sound workbook.
        """
        return {
            name: _look(archive, part) if self._worth_a_look(part) else Markup()
            for name, part in _sheets(archive)
        }

    def _worth_a_look(self, part: str) -> bool:
        seen = self._seen.get(part, _Seen())
        return (
            seen.worth_a_look
            or seen.rows * seen.columns > self._limits.cells
            or seen.rows > self._limits.rows
            or seen.columns > self._limits.columns
        )


def _sheets(archive: ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the archive's part that holds it."""
    targets = targets_of(archive, "xl/_rels/workbook.xml.rels")
    workbook = ElementTree.fromstring(archive.read(WORKBOOK))  # noqa: S314 - no DOCTYPE: looked over
    for sheet in workbook.iter():
        if _local(sheet.tag) != "sheet":
            continue
        # The namespace of r:id is another one in a strict workbook.
        link = next((value for key, value in sheet.items() if _local(key) == "id"), "")
        if link in targets:
            yield sheet.get("name", ""), targets[link]


def targets_of(archive: ZipFile, rels: str) -> dict[str, str]:
    """The parts that the part `rels` names, by the ids under which it does."""
    tree = ElementTree.fromstring(archive.read(rels))  # noqa: S314 - no DOCTYPE: looked over
    parts = {name.lower(): name for name in archive.namelist()}  # their names know no case
    targets = {}
    for rel in tree.iter():
        path = posixpath.normpath(posixpath.join("/xl", rel.get("Target", ""))).lstrip("/")
        if path.lower() in parts:
            targets[rel.get("Id", "")] = parts[path.lower()]
    return targets


def _look(archive: ZipFile, part: str) -> Markup:
    markup = Markup()
    row = column = 0
    with archive.open(part) as stream:
        events = ElementTree.iterparse(stream, ("start", "end"))  # noqa: S314 - no DOCTYPE either
        for event, element in events:
            tag = _local(element.tag)
            if event == "start":
                if tag == "row":
                    row, column = int(element.get("r") or row + 1), 0
                    if element.get("hidden") in ("1", "true"):
                        markup.hidden_rows.append(row)
                elif tag == "c":
                    row, column = _position(element.get("r"), row, column + 1)
                elif tag == "col" and element.get("hidden") in ("1", "true"):
                    markup.hidden_columns.append(
                        (int(element.get("min", 0)), int(element.get("max", 0)))
                    )
            elif tag == "c":
                _note_cell(markup, element, (row, column))
            elif tag == "row":
                element.clear()
    return markup


def _note_cell(markup: Markup, cell: ElementTree.Element, at: tuple[int, int]) -> None:
    parts = {_local(child.tag): child for child in cell}
    value = parts["v"].text if "v" in parts else None
    if parts:
        markup.reach(*at)
    if cell.get("t") == "e":
        markup.errors[at] = value or "#N/A"
    elif "f" in parts and (parts["f"].text or "").upper() not in _CONSTANTS:
        # A formula whose result is empty text has t="str" and an empty value: that is a value.
        markup.formulas[at] = value is not None or (cell.get("t") == "str" and "v" in parts)


def _position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    match = _CELL.fullmatch(reference or "")
    if match is None:
        return row, column
    return int(match[2]), column_number(match[1])


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
