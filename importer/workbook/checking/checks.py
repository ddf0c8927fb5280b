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


def _passes(values: pd.Series, test: Callable[[object], bool]) -> pd.Series:
    return pd.Series([test(value) for value in values.tolist()], values.index, dtype=bool)


@_check("pattern")
def matches(values: pd.Series, *, pattern: str) -> pd.Series:
    """Text that `pattern` matches from its beginning to its end."""
    full_match = re.compile(pattern).fullmatch
    return _passes(values, lambda value: isinstance(value, str) and full_match(value) is not None)


@_check("low", "high")
def is_whole_number(values: pd.Series, *, low: int, high: int) -> pd.Series:
    """A whole number from `low` to `high`; True and False are none."""
    return _passes(values, lambda value: type(value) is int and low <= value <= high)


@_check("first")
def is_date(values: pd.Series, *, first: str) -> pd.Series:
    """A day without a time of day, not before the ISO date `first`."""
    day = dt.date.fromisoformat(first)
    return _passes(values, lambda value: type(value) is dt.date and value >= day)


@_check("allowed")
def is_one_of(values: pd.Series, *, allowed: list[object]) -> pd.Series:
    """A value of `allowed`; 1 is not True."""
    return _passes(values, lambda value: isinstance(value, str | bool) and value in allowed)


@_check()
def is_text(values: pd.Series) -> pd.Series:
    """Text; numbers are left to `keeps_its_digits`."""
    return _passes(values, lambda value: isinstance(value, str | int | float))


@_check()
def keeps_its_digits(values: pd.Series) -> pd.Series:
    """No number: the reader turns into text every number whose digits are all there."""
    return _passes(values, lambda value: not isinstance(value, int | float))


@_check()
def is_not_garbled(values: pd.Series) -> pd.Series:
    """No text that was decoded with a wrong encoding."""
    return _passes(values, lambda value: not isinstance(value, str) or repaired(value) is None)


@_check()
def is_on_one_line(values: pd.Series) -> pd.Series:
    """No line breaks, control characters or non-characters."""
    return _passes(
        values, lambda value: not isinstance(value, str) or not has_bad_characters(value)
    )


@_check("limit")
def is_short(values: pd.Series, *, limit: int) -> pd.Series:
    """Not more than `limit` characters."""
    return _passes(values, lambda value: not isinstance(value, str) or len(value) <= limit)


@_check("column", "where", "is_value")
def is_stated(frame: pd.DataFrame, *, column: str, where: str, is_value: str) -> pd.Series:
    """Rows in which `column` is filled, or `where` does not hold `is_value`."""
    asks = frame[where] == is_value
    return frame[column].notna() | ~asks if column in frame else ~asks
