"""The checks that the schemas are made of, registered with pandera.

Each says of every value whether it passes, and never raises. Values that another check of the same
column refuses pass, so that a cell has one problem.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import wraps

import pandas as pd
from pandera.api.extensions import register_check_method

from importer.domain.names import has_bad_characters
from importer.workbook.checking.garbled import repaired


def _check(
    *figures: str, all_pass: Callable[..., bool] | None = None
) -> Callable[[Callable[..., list[bool]]], Callable[..., pd.Series]]:
    """Register a check of a column's values that takes `figures`.

    `all_pass` says of a column of nothing but text, at once, that all of it passes.
    """

    def register(function: Callable[..., list[bool]]) -> Callable[..., pd.Series]:
        @wraps(function)
        def check(values: pd.Series, **stated: object) -> pd.Series:
            listed = values.tolist()
            if all_pass and set(map(type, listed)) == {str} and all_pass(listed, **stated):
                return pd.Series(True, values.index)
            return pd.Series(function(listed, **stated), values.index, dtype=bool)

        register_check_method(statistics=[*figures])(check)
        return check

    return register


@_check("pattern")
def matches(values: list[object], *, pattern: str) -> list[bool]:
    """Text that `pattern` matches from its beginning to its end."""
    full_match = re.compile(pattern).fullmatch
    return [type(v) is str and full_match(v) is not None for v in values]


@_check("low", "high")
def is_whole_number(values: list[object], *, low: int, high: int) -> list[bool]:
    """A whole number from `low` to `high`; True and False are none."""
    return [type(v) is int and low <= v <= high for v in values]


@_check("first")
def is_date(values: list[object], *, first: str) -> list[bool]:
    """A day without a time of day, not before the ISO date `first`."""
    day = dt.date.fromisoformat(first)
    return [type(v) is dt.date and v >= day for v in values]


@_check("allowed")
def is_one_of(values: list[object], *, allowed: list[object]) -> list[bool]:
    """A value of `allowed`; 1 is not True."""
    return [isinstance(v, str | bool) and v in allowed for v in values]


@_check(all_pass=bool)
def is_text(values: list[object]) -> list[bool]:
    """Text; numbers are left to `keeps_its_digits`."""
    return [isinstance(v, str | int | float) for v in values]


@_check(all_pass=bool)
def keeps_its_digits(values: list[object]) -> list[bool]:
    """No number: the reader turns into text every number whose digits are all there."""
    return [not isinstance(v, int | float) for v in values]


@_check(all_pass=lambda texts: "".join(texts).isascii())
def is_not_garbled(values: list[object]) -> list[bool]:
    """No text that was decoded with a wrong encoding."""
    return [type(v) is not str or v.isascii() or repaired(v) is None for v in values]


@_check(all_pass=lambda texts: "".join(texts).isprintable())
def is_on_one_line(values: list[object]) -> list[bool]:
    """No line breaks, control characters or non-characters."""
    return [type(v) is not str or v.isprintable() or not has_bad_characters(v) for v in values]


@_check("limit", all_pass=lambda texts, limit: max(map(len, texts)) <= limit)
def is_short(values: list[object], *, limit: int) -> list[bool]:
    """Not more than `limit` characters."""
    return [type(v) is not str or len(v) <= limit for v in values]


def is_stated(frame: pd.DataFrame, *, column: str, where: str, is_value: str) -> pd.Series:
    """Rows in which `column` is filled, or `where` does not hold `is_value`."""
    filled = frame[column].notna().tolist() if column in frame else [False] * len(frame)
    stated = [is_filled or v != is_value
              for is_filled, v in zip(filled, frame[where].tolist(), strict=True)]  # fmt: skip
    return pd.Series(stated, frame.index, dtype=bool)


register_check_method(statistics=["column", "where", "is_value"])(is_stated)
