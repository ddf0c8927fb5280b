"""The times of an export: at an interval, or by a cron expression in a time zone.

When the clocks change, cronsim does as Debian's cron does. Times with a fixed hour and minute come
once: skipped ones right after the gap, repeated ones the first time. Expressions whose hour or
minute begins with a star follow real time.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from importer.base.errors import MisuseError
from importer.base.texts import N_, Text, shortened, text
from importer.config.service import ExportSettings

MOST_COUNTED = 10_000
"""The most missed times of a cron expression that are counted."""

_NAMED = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}  # fmt: skip
_RANGES = (
    N_("the minute, 0 to 59"),
    N_("the hour, 0 to 23"),
    N_("the day of the month, 1 to 31"),
    N_("the month, 1 to 12 or JAN to DEC"),
    N_("the day of the week, 0 to 7 or SUN to SAT"),
)
_SOME_DAY = dt.datetime(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is due: its newest time `at`, its oldest `first`, and `missed` before `at`."""

    at: dt.datetime
    first: dt.datetime
    missed: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Takes aware instants and returns instants in UTC: of `every`, or of `cron` in `zone`."""

    every: dt.timedelta | None
    cron: str
    zone: dt.tzinfo

    @classmethod
    def of(cls, settings: ExportSettings, file: Path) -> Self:
        """The schedule of an export in the configuration `file`.

        Raises MisuseError for an invalid cron expression or time zone, and for an expression whose
        time never comes, such as 30 February.
        """
        if settings.cron is None:
            assert settings.every is not None, "the settings have either"
            return cls(settings.every, "", dt.UTC)
        cron = _fields(settings.cron, f"{settings.key}.cron", file)
        return cls(None, cron, _zone(settings.timezone, f"{settings.key}.timezone", file))

    def next_after(self, instant: dt.datetime) -> dt.datetime:
        """The first time after `instant`, which counts as a time itself where `every` is set."""
        if self.every is not None:
            return instant.astimezone(dt.UTC) + self.every
        return next(self._times(instant))

    def due(self, last: dt.datetime, now: dt.datetime) -> Due | None:
        """The run that is due at `now`, if any; `last` is the `at` of the previous one.

        Times with `every` stay multiples of it and do not drift. Where more than MOST_COUNTED times
        of a cron expression were missed, `at` is `now`.

        A `last` in the future means that the clock was set back. If a time comes before `last`,
        the export is due at once. Otherwise a small correction of the clock makes nothing twice.
        """
        last, now = last.astimezone(dt.UTC), now.astimezone(dt.UTC)
        if last > now:
            return Due(now, now, 0) if self.next_after(now) < last else None
        if self.every is not None:
            intervals = (now - last) // self.every
            at = last + intervals * self.every
            return Due(at, last + self.every, intervals - 1) if intervals else None
        passed = takewhile(lambda time: time <= now, self._times(last))
        times = list(islice(passed, MOST_COUNTED + 1))
        if not times:
            return None
        at = times[-1] if len(times) <= MOST_COUNTED else now
        return Due(at, times[0], len(times) - 1)

    def _times(self, instant: dt.datetime) -> Iterator[dt.datetime]:
        """All times after `instant`, in order.

        In the repeated hour cronsim gives the first of two equal times, which may be over.
        """
        times = CronSim(self.cron, instant.astimezone(self.zone))
        return (utc for time in times if (utc := time.astimezone(dt.UTC)) > instant)


def _fields(cron: str, key: str, file: Path) -> str:
    """The five fields of a valid expression."""
    fields = _NAMED.get(cron.strip().lower(), cron).split()
    fault = _fault(fields)
    if fault is not None:
        raise MisuseError(text(
            N_("{path}: {key} is not a valid cron expression: {cron}. {fault} A valid one is "
               '"0 6 * * MON".'), path=file, key=key, cron=shortened(cron), fault=fault)
        )  # fmt: skip
    return " ".join(fields)


def _fault(fields: list[str]) -> Text | None:
    if len(fields) != len(_RANGES):
        return text(N_("It must have five fields: minute, hour, day of the month, month and day of "
                       "the week."))  # fmt: skip
    for at, field in enumerate(fields):
        if not _is_valid(["*"] * at + [field] + ["*"] * (len(fields) - at - 1)):
            return text(N_("Field {number}, {wrong}, must be {field}."),
                        number=at + 1, wrong=shortened(field), field=text(_RANGES[at]))  # fmt: skip
    # cronsim refuses a day that its month never has.
    if not _is_valid(fields) or next(CronSim(" ".join(fields), _SOME_DAY), None) is None:
        return text(N_("No date matches it."))
    return None


def _is_valid(fields: list[str]) -> bool:
    try:
        CronSim(" ".join(fields), _SOME_DAY)
    except (CronSimError, ValueError):  # ValueError for numbers of thousands of digits
        return False
    return True


def _zone(name: str | None, key: str, file: Path) -> dt.tzinfo:
    """The named zone, or the computer's own."""
    from tzlocal import get_localzone

    try:
        if name is not None:
            return ZoneInfo(name)
        with warnings.catch_warnings():  # where none is set it takes UTC, as the system does
            warnings.simplefilter("ignore")
            return get_localzone()
    except (LookupError, ValueError, OSError) as error:  # OSError for a folder such as Europe
        zone = text(N_("that of this computer")) if name is None else shortened(name)
        raise MisuseError(text(
            N_('{path}: time zone not found: {zone}. Set {key} to one such as "Europe/Madrid".'),
            path=file, key=key, zone=zone)) from error  # fmt: skip
