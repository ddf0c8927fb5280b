"""Exports are due when their settings say so, whatever the clocks do."""

from __future__ import annotations

import datetime as dt
import time
import tomllib
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
import tzlocal
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.base.errors import MisuseError
from importer.config.contents import parse_settings
from importer.service.exports.schedule import MOST_COUNTED, Due, Schedule

FILE = Path("avira-importer.toml")
MINUTE = dt.timedelta(minutes=1)
CHANGES = {
    "Europe/Madrid": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),  # by 30 minutes
    "Africa/Cairo": ("2026-04-24", "2026-10-29"),  # at midnight
    "Asia/Kolkata": ("2026-03-29", "2026-10-25"),  # there is none
    "UTC": ("2026-03-29", "2026-10-25"),
}
WEEKS = [(zone, day) for zone, days in CHANGES.items() for day in days]
FIXED = (
    "30 2 * * *", "0 2 * * *", "15 2 * * *", "45 1 * * *", "15,45 1,2 * * *", "0,30 2,3 * * *",
    "0 0 * * *", "30 0 * * *", "30 23 * * *", "0 6 * * 1", "0 6 * * MON-FRI", "0 6 * * 7",
    "0 6 29 * 3", "30 1-3 25,29 3,10 *", "20 2 */2 * *",
)  # fmt: skip
BY_REAL_TIME = (
    "* * * * *", "*/7 * * * *", "0 * * * *", "30 */2 * * *", "0 */2 * * *", "45 */3 * * *",
    "*/15 2 * * *", "*/20 1 * * *", "*/10 23 * * *", "5 * * * SUN",
)  # fmt: skip
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def schedule_of(lines: str) -> Schedule:
    """What comes of these lines in the table of an export, the second one of its file."""
    table = f'folder = "exports"\n{lines}'
    toml = f'[[exports]]\nfolder = "others"\nevery = "1d"\n[[exports]]\n{table}'
    service = parse_settings(FILE, tomllib.loads(toml)).service
    assert service is not None
    return Schedule.of(service.exports[1], FILE)


def by_cron(cron: str, zone: str = "UTC") -> Schedule:
    return schedule_of(f'cron = "{cron}"\ntimezone = "{zone}"')


def utc(words: str) -> dt.datetime:
    return dt.datetime.fromisoformat(words).replace(tzinfo=dt.UTC)


class Minute(NamedTuple):
    """A minute, what clocks on the wall show, whether they did before, and what they left out."""

    utc: dt.datetime
    wall: dt.datetime
    is_repeated: bool
    skipped: list[dt.datetime]


