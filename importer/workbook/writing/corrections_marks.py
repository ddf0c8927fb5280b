"""How a bad cell is marked: coloured, in bold, commented, and listed in words with what to do.

Nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import N_, _
from importer.domain.problems import Problem
from importer.workbook.cell import BadCell, Cell
from importer.workbook.labels import PROBLEMS
from importer.workbook.markup import column_letters
from importer.workbook.writing.styles import (
    AT_TOP_LEFT,
    BAD_FILL,
    DATE_FORMAT,
    HEADER_FILL,
    HEADER_FONT,
    TITLE_FONT,
    WRAPPED,
    Looks,
    bad_font,
    note,
    print_on_one_width,
    write_text,
)

Places = dict[Problem, tuple[str, str]]
"""The sheet and cell in which each problem is marked."""

PROBLEMS_WIDTH = 80
_LINE_HEIGHT = 15
_ROW_HEIGHT_LIMIT = 409  # Excel's
_LIST_COLUMNS = (
    (N_("Sheet"), 26),
    (N_("Cell"), 10),
    (N_("Row in your file"), 18),
    (N_("Column"), 24),
    (N_("Value"), 28),
    (N_("Problem"), 70),
    (N_("What to do"), 60),
)
_LIST_HEADER_ROW = 4
_LINKS_LIMIT = 65_000  # Excel takes 65,530 on a sheet
_OURS = "— avira-importer —"
"""What stands before our words in a comment; before it are the user's."""


def put(cell: object, value: Cell, number_format: str) -> None:
    """Write `value` as it was: text stays text, an unusable cell stays one until it is mended."""
    assert isinstance(cell, SheetCell)
    its_own = _write(cell, value, number_format)
    if its_own is not None:
        cell.number_format = its_own


def put_new(
    cell: object, value: Cell, number_format: str, looks: Looks, alignment: Alignment
) -> None:
    """The same into a cell of our own, which is new."""
    assert isinstance(cell, SheetCell)
    looks.give(cell, _write(cell, value, number_format), alignment)


def _write(cell: SheetCell, value: Cell, number_format: str) -> str | None:
    """Write `value`, and give the number format that it needs, if it needs one."""
    if isinstance(value, BadCell):
        cell.value, cell.data_type = "#N/A", "e"
    elif value and isinstance(value, str):
        write_text(cell, value)
        return "@"
    elif value not in (None, ""):
        cell.value = value
        # A number in a column of dates would be given back as a day that nobody wrote.
        if isinstance(value, int | float) and number_format != DATE_FORMAT:
            return number_format
        return cell.number_format  # which openpyxl has given a date by itself
    return None


def mark(sheet: Worksheet, at: tuple[int, int], problem: Problem, places: Places) -> None:
    """Colour and comment the cell at row and column `at`, and note in `places` that it is there.

    Of merged cells the first one is marked, which is all that can be seen of them.
    """
    cell = sheet.cell(*at)
    if isinstance(cell, MergedCell):
        ranges = sheet.merged_cells.ranges
        merged = next(one for one in ranges if cell.coordinate in one)
        cell = sheet.cell(merged.min_row, merged.min_col)
    places[problem] = (sheet.title, cell.coordinate)
    font = cell.font
    cell.fill = BAD_FILL
    cell.font = bad_font(font.name, font.size)
    theirs, ours = _comment_of(cell)
    ours += [in_words(problem)]
    cell.comment = note("\n\n".join([*theirs, _OURS, *ours]))


