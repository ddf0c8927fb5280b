"""The checks that the schemas are made of, registered with pandera.

Each says of every value whether it passes, and never raises. Values that another check of the same
column refuses pass, so that a cell has one problem.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TypeVar

import pandas as pd
from pandera.api.extensions import register_check_method

from importer.domain.names import has_bad_characters
from importer.workbook.checking.garbled import repaired

_Function = TypeVar("_Function", bound=Callable[..., pd.Series])


def _check(*figures: str) -> Callable[[_Function], _Function]:
    """Register a check that takes `figures`."""

    def register(function: _Function) -> _Function:
        register_check_method(statistics=[*figures])(function)
        return function

    return register


def _passed(values: pd.Series, passed: list[bool]) -> pd.Series:
    return pd.Series(passed, values.index, dtype=bool)


@_check("pattern")
def matches(values: pd.Series, *, pattern: str) -> pd.Series:
    """Text that `pattern` matches from its beginning to its end."""
    full_match = re.compile(pattern).fullmatch
    return _passed(values, [type(v) is str and full_match(v) is not None for v in values.tolist()])


@_check("low", "high")
def is_whole_number(values: pd.Series, *, low: int, high: int) -> pd.Series:
    """A whole number from `low` to `high`; True and False are none."""
    return _passed(values, [type(v) is int and low <= v <= high for v in values.tolist()])


@_check("first")
def is_date(values: pd.Series, *, first: str) -> pd.Series:
    """A day without a time of day, not before the ISO date `first`."""
    day = dt.date.fromisoformat(first)
    return _passed(values, [type(v) is dt.date and v >= day for v in values.tolist()])


@_check("allowed")
def is_one_of(values: pd.Series, *, allowed: list[object]) -> pd.Series:
    """A value of `allowed`; 1 is not True."""
    return _passed(values, [isinstance(v, str | bool) and v in allowed for v in values.tolist()])


@_check()
def is_text(values: pd.Series) -> pd.Series:
    """Text; numbers are left to `keeps_its_digits`."""
    return _passed(values, [isinstance(v, str | int | float) for v in values.tolist()])


@_check()
def keeps_its_digits(values: pd.Series) -> pd.Series:
    """No number: the reader turns into text every number whose digits are all there."""
    return _passed(values, [not isinstance(v, int | float) for v in values.tolist()])


@_check()
def is_not_garbled(values: pd.Series) -> pd.Series:
    """No text that was decoded with a wrong encoding."""
    return _passed(values, [
        type(v) is not str or v.isascii() or repaired(v) is None for v in values.tolist()
    ])  # fmt: skip


@_check()
def is_on_one_line(values: pd.Series) -> pd.Series:
    """No line breaks, control characters or non-characters."""
    return _passed(values, [
        type(v) is not str or v.isprintable() or not has_bad_characters(v) for v in values.tolist()
    ])  # fmt: skip


@_check("limit")
def is_short(values: pd.Series, *, limit: int) -> pd.Series:
    """Not more than `limit` characters."""
    return _passed(values, [type(v) is not str or len(v) <= limit for v in values.tolist()])


@_check("column", "where", "is_value")
def is_stated(frame: pd.DataFrame, *, column: str, where: str, is_value: str) -> pd.Series:
    """Rows in which `column` is filled, or `where` does not hold `is_value`."""
    asks = frame[where] == is_value
    return frame[column].notna() | ~asks if column in frame else ~asks
