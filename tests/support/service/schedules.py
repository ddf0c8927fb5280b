"""Schedules of exports, and cron expressions read without cronsim."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path

from importer.config.contents import parse_settings
from importer.service.exports.schedule import Schedule

FILE = Path("avira-importer.toml")
MINUTE = dt.timedelta(minutes=1)
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
    """The schedule of these lines in the table of an export, the second of its file."""
    table = f'folder = "exports"\n{lines}'
    toml = f'[[exports]]\nfolder = "others"\nevery = "1d"\n[[exports]]\n{table}'
    service = parse_settings(FILE, tomllib.loads(toml)).service
    assert service is not None
    return Schedule.of(service.exports[1], FILE)


def by_cron(cron: str, zone: str = "UTC") -> Schedule:
    return schedule_of(f'cron = "{cron}"\ntimezone = "{zone}"')


def utc(words: str) -> dt.datetime:
    return dt.datetime.fromisoformat(words).replace(tzinfo=dt.UTC)


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
    named: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if first == "*":
            begin = 1 if end in (32, 13) else 0
            named.update(range(begin, end, int(step or 1)))
        else:
            named.update(range(number(first), number(last or first) + 1))
    return named


def number(words: str) -> int:
    return DAYS.index(words) if words in DAYS else int(words)
