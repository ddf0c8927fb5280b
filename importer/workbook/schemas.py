"""The pandera schema of each sheet, built from its declaration: every bad cell, by its code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from importer.domain.problems import CODES, Code
from importer.domain.sheets import Column, Sheet
from importer.workbook.cells import CODES_OF, Broken, Cell, Reader, reader_of

_CODES_OF_ANY_CELL = (Code.CELL_ERROR, Code.FORMULA_WITHOUT_VALUE, Code.MERGED_CELLS)
_BLANK_THOUGH_REQUIRED = "not_nullable"  # what pandera calls it


def bad_cells(sheet: Sheet, frame: pd.DataFrame) -> list[tuple[int, str, Code]]:
    """Row, field and code of each bad cell of `frame`, by row and then column.

    `frame` has a row number as its index and a field of `sheet` as each column, all of them of
    dtype object and holding raw cells (None: blank). Nothing is coerced: with coercion 2.5 would
    become 2, True 1, and one bad cell would hide the others of its column.
    """
    try:
        _schema(sheet.name, tuple(frame.columns), sheet).validate(frame, lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases
        order = {field: index for index, field in enumerate(frame.columns)}
        found = {
            (int(row), str(field)): _code(str(check))
            for row, field, check in zip(
                failures["index"], failures["column"], failures["check"], strict=True
            )
        }
        by_place = sorted(found.items(), key=lambda one: (one[0][0], order[one[0][1]]))
        return [(row, field, code) for (row, field), code in by_place]
    return []


def _code(check: str) -> Code:
    return Code.MISSING_VALUE if check == _BLANK_THOUGH_REQUIRED else CODES[check]


@cache
def _schema(name: str, fields: tuple[str, ...], sheet: Sheet) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {field: _column(sheet.column(field)) for field in fields},
        name=name,
        coerce=False,
        strict=True,
    )


def _column(column: Column) -> pa.Column:
    reader = reader_of(column)
    codes = (*CODES_OF[column.kind], *_CODES_OF_ANY_CELL)
    checks = [
        pa.Check(_never(reader, code), element_wise=True, name=code.value, error=code.value)
        for code in codes
    ]
    return pa.Column(object, checks, nullable=not column.required)


def _never(reader: Reader, code: Code) -> Callable[[Cell], bool]:
    """A check that a cell's reader does not find `code` in it."""
    return partial(_passes, reader, code)


def _passes(reader: Reader, code: Code, cell: Cell) -> bool:
    value = reader(cell)
    return not isinstance(value, Broken) or value.code is not code