def unmark(sheet: Worksheet) -> None:
    """Take back what `mark` did when this sheet was given back before."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, SheetCell) and cell.comment and _OURS in cell.comment.text:
                theirs, _ours = _comment_of(cell)
                cell.comment = note("\n\n".join(theirs)) if theirs else None
                font = cell.font
                header = cell.row == 1
                cell.fill = HEADER_FILL if header else PatternFill()
                cell.font = HEADER_FONT if header else Font(name=font.name, size=font.size)


def _comment_of(cell: object) -> tuple[list[str], list[str]]:
    """The user's part of a cell's comment, and ours."""
    assert isinstance(cell, SheetCell)
    if not cell.comment:
        return [], []
    theirs, _mark, ours = cell.comment.text.partition(_OURS)
    return [one.strip() for one in (theirs,) if one.strip()], [ours.strip()] if ours.strip() else []


def head_problems(sheet: Worksheet, row: int, column: int) -> None:
    """Write the header of the Problems column."""
    header = sheet.cell(row, column, _(PROBLEMS))
    header.font, header.fill = HEADER_FONT, HEADER_FILL
    sheet.column_dimensions[column_letters(column)].width = PROBLEMS_WIDTH


def tell(sheet: Worksheet, row: int, column: int, reasons: Sequence[Problem]) -> None:
    """Write into the Problems column why `row` is refused."""
    words = sheet.cell(row, column)
    put(words, "\n".join(in_words(problem) for problem in reasons), "@")
    words.alignment = WRAPPED
    _fit_height(sheet, row, [(words.value, PROBLEMS_WIDTH)])


def in_words(problem: Problem) -> str:
    """A problem and what to do about it."""
    return f"{problem.message} → {problem.fix}"


def _fit_height(sheet: Worksheet, row: int, wrapped: list[tuple[object, int]]) -> None:
    """Make `row` high enough for texts that are wrapped to a width in characters."""
    lines = max(
        sum(1 + len(line) // width for line in str(words or "").splitlines() or [""])
        for words, width in wrapped
    )
    if lines > 1:
        height = min(_LINE_HEIGHT * lines, _ROW_HEIGHT_LIMIT)
        sheet.row_dimensions[row].height = max(height, sheet.row_dimensions[row].height or 0)


def list_problems(workbook: Workbook, problems: Sequence[Problem], places: Places) -> None:
    """Add the first sheet: every problem, with a link to its cell in this workbook."""
    sheet: Worksheet = workbook.create_sheet(_(PROBLEMS), 0)
    workbook.active = 0
    sheet.cell(1, 1, _(N_("What is wrong, and what to do"))).font = TITLE_FONT
    sheet.cell(
        2, 1,
        _(N_("Mend the coloured cells on the sheets to the right, save this file and apply it. "
             "This sheet and the Problems columns are not read.")),
    )  # fmt: skip
    for number, (title, width) in enumerate(_LIST_COLUMNS, start=1):
        header = sheet.cell(_LIST_HEADER_ROW, number, _(title))
        header.font, header.fill = HEADER_FONT, HEADER_FILL
        sheet.column_dimensions[column_letters(number)].width = width
    looks = Looks()
    for row, problem in enumerate(problems, start=_LIST_HEADER_ROW + 1):
        _list(sheet, row, problem, *places[problem], looks)
    print_on_one_width(sheet)
    sheet.freeze_panes = f"A{_LIST_HEADER_ROW + 1}"
    last = column_letters(len(_LIST_COLUMNS))
    sheet.auto_filter.ref = f"A{_LIST_HEADER_ROW}:{last}{_LIST_HEADER_ROW + len(problems)}"


def _list(
    sheet: Worksheet, row: int, problem: Problem, title: str, place: str, looks: Looks
) -> None:  # fmt: skip
    texts = (
        problem.sheet, place, None, problem.header, problem.value,
        str(problem.message), str(problem.fix),
    )  # fmt: skip
    for number, words in enumerate(texts, start=1):
        if words is not None:
            put_new(sheet.cell(row, number), words, "@", looks, WRAPPED)
    if problem.row is not None:
        put_new(sheet.cell(row, 3), problem.row, "General", looks, AT_TOP_LEFT)
    widths = [width for _title, width in _LIST_COLUMNS]
    _fit_height(sheet, row, list(zip(texts, widths, strict=True)))
    link = sheet.cell(row, 2)
    quoted = title.replace("'", "''")
    if row <= _LINKS_LIMIT and isinstance(link, SheetCell):
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!{place}")
        looks.give(link, None, WRAPPED, "Hyperlink")
