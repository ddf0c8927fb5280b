"""Mark bad cells: coloured, bold, commented, and listed with their fixes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from itertools import chain

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import N_, _, text
from importer.domain.problems import Cause, Problem, Severity
from importer.workbook.checking.layout import InputSheet
from importer.workbook.labels import PROBLEMS
from importer.workbook.markup import cell_name, column_number
from importer.workbook.reading.raw import FilledRows
from importer.workbook.writing import styles
from importer.workbook.writing.new_rows import NewCell, NewRows

PROBLEMS_WIDTH = 80
_LINE_HEIGHT = 15
_ROW_HEIGHT_LIMIT = 409  # Excel's
_LIST_WIDTHS = {
    N_("Sheet"): 26, N_("Cell"): 10, N_("Row in your file"): 18, N_("Column"): 24,
    N_("Value"): 28, N_("Problem"): 70, N_("Fix"): 60,
}  # fmt: skip
_LIST_HEADER_ROW = 4
SEPARATOR = "— avira-importer —"
"""The line of a comment that separates the user's part from the program's."""


class Marks:
    """The errors of a workbook and the cells where they are marked.

    `refused` holds the sheet and number of each row to give back; None stands for all rows.
    """

    def __init__(
        self, problems: Iterable[Problem], refused: Set[tuple[str, int]] | None,
        further: Mapping[Cause, int] | None = None,
    ) -> None:  # fmt: skip
        self.refused = refused
        self._errors = [error for error in problems if error.severity is Severity.ERROR]
        self._further = {cause: count for cause, count in (further or {}).items()
                         if cause.code.severity is Severity.ERROR}  # fmt: skip
        self._by_sheet: dict[str | None, list[Problem]] = defaultdict(list)
        for problem in self._errors:
            self._by_sheet[problem.sheet].append(problem)
        self._places: dict[Problem, tuple[str, str, str, str]] = {}

    def rows_of(self, input_sheet: InputSheet) -> FilledRows:
        """The rows of a sheet to give back."""
        rows, name, refused = input_sheet.rows, input_sheet.place.name, self.refused
        if refused is None:
            return rows
        return rows.only((name, number) in refused for number in rows.numbers)

    def place(
        self, input_sheet: InputSheet, title: str, rows: Mapping[int, int],
        columns: Mapping[int, int], first_column: int, header_row: int,
    ) -> tuple[dict[tuple[int, int], str], dict[int, str]]:  # fmt: skip
        """The errors of a sheet in words, by the new row and column of their cells, and by the new
        row that has them in its Problems column.

        `title` is the new name of the sheet. `rows` gives the new number of each row, `columns`
        that of each column in the file (A is 0). Errors of the layout are marked in the header and
        explained in every row.
        """
        marks: dict[tuple[int, int], list[str]] = defaultdict(list)
        reasons: dict[int | None, list[str]] = defaultdict(list)
        for problem in self._by_sheet[input_sheet.place.name]:
            letters = (problem.cell or "").rstrip("0123456789")
            column = columns.get(column_number(letters) - 1, 1) if letters else first_column
            row = rows.get(problem.row or 0)
            at = row or header_row, column
            message, fix = str(problem.message), str(problem.fix)
            words = f"{message} → {fix}"
            marks[at].append(words)
            reasons[row].append(words)
            self._places[problem] = title, cell_name(*at), message, fix
        of_layout = reasons[None] if input_sheet.refused else []
        explained = ((row, reasons.get(row) or of_layout) for row in rows.values())
        return (
            {at: "\n\n".join(texts) for at, texts in marks.items()},
            {row: "\n".join(texts) for row, texts in explained if texts},
        )

    def add_list(self, workbook: Workbook) -> NewRows:
        """Add the first sheet: every error, with a link to its cell if that was placed."""
        sheet: Worksheet = workbook.create_sheet(_(PROBLEMS), 0)
        workbook.active = 0
        sheet.cell(1, 1, _(N_("Problems and fixes"))).font = styles.TITLE_FONT
        sheet.cell(2, 1, _(N_(
            "Fix the coloured cells on the other sheets, save this file and apply it. "
            "This sheet and the Problems columns are not read."
        ) if self._places else N_(
            "There are too many errors for a corrections workbook. Fix your own and apply it."
        )))  # fmt: skip
        for number, (title, width) in enumerate(_LIST_WIDTHS.items(), start=1):
            styles.write_header(sheet, _LIST_HEADER_ROW, number, _(title), width)
        lines = NewRows(sheet)
        for problem in self._errors:
            as_it_is = "", problem.cell, str(problem.message), str(problem.fix)
            title, place, message, fix = self._places.get(problem, as_it_is)
            texts = problem.sheet, place, None, problem.header, problem.value, message, fix
            cells = [NewCell(text, look=styles.WRAP) for text in texts]
            quoted = title.replace("'", "''")
            if title:
                cells[1] = NewCell(place, look=styles.WRAP, link=f"'{quoted}'!{place}")
            cells[2] = NewCell(problem.row, "General", styles.LEFT)
            lines.add(cells, fitting_height(zip(texts, _LIST_WIDTHS.values(), strict=True)))
        for cause, count in self._further.items():
            more = str(text(N_("{count} more: {meaning}"), count=count,
                            meaning=text(cause.code.meaning)))  # fmt: skip
            lines.add(map(NewCell, (cause.sheet, None, None, cause.header, None, more)))
        styles.print_on_one_width(sheet)
        sheet.freeze_panes = f"A{_LIST_HEADER_ROW + 1}"
        count = len(self._errors) + len(self._further)
        last = cell_name(_LIST_HEADER_ROW + count, len(_LIST_WIDTHS))
        sheet.auto_filter.ref = f"A{_LIST_HEADER_ROW}:{last}"
        return lines


def add_problems_column(sheet: Worksheet, header_row: int, column: int) -> None:
    """Write the header of the Problems column."""
    styles.write_header(sheet, header_row, column, _(PROBLEMS), PROBLEMS_WIDTH)


def mark(sheet: Worksheet, row: int, column: int, words: str) -> None:
    """Colour and comment a cell, or the first one of the merged range that it is in."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        ranges = sheet.merged_cells.ranges
        merged = next(merged for merged in ranges if cell.coordinate in merged)
        cell = sheet.cell(merged.min_row, merged.min_col)
    cell.fill, cell.font = styles.BAD_FILL, styles.bad_font(cell.font.name, cell.font.size)
    user_part, own_part = _comment_parts(cell)
    parts = (user_part, SEPARATOR, own_part, words)
    cell.comment = styles.comment("\n\n".join(filter(None, parts)))


def unmark(sheet: Worksheet) -> None:
    """Remove the marks of an earlier corrections workbook, and let comments fit their text."""
    for cell in chain.from_iterable(sheet.iter_rows()):
        if not isinstance(cell, SheetCell) or not cell.comment:
            continue
        if SEPARATOR not in cell.comment.text:  # openpyxl does not keep a comment's size
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
    user_part, _separator, own_part = text.partition(SEPARATOR)
    return user_part.strip(), own_part.strip()


def fitting_height(wrapped: Iterable[tuple[str | None, int]]) -> float | None:
    """The height of a row for texts, each wrapped to a width in characters; None for one line."""
    lines = max(
        sum(1 + len(line) // width for line in (text or "").splitlines() or [""])
        for text, width in wrapped
    )
    return min(_LINE_HEIGHT * lines, _ROW_HEIGHT_LIMIT) if lines > 1 else None
