"""The markup of xlsx and xlsm sheets: ECMA-376, part 1, 18.3."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zipfile import ZipFile

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.workbook.formats.archive import is_ignored, part_key, parts_of
from importer.workbook.formats.refusals import hostile, same_sheet_twice
from importer.workbook.formats.tags import TagReader, local, tags_of
from importer.workbook.markup import LAST_COLUMN, LAST_ROW, Markup, column_number

# A sheet is parsed only if one of these occurs: a formula, an error value, anything hidden, a cell
# without its position in the usual form. Each expression begins with plain text, which makes the
# search ten times faster than one expression for all. A false match only costs the parsing.
_REASONS_TO_PARSE = tuple(
    re.compile(pattern)
    for pattern in (
        rb"<f[\s>/]", rb":f[\s>/]", rb'"e"', rb"'e'", rb'hidden="[1t]', rb"hidden='[1t]",
        rb'<c(?! r="[A-Z]{1,3}[0-9]{1,7}")[\s>/]', rb":c[\s>/]",
    )
)  # fmt: skip
_LONGEST_MATCH = 32  # A match that begins in the last bytes of a window is found in the next one
# A cell beyond column Z or row 999,999, and the rest of its tag.
_FAR = re.compile(rb'<c r="([A-Z]{2,3}[0-9]{1,7}|[A-Z][0-9]{7})"[^<>]*>?')
USUAL_PARTS = ("xl/workbook.xml", "xl/workbook.bin")
"""The usual names of the part that lists the sheets."""
_NEAR_ROWS, _NEAR_COLUMNS = 999_999, 26
_CELL = re.compile(r"([A-Za-z]*)([0-9]+)")
_CONSTANTS = {"TRUE()": True, "FALSE()": False}
"""How LibreOffice writes TRUE and FALSE that a person typed."""


@dataclass(slots=True)
class _Findings:
    """The findings about one part while it was inflated."""

    must_parse: bool = False
    rows: int = _NEAR_ROWS
    columns: int = _NEAR_COLUMNS


class Inspector:
    """Inspects every part while it is inflated, and parses a sheet only if there is a reason."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._findings: dict[str, _Findings] = {}

    def inspect(self, part: str, window: bytes) -> None:
        """Search a window of a part; raise RefusedError for cells outside the grid."""
        findings = self._findings.setdefault(part, _Findings())
        if not findings.must_parse:
            end = len(window) - _LONGEST_MATCH
            matches = (pattern.search(window) for pattern in _REASONS_TO_PARSE)
            findings.must_parse = any(match and match.start() < end for match in matches)
        for far in _FAR.finditer(window):
            if not far[0].endswith(b"/>"):  # a blank cell costs nothing
                row, column = _position(far[1].decode(), 0, 0)
                _check_on_grid(row, column)
                findings.rows = max(findings.rows, row)
                findings.columns = max(findings.columns, column)

    def read_markup(self, archive: ZipFile, workbook: str) -> dict[str, Markup]:
        """The markup of each sheet, by name; `workbook` is the part that lists them.

        Raises KeyError or ExpatError where the archive is not a valid workbook.
        """
        sheets = list(_sheets(archive, workbook))
        if len({part for _, part in sheets}) < len(sheets):
            raise same_sheet_twice()
        return {
            name: _parse(archive, part) if self._must_parse(part) else Markup()
            for name, part in sheets
        }

    def _must_parse(self, part: str) -> bool:
        findings = self._findings.get(part, _Findings())
        return (
            findings.must_parse
            or findings.rows * findings.columns > self._limits.cells
            or findings.rows > self._limits.rows
            or findings.columns > self._limits.columns
        )


def _sheets(archive: ZipFile, workbook: str) -> Iterator[tuple[str, str]]:
    """The name of each sheet and the part that holds it."""
    targets = targets_of(archive, workbook)
    for sheet in tags_of(archive, workbook, "sheet"):
        link = sheet.get("id", "")  # written r:id, but the prefix may differ
        if link in targets:
            yield sheet.get("name", ""), inspected(targets[link])


