"""Find the header of a sheet among its first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from importer.domain.sheets import Sheet
from importer.workbook.cell import Cell, cell_text, is_merged
from importer.workbook.labels import HEADER_SEARCH, is_problems
from importer.workbook.likeness import fields_meant, fields_named
from importer.workbook.reading.raw import FilledRows

_TITLE_ROWS = 10  # rows above a header that may be titles; more are data that was sorted there


def first_headers(rows: FilledRows) -> dict[int, list[str]]:
    """The filled cells of each row that may be a header, by its number."""
    return {
        number: [cell_text(cell) for cell in cells if cell is not None]
        for number, cells in islice(rows, HEADER_SEARCH)
    }


def find_header(rows: FilledRows, sheet: Sheet) -> tuple[int, Sequence[Cell]]:
    """The number and cells of the row that names the most columns of `sheet`, with all required.

    If no row names all of these, cells count that may mean a column. If no row fits, it is a row 1
    without cells.
    """
    cells, first = dict(islice(rows, HEADER_SEARCH)), first_headers(rows)
    named = {number: fields_named(sheet, headers) for number, headers in first.items()}
    fields = named
    if not any(sheet.required <= of_row for of_row in named.values()):
        fields = {number: fields_meant(sheet, headers) for number, headers in first.items()}
    likely = (
        [number for number, of_row in fields.items() if sheet.required <= of_row]
        or [number for number, of_row in fields.items() if len(of_row) > 1]
        or [1] * bool(named.get(1))
    )
    best = max(likely, key=lambda number: (len(fields[number]), -number), default=1)
    return best, cells[best] if likely else ()


def rows_below(rows: FilledRows, number: int, header: Sequence[Cell]) -> FilledRows:
    """The rows below the header, except those with nothing but an explanation under Problems."""
    if not header:
        return rows
    notes = {index for index, cell in enumerate(header) if is_problems(cell_text(cell))}
    _above, below = rows.split(number)
    if not notes:
        return below
    others = [column for index, column in enumerate(below.columns) if index not in notes]
    return below.only(
        any(cell is not None for cell in cells) for cells in zip(*others, strict=True)
    )


def are_data(above: FilledRows, columns: Mapping[str, int]) -> bool:
    """Whether the rows above a header look like data rather than titles."""
    filled = [
        sum(cells[index] is not None and not is_merged(cells[index]) for index in columns.values())
        for _, cells in above
    ]
    more_than_a_title = len(columns) == 1 and sum(filled) > 1
    return max(filled, default=0) > 1 or more_than_a_title or len(above) > _TITLE_ROWS
