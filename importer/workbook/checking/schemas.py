"""The pandera schema of each sheet, built from its declaration."""

from __future__ import annotations

from functools import cache, partial

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from importer.domain.problems import CODES, Code
from importer.domain.sheets import Column, ColumnKind, Sheet
from importer.workbook.cell import BadCell
from importer.workbook.checking.cells import codes_of

_READER_CODES = {code for kind in ColumnKind for code in codes_of(kind)}
_BLANK = "not_nullable"  # pandera's name


def bad_cells(sheet: Sheet, frame: pd.DataFrame) -> list[tuple[int, str, Code]]:
    """Row, field and code of each bad cell of `frame`, by row and then column.

    Its index holds row numbers, its columns, fields of `sheet`, the values that readers returned.
    Nothing is coerced: that would turn 2.5 into 2, and one bad cell would hide the others.
    """
    try:
        _schema(sheet, tuple(frame.columns), _file_codes(frame)).validate(frame, lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases
        order = {field: index for index, field in enumerate(frame.columns)}
        codes = {
            (int(row), str(field)): Code.MISSING_VALUE if check == _BLANK else CODES[str(check)]
            for row, field, check in zip(
                failures["index"], failures["column"], failures["check"], strict=True
            )
        }
        places = sorted(codes, key=lambda place: (place[0], order[place[1]]))
        return [(row, field, codes[row, field]) for row, field in places]
    return []


def _file_codes(frame: pd.DataFrame) -> tuple[Code, ...]:
    """The codes of cells that were bad before a reader saw them; most workbooks have none."""
    codes = {
        value.code for field in frame for value in frame[field].tolist() if type(value) is BadCell
    }
    return tuple(sorted(codes - _READER_CODES))


@cache
def _schema(
    sheet: Sheet, fields: tuple[str, ...], file_codes: tuple[Code, ...]
) -> pa.DataFrameSchema:  # fmt: skip
    columns = {field: _column(sheet.column(field), file_codes) for field in fields}
    return pa.DataFrameSchema(columns, name=sheet.name, coerce=False, strict=True)


def _column(column: Column, file_codes: tuple[Code, ...]) -> pa.Column:
    codes = (*codes_of(column.kind), *file_codes)
    checks = [pa.Check(partial(_lacks, code), name=code.value, error=code.value) for code in codes]
    return pa.Column(object, checks, nullable=not column.required)


def _lacks(code: Code, values: pd.Series) -> pd.Series:
    """Whether each value does not have that problem."""
    passes = [type(value) is not BadCell or value.code is not code for value in values.tolist()]
    return pd.Series(passes, values.index, dtype=bool)