@cache
def week(zone: str, day: str) -> list[Minute]:
    """All minutes of the week around a day."""
    first = utc(day) - dt.timedelta(days=3)
    found: list[Minute] = []
    highest = (first - MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for number in range(7 * 24 * 60):
        instant = first + number * MINUTE
        wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        gap = (wall - highest) // MINUTE
        skipped = [highest + step * MINUTE for step in range(1, gap)]
        found.append(Minute(instant, wall, wall <= highest, skipped))
        highest = max(highest, wall)
    return found


def expected(cron: str, minutes: list[Minute]) -> list[dt.datetime]:
    """When an expression comes, by looking at each minute."""
    matches = matcher(cron)
    if cron in BY_REAL_TIME:
        return [one.utc for one in minutes if matches(one.wall)]
    return [
        one.utc
        for one in minutes
        if not one.is_repeated and any(map(matches, (one.wall, *one.skipped)))
    ]


def matcher(cron: str) -> Callable[[dt.datetime], bool]:
    """Whether an expression says a time on the wall; it shares no code with cronsim."""
    minutes, hours, days, months, weekdays = map(numbers, cron.split(), (60, 24, 32, 13, 8))
    either = not any(field.startswith("*") for field in cron.split()[2::2])

    def matches(wall: dt.datetime) -> bool:
        if wall.minute not in minutes or wall.hour not in hours or wall.month not in months:
            return False
        day, weekday = wall.day in days, not weekdays.isdisjoint({wall.isoweekday() % 7,
                                                                  wall.isoweekday()})  # fmt: skip
        return day or weekday if either else day and weekday

    return matches


def numbers(field: str, end: int) -> set[int]:
    """The numbers that a field names."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if first == "*":
            begin = 1 if end in (32, 13) else 0
            found.update(range(begin, end, int(step or 1)))
        else:
            found.update(range(number(first), number(last or first) + 1))
    return found


def number(words: str) -> int:
    return DAYS.index(words) if words in DAYS else int(words)


def runs(schedule: Schedule, minutes: list[Minute]) -> list[dt.datetime]:
    """The times for which an export is made, by a service that wakes for each."""
    last, end = minutes[0].utc - MINUTE, minutes[-1].utc
    found = []
    while (at := schedule.next_after(last)) <= end:
        assert schedule.due(last, at + dt.timedelta(seconds=3)) == Due(at, at, 0)
        found.append(at)
        last = at
    return found


def assert_as_expected(zone: str, minutes: list[Minute], *crons: str) -> None:
    for cron in crons:
        assert runs(by_cron(cron, zone), minutes) == expected(cron, minutes), cron


@pytest.mark.parametrize(("zone", "day"), WEEKS)
def test_every_time_comes_once_as_clocks_change(zone: str, day: str) -> None:
    """Fixed times come once, at the first minute after a gap; others follow real time.

    A comparison minute by minute; Lord Howe is the exception that a test below states.
    """
    crons = BY_REAL_TIME[2:] if zone != "Australia/Lord_Howe" else ()
    assert_as_expected(zone, week(zone, day), *FIXED, *crons)


@pytest.mark.parametrize(("zone", "day"), WEEKS[:8])
def test_close_times_come_once_as_clocks_change(zone: str, day: str) -> None:
    """The hours around the change bring every minute, and every few."""
    minutes = week(zone, day)
    changes = [one for one, (a, b) in enumerate(pairwise(minutes)) if b.wall - a.wall != MINUTE]
    assert len(changes) == 1
    assert_as_expected(zone, minutes[changes[0] - 90 : changes[0] + 150], *BY_REAL_TIME[:2])


@pytest.mark.parametrize(("zone", "day"), WEEKS[:2])
def test_a_service_that_looks_every_minute_makes_each_once(zone: str, day: str) -> None:
    """The same where the service asks again and again, at whatever second it wakes up."""
    minutes = week(zone, day)[2 * 24 * 60 :][: 2 * 24 * 60]
    for cron in ("30 2 * * *", "30 */2 * * *"):
        schedule = by_cron(cron, zone)
        last, made = minutes[0].utc - MINUTE, []
        for minute in minutes:
            due = schedule.due(last, minute.utc + dt.timedelta(seconds=17.5))
            if due is not None:
                made.append(due)
                last = due.at
        assert made == [Due(at, at, 0) for at in expected(cron, minutes)]


@pytest.mark.parametrize(
    ("day", "cron", "lost"),
    [
        ("2026-04-05", "0 */2 * * *", ["04-04 15:30"]),
        ("2026-04-05", "*/15 2 * * *", ["04-04 15:30", "04-04 15:45"]),
        ("2026-04-05", "*/10 23 * * *", ["04-05 12:30", "04-05 12:40", "04-05 12:50"]),
        ("2026-10-04", "*/10 23 * * *", ["10-04 12:00", "10-04 12:10", "10-04 12:20"]),
    ],
)
def test_on_lord_howe_expressions_by_real_time_lose_times(
    day: str, cron: str, lost: list[str]
) -> None:
    """A known difference: cronsim counts whole hours, and this zone alone shifts by half of one.

    On the day of the change an expression that begins with a star may miss its hour once. Those
    with a fixed hour and minute, and all other zones, are right.
    """
    zone = "Australia/Lord_Howe"
    minutes = week(zone, day)
    times = runs(by_cron(cron, zone), minutes)
    missing = [time for time in expected(cron, minutes) if time not in times]
    assert [f"{time:%m-%d %H:%M}" for time in missing] == lost
    assert len(times) + len(lost) == len(expected(cron, minutes))


@pytest.mark.parametrize(
    ("lines", "after", "times"),
    [
        ('cron = "0 6 * * 1"', "2026-11-25", ["2026-11-30 06:00", "2026-12-07 06:00"]),
        ('cron = "0 6 * * mon"', "2026-11-25", ["2026-11-30 06:00", "2026-12-07 06:00"]),
        ('cron = "0 6 13 * 5"', "2026-11-10",
         ["2026-11-13 06:00", "2026-11-20 06:00", "2026-11-27 06:00", "2026-12-04 06:00",
          "2026-12-11 06:00", "2026-12-13 06:00"]),
        ('cron = "0 6 L * *"', "2027-02-01", ["2027-02-28 06:00", "2027-03-31 06:00"]),
        ('cron = "0 6 29 2 *"', "2026-01-01", ["2028-02-29 06:00", "2032-02-29 06:00"]),
        ('cron = "@daily"', "2026-11-25 12:00", ["2026-11-26 00:00", "2026-11-27 00:00"]),
        ('cron = "@Hourly"', "2026-11-25 12:00", ["2026-11-25 13:00", "2026-11-25 14:00"]),
        ('cron = "@weekly"', "2026-11-25 12:00", ["2026-11-29 00:00", "2026-12-06 00:00"]),
        ('cron = "@monthly"', "2026-11-25 12:00", ["2026-12-01 00:00", "2027-01-01 00:00"]),
        ('cron = "@yearly"', "2026-11-25 12:00", ["2027-01-01 00:00", "2028-01-01 00:00"]),
        ('every = "15m"', "2026-11-25 12:07", ["2026-11-25 12:22", "2026-11-25 12:37"]),
        ('every = "1w"', "2026-11-25 12:07", ["2026-12-02 12:07", "2026-12-09 12:07"]),
    ],
)  # fmt: skip
def test_expressions_mean_what_cron_means(lines: str, after: str, times: list[str]) -> None:
    """1 is Monday; a day of the month and one of the week are either; words are known."""
    zone = '\ntimezone = "UTC"' if lines.startswith("cron") else ""
    schedule = schedule_of(lines + zone)
    last = utc(after)
    for one in times:
        last = schedule.next_after(last)
        assert last == utc(one)


def test_the_computers_zone_holds_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six in the morning is six on the wall of the computer's room."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    tzlocal.reload_localzone()
    try:
        schedule = schedule_of('cron = "0 6 * * *"')
    finally:
        monkeypatch.undo()
        tzlocal.reload_localzone()
    assert schedule.next_after(utc("2026-11-25")) == utc("2026-11-25 00:30")


@pytest.mark.parametrize(
    "cron",
    ["", "soon", "* * * *", "0 0 6 * * MON", "60 * * * *", "0 24 * * *", "0 6 0 * *", "0 6 * 13 *",
     "0 6 30 13 *", "0 6 32 2 *", "0 6 * * 8", "0 6 * * MUN", "0 6 * * MON-", "*/0 * * * *",
     "0 6 * * 5-1", "0 6 * * MON#6", "@reboot", "9" * 5000 + " * * * *", "² * * * *"],
)  # fmt: skip
def test_what_is_no_cron_expression_is_refused(cron: str) -> None:
    """The message names file, key and an example; fields of seconds are refused, too."""
    with pytest.raises(MisuseError) as refused:
        schedule_of(f'cron = "{cron}"')
    said = str(refused.value)
    assert said.startswith(f"{FILE}: exports[2].cron is not a valid cron expression: {cron[:60]}")
    assert said.endswith('A valid one is "0 6 * * MON".')
    assert len(said) < 300


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("61 6 * * MON", "Field 1, 61, must be the minute, 0 to 59."),
        ("0 6,24 * * *", "Field 2, 6,24, must be the hour, 0 to 23."),
        ("0 6 0-7 * *", "Field 3, 0-7, must be the day of the month, 1 to 31."),
        ("0 6 30 13 *", "Field 4, 13, must be the month, 1 to 12 or JAN to DEC."),
        ("0 6 * * LUN", "Field 5, LUN, must be the day of the week, 0 to 7 or SUN to SAT."),
        ("0 25 * 13 *", "Field 2, 25, must be the hour, 0 to 23."),
    ],
)
def test_the_field_of_a_cron_expression_that_is_wrong_is_named(cron: str, words: str) -> None:
    """The first one, with what it may be."""
    with pytest.raises(MisuseError) as refused:
        by_cron(cron)
    assert words in str(refused.value)


@pytest.mark.parametrize("cron", ["0 0 30 2 *", "0 6 31 4,6,9,11 *", "0 0 30-31 FEB *"])
def test_a_day_that_never_comes_is_refused(cron: str) -> None:
    """30 February is well written, but the export would never be made."""
    with pytest.raises(MisuseError) as refused:
        by_cron(cron)
    said = str(refused.value)
    assert said.startswith(f"{FILE}: exports[2].cron is not a valid cron expression: {cron}.")
    assert "No date matches it." in said


@pytest.mark.parametrize(
    "zone", ["", "Madrid", "Europe", "../etc/passwd", "/etc", "CEST", "a\\u0000"]
)
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    """The message names file, key and an example."""
    with pytest.raises(MisuseError) as refused:
        by_cron("0 6 * * *", zone)
    said = str(refused.value)
    assert said.startswith(f"{FILE}: time zone not found: ")
    assert said.endswith('Set exports[2].timezone to one such as "Europe/Madrid".')


def test_a_service_that_was_away_makes_an_export_once() -> None:
    """Of all times that were missed it knows the first, the newest, and how many."""
    schedule = by_cron("0 6 * * *", "Europe/Madrid")
    last = utc("2026-10-23 04:00")
    assert schedule.due(last, utc("2026-10-24 03:59")) is None
    assert schedule.due(last, utc("2026-10-24 04:00")) == Due(
        utc("2026-10-24 04:00"), utc("2026-10-24 04:00"), 0
    )
    assert schedule.due(last, utc("2026-10-27 12:00")) == Due(
        utc("2026-10-27 05:00"), utc("2026-10-24 04:00"), 3
    )


@pytest.mark.parametrize(
    ("lines", "missed", "at"),
    [
        ('every = "1s"', 31_535_999, "2026-11-25 12:00:00"),
        ('cron = "* * * * *"', MOST_COUNTED, "2026-11-25 12:00:00"),
        ('cron = "0-59 2 * * *"', MOST_COUNTED, "2026-11-25 12:00:00"),
        ('cron = "*/2 * * 1 *"', MOST_COUNTED, "2026-11-25 12:00:00"),
        ('cron = "0 2 * * *"', 364, "2026-11-25 01:00:00"),
    ],
)
def test_a_year_of_missed_times_takes_no_time(lines: str, missed: int, at: str) -> None:
    """Intervals are computed; of cron's times no more than MOST_COUNTED are counted."""
    zone = '\ntimezone = "Europe/Madrid"' if lines.startswith("cron") else ""
    schedule = schedule_of(lines + zone)
    begun = time.process_time()
    due = schedule.due(utc("2025-11-25 12:00"), utc("2026-11-25 12:00"))
    assert time.process_time() - begun < 5
    assert due is not None
    assert (due.missed, due.at) == (missed, utc(at))


def test_intervals_do_not_drift() -> None:
    """However late the service looks, times stay where the first one put them."""
    schedule = schedule_of('every = "15m"')
    first = last = utc("2026-11-25 12:00")
    for look in range(1, 100):
        due = schedule.due(last, first + look * dt.timedelta(minutes=17, seconds=1.5))
        assert due is not None
        assert (due.at - first) % dt.timedelta(minutes=15) == dt.timedelta()
        last = due.at


@pytest.mark.parametrize("lines", ['every = "1h"', 'cron = "0 * * * *"\ntimezone = "UTC"'])
def test_a_clock_that_was_set_back_stops_nothing(lines: str) -> None:
    """Set right by a year, the export is made at once and the times go on from there."""
    schedule = schedule_of(lines)
    last, now = utc("2027-11-25 12:00"), utc("2026-11-25 12:30")
    due = schedule.due(last, now)
    assert due == Due(now, now, 0)
    assert schedule.due(due.at, now + MINUTE) is None
    again = schedule.due(due.at, now + dt.timedelta(hours=1))
    assert again is not None
    assert again.missed == 0


@pytest.mark.parametrize("lines", ['every = "1h"', 'cron = "0 * * * *"\ntimezone = "UTC"'])
def test_a_clock_that_was_set_back_a_little_makes_nothing_twice(lines: str) -> None:
    """Set right by minutes, the export that was made just now is not made again."""
    schedule = schedule_of(lines)
    last = utc("2026-11-25 12:00")
    for minutes in range(-50, 60, 5):
        assert schedule.due(last, last + minutes * MINUTE) is None
    assert schedule.due(last, last + 60 * MINUTE) == Due(
        utc("2026-11-25 13:00"), utc("2026-11-25 13:00"), 0
    )


crons = st.builds(
    by_cron, st.sampled_from(FIXED + BY_REAL_TIME[1:]), st.sampled_from(list(CHANGES))
)
intervals = st.builds(
    lambda count, unit: schedule_of(f'every = "{count}{unit}"'),
    st.integers(1, 500), st.sampled_from("smhdw"),
)  # fmt: skip
instants = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC))
spans = st.one_of(
    st.timedeltas(dt.timedelta(microseconds=1), dt.timedelta(days=3)),
    st.timedeltas(dt.timedelta(days=3), dt.timedelta(days=40)),
)


