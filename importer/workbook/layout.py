"""Raw sheets to the sheets and columns of ours that they are, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from importer.domain.problems import Code, ColumnPlace, Problem, Severity, SheetPlace
from importer.domain.sheets import SHEETS, Column, Sheet
from importer.texts import N_, Text, current_language, text
from importer.workbook.cells import Cell, is_blank, shown
from importer.workbook.labels import (
    column_named,
    is_our_note,
    is_problems_column,
    language_of,
    looks_like_ours,
    sheet_named,
)
from importer.workbook.markup import Markup, column_letters
from importer.workbook.reading import RawSheet

Row = tuple[int, Sequence[Cell]]

HEADER_SEARCH = 20
"""How many rows are searched for a header that does not stand in row 1."""


@dataclass(slots=True)
class LaidOutSheet:
    """A sheet of ours as it stands in the file.

    `columns` gives the index (A is 0) of each field's column, `rows` the rows below the header
    that hold anything. Where `refused`, the layout is wrong and every row is refused with it.
    `sheet` is None when the sheet looks like one of ours but is named like none.
    """

    sheet: Sheet | None
    place: SheetPlace
    columns: dict[str, int]
    header: Sequence[Cell]
    rows: list[Row]
    markup: Markup
    refused: bool = False


def lay_out(raw_sheets: list[RawSheet]) -> tuple[list[LaidOutSheet], list[Problem]]:
    """The sheets of ours among `raw_sheets`, in the file's order, and what is wrong with them."""
    sheets: list[LaidOutSheet] = []
    problems: list[Problem] = []
    for raw in raw_sheets:
        sheet = sheet_named(raw.name)
        if sheet is None and not (raw.rows and looks_like_ours(_headers(raw))):
            if raw.rows and not is_our_note(raw.name):
                problems.append(_ignored_sheet(raw))
            continue
        laid_out, found = _lay_out(raw, sheet)
        if laid_out.rows:
            found += _hidden(raw, laid_out)
            laid_out.refused = any(one.severity is Severity.ERROR for one in found)
            problems += found
        sheets.append(laid_out)
    return sheets, problems


def _lay_out(raw: RawSheet, sheet: Sheet | None) -> tuple[LaidOutSheet, list[Problem]]:
    stands_in = 1 if sheet is None else _header_row(raw, sheet)
    header = next((cells for number, cells in raw.rows if number == stands_in), ())
    if sheet is not None and not any(column_named(sheet, shown(cell)) for cell in header):
        header = ()  # what stands there is a row like the others
    rows = _rows_below(raw, stands_in, header)
    places: dict[str, ColumnPlace] = {}
    columns: dict[str, int] = {}
    place = SheetPlace(raw.name, places)
    laid_out = LaidOutSheet(sheet, place, columns, header, rows, raw.markup)
    if sheet is None:
        return laid_out, [_unknown_sheet(raw)]
    problems = [] if stands_in == 1 else [_header_in_row(raw, stands_in)]
    width = max((len(cells) for _, cells in rows), default=0) if header else 0
    for index in range(max(len(header), width)):
        name = shown(header[index]) if index < len(header) else ""
        column = column_named(sheet, name)
        if column is None:
            if _is_unknown(name, index, rows):
                problems.append(_unknown_column(raw, sheet, stands_in, index, name))
        elif column.field in columns:
            first = places[column.field]
            problems.append(_duplicate_column(raw, stands_in, index, name, first))
        else:
            columns[column.field] = index
            bare = name.replace("*", "").strip()
            places[column.field] = ColumnPlace(column_letters(index + 1), bare, column.header)
    problems += [
        _missing_column(raw, sheet, column)
        for column in sheet.columns
        if column.required and column.field not in columns
    ]
    return laid_out, problems


def _headers(raw: RawSheet) -> list[str]:
    return [shown(cell) for cell in raw.rows[0][1] if not is_blank(cell)]


def _is_unknown(name: str, index: int, rows: list[Row]) -> bool:
    """Whether a column that is none of ours holds anything that would be ignored silently."""
    if is_problems_column(name):
        return False
    return bool(name.strip()) or any(
        index < len(cells) and not is_blank(cells[index]) for _, cells in rows
    )


def _rows_below(raw: RawSheet, header_row: int, header: Sequence[Cell]) -> list[Row]:
    """The rows that hold anything but what we wrote into the Problems column ourselves."""
    if not header:
        return raw.rows
    ours = {index for index, cell in enumerate(header) if is_problems_column(shown(cell))}
    return [
        (number, cells)
        for number, cells in raw.rows
        if number > header_row
        and (not ours or any(not is_blank(c) for i, c in enumerate(cells) if i not in ours))
    ]


