"""Write a cell of the corrections so that it means what it meant in the user's file."""

from __future__ import annotations

import math

from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment

from importer.workbook.cell import BadCell, Cell
from importer.workbook.writing import styles


def put(cell: object, value: Cell, number_format: str) -> None:
    """Write `value` unchanged: text stays text, and an unusable cell stays an error."""
    assert isinstance(cell, SheetCell)
    needed = _write(cell, value, number_format)
    if needed is not None:
        cell.number_format = needed


def put_new(
    cell: object, value: Cell, number_format: str, cache: styles.StyleCache, alignment: Alignment
) -> None:
    """Write `value` unchanged into a new cell."""
    assert isinstance(cell, SheetCell)
    cache.apply(cell, _write(cell, value, number_format), alignment)


def _write(cell: SheetCell, value: Cell, number_format: str) -> str | None:
    """Write `value`; return the number format that it needs, if any."""
    if isinstance(value, BadCell) or (isinstance(value, float) and not math.isfinite(value)):
        cell.value, cell.data_type = "#N/A", "e"
    elif value and isinstance(value, str):
        styles.write_text(cell, value)
        return "@"
    elif value not in (None, ""):
        cell.value = value
        # A number in a date column would come back as a date that nobody typed.
        if isinstance(value, int | float) and number_format != styles.DATE_FORMAT:
            return number_format
        return cell.number_format  # openpyxl sets it for dates
    return None
