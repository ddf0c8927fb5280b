"""Read the dates of a column, which may show whether day or month comes first (rule 2)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from importer.config.settings import DateOrder
from importer.domain.tidying import ODD_DASHES, tidy_text
from importer.workbook.cell import Cell

_ORDERS: tuple[DateOrder, DateOrder] = ("dmy", "mdy")
FIRST_DATE = dt.date(1900, 3, 1)
"""Before it, Excel's day numbers are off by one."""
_CACHED = 4_096
_LATE = 21
"""From this hour on, a moment may be midnight as programs east of Greenwich write it."""
_TIME = (
    r"(?:[ T]([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?"
    r"(?: ?([AaPp])\.? ?[Mm]\.?)?(?: ?(?:Z|UTC|GMT)|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_DASHES = str.maketrans(dict.fromkeys(ODD_DASHES, "-"))
_ISO = re.compile(rf"([0-9]{{4}})([/.-])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_TYPED = re.compile(rf"([0-9]{{1,2}})([/.-])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}")


class DatesRead(NamedTuple):
    """The values of a column, and what must be listed about how they were read.

    `typed` are the indices of the dates that were typed with the year last, `in_order` of those
    among them that are in `order`, and `ordered` of those that have two readings and were read in
    it, as the date at `proof` proves. `timed` are the dates whose time of day was left off.
    `is_undecided` if some dates prove one order, and some the other.
    """

    values: list[Cell]
    order: DateOrder | None
    proof: int | None
    typed: list[int]
    in_order: list[int]
    ordered: list[int]
    timed: list[int]
    is_undecided: bool


def read_dates(
    cells: Sequence[Cell], stated: DateOrder | None, usual: DateOrder | None
) -> DatesRead:
    """Read `cells`; what is no date, or has two readings, stays as it stands.

    The order of dates with two readings is the `stated` one, else what other dates of the column
    prove, else the `usual` one.
    """
    readings = {index: moments for index, cell in enumerate(cells)
                if isinstance(cell, str) and (moments := _typed(cell))}  # fmt: skip
    proofs: dict[DateOrder, int] = {}
    for index, moments in readings.items():
        if len(moments) == 1:
            proofs.setdefault(next(iter(moments)), index)
    order, proof = stated or usual, None
    if stated is None and proofs:
        order, proof = next(iter(proofs.items())) if len(proofs) == 1 else (None, None)
    values: list[Cell] = []
    timed: list[int] = []
    for index, cell in enumerate(cells):
        if cell is None or type(cell) is dt.date:  # most cells
            values.append(cell)
            continue
        moment = _meant(readings[index], order) if index in readings else _moment(cell)
        if moment is None or moment.hour >= _LATE:
            values.append(cell)
            continue
        values.append(moment.date())
        if moment.time() != dt.time():
            timed.append(index)
    typed_last = [index for index in readings if values[index] is not cells[index]]
    in_order = [index for index in typed_last if order in readings[index]]
    ordered = [index for index in typed_last if len(set(readings[index].values())) > 1]
    is_undecided = stated is None and len(proofs) > 1
    return DatesRead(values, order, proof, typed_last, in_order, ordered, timed, is_undecided)


def possible_days(cell: Cell) -> list[dt.date]:
    """The days that a cell may mean: day before month first, or the evening's before the next."""
    typed = _typed(cell) if isinstance(cell, str) else {}
    moments: list[dt.datetime | None] = [*typed.values()] or [_moment(cell)]
    days = list(dict.fromkeys(moment.date() for moment in moments if moment))
    if len(days) == 1 and days[0] < dt.date.max and moments[0] and moments[0].hour >= _LATE:
        days.append(days[0] + dt.timedelta(1))
    return [day for day in days if day >= FIRST_DATE]


def _meant(
    moments: Mapping[DateOrder, dt.datetime], order: DateOrder | None
) -> dt.datetime | None:  # fmt: skip
    """What a date typed with its year last means if dates with two readings have this order."""
    different = set(moments.values())
    if len(different) == 1:
        return different.pop()
    return moments[order] if order else None


@lru_cache(_CACHED)
def _typed(text: str) -> Mapping[DateOrder, dt.datetime]:
    """What a date typed with its year last means in each order; nothing if it is none."""
    moments: dict[DateOrder, dt.datetime] = {}
    if match := _TYPED.fullmatch(_plain(text)):
        first, _, second, year, *time = match.groups()
        for order, day, month in zip(_ORDERS, (first, second), (second, first), strict=True):
            with suppress(ValueError):  # 30/02/2026
                date = dt.date(int(year), int(month), int(day))
                moments[order] = dt.datetime.combine(date, _time(time))
    return moments


@lru_cache(_CACHED, typed=True)
def _moment(cell: Cell) -> dt.datetime | None:
    """The moment that a date or text with its year first means; None if it is neither."""
    if isinstance(cell, dt.datetime):
        return cell
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, dt.time())
    match = _ISO.fullmatch(_plain(cell)) if isinstance(cell, str) else None
    if match is None:
        return None
    year, _, month, day, *time = match.groups()
    with suppress(ValueError):
        return dt.datetime.combine(dt.date(int(year), int(month), int(day)), _time(time))
    return None


def _plain(text: str) -> str:
    return tidy_text(text).translate(_DASHES)


def _time(groups: Sequence[str | None]) -> dt.time:
    *numbers, half = groups  # of the day: a.m. or p.m., in which 12 is the first hour
    hour, minute, second = (int(number or 0) for number in numbers)
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    return dt.time(hour, minute, second)
