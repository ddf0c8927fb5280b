"""Exports are due when their settings say so."""

from __future__ import annotations

import datetime as dt

import pytest
import tzlocal
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.base.errors import MisuseError
from importer.service.exports.schedule import MOST_COUNTED, Due, Schedule
from schedules import BY_REAL_TIME, FILE, FIXED, MINUTE, by_cron, matcher, schedule_of, utc
from tiers import examples


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
    for time in times:
        last = schedule.next_after(last)
        assert last == utc(time)


def test_without_a_time_zone_that_of_the_computer_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six in the morning is six in the time zone of the computer."""
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
def test_an_invalid_cron_expression_is_refused(cron: str) -> None:
    """The message names file, key and an example; fields of seconds are refused, too."""
    with pytest.raises(MisuseError) as error:
        schedule_of(f'cron = "{cron}"')
    message = str(error.value)
    assert message.startswith(
        f"{FILE}: exports[2].cron is not a valid cron expression: {cron[:60]}"
    )
    assert message.endswith('A valid one is "0 6 * * MON".')
    assert len(message) < 300


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
def test_the_wrong_field_of_a_cron_expression_is_named(cron: str, words: str) -> None:
    """The first one, with what it may be."""
    with pytest.raises(MisuseError) as error:
        by_cron(cron)
    assert words in str(error.value)


@pytest.mark.parametrize("cron", ["0 0 30 2 *", "0 6 31 4,6,9,11 *", "0 0 30-31 FEB *"])
def test_a_day_that_never_comes_is_refused(cron: str) -> None:
    """30 February is a valid expression, but the export would never be made."""
    with pytest.raises(MisuseError) as error:
        by_cron(cron)
    message = str(error.value)
    assert message.startswith(f"{FILE}: exports[2].cron is not a valid cron expression: {cron}.")
    assert "No date matches it." in message


@pytest.mark.parametrize(
    "zone", ["", "Madrid", "Europe", "../etc/passwd", "/etc", "CEST", "a\\u0000"]
)
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    """The message names file, key and an example."""
    with pytest.raises(MisuseError) as error:
        by_cron("0 6 * * *", zone)
    message = str(error.value)
    assert message.startswith(f"{FILE}: time zone not found: ")
    assert message.endswith('Set exports[2].timezone to one such as "Europe/Madrid".')


def test_missed_times_are_due_once() -> None:
    """With the first and the newest of them, and their number."""
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
def test_a_year_of_missed_times_is_counted_in_few_steps(
    lines: str, missed: int, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intervals are computed; of cron's times no more than MOST_COUNTED are counted."""
    steps = 0

    class CountedCronSim(CronSim):
        def __next__(self) -> dt.datetime:
            nonlocal steps
            steps += 1
            return super().__next__()

    zone = '\ntimezone = "Europe/Madrid"' if lines.startswith("cron") else ""
    schedule = schedule_of(lines + zone)
    monkeypatch.setattr("importer.service.exports.schedule.CronSim", CountedCronSim)
    due = schedule.due(utc("2025-11-25 12:00"), utc("2026-11-25 12:00"))
    assert due is not None
    assert (due.missed, due.at) == (missed, utc(at))
    assert steps <= MOST_COUNTED + 10


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
    """Corrected by a year: the export is made at once and the times go on from there."""
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
    """Corrected by minutes: the export that was just made is not made again."""
    schedule = schedule_of(lines)
    last = utc("2026-11-25 12:00")
    for minutes in range(-50, 60, 5):
        assert schedule.due(last, last + minutes * MINUTE) is None
    assert schedule.due(last, last + 60 * MINUTE) == Due(
        utc("2026-11-25 13:00"), utc("2026-11-25 13:00"), 0
    )


ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Kolkata",
    "UTC",
)

crons = st.builds(by_cron, st.sampled_from(FIXED + BY_REAL_TIME[1:]), st.sampled_from(ZONES))
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
@settings(max_examples=examples(120))
def test_what_is_due_lies_between_last_and_now(
    schedule: Schedule, last: dt.datetime, span: dt.timedelta
) -> None:
    """No time is left over after the newest, none before the first, and the count is right."""
    check_due(schedule, last, last + span)


@given(crons, instants)
@settings(max_examples=examples(120))
def test_times_are_those_on_the_wall(schedule: Schedule, instant: dt.datetime) -> None:
    """Away from a gap, the clock on the wall shows what the expression says."""
    at = schedule.next_after(instant)
    assert at > instant
    wall, before = (
        time.astimezone(schedule.zone).replace(tzinfo=None) for time in (at, at - MINUTE)
    )
    gap = [before + step * MINUTE for step in range(1, (wall - before) // MINUTE)]
    assert any(map(matcher(schedule.cron), (wall, *gap)))