def _header_row(raw: RawSheet, sheet: Sheet) -> int:
    """The row that holds every required column; the first where none does."""
    for number, cells in raw.rows[:HEADER_SEARCH]:
        fields = {c.field for c in (column_named(sheet, shown(cell)) for cell in cells) if c}
        if all(column.field in fields for column in sheet.columns if column.required):
            return number
    return 1


def _hidden(raw: RawSheet, laid_out: LaidOutSheet) -> Iterator[Problem]:
    if raw.hidden:
        yield _hidden_problem(raw, text(N_("The sheet {sheet} is hidden."), sheet=raw.name))
    filled = {number for number, _ in laid_out.rows}
    hidden = [number for number in raw.markup.hidden_rows if number in filled]
    if hidden:
        yield _hidden_problem(
            raw, text(N_("Hidden rows of {sheet}: {rows}."), sheet=raw.name, rows=_ranges(hidden))
        )
    letters = [
        column_letters(index + 1)
        for index in sorted(laid_out.columns.values())
        if any(first <= index + 1 <= last for first, last in raw.markup.hidden_columns)
    ]
    if letters:
        yield _hidden_problem(
            raw, text(N_("Hidden columns of {sheet}: {columns}."), sheet=raw.name, columns=letters)
        )


def _ranges(numbers: list[int]) -> list[str]:
    """Sorted numbers as a person writes them: 4-7, 9."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]


def _hidden_problem(raw: RawSheet, message: Text) -> Problem:
    fix = text(N_("They are read like all others; delete them if they are not meant."))
    return Problem(Code.HIDDEN_ROWS, message, fix, raw.name)


def _ignored_sheet(raw: RawSheet) -> Problem:
    return Problem(
        Code.IGNORED_SHEET,
        text(N_("The sheet {sheet} is none of ours; nothing in it was used."), sheet=raw.name),
        text(N_("If its rows are meant, name it as one of: {sheets}."), sheets=_titles()),
        raw.name,
    )


def _unknown_sheet(raw: RawSheet) -> Problem:
    return Problem(
        Code.UNKNOWN_SHEET,
        text(N_("The sheet {sheet} has columns of ours, but no name of ours."), sheet=raw.name),
        text(N_("Name it as one of: {sheets}."), sheets=_titles()),
        raw.name,
    )


def _titles() -> list[str]:
    return [sheet.title(current_language()) for sheet in SHEETS]


def _header_in_row(raw: RawSheet, row: int) -> Problem:
    return Problem(
        Code.MISSING_COLUMN,
        text(N_("The header of {sheet} stands in row {row} instead of row 1."),
             sheet=raw.name, row=row),
        text(N_("Delete the rows above it.")),
        raw.name,
        row,
    )  # fmt: skip


def _missing_column(raw: RawSheet, sheet: Sheet, column: Column) -> Problem:
    title = column.title(language_of(raw.name, sheet))
    return Problem(
        Code.MISSING_COLUMN,
        text(N_("{sheet} has no column {column}."), sheet=raw.name, column=title),
        text(N_("Write {column} into row 1, the header, above its values."), column=title),
        raw.name,
        1,
        column.header,
        title,
    )


def _unknown_column(
    raw: RawSheet, sheet: Sheet, row: int, index: int, name: str
) -> Problem:  # fmt: skip
    letter = column_letters(index + 1)
    expected = [column.title(language_of(raw.name, sheet)) for column in sheet.columns]
    message = (
        text(N_("{sheet} knows no column {column}."), sheet=raw.name, column=name)
        if name.strip()
        else text(N_("Column {column} of {sheet} has values but no header."),
                  sheet=raw.name, column=letter)
    )  # fmt: skip
    return Problem(
        Code.UNKNOWN_COLUMN,
        message,
        text(N_("Delete the column, or name it as one of: {columns}."), columns=expected),
        raw.name,
        row,
        name or letter,
        name or letter,
        f"{letter}{row}",
        name,
    )


def _duplicate_column(
    raw: RawSheet, row: int, index: int, name: str, first: ColumnPlace
) -> Problem:  # fmt: skip
    letter = column_letters(index + 1)
    return Problem(
        Code.DUPLICATE_COLUMN,
        text(N_("{sheet} has {column} twice, in columns {first} and {second}."), sheet=raw.name,
             column=name, first=first.letter, second=letter),
        text(N_("Delete one of the two columns.")),
        raw.name,
        row,
        first.name,
        name,
        f"{letter}{row}",
        name,
    )  # fmt: skip
