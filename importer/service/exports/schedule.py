"""When an export is due: every so often, or as a cron expression says by the clock of a place.

What happens as the clock changes is as in Debian's cron: times with a fixed hour and minute come
once, those that are skipped at the first minute after the gap, those that are repeated the first
time; expressions whose hour or minute begins with a star follow real time.
"""

from __future__ import annotations

import datetime as dt
import heapq
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from importer.base.errors import MisuseError
from importer.base.texts import N_, shortened, text
from importer.config.service import ExportSettings

MOST_COUNTED = 10_000
"""How many missed times of a cron expression are counted; beyond, nobody needs the number."""

_NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_RANGES = (
    N_("the minute, 0 to 59"),
    N_("the hour, 0 to 23"),
    N_("the day of the month, 1 to 31"),
    N_("the month, 1 to 12 or JAN to DEC"),
    N_("the day of the week, 0 to 7 or SUN to SAT"),
)
_SOME_DAY = dt.datetime(2026, 1, 1)
_DAY = dt.timedelta(days=1)
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Due:
    """An export that is to be made now: `at` is the newest time that has come.

    `first` is the oldest, and `missed` how many came before the newest: 0 for a run in time.
    """

    at: dt.datetime
    first: dt.datetime
    missed: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """The times of an export: `every` so often, or by the five fields of `cron` in `zone`.

    All instants given must know their zone; all that are returned are in UTC.
    """

    every: dt.timedelta | None
    cron: str
    zone: dt.tzinfo

    @classmethod
    def of(cls, settings: ExportSettings, file: Path) -> Self:
        """The schedule that `settings` of the configuration `file` ask for.

        Raises MisuseError for a cron expression or a time zone that is none, and for an expression
        whose time never comes, such as 30 February.
        """
        if settings.cron is None:
            assert settings.every is not None, "the settings have either"
            return cls(settings.every, "", dt.UTC)
        cron = _fields(settings.cron, f"{settings.key}.cron", file)
        return cls(None, cron, _zone(settings.timezone, f"{settings.key}.timezone", file))

    def next_after(self, instant: dt.datetime) -> dt.datetime:
        """The first time after `instant`; with `every`, `instant` is taken for such a time."""
        if self.every is not None:
            return instant.astimezone(dt.UTC) + self.every
        return next(self._times(instant))

    def due(self, last: dt.datetime, now: dt.datetime) -> Due | None:
        """What is due at `now`, None for nothing; `last` is the time it was last made for.

        The caller keeps `at` as the next `last`. So times with `every` are `last` and multiples of
        it, and do not drift. Of a cron expression `missed` is counted up to MOST_COUNTED and stays
        there, however many more it were; `at` is the newest all the same.

        A `last` to come means that the clock was set back. Where a time comes before it, the export
        is due at once and the times go on from `now`; otherwise that time is waited for, so that
        a clock set right by a little makes nothing twice.
        """
        last, now = last.astimezone(dt.UTC), now.astimezone(dt.UTC)
        if last > now:
            return Due(now, now, 0) if self.next_after(now) < last else None
        if self.every is not None:
            passed = (now - last) // self.every
            at = last + passed * self.every
            return Due(at, last + self.every, passed - 1) if passed else None
        first = self.next_after(last)
        if first > now:
            return None
        at = self._newest(first, now)
        before = takewhile(lambda time: time <= at, self._times(first))
        return Due(at, first, sum(1 for _ in islice(before, MOST_COUNTED)))

    def _newest(self, known: dt.datetime, now: dt.datetime) -> dt.datetime:
        """The last time up to `now`, found by halving from one that is `known`."""
        until = now
        while self.next_after(known) <= now:
            between = known + (until - known) / 2
            found = self.next_after(between)
            if found <= now:
                known = found
            else:
                until = between
        return known

    def _times(self, instant: dt.datetime) -> Iterator[dt.datetime]:
        """All times after `instant`, in order."""
        minute, hour, *_ = self.cron.split()
        follows_real_time = minute.startswith("*") or hour.startswith("*")
        times = self._by_real_time(instant) if follows_real_time else self._by_the_wall(instant)
        return (time for time in times if time > instant)

    def _by_the_wall(self, instant: dt.datetime) -> Iterator[dt.datetime]:
        latest = None
        for wall in CronSim(self.cron, self._wall(instant)):
            found = self._instants(wall)
            while not found:  # skipped by the clock
                wall += _MINUTE
                found = self._instants(wall)
            if found[0] != latest:  # of several that were skipped, one
                latest = found[0]
                yield latest

    def _by_real_time(self, instant: dt.datetime) -> Iterator[dt.datetime]:
        # If the clock is about to be set back, times by the wall before this one come again.
        set_back = self._ahead(instant) - self._ahead(instant + _DAY)
        begin = self._wall(instant) - max(set_back, dt.timedelta())
        waiting: list[dt.datetime] = []
        for wall in CronSim(self.cron, begin):
            found = self._instants(wall)
            if not found:
                continue
            for one in found:
                heapq.heappush(waiting, one)
            while waiting and waiting[0] <= found[0]:  # what follows on the wall is later
                yield heapq.heappop(waiting)

    def _wall(self, instant: dt.datetime) -> dt.datetime:
        """What clocks on the wall show."""
        return instant.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def _ahead(self, instant: dt.datetime) -> dt.timedelta:
        """How far clocks on the wall are ahead of UTC."""
        ahead = instant.astimezone(self.zone).utcoffset()
        assert ahead is not None, "every zone knows it"
        return ahead

    def _instants(self, wall: dt.datetime) -> list[dt.datetime]:
        """When clocks on the wall show that: two instants if it is repeated, none if skipped."""
        there = (wall.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        return sorted(
            instant
            for instant in {one.astimezone(dt.UTC) for one in there}
            if self._wall(instant) == wall
        )


def _fields(cron: str, key: str, file: Path) -> str:
    """The five fields of an expression whose time comes."""
    fields = _NAMED.get(cron.strip().lower(), cron).split()
    facts = {"path": file, "key": key, "cron": shortened(cron)}
    if len(fields) != len(_RANGES):
        raise MisuseError(
            text(N_("{path}: the setting {key} is no cron expression: {cron}. It has five fields, "
                    "for minute, hour, day of the month, month and day of the week, as in "
                    '"0 6 * * MON".'), **facts)
        )  # fmt: skip
    for at, field in enumerate(fields):
        if not _is_read(["*"] * at + [field] + ["*"] * (len(fields) - at - 1)):
            raise MisuseError(
                text(N_("{path}: the setting {key} is no cron expression: {cron}. Field {number}, "
                        '{wrong}, must be {field}, as in "0 6 * * MON".'), **facts,
                     number=at + 1, wrong=shortened(field), field=text(_RANGES[at]))
            )  # fmt: skip
    # cronsim refuses a day that its month never has.
    if not _is_read(fields) or next(CronSim(" ".join(fields), _SOME_DAY), None) is None:
        raise MisuseError(
            text(N_("{path}: the time that {key} names never comes: {cron}. The first of every "
                    'month is "0 6 1 * *".'), **facts)
        )  # fmt: skip
    return " ".join(fields)


def _is_read(fields: list[str]) -> bool:
    try:
        CronSim(" ".join(fields), _SOME_DAY)
    except (CronSimError, ValueError):  # the latter is said of numbers of thousands of digits
        return False
    return True


def _zone(name: str | None, key: str, file: Path) -> dt.tzinfo:
    """The zone of that name; None stands for the computer's."""
    if name is None:
        return _computers_zone(key, file)
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:  # OSError for a folder such as Europe
        raise MisuseError(
            text(N_('{path}: the setting {key} is no time zone: {zone}. One is "Europe/Madrid".'),
                 path=file, key=key, zone=shortened(name))
        ) from error  # fmt: skip


def _computers_zone(key: str, file: Path) -> dt.tzinfo:
    from tzlocal import get_localzone

    try:
        with warnings.catch_warnings():  # that it takes UTC where none is set, as the system does
            warnings.simplefilter("ignore")
            return get_localzone()
    except (LookupError, ValueError, OSError) as error:
        raise MisuseError(
            text(N_("{path}: the computer does not tell its time zone; name one as {key}, such as "
                    '"Europe/Madrid".'), path=file, key=key)
        ) from error  # fmt: skip
