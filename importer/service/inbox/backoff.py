"""What failed and is tried again later, and later each time."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable
from typing import NamedTuple

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
"""Seconds before the second try, and between two tries at most."""


class _Pause(NamedTuple):
    """Until when something waits, by the monotonic clock, and for how long the next time."""

    until: float
    seconds: float


class Backoff:
    """The things that are put off."""

    def __init__(self) -> None:
        self._pauses: dict[Hashable, _Pause] = {}

    def __bool__(self) -> bool:
        return bool(self._pauses)

    def __contains__(self, thing: Hashable) -> bool:
        return thing in self._pauses

    def put_off(self, thing: Hashable) -> None:
        """Try `thing` again after a pause, twice as long as the last one."""
        had = self._pauses.get(thing)
        seconds = FIRST_PAUSE if had is None else min(2 * had.seconds, LONGEST_PAUSE)
        self._pauses[thing] = _Pause(time.monotonic() + seconds, seconds)

    def is_over(self, thing: Hashable) -> bool:
        """Whether `thing` may be tried: it was not put off, or for long enough."""
        had = self._pauses.get(thing)
        return had is None or time.monotonic() >= had.until

    def keep_only(self, things: Iterable[Hashable]) -> None:
        """Know no more of what is not among `things`."""
        there = set(things)
        self._pauses = {one: pause for one, pause in self._pauses.items() if one in there}

    def forget(self, thing: Hashable) -> None:
        """Know no more of `thing`: it is done, or gone."""
        self._pauses.pop(thing, None)
