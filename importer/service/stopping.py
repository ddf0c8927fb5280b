"""How the service is told to stop, and how long work learns of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from importer.base.progress import Tick
from importer.base.texts import Text


class StoppedError(Exception):
    """The service is to stop; the work under way is given up, and nothing of it stays."""


class StopSignal:
    """Whether the service is to stop; those who wait for something else wake when it is."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._wakers: list[threading.Event] = []

    def stop(self) -> None:
        """Tell everybody to stop."""
        self._told.set()
        for waker in self._wakers:
            waker.set()

    @property
    def told(self) -> bool:
        """Whether it is to stop."""
        return self._told.is_set()

    def wait(self, seconds: float) -> None:
        """Wait so long, unless it is to stop."""
        self._told.wait(max(seconds, 0))

    def waker(self) -> threading.Event:
        """An event that somebody waits for; stopping sets it too."""
        waker = threading.Event()
        self._wakers.append(waker)
        return waker

    def or_go_on(self) -> None:
        """Raise StoppedError if it is to stop."""
        if self.told:
            raise StoppedError


class Heartbeat:
    """When a part of the service was last seen at work, by the monotonic clock."""

    def __init__(self) -> None:
        self.at = time.monotonic()

    def __call__(self) -> None:
        """It is at work."""
        self.at = time.monotonic()


class WatchedProgress:
    """Progress that nobody looks at but the service: it gives up work when it is to stop."""

    def __init__(self, stopping: StopSignal, beat: Callable[[], None]) -> None:
        self._stopping = stopping
        self._beat = beat

    def stage(self, description: Text, total: int | None = None) -> Tick:
        """Begin a stage, unless the service is to stop."""
        self._go_on()
        return self._go_on

    def _go_on(self) -> None:
        self._stopping.or_go_on()
        self._beat()
