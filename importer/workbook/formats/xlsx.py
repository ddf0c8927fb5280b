"""What an xlsx or xlsm file says of its sheets beside their values: ECMA-376, part 1, 18.3."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zipfile import ZipFile

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.workbook.formats.archive import is_aside, parts_of, plain
from importer.workbook.formats.refusals import hostile, same_sheet_twice
from importer.workbook.formats.tags import Look, local, tags_of
from importer.workbook.markup import LAST_COLUMN, LAST_ROW, Markup, column_number

# What makes a sheet worth a closer look; few hold any of it: a formula, an error value, anything
# hidden, a cell that does not say its place in the usual way. Each begins with plain text, which
# makes the search ten times faster than one expression for all; what they find too much costs a
# look and nothing else.
_WORTH_A_LOOK = tuple(
    re.compile(pattern)
    for pattern in (
        rb"<f[\s>/]", rb":f[\s>/]", rb'"e"', rb"'e'", rb'hidden="[1t]', rb"hidden='[1t]",
        rb'<c(?! r="[A-Z]{1,3}[0-9]{1,7}")[\s>/]', rb":c[\s>/]",
    )
)  # fmt: skip
_LONGEST_MARK = 32
"""Bytes of what makes a sheet worth a look; what is cut off at a window's end is in the next."""
# A cell beyond column Z or row 999,999, and the rest of its tag.
_FAR = re.compile(rb'<c r="([A-Z]{2,3}[0-9]{1,7}|[A-Z][0-9]{7})"[^<>]*>?')
USUAL = ("xl/workbook.xml", "xl/workbook.bin")
"""Where the part that names the sheets nearly always lies."""
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
            whole = len(window) - _LONGEST_MARK
            found = (one.search(window) for one in _WORTH_A_LOOK)
            seen.worth_a_look = any(one is not None and one.start() < whole for one in found)
        for far in _FAR.finditer(window):
            if not far[0].endswith(b"/>"):  # one that is blank costs nothing
                row, column = _position(far[1].decode(), 0, 0)
                _check_on_grid(row, column)
                seen.rows = max(seen.rows, row)
                seen.columns = max(seen.columns, column)

    def markup(self, archive: ZipFile, workbook: str) -> dict[str, Markup]:
        """The markup of each sheet, by the sheet's name; `workbook` is the part that names them.

        Raises KeyError or ExpatError where the archive is not a sound workbook.
        """
        sheets = list(_sheets(archive, workbook))
        if len({part for _, part in sheets}) < len(sheets):
            raise same_sheet_twice()
        return {
            name: _look(archive, part) if self._worth_a_look(part) else Markup()
            for name, part in sheets
        }

    def _worth_a_look(self, part: str) -> bool:
        seen = self._seen.get(part, _Seen())
        return (
            seen.worth_a_look
            or seen.rows * seen.columns > self._limits.cells
            or seen.rows > self._limits.rows
            or seen.columns > self._limits.columns
        )


def _sheets(archive: ZipFile, workbook: str) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the archive's part that holds it."""
    targets = targets_of(archive, workbook)
    for sheet in tags_of(archive, workbook, "sheet"):
        link = sheet.get("id", "")  # the prefix of r:id may be another one
        if link in targets:
            yield sheet.get("name", ""), looked_at(targets[link])


def workbook_part(archive: ZipFile) -> str | None:
    """The part that names the sheets of an xlsx or xlsb file, if it has one, wherever it lies."""
    parts = parts_of(archive)
    if "_rels/.rels" in parts:
        for link in tags_of(archive, parts["_rels/.rels"], "Relationship"):
            target = plain(link.get("Target", "").lstrip("/"))
            if link.get("Type", "").endswith("/officeDocument") and target in parts:
                # calamine looks into the usual ones first, and both must see the same workbook.
                if target not in USUAL and parts.keys() & set(USUAL):
                    raise hostile(text(N_("it is several workbooks in one file")))
                return looked_at(parts[target])
    return next((parts[usual] for usual in USUAL if usual in parts), None)


def targets_of(archive: ZipFile, workbook: str) -> dict[str, str]:
    """The parts that the part `workbook` refers to, by the ids under which it does."""
    parts = parts_of(archive)
    folder, name = posixpath.split(plain(workbook))
    targets = {}
    for link in tags_of(archive, parts[f"{folder}/_rels/{name}.rels".lstrip("/")], "Relationship"):
        path = posixpath.normpath(posixpath.join("/", folder, plain(link.get("Target", ""))))
        path = path.lstrip("/")
        if path in parts:
            targets[link.get("Id", "")] = parts[path]
    return targets


def looked_at(part: str) -> str:
    """The part of a sheet itself; raise RefusedError where it lies where nobody has looked."""
    if is_aside(part):
        raise hostile(text(N_("a sheet of it is kept where no sheet should be")))
    return part


def _look(archive: ZipFile, part: str) -> Markup:
    look = _Look()
    look.read(archive, part)
    return look.markup


class _Look(Look):
    """Goes through a sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.markup = Markup()
        self._at = 0, 0
        self._cell: dict[str, str] | None = None
        self._said: dict[str, list[str]] = {}

    def begins(self, name: str, facts: dict[str, str]) -> None:
        tag = local(name)
        row, column = self._at
        if tag == "c":
            self._at = _position(facts.get("r"), row, column + 1)
            self._cell, self._said = facts, {}
        elif self._cell is not None:
            said = self._said.setdefault(tag, [])
            self.parser.CharacterDataHandler = said.append if tag in ("v", "f") else None
        elif tag == "row":
            row = int(facts.get("r") or row + 1)
            self._at = row, 0
            if facts.get("hidden") in ("1", "true"):
                self.markup.hidden_rows.append(row)
        elif tag == "col" and facts.get("hidden") in ("1", "true"):
            self.markup.hidden_columns.append((int(facts.get("min", 0)), int(facts.get("max", 0))))

    def ends(self, name: str) -> None:
        if self._cell is not None:
            self.parser.CharacterDataHandler = None
            if local(name) == "c":
                self._note(self._cell)
                self._cell = None

    def _note(self, cell: dict[str, str]) -> None:
        value = "".join(self._said.get("v", ()))
        formula = "".join(self._said.get("f", ()))
        if self._said:
            _check_on_grid(*self._at)
            self.markup.reach(*self._at)
        if cell.get("t") == "e":
            self.markup.errors[self._at] = value or "#N/A"
        elif "f" in self._said and formula.upper() not in _CONSTANTS:
            # A formula whose result is empty text has t="str" and an empty value: that is a value.
            is_empty_text = cell.get("t") == "str" and "v" in self._said
            self.markup.formulas[self._at] = value != "" or is_empty_text


def _check_on_grid(row: int, column: int) -> None:
    if row > LAST_ROW or column > LAST_COLUMN:
        raise hostile(text(N_("it has cells outside the grid of a sheet")))


def _position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    match = _CELL.fullmatch(reference or "")
    if match is None:
        return row, column
    return int(match[2]), column_number(match[1])
