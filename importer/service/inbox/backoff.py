"""Retry what has failed after a pause that grows with each failure."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
"""Seconds before the first retry, and at most between two retries."""


class Backoff:
    """The items that have failed: how long each waits, and until when by the monotonic clock."""

    def __init__(self) -> None:
        self._pauses: dict[Hashable, tuple[float, float]] = {}

    def __bool__(self) -> bool:
        return bool(self._pauses)

    def __contains__(self, item: Hashable) -> bool:
        return item in self._pauses

    def put_off(self, item: Hashable) -> None:
        """Let `item` wait, twice as long as the last time."""
        seconds, _ = self._pauses.get(item, (FIRST_PAUSE / 2, 0.0))
        seconds = min(2 * seconds, LONGEST_PAUSE)
        self._pauses[item] = seconds, time.monotonic() + seconds

    def is_over(self, item: Hashable) -> bool:
        """Whether `item` may be tried now."""
        return item not in self._pauses or time.monotonic() >= self._pauses[item][1]

    def keep_only(self, items: Iterable[Hashable]) -> None:
        """Forget all but `items`."""
        kept = set(items)
        self._pauses = {item: pause for item, pause in self._pauses.items() if item in kept}

    def forget(self, item: Hashable) -> None:
        """Forget `item`: it has succeeded."""
        self._pauses.pop(item, None)
