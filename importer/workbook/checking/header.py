"""Find the header of a sheet among its first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importer.domain.sheets import Sheet
from importer.workbook.cell import Cell, Row, cell_text, is_blank, is_merged
from importer.workbook.labels import HEADER_SEARCH, column_named, is_problems
from importer.workbook.likeness import fields_meant

_TITLE_ROWS = 10  # rows above a header that may be titles; more are data that was sorted there


def first_headers(rows: Sequence[Row]) -> list[tuple[int, list[str]]]:
    """The rows that may be a header, each its number and its filled cells."""
    return [
        (number, [cell_text(cell) for cell in cells if not is_blank(cell)])
        for number, cells in rows[:HEADER_SEARCH]
    ]


def header_row(rows: Sequence[Row], sheet: Sheet) -> int:
    """The number of the row that names the most columns of `sheet`, with the required ones.

    If no row names all of these, cells count that may mean a column. It is 1 if no row fits.
    """
    required = {column.field for column in sheet.columns if column.required}
    first = first_headers(rows)
    fields = {
        number: {column.field for name in headers if (column := column_named(sheet, name))}
        for number, headers in first
    }
    if not any(required <= named for named in fields.values()):
        fields = {number: fields_meant(sheet, headers) for number, headers in first}
    complete = [number for number, named in fields.items() if required <= named]
    likely = complete or [number for number, named in fields.items() if len(named) > 1]
    return max(likely, key=lambda number: (len(fields[number]), -number), default=1)


def is_header(sheet: Sheet, cells: Sequence[Cell]) -> bool:
    """Whether the cells name a column of `sheet`, or may mean several or all required ones."""
    names = [cell_text(cell) for cell in cells]
    if any(column_named(sheet, name) for name in names):
        return True
    meant = fields_meant(sheet, names)
    required = {column.field for column in sheet.columns if column.required}
    return len(meant) > 1 or required <= meant


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
