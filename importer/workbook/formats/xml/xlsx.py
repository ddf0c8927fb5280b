"""Look at xlsx and xlsm files: ECMA-376, part 1, 18."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from operator import lt

from importer.config.limits import Limits
from importer.workbook.formats.refusals import check_on_grid
from importer.workbook.formats.xml.archive import InspectedArchive
from importer.workbook.formats.xml.packages import require_sound, targets_of
from importer.workbook.formats.xml.tags import tags_of
from importer.workbook.formats.xml.xlsx_rewriting import KNOWN_ERRORS, ODD_DIMENSION, rewritten
from importer.workbook.formats.xml.xlsx_sheets import (
    SheetReader,
    StringsReader,
    StylesReader,
    position,
)
from importer.workbook.markup import Look, Markup, Positions

# A sheet is parsed only if one of these occurs: a formula, an error value, anything hidden; a cell,
# a row or a shared string without its number in the usual form. A false match only costs the
# parsing. Where rows differ in texts, the plain text at the beginning makes the search ten times
# faster than one expression for all.
_REASONS_TO_PARSE = tuple(
    re.compile(pattern)
    for pattern in (
        rb"<f[\s>/]", rb":f[\s>/]", rb'"e"', rb"'e'", rb'hidden="[1t]', rb"hidden='[1t]",
        rb":c[\s>/]", rb"t='s'", rb't="d"', rb"t='d'",
        rb"</v>\s*<v", rb"</is>\s*<is",
        rb't="s"(?!(?: s="[0-9]{1,5}")?><v>[0-9]{1,9}</v>)',
        rb'<c(?! r="[A-Z]{1,3}[0-9]{1,7}")[\s>/]',
        rb'<row(?! r="[0-9]{1,7}"[\s>/])[\s>/]',
    )
)  # fmt: skip
_IN_ERROR_WORDS = (b"#", b"rr:", b"RR:")
"""What every error that a text may name contains: #N/A, Err:502."""
_LONGEST_MATCH = 32  # A match that begins in the last bytes of a window is found in the next one
_DIGITS_ALIKE = bytes.maketrans(b"023456789", b"1" * 9)
_BARE_POSITION = re.compile(rb"""<c\s(?:[^<>]*\s)?r\s*=\s*["'](?:[0-9]*["']|\$)""")
_NEAR_ROWS, _NEAR_COLUMNS = 999_999, 26
# A cell beyond these, and the rest of its tag.
_FAR = re.compile(rb'<c r="([A-Z]{2,3}[0-9]{1,7}|[A-Z][0-9]{7})"[^<>]*>?')
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_DIMENSION = re.compile(ODD_DIMENSION)
# A character written by its number, which is usual in texts (openpyxl writes accents so), but not
# in numbers.
_REFERENCE_IN_VALUE = re.compile(rb"<v[^<>]*>[^<&]{0,32}&#")
_STRINGS, _STYLES = "xl/sharedstrings.xml", "xl/styles.xml"


@dataclass(slots=True)
class _Findings:
    """The findings about one part while it was inflated: `cells` are those with contents."""

    is_sheet: bool = False
    must_parse: bool = False
    is_odd: bool = False
    has_error_words: bool = False
    cells: int = 0
    row: int = 0
    rows: int = _NEAR_ROWS
    columns: int = _NEAR_COLUMNS


