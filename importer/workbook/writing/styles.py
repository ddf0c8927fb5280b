"""How our sheets look, the template's and the corrections' alike."""

from __future__ import annotations

from copy import copy
from functools import cache

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import N_, translated
from importer.domain.sheets import Column, ColumnKind, Sheet
from importer.workbook.markup import column_letters, escaped

AUTHOR = "avira-importer"


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
AT_TOP_LEFT = Alignment(vertical="top", horizontal="left")
WRAPPED = Alignment(wrap_text=True, vertical="top")
TITLE_FONT = _font(bold=True, size=16, color="1F4E78")
HEADING_FONT = _font(bold=True, size=12, color="1F4E78")

COMMENT_LIMIT = 4_000
"""Characters of a comment that anybody reads; Excel takes 32,767."""

TEXT_FORMAT = "@"
DATE_FORMAT = "yyyy-mm-dd"
NUMBER_FORMAT = "0"

_FORMATS = {
    ColumnKind.OTC: TEXT_FORMAT,
    ColumnKind.NAME: TEXT_FORMAT,
    ColumnKind.TEXT: TEXT_FORMAT,
    ColumnKind.EMAIL: TEXT_FORMAT,
    ColumnKind.DATE: DATE_FORMAT,
    ColumnKind.LICENSES: NUMBER_FORMAT,
    ColumnKind.LICENSES_OR_NONE: NUMBER_FORMAT,
    ColumnKind.MONTHS: NUMBER_FORMAT,
}
_WIDTHS = {
    ColumnKind.OTC: 30,
    ColumnKind.NAME: 30,
    ColumnKind.TEXT: 22,
    ColumnKind.EMAIL: 30,
    ColumnKind.DATE: 22,
    ColumnKind.MANAGED_BY: 20,
}
_WIDTH = 20
_REQUIRED = N_("Required.")
_OPTIONAL = N_("Optional.")
_WHAT = N_("What: {what}")
_EXAMPLE = N_("Example: {example}")


def format_of(column: Column) -> str:
    """The number format of a column's cells: text keeps every zero of a code."""
    return _FORMATS.get(column.kind, "General")


def add_header(sheet: Worksheet, ours: Sheet, language: str) -> None:
    """Give `sheet` the header of `ours`: bold, frozen, with a comment on what goes below it."""
    for number, column in enumerate(ours.columns, start=1):
        cell = sheet.cell(1, number, column.title(language) + (" *" if column.required else ""))
        cell.font = HEADER_FONT
        cell.fill = HEADER_FILL if column.required else OPTIONAL_FILL
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cell.comment = _comment(column, language)
        dimension = sheet.column_dimensions[column_letters(number)]
        dimension.width = _WIDTHS.get(column.kind, _WIDTH)
        dimension.number_format = format_of(column)
    sheet.row_dimensions[1].height = 30
    print_on_one_width(sheet)
    sheet.freeze_panes = "A2"


def write_text(cell: Cell, typed: str) -> None:
    """Let `cell` hold `typed` as it stands: no formula, and no character by its number."""
    cell.value, cell.data_type = escaped(typed), "s"


class Looks:
    """How new cells look: each look is made once and then copied.

    openpyxl goes through every part of a style to find the number of one that it has already, which
    took half the time of a workbook that gives thousands of rows back.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], StyleArray] = {}

    def give(
        self, cell: Cell, number_format: str | None, alignment: Alignment, style: str | None = None
    ) -> None:
        """Let `cell`, which is new, look so; `style` is the name of one of Excel's own."""
        key = (number_format, id(alignment), style)
        made = self._made.get(key)
        if made is not None:
            cell._style = copy(made)  # type: ignore[attr-defined]  # stubs lack it
            return
        if style is not None:
            cell.style = style
        if number_format is not None:
            cell.number_format = number_format
        cell.alignment = alignment
        self._made[key] = copy(cell._style)  # type: ignore[attr-defined]


@cache
def bad_font(name: str | None, size: float | None) -> Font:
    """A font of that name and size that stands out."""
    return Font(name=name, size=size, bold=True, color=BAD_COLOUR)


def print_on_one_width(sheet: Worksheet) -> None:
    """Print `sheet` in landscape, all columns on one page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def note(words: str, author: str = AUTHOR) -> Comment:
    """A comment big enough for `words`."""
    words = words[:COMMENT_LIMIT]
    lines = sum(1 + len(line) // 38 for line in words.splitlines())
    return Comment(words, author, height=20 + 18 * lines, width=300)


def _comment(column: Column, language: str) -> Comment:
    def say(message: str) -> str:
        return translated(message, language)

    return note(
        "\n".join(
            (
                say(_REQUIRED) if column.required else say(_OPTIONAL),
                say(column.help),
                say(_WHAT).format(what=say(column.kind.meaning)),
                say(_EXAMPLE).format(example=say(column.example)),
            )
        )
    )
