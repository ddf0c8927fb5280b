"""What a sheet's XML says that calamine does not: formulas, error values, what is hidden."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from zipfile import ZipFile

# What makes a sheet worth a closer look; few hold any of it: a formula, an error value, anything
# hidden, a cell beyond column Z. Each begins with plain text, which makes the search ten times
# faster than one expression for all; what they find too much costs a look and nothing else.
_WORTH_A_LOOK = tuple(
    re.compile(pattern)
    for pattern in (
        rb"<f[\s>/]", rb":f[\s>/]", rb'"e"', rb"'e'", rb"hidden", rb'"[A-Z]{2}[A-Z0-9]',
        rb"'[A-Z]{2}[A-Z0-9]",
    )
)  # fmt: skip
_CHUNK = 1 << 20
_OVERLAP = 64
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class DoctypeError(Exception):
    """A part of the workbook declares a document type, which no spreadsheet program writes."""


@dataclass(slots=True)
class Markup:
    """Of one sheet, by row and column counted from 1: formulas (has a value?), error values,
    and the hidden rows and columns. `area` is that from A1 to the last cell, where that is far
    to the right."""

    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    area: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def look_at_sheets(archive: ZipFile) -> dict[str, Markup]:
    """The markup of each sheet of an xlsx archive, by the sheet's name.

    Raises KeyError, ParseError or DoctypeError where the archive is not a sound workbook.
    """
    return {
        name: _look(archive, part) if _worth_a_look(archive, part) else Markup()
        for name, part in _parts(archive)
    }


def _parts(archive: ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the archive's part that holds it."""
    rels = _parsed(archive, "xl/_rels/workbook.xml.rels")
    targets = {rel.get("Id"): rel.get("Target", "") for rel in rels.iter()}
    workbook = _parsed(archive, "xl/workbook.xml")
    parts = {name.lower(): name for name in archive.namelist()}  # their names know no case
    for sheet in workbook.iter():
        if _local(sheet.tag) != "sheet":
            continue
        # The namespace of r:id is another one in a strict workbook.
        link = next((value for key, value in sheet.items() if _local(key) == "id"), "")
        target = posixpath.normpath(posixpath.join("/xl", targets[link])).lstrip("/")
        if target.lower() in parts:
            yield sheet.get("name", ""), parts[target.lower()]


def _parsed(archive: ZipFile, part: str) -> ElementTree.Element:
    content = archive.read(part)
    if b"<!DOCTYPE" in content:
        raise DoctypeError(part)
    return ElementTree.fromstring(content)  # noqa: S314 - no DOCTYPE, so no entities


def _worth_a_look(archive: ZipFile, part: str) -> bool:
    found = False
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            if b"<!DOCTYPE" in window:
                raise DoctypeError(part)
            found = found or any(one.search(window) for one in _WORTH_A_LOOK)
            tail = chunk[-_OVERLAP:]
    return found


def _look(archive: ZipFile, part: str) -> Markup:
    markup = Markup()
    row = column = rows = columns = 0
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
                    rows, columns = max(rows, row), max(columns, column)
                elif tag == "col" and element.get("hidden") in ("1", "true"):
                    markup.hidden_columns.append(
                        (int(element.get("min", 0)), int(element.get("max", 0)))
                    )
            elif tag == "c":
                _note_cell(markup, element, (row, column))
            elif tag == "row":
                element.clear()
    markup.area = rows * columns
    return markup


def _note_cell(markup: Markup, cell: ElementTree.Element, at: tuple[int, int]) -> None:
    parts = {_local(child.tag): child for child in cell}
    value = parts["v"].text if "v" in parts else None
    if cell.get("t") == "e":
        markup.errors[at] = value or "#N/A"
    elif "f" in parts:
        # A formula whose result is empty text has t="str" and an empty value: that is a value.
        markup.formulas[at] = value is not None or (cell.get("t") == "str" and "v" in parts)


def _position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    match = _CELL.fullmatch(reference or "")
    if match is None:
        return row, column
    return int(match[2]), column_number(match[1])


def column_number(letters: str) -> int:
    """The number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """The letters of a column, 1 being A."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
