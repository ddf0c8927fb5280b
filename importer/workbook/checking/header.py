"""Find the header of a sheet among its first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importer.domain.sheets import Sheet
from importer.workbook.cell import Cell, Row, cell_text, is_blank, is_merged
from importer.workbook.labels import HEADER_SEARCH, is_problems
from importer.workbook.likeness import fields_meant, fields_named

_TITLE_ROWS = 10  # rows above a header that may be titles; more are data that was sorted there


def first_headers(rows: Sequence[Row]) -> dict[int, list[str]]:
    """The filled cells of each row that may be a header, by its number."""
    return {
        number: [cell_text(cell) for cell in cells if not is_blank(cell)]
        for number, cells in rows[:HEADER_SEARCH]
    }


def find_header(rows: Sequence[Row], sheet: Sheet) -> tuple[int, Sequence[Cell]]:
    """The number and cells of the row that names the most columns of `sheet`, with all required.

    If no row names all of these, cells count that may mean a column. If no row fits, it is a row 1
    without cells.
    """
    first = first_headers(rows)
    named = {number: fields_named(sheet, headers) for number, headers in first.items()}
    fields = named
    if not any(sheet.required <= of_row for of_row in named.values()):
        fields = {number: fields_meant(sheet, headers) for number, headers in first.items()}
    likely = (
        [number for number, of_row in fields.items() if sheet.required <= of_row]
        or [number for number, of_row in fields.items() if len(of_row) > 1]
        or [1] * bool(named.get(1))
    )
    best = max(likely, key=lambda number: (len(fields[number]), -number), default=None)
    return best or 1, next((cells for number, cells in rows if number == best), ())


def rows_below(rows: list[Row], number: int, header: Sequence[Cell]) -> list[Row]:
    """The rows below the header, except those with nothing but an explanation under Problems."""
    if not header:
        return rows
    notes = {index for index, cell in enumerate(header) if is_problems(cell_text(cell))}
    return [
        (row, cells)
        for row, cells in rows
        if row > number
        and (not notes or any(not is_blank(c) for i, c in enumerate(cells) if i not in notes))
    ]


def are_data(above: Sequence[Row], columns: Mapping[str, int]) -> bool:
    """Whether the rows above a header look like data rather than titles."""
    filled = [
        sum(
            index < len(cells) and not is_blank(cells[index]) and not is_merged(cells[index])
            for index in columns.values()
        )
        for _, cells in above
    ]
    more_than_a_title = len(columns) == 1 and sum(filled) > 1
    return max(filled, default=0) > 1 or more_than_a_title or len(above) > _TITLE_ROWS
