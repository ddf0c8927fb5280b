"""Mark bad cells: coloured, bold, commented, and listed with their fixes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from itertools import chain

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import N_, _
from importer.domain.problems import Problem, Severity
from importer.workbook.checking.layout import InputSheet
from importer.workbook.labels import PROBLEMS
from importer.workbook.markup import column_letters, column_number
from importer.workbook.rows import FilledRows
from importer.workbook.writing import styles
from importer.workbook.writing.corrections_cells import put, put_new

_PROBLEMS_WIDTH = 80
_LINE_HEIGHT = 15
_ROW_HEIGHT_LIMIT = 409  # Excel's
_LIST_WIDTHS = {
    N_("Sheet"): 26, N_("Cell"): 10, N_("Row in your file"): 18, N_("Column"): 24,
    N_("Value"): 28, N_("Problem"): 70, N_("Fix"): 60,
}  # fmt: skip
_LIST_HEADER_ROW = 4
_LINKS_LIMIT = 65_000  # Excel takes 65,530 on a sheet
_SEPARATOR = "— avira-importer —"
"""The line of a comment that separates the user's part from the program's."""


class Marks:
    """The errors of a workbook and the cells where they are marked.

    `refused` holds the sheet and number of each row to give back; None stands for all rows.
    """

    def __init__(self, problems: Sequence[Problem], refused: Set[tuple[str, int]] | None) -> None:
        self.refused = refused
        self._errors = [error for error in problems if error.severity is Severity.ERROR]
        self._by_sheet: dict[str | None, list[Problem]] = defaultdict(list)
        for problem in self._errors:
            self._by_sheet[problem.sheet].append(problem)
        self._places: dict[Problem, tuple[str, str]] = {}

    def rows_of(self, input_sheet: InputSheet) -> FilledRows:
        """The rows of a sheet to give back."""
        rows, name, refused = input_sheet.rows, input_sheet.place.name, self.refused
        if refused is None:
            return rows
        return rows.only((name, number) in refused for number in rows.numbers)

    def add(
        self, sheet: Worksheet, input_sheet: InputSheet, rows: Mapping[int, int],
        columns: Mapping[int, int], first_column: int, header_row: int, problems_column: int,
    ) -> None:  # fmt: skip
        """Mark the errors of `input_sheet` in `sheet` and explain them in its Problems column.

        `rows` gives the new number of each row, `columns` that of each column in the file (A is 0).
        Errors of the layout are marked in the header and explained in every row.
        """
        sheet.cell(header_row, problems_column, _(PROBLEMS))
        styles.style_header(sheet, header_row, problems_column, _PROBLEMS_WIDTH)
        reasons: dict[int | None, list[Problem]] = defaultdict(list)
        for problem in self._by_sheet[input_sheet.place.name]:
            letters = (problem.cell or "").rstrip("0123456789")
            column = columns.get(column_number(letters) - 1, 1) if letters else first_column
            row = rows.get(problem.row or 0)
            reasons[row].append(problem)
            self._places[problem] = _mark(sheet, (row or header_row, column), problem)
        of_layout = reasons[None] if input_sheet.refused else []
        for row in rows.values():
            if of_row := reasons.get(row) or of_layout:
                cell = sheet.cell(row, problems_column)
                put(cell, "\n".join(map(_in_words, of_row)), "@")
                cell.alignment = styles.WRAPPED
                _fit_height(sheet, row, [(cell.value, _PROBLEMS_WIDTH)])

    def add_list(self, workbook: Workbook) -> None:
        """Add the first sheet: every error, with a link to its cell in this workbook."""
        sheet: Worksheet = workbook.create_sheet(_(PROBLEMS), 0)
        workbook.active = 0
        sheet.cell(1, 1, _(N_("Problems and fixes"))).font = styles.TITLE_FONT
        sheet.cell(2, 1, _(N_(
            "Fix the coloured cells on the other sheets, save this file and apply it. "
            "This sheet and the Problems columns are not read."
        )))  # fmt: skip
        for number, (title, width) in enumerate(_LIST_WIDTHS.items(), start=1):
            sheet.cell(_LIST_HEADER_ROW, number, _(title))
            styles.style_header(sheet, _LIST_HEADER_ROW, number, width)
        cache = styles.StyleCache()
        for row, problem in enumerate(self._errors, start=_LIST_HEADER_ROW + 1):
            _list_problem(sheet, row, problem, *self._places[problem], cache)
        styles.print_on_one_width(sheet)
        sheet.freeze_panes = f"A{_LIST_HEADER_ROW + 1}"
        last = f"{column_letters(len(_LIST_WIDTHS))}{_LIST_HEADER_ROW + len(self._errors)}"
        sheet.auto_filter.ref = f"A{_LIST_HEADER_ROW}:{last}"


def _mark(sheet: Worksheet, at: tuple[int, int], problem: Problem) -> tuple[str, str]:
    """Colour and comment the cell at row and column `at`; return its sheet and coordinate.

    Of merged cells, the first one is marked.
    """
    cell = sheet.cell(*at)
    if isinstance(cell, MergedCell):
        ranges = sheet.merged_cells.ranges
        merged = next(merged for merged in ranges if cell.coordinate in merged)
        cell = sheet.cell(merged.min_row, merged.min_col)
    cell.fill, cell.font = styles.BAD_FILL, styles.bad_font(cell.font.name, cell.font.size)
    user_part, own_part = _comment_parts(cell)
    parts = (user_part, _SEPARATOR, own_part, _in_words(problem))
    cell.comment = styles.comment("\n\n".join(filter(None, parts)))
    return sheet.title, cell.coordinate


def unmark(sheet: Worksheet) -> None:
    """Remove the marks of an earlier corrections workbook, and let comments fit their text."""
    for cell in chain.from_iterable(sheet.iter_rows()):
        if not isinstance(cell, SheetCell) or not cell.comment:
            continue
        if _SEPARATOR not in cell.comment.text:  # openpyxl does not keep a comment's size
            cell.comment = styles.comment(cell.comment.text, cell.comment.author)
            continue
        user_part, _own_part = _comment_parts(cell)
        cell.comment = styles.comment(user_part) if user_part else None
        font = cell.font
        header = cell.row == 1
        cell.fill = styles.HEADER_FILL if header else PatternFill()
        cell.font = styles.HEADER_FONT if header else Font(name=font.name, size=font.size)


def _comment_parts(cell: object) -> tuple[str, str]:
    """The user's part of a cell's comment, and the program's."""
    assert isinstance(cell, SheetCell)
    text = cell.comment.text if cell.comment else ""
    user_part, _separator, own_part = text.partition(_SEPARATOR)
    return user_part.strip(), own_part.strip()