def workbook_part(archive: ZipFile) -> str | None:
    """The part that lists the sheets of an xlsx or xlsb file, if there is one."""
    parts = parts_of(archive)
    if "_rels/.rels" in parts:
        for link in tags_of(archive, parts["_rels/.rels"], "Relationship"):
            target = part_key(link.get("Target", "").lstrip("/"))
            if link.get("Type", "").endswith("/officeDocument") and target in parts:
                # calamine tries the usual names first, and both must see the same workbook.
                if target not in USUAL_PARTS and parts.keys() & set(USUAL_PARTS):
                    raise hostile(text(N_("it contains several workbooks")))
                return inspected(parts[target])
    return next((parts[usual] for usual in USUAL_PARTS if usual in parts), None)


def targets_of(archive: ZipFile, workbook: str) -> dict[str, str]:
    """The parts that `workbook` refers to, by their ids."""
    parts = parts_of(archive)
    folder, name = posixpath.split(part_key(workbook))
    targets = {}
    for link in tags_of(archive, parts[f"{folder}/_rels/{name}.rels".lstrip("/")], "Relationship"):
        path = posixpath.normpath(posixpath.join("/", folder, part_key(link.get("Target", ""))))
        path = path.lstrip("/")
        if path in parts:
            targets[link.get("Id", "")] = parts[path]
    return targets


def inspected(part: str) -> str:
    """Return `part`; raise RefusedError if it was not inspected."""
    if is_ignored(part):
        raise hostile(text(N_("one of its sheets is stored where no sheet should be")))
    return part


def _parse(archive: ZipFile, part: str) -> Markup:
    reader = _SheetReader()
    reader.read(archive, part)
    return reader.markup


class _SheetReader(TagReader):
    """Reads the markup of a sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.markup = Markup()
        self._at = 0, 0
        self._cell: dict[str, str] | None = None
        self._contents: dict[str, list[str]] = {}

    def start_tag(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        row, column = self._at
        if tag == "c":
            self._at = _position(attributes.get("r"), row, column + 1)
            self._cell, self._contents = attributes, {}
        elif self._cell is not None:
            contents = self._contents.setdefault(tag, [])
            self.parser.CharacterDataHandler = contents.append if tag in ("v", "f") else None
        elif tag == "row":
            row = int(attributes.get("r") or row + 1)
            self._at = row, 0
            if attributes.get("hidden") in ("1", "true"):
                self.markup.hidden_rows.append(row)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self.markup.hidden_columns.append(
                (int(attributes.get("min", 0)), int(attributes.get("max", 0)))
            )

    def end_tag(self, name: str) -> None:
        if self._cell is not None:
            self.parser.CharacterDataHandler = None
            if local(name) == "c":
                self._record(self._cell)
                self._cell = None

    def _record(self, cell: dict[str, str]) -> None:
        value = "".join(self._contents.get("v", ()))
        formula = "".join(self._contents.get("f", ()))
        if self._contents:
            _check_on_grid(*self._at)
            self.markup.reach(*self._at)
        if cell.get("t") == "e":
            self.markup.errors[self._at] = value or "#N/A"
        elif "f" in self._contents and formula.upper() not in _CONSTANTS:
            # A formula whose result is empty text has t="str" and an empty value, which is a value.
            is_empty_text = cell.get("t") == "str" and "v" in self._contents
            self.markup.formulas[self._at] = value != "" or is_empty_text


def _check_on_grid(row: int, column: int) -> None:
    if row > LAST_ROW or column > LAST_COLUMN:
        raise hostile(text(N_("it has cells outside the grid of a sheet")))


def _position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    match = _CELL.fullmatch(reference or "")
    if match is None:
        return row, column
    return int(match[2]), column_number(match[1])
