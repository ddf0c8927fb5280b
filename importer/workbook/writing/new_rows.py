"""Write the rows of a workbook as XML: openpyxl takes twenty times as long for a cell."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell.cell import TIME_FORMATS
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from importer.workbook.cell import Cell
from importer.workbook.markup import cell_name, column_letters, escaped
from importer.workbook.writing import styles

_COMPRESSION = 4
"""The file is hardly larger than with 6, the usual level, and takes two thirds of the time."""
_LINKS_LIMIT = 65_000  # Excel takes 65,530 on a sheet
_DIMENSION = re.compile(rb"<dimension [^>]*>")
_FIRST_SHAPE = 10_000
"""Beyond the numbers of the shapes that openpyxl writes for the comments of a header."""
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:'
    'office" id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
    "margin-left:59.25pt;margin-top:1.5pt;width:{width}px;height:{height}px;z-index:1;"
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox '
    'style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox><x:ClientData '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" ObjectType="Note"><x:MoveWithCells/>'
    "<x:SizeWithCells/><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row>"
    "<x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
"""The box of a comment, as openpyxl writes it; row and column are counted from 0."""


class NewCell(NamedTuple):
    """A cell to write. `link` is a place in the workbook."""

    value: Cell
    number_format: str = "@"
    look: styles.Look = styles.PLAIN
    comment: str | None = None
    link: str | None = None


class NewRows:
    """Rows to write below the last row of `sheet`, whose header has comments if any cell has."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self._last: int = sheet.max_row
        self._styles: dict[tuple[str, styles.Look], int] = {}
        self._rows: list[str] = []
        self._links: list[str] = []
        self._comments: list[tuple[int, int, Comment]] = []

    def add(self, cells: Iterable[NewCell], height: float | None = None) -> None:
        """Add a row, whose first cell is in column A."""
        self._last += 1
        row = "".join(self._cell(column, cell) for column, cell in enumerate(cells, start=1))
        high = f' ht="{height}" customHeight="1"' if height is not None else ""
        self._rows.append(f'<row r="{self._last}"{high}>{row}</row>')

    def _cell(self, column: int, cell: NewCell) -> str:
        """A cell that means its value: text stays text, and an unusable cell stays an error."""
        value, number_format, look, comment, link = cell
        name = f"{column_letters(column)}{self._last}"
        kind = content = ""
        if isinstance(value, str) and value:
            kind, number_format = ' t="inlineStr"', "@"
            content = f'<is><t xml:space="preserve">{escape(escaped(value), quote=False)}</t></is>'
        elif value is None or value == "":
            if look.fill is None:
                return ""  # it looks like its column
        elif isinstance(value, bool):
            kind, content = ' t="b"', f"<v>{value:d}</v>"
        elif isinstance(value, int | float) and math.isfinite(value):
            content = f"<v>{value}</v>"
            if number_format == styles.DATE_FORMAT:
                number_format = "General"  # else it would come back as a date that nobody typed
        elif isinstance(value, dt.date | dt.time | dt.timedelta):
            number_format = TIME_FORMATS[type(value)]
            content = f"<v>{to_excel(value)}</v>"  # type: ignore[no-untyped-call]
        else:
            kind, content = ' t="e"', "<v>#N/A</v>"
        if link is not None and len(self._links) < _LINKS_LIMIT:
            look = styles.LINK
            self._links.append(f'<hyperlink ref="{name}" location="{escape(link)}"/>')
        if comment is not None:
            self._comments.append((self._last, column, styles.comment(comment)))
        style = self._styles.get((number_format, look)) or self._style(number_format, look)
        return f'<c r="{name}" s="{style}"{kind}>{content}</c>'

    def _style(self, number_format: str, look: styles.Look) -> int:
        cell = SheetCell(self.sheet, 1, 1)  # one that is not on the sheet
        cell.number_format, cell.alignment = number_format, look.alignment
        if look.font:
            cell.font = look.font
        if look.fill:
            cell.fill = look.fill
        self._styles[number_format, look] = cell.style_id
        return cell.style_id

    def parts(self) -> Iterator[tuple[str, dict[str, Iterable[str]]]]:
        """The parts of the saved workbook to complete: what to insert before which tag."""
        links = ["<hyperlinks>", *self._links, "</hyperlinks>"] if self._links else []
        yield self.sheet.path[1:], {"</sheetData>": self._rows, "<pageMargins": links}
        if self._comments:
            shapes = str(self.sheet.legacy_drawing)
            comments = shapes.replace("drawings/commentsDrawing", "comments/comment")
            yield comments.replace(".vml", ".xml"), {"</commentList>": (
                f'<comment ref="{cell_name(row, column)}" authorId="0" shapeId="0"><text>'
                '<t xml:space="preserve">'
                f"{escape(escaped(comment.text), quote=False)}</t></text></comment>"
                for row, column, comment in self._comments
            )}  # fmt: skip
            yield shapes, {"</xml>": (
                _SHAPE.format(number=number, width=comment.width, height=comment.height,
                              row=row - 1, column=column - 1)
                for number, (row, column, comment) in enumerate(self._comments, _FIRST_SHAPE)
            )}  # fmt: skip


class _InMemory(ExcelWriter):
    """Writes sheets without openpyxl's temporary files."""

    _archive: ZipFile

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer: Any = WorksheetWriter(ws, io.BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)


def save(workbook: Workbook, added: Sequence[NewRows], file: Path | io.BytesIO) -> None:
    """Write `workbook` and the rows `added` to its sheets to `file`."""
    parts = ZipFile(io.BytesIO(), "w")
    _InMemory(workbook, parts).write_data()
    inserted = {name: texts for rows in added for name, texts in rows.parts()}
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        for name in parts.namelist():
            with archive.open(name, "w") as part:
                part.writelines(_completed(parts.read(name), inserted.get(name, {})))


def _completed(content: bytes, inserted: Mapping[str, Iterable[str]]) -> Iterator[bytes]:
    """The content of a part with texts inserted before tags, which are in that order."""
    if inserted:
        content = _DIMENSION.sub(b"", content, count=1)  # openpyxl's knows no further rows
    for tag, texts in inserted.items():
        before, found, after = content.partition(tag.encode())
        assert found, tag
        yield before
        yield "".join(texts).encode()
        content = found + after
    yield content