def _in_words(problem: Problem) -> str:
    return f"{problem.message} → {problem.fix}"


def _fit_height(sheet: Worksheet, row: int, wrapped: list[tuple[object, int]]) -> None:
    """Make `row` high enough for texts, each wrapped to a width in characters."""
    lines = max(
        sum(1 + len(line) // width for line in str(value or "").splitlines() or [""])
        for value, width in wrapped
    )
    if lines > 1:
        height = min(_LINE_HEIGHT * lines, _ROW_HEIGHT_LIMIT)
        sheet.row_dimensions[row].height = max(height, sheet.row_dimensions[row].height or 0)


def _list_problem(
    sheet: Worksheet, row: int, problem: Problem, title: str, place: str, cache: styles.StyleCache
) -> None:  # fmt: skip
    texts = (
        problem.sheet, place, None, problem.header, problem.value,
        str(problem.message), str(problem.fix),
    )  # fmt: skip
    for number, value in enumerate(texts, start=1):
        if value is not None:
            put_new(sheet.cell(row, number), value, "@", cache, styles.WRAPPED)
    if problem.row is not None:
        put_new(sheet.cell(row, 3), problem.row, "General", cache, styles.AT_TOP_LEFT)
    _fit_height(sheet, row, list(zip(texts, _LIST_WIDTHS.values(), strict=True)))
    link = sheet.cell(row, 2)
    quoted = title.replace("'", "''")
    if row <= _LINKS_LIMIT and isinstance(link, SheetCell):
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!{place}")
        cache.apply(link, None, styles.WRAPPED, "Hyperlink")
