"""The checks that the schemas are made of, registered with pandera.

Each says of every value whether it passes, and never raises. Values that another check of the same
column refuses pass, so that a cell has one problem, and so do blank cells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps

import pandas as pd
from pandera.api.extensions import register_check_method

from importer.domain.names import has_bad_characters
from importer.workbook.checking.garbled import repaired


def _check(
    *figures: str, all_pass: Callable[..., bool]
) -> Callable[[Callable[..., list[bool]]], Callable[..., pd.Series | bool]]:
    """Register a check of a column's values that takes `figures`.

    `all_pass` says of all its values at once that they pass, as most do; it may raise TypeError
    where some are of another type.
    """

    def all_do(values: list[object], stated: dict[str, object]) -> bool:
        with suppress(TypeError):
            return all_pass(values, **stated)
        return False

    def register(function: Callable[..., list[bool]]) -> Callable[..., pd.Series | bool]:
        @wraps(function)
        def check(values: pd.Series, **stated: object) -> pd.Series | bool:
            listed = values.tolist()
            if all_do(listed, stated):
                return True
            filled = [value for value in listed if value is not None]
            if not filled or all_do(filled, stated):
                return True
            passes = iter(function(filled, **stated))
            return pd.Series([v is None or next(passes) for v in listed], values.index, dtype=bool)

        register_check_method(statistics=[*figures])(check)
        return check

    return register


def _are(kind: type, values: list[object]) -> bool:
    return set(map(type, values)) == {kind}


@_check("pattern", all_pass=lambda texts, pattern: all(map(re.compile(pattern).fullmatch, texts)))
def matches(values: list[object], *, pattern: str) -> list[bool]:
    """Text that `pattern` matches from its beginning to its end."""
    full_match = re.compile(pattern).fullmatch
    return [type(v) is str and full_match(v) is not None for v in values]


@_check(
    "low",
    "high",
    all_pass=lambda values, low, high: (
        _are(int, values) and low <= min(values) and max(values) <= high
    ),
)
def is_whole_number(values: list[object], *, low: int, high: int) -> list[bool]:
    """A whole number from `low` to `high`; True and False are none."""
    return [type(v) is int and low <= v <= high for v in values]


@_check(
    "first",
    all_pass=lambda values, first: _are(dt.date, values) and min(values).isoformat() >= first,
)
def is_date(values: list[object], *, first: str) -> list[bool]:
    """A day without a time of day, not before the ISO date `first`."""
    day = dt.date.fromisoformat(first)
    return [type(v) is dt.date and v >= day for v in values]


@_check(
    "allowed",
    all_pass=lambda values, allowed: (
        {int, float}.isdisjoint(map(type, values)) and all(map(allowed.__contains__, values))
    ),
)
def is_one_of(values: list[object], *, allowed: list[object]) -> list[bool]:
    """A value of `allowed`; 1 is not True."""
    return [isinstance(v, str | bool) and v in allowed for v in values]


@_check(all_pass=partial(_are, str))
def is_text(values: list[object]) -> list[bool]:
    """Text; numbers are left to `keeps_its_digits`."""
    return [isinstance(v, str | int | float) for v in values]


@_check(all_pass=partial(_are, str))
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


def is_stated(
    frame: pd.DataFrame, *, column: str, where: str, is_value: str
) -> pd.Series | bool:  # fmt: skip
    """Rows in which `column` is filled, or `where` does not hold `is_value`."""
    values = frame[where].tolist()
    if is_value not in values:
        return True
    cells = frame[column].tolist() if column in frame else [None] * len(frame)
    stated = [cell is not None or value != is_value
              for cell, value in zip(cells, values, strict=True)]  # fmt: skip
    return all(stated) or pd.Series(stated, frame.index, dtype=bool)


register_check_method(statistics=["column", "where", "is_value"])(is_stated)
