"""The styles of the template and of corrections workbooks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import N_, translated
from importer.domain.sheets import Column, ColumnKind, Sheet
from importer.workbook.cell import BadCell
from importer.workbook.cell import Cell as Value
from importer.workbook.markup import column_letters, escaped

_AUTHOR = "avira-importer"


def _font(*, bold: bool, color: str, size: int = 11) -> Font:
    return Font(name="Calibri", bold=bold, color=color, size=size)


HEADER_FONT = _font(bold=True, color="FFFFFF")
HEADER_FILL = PatternFill("solid", fgColor="1F4E78")
OPTIONAL_FILL = PatternFill("solid", fgColor="7F8FA9")
BAD_FILL = PatternFill("solid", fgColor="FFC7CE")
HATCHED = PatternFill("lightUp", fgColor="BFBFBF")
BAD_COLOUR = "9C0006"
BAD_FONT = _font(color=BAD_COLOUR, bold=True)
AT_TOP = Alignment(vertical="top")
WRAPPED = Alignment(wrap_text=True, vertical="top")
LINK_FONT = Font(name="Calibri", size=11, underline="single", color="0563C1")
TITLE_FONT = _font(bold=True, size=16, color="1F4E78")
HEADING_FONT = _font(bold=True, size=12, color="1F4E78")


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a new cell looks, apart from the format of its number."""

    alignment: Alignment = AT_TOP
    font: Font | None = None
    fill: PatternFill | None = None


PLAIN = Look()
BAD = Look(font=BAD_FONT, fill=BAD_FILL)
BLANK = Look(fill=HATCHED)
LEFT = Look(Alignment(vertical="top", horizontal="left"))
WRAP = Look(WRAPPED)
LINK = Look(WRAPPED, LINK_FONT)

_COMMENT_LIMIT = 4_000  # characters of a comment; Excel takes 32,767

DATE_FORMAT = "yyyy-mm-dd"
_FORMATS_AND_WIDTHS = {
    ColumnKind.OTC: ("@", 30), ColumnKind.NAME: ("@", 30), ColumnKind.TEXT: ("@", 22),
    ColumnKind.EMAIL: ("@", 30), ColumnKind.DATE: (DATE_FORMAT, 22), ColumnKind.LICENSES: ("0", 20),
    ColumnKind.LICENSES_OR_NONE: ("0", 20), ColumnKind.MONTHS: ("0", 20),
    ColumnKind.MANAGED_BY: ("General", 20), ColumnKind.YES_NO: ("General", 20),
}  # fmt: skip


def format_of(column: Column) -> str:
    """The number format of a column's cells."""
    return _FORMATS_AND_WIDTHS[column.kind][0]


def write_header(
    sheet: Worksheet, row: int, column: int, title: Value, width: int, *, required: bool = True
) -> None:
    """Write a header cell, and give its column a width in characters."""
    cell = sheet.cell(row, column)
    put(cell, title, "@")
    cell.font = HEADER_FONT
    cell.fill = HEADER_FILL if required else OPTIONAL_FILL
    sheet.column_dimensions[column_letters(column)].width = width


def add_header(worksheet: Worksheet, sheet: Sheet, language: str) -> None:
    """Write the header of `sheet`: bold, frozen, each cell with a comment."""
    for number, column in enumerate(sheet.columns, start=1):
        title = column.title(language) + (" *" if column.required else "")
        number_format, width = _FORMATS_AND_WIDTHS[column.kind]
        write_header(worksheet, 1, number, title, width, required=column.required)
        cell = worksheet.cell(1, number)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cell.comment = _column_comment(column, language)
        worksheet.column_dimensions[column_letters(number)].number_format = number_format
    worksheet.row_dimensions[1].height = 30
    print_on_one_width(worksheet)
    worksheet.freeze_panes = "A2"


def put(cell: object, value: Value, number_format: str) -> None:
    """Write `value` unchanged: text stays text, and an unusable cell stays an error."""
    assert isinstance(cell, Cell)
    if isinstance(value, BadCell) or (isinstance(value, float) and not math.isfinite(value)):
        cell.value, cell.data_type = "#N/A", "e"
    elif value and isinstance(value, str):
        cell.value, cell.data_type, cell.number_format = escaped(value), "s", "@"
    elif value not in (None, ""):
        cell.value = value
        # A number in a date column would come back as a date that nobody typed.
        if isinstance(value, int | float) and number_format != DATE_FORMAT:
            cell.number_format = number_format


@cache
def bad_font(name: str | None, size: float | None) -> Font:
    """The font of a bad cell, with the name and size of its own font."""
    return Font(name=name, size=size, bold=True, color=BAD_COLOUR)


def print_on_one_width(sheet: Worksheet) -> None:
    """Print `sheet` in landscape, with all columns on one page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def comment(text: str, author: str = _AUTHOR) -> Comment:
    """A comment that is large enough for `text`."""
    text = text[:_COMMENT_LIMIT]
    lines = sum(1 + len(line) // 38 for line in text.splitlines())
    return Comment(text, author, height=20 + 18 * lines, width=300)


def _column_comment(column: Column, language: str) -> Comment:
    kind, example = translated(column.kind.meaning, language), translated(column.example, language)
    return comment("\n".join((
        translated(N_("Required.") if column.required else N_("Optional."), language),
        translated(column.help, language),
        translated(N_("Format: {format}"), language).format(format=kind),
        translated(N_("Example: {example}"), language).format(example=example),
    )))  # fmt: skip
