"""The checks that the schemas are made of, registered with pandera.

Each says of every value whether it passes, and never raises. Values that another check of the same
column refuses pass, so that a cell has one problem, and so do blank cells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from functools import wraps

import pandas as pd
from pandera.api.extensions import register_check_method

from importer.domain.names import has_bad_characters
from importer.workbook.checking.garbled import repaired


def _check(
    *figures: str, all_pass: Callable[..., bool]
) -> Callable[[Callable[..., bool]], Callable[..., pd.Series | bool]]:
    """Register a check of a column's values that takes `figures`.

    `all_pass` says of all its values at once that they pass, as most do. It may raise TypeError
    where some are of another type.
    """

    def register(passes: Callable[..., bool]) -> Callable[..., pd.Series | bool]:
        @wraps(passes)
        def check(values: pd.Series, **stated: object) -> pd.Series | bool:
            listed = values.tolist()
            with suppress(TypeError):  # of a blank cell, perhaps
                if all_pass(listed, **stated):
                    return True
            with suppress(TypeError):
                if all_pass([value for value in listed if value is not None], **stated):
                    return True
            each = [value is None or passes(value, **stated) for value in listed]
            return pd.Series(each, values.index, dtype=bool)

        register_check_method(statistics=[*figures])(check)
        return check

    return register


def _are(kind: type, values: list[object]) -> bool:
    return set(map(type, values)) == {kind}


@_check("pattern", all_pass=lambda texts, pattern: all(map(re.compile(pattern).fullmatch, texts)))
def matches(value: object, *, pattern: str) -> bool:
    """Text that `pattern` matches from its beginning to its end."""
    return type(value) is str and re.fullmatch(pattern, value) is not None


@_check("low", "high", all_pass=lambda values, low, high: (
    _are(int, values) and low <= min(values) and max(values) <= high
))  # fmt: skip
def is_whole_number(value: object, *, low: int, high: int) -> bool:
    """A whole number from `low` to `high`; True and False are none."""
    return type(value) is int and low <= value <= high


@_check("first", all_pass=lambda values, first: (
    _are(dt.date, values) and min(values) >= dt.date.fromisoformat(first)
))  # fmt: skip
def is_date(value: object, *, first: str) -> bool:
    """A day without a time of day, not before the ISO date `first`."""
    return type(value) is dt.date and value >= dt.date.fromisoformat(first)


@_check("allowed", all_pass=lambda values, allowed: (
    {int, float}.isdisjoint(map(type, values)) and all(map(allowed.__contains__, values))
))  # fmt: skip
def is_one_of(value: object, *, allowed: list[object]) -> bool:
    """A value of `allowed`; 1 is not True."""
    return isinstance(value, str | bool) and value in allowed


@_check(all_pass=lambda values: _are(str, values))
def is_text(value: object) -> bool:
    """Text; numbers are left to `keeps_its_digits`."""
    return isinstance(value, str | int | float)


@_check(all_pass=lambda values: _are(str, values))
def keeps_its_digits(value: object) -> bool:
    """No number: the reader turns into text every number whose digits are all there."""
    return not isinstance(value, int | float)


@_check(all_pass=lambda texts: "".join(texts).isascii())
def is_not_garbled(value: object) -> bool:
    """No text that was decoded with a wrong encoding."""
    return type(value) is not str or repaired(value) is None


@_check(all_pass=lambda texts: "".join(texts).isprintable())
def is_on_one_line(value: object) -> bool:
    """No line breaks, control characters or non-characters."""
    return type(value) is not str or not has_bad_characters(value)


@_check("limit", all_pass=lambda texts, limit: max(map(len, texts), default=0) <= limit)
def is_short(value: object, *, limit: int) -> bool:
    """Not more than `limit` characters."""
    return type(value) is not str or len(value) <= limit


def is_stated(
    frame: pd.DataFrame, *, column: str, where: str, is_value: str
) -> pd.Series | bool:  # fmt: skip
    """Rows in which `column` is filled, or `where` does not hold `is_value`."""
    values = frame[where].tolist() if where in frame else []
    if is_value not in values:
        return True
    cells = frame[column].tolist() if column in frame else [None] * len(frame)
    stated = [cell is not None or value != is_value
              for cell, value in zip(cells, values, strict=True)]  # fmt: skip
    return all(stated) or pd.Series(stated, frame.index, dtype=bool)


register_check_method(statistics=["column", "where", "is_value"])(is_stated)
