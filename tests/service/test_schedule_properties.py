"""What always holds for the times of exports."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.service.exports.schedule import Schedule
from schedules import BY_REAL_TIME, FIXED, MINUTE, by_cron, matcher, schedule_of
from tiers import examples

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
