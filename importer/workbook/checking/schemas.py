"""The pandera schema of each sheet, built from its declaration: every bad cell, by its code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from importer.domain.problems import CODES, Code
from importer.domain.sheets import Column, Sheet
from importer.workbook.cell import Broken
from importer.workbook.checking.cells import CODES_OF

_FOUND_BY_READERS = {code for codes in CODES_OF.values() for code in codes}
_BLANK_THOUGH_REQUIRED = "not_nullable"  # what pandera calls it


def bad_cells(sheet: Sheet, frame: pd.DataFrame) -> list[tuple[int, str, Code]]:
    """Row, field and code of each bad cell of `frame`, by row and then column.

    `frame` has a row number as its index and a field of `sheet` as each column, all of them of
    dtype object and holding what the column's reader made of each cell: its value, a Broken, or
    None for a blank. Nothing is coerced: with coercion 2.5 would become 2, True 1, and one bad cell
    would hide the others of its column.
    """
    try:
        _schema(sheet, tuple(frame.columns), _broken_in(frame)).validate(frame, lazy=True)
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


def _broken_in(frame: pd.DataFrame) -> tuple[Code, ...]:
    """The codes of cells that were broken before anybody read them; most workbooks have none."""
    found = {
        value.code for field in frame for value in frame[field].tolist() if type(value) is Broken
    }
    return tuple(sorted(found - _FOUND_BY_READERS))


@cache
def _schema(
    sheet: Sheet, fields: tuple[str, ...], broken: tuple[Code, ...]
) -> pa.DataFrameSchema:  # fmt: skip
    return pa.DataFrameSchema(
        {field: _column(sheet.column(field), broken) for field in fields},
        name=sheet.name,
        coerce=False,
        strict=True,
    )


def _column(column: Column, broken: tuple[Code, ...]) -> pa.Column:
    codes = (*CODES_OF[column.kind], *broken)
    checks = [pa.Check(_never(code), name=code.value, error=code.value) for code in codes]
    return pa.Column(object, checks, nullable=not column.required)


def _never(code: Code) -> Callable[[pd.Series], pd.Series]:
    """A check that no cell has that problem."""
    return partial(_without, code)


def _without(code: Code, values: pd.Series) -> pd.Series:
    """For each value whether it is not broken in that way."""
    passes = [type(value) is not Broken or value.code is not code for value in values.tolist()]
    return pd.Series(passes, values.index, dtype=bool)