class Inspector:
    """Inspects every part while it is inflated, and parses a sheet only if there is a reason."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._findings: defaultdict[str, _Findings] = defaultdict(_Findings)

    def inspect(self, part: str, window: bytes, seen: int) -> None:
        """Search a window of a part, whose first bytes were seen in the window before."""
        findings = self._findings[part]
        findings.is_sheet = findings.is_sheet or b"worksheet" in window or b"sheetData" in window
        rows = _different_rows(window) if findings.is_sheet else window
        findings.has_error_words |= any(sign in rows for sign in _IN_ERROR_WORDS)
        if not findings.is_sheet:
            return
        matches = (pattern.search(rows) for pattern in _REASONS_TO_PARSE)
        end = len(rows) - _LONGEST_MATCH
        findings.must_parse |= any(match and match.start() < end for match in matches)
        if b"<!" in rows or (b"&#" in rows and _REFERENCE_IN_VALUE.search(rows)):
            findings.is_odd = findings.must_parse = True
        if not findings.cells and _DIMENSION.search(window):
            findings.is_odd = True
        findings.cells += window.count(b"</c>") - window.count(b"</c>", 0, seen)
        if findings.must_parse:
            findings.is_odd |= _BARE_POSITION.search(rows) is not None
        else:
            new = map(int, _ROW.findall(window)[len(_ROW.findall(window, 0, seen)) :])
            numbers = [findings.row, *new]
            findings.must_parse = not all(map(lt, numbers, numbers[1:]))
            findings.row = numbers[-1]
        for far in _FAR.finditer(window if _FAR.search(rows) else b""):
            # A blank cell costs nothing. A tag with an open quote ends further on.
            has_open_quote = far[0].count(b'"') % 2 or far[0].count(b"'") % 2
            if has_open_quote or not far[0].endswith(b"/>"):
                row, column = position(far[1].decode(), 0, 0)
                findings.rows = max(findings.rows, row)
                findings.columns = max(findings.columns, column)

    def look(self, archive: InspectedArchive, workbook: str, content: bytes) -> Look:
        """Look at the file `content`, whose part `workbook` lists the sheets.

        Raises KeyError or ExpatError where the archive is not a valid workbook.
        """
        listed = list(_sheets(archive, archive.require_xml(workbook)))
        keys = require_sound(archive, [workbook, *(part for _, part in listed)])
        sheets = dict(listed)
        styles = StylesReader()
        if _STYLES in archive.parts:
            styles.read(archive, archive.parts[_STYLES])
        formats = styles.special()
        markups = {}
        odd = []
        for name, part in sheets.items():
            markup = markups[name] = self._markup(archive, name, part, formats)
            knows_errors = KNOWN_ERRORS.issuperset(markup.errors.values())
            if self._findings[part].is_odd or styles.has_default() or not knows_errors:
                odd.append(part)
        changed = rewritten(archive, workbook, odd)
        if changed is not None:
            content = archive.with_parts(changed, keys)
        return Look(markups, content, partial(_filled, archive, sheets))

    def _markup(
        self, archive: InspectedArchive, name: str, part: str, formats: Mapping[str, str]
    ) -> Markup:  # fmt: skip
        findings = self._findings[part]
        check_on_grid(findings.rows, findings.columns)
        if self._must_parse(findings) or _has_style(archive, part, formats):
            reader = SheetReader(name, formats)
            reader.read(archive, part)
            markup = reader.markup
        else:
            markup = Markup(values=findings.cells)
        strings = self._findings[archive.parts.get(_STRINGS, "")]
        markup.error_words = findings.has_error_words or strings.has_error_words
        return markup

    def _must_parse(self, findings: _Findings) -> bool:
        return (
            findings.must_parse
            or findings.rows * findings.columns > self._limits.cells
            or findings.rows > self._limits.rows
            or findings.columns > self._limits.columns
        )


def _different_rows(window: bytes) -> bytes:
    """The rows of a window; most of those that differ from others only in digits are left out."""
    alike = window.replace(b'hidden="0"', b"").translate(_DIGITS_ALIKE)
    *rows, end = alike.split(b"</row>")
    return b"</row>".join((*set(rows), b" " * _LONGEST_MATCH + end))


def _sheets(archive: InspectedArchive, workbook: str) -> Iterator[tuple[str, str]]:
    """The name of each sheet and the part that holds it."""
    targets = targets_of(archive, workbook)
    for sheet in tags_of(archive, workbook, "sheet"):
        link = sheet.get("id", "")  # written r:id, but the prefix may differ
        if link in targets:
            yield sheet.get("name", ""), archive.require_xml(targets[link])


def _has_style(archive: InspectedArchive, part: str, styles: Mapping[str, str]) -> bool:
    if not styles or "0" in styles:
        return "0" in styles  # which cells without a style have
    numbers = "|".join(styles)
    return re.search(rf"""\ss=["'](?:{numbers})["']""".encode(), archive.read(part)) is not None


def _filled(archive: InspectedArchive, sheets: dict[str, str], name: str) -> Positions:
    """The cells with values of the sheet of that name."""
    strings = StringsReader()
    if _STRINGS in archive.parts:
        strings.read(archive, archive.parts[_STRINGS])
    reader = SheetReader(name, {}, strings)
    reader.read(archive, sheets[name])
    return reader.filled