def check_due(schedule: Schedule, last: dt.datetime, now: dt.datetime) -> None:
    """Whatever `due` says holds against `next_after` alone."""
    due = schedule.due(last, now)
    first = schedule.next_after(last)
    assert (due is None) == (first > now)
    if due is None:
        return
    assert last < due.first == first <= due.at <= now < schedule.next_after(due.at)
    assert (due.missed == 0) == (due.first == due.at)
    if 0 < due.missed < 50:
        for _ in range(due.missed):
            first = schedule.next_after(first)
        assert first == due.at


@given(st.one_of(crons, intervals), instants, spans)
@settings(max_examples=60)
def test_what_is_due_lies_between_last_and_now(
    schedule: Schedule, last: dt.datetime, span: dt.timedelta
) -> None:
    """No time is left over after the newest, none before the first, and the count is right."""
    check_due(schedule, last, last + span)


@given(crons, instants)
@settings(max_examples=60)
def test_times_are_those_on_the_wall(schedule: Schedule, instant: dt.datetime) -> None:
    """Away from a gap, the clock on the wall shows what the expression says."""
    at = schedule.next_after(instant)
    assert at > instant
    wall, before = (one.astimezone(schedule.zone).replace(tzinfo=None) for one in (at, at - MINUTE))
    gap = [before + step * MINUTE for step in range(1, (wall - before) // MINUTE)]
    assert any(map(matcher(schedule.cron), (wall, *gap)))
