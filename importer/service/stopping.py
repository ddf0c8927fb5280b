"""Stop the service, and the work under way in it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from importer.base.progress import Tick
from importer.base.texts import Text


class StoppedError(Exception):
    """The service is stopping. The work under way is abandoned and leaves nothing behind."""


class StopSignal(threading.Event):
    """Set once the service must stop; it wakes those who wait for something else."""

    def __init__(self) -> None:
        super().__init__()
        self._wake_events: list[threading.Event] = []

    def set(self) -> None:
        """Stop the service."""
        super().set()
        for wake in self._wake_events:
            wake.set()

    def wake_event(self) -> threading.Event:
        """A new event to wait for; stopping sets it too."""
        wake = threading.Event()
        self._wake_events.append(wake)
        return wake

    def raise_if_set(self) -> None:
        """Raise StoppedError if the service must stop."""
        if self.is_set():
            raise StoppedError


class WatchedProgress:
    """Progress that only calls `beat`, and ends the work once the service must stop."""

    def __init__(self, stopping: StopSignal, beat: Callable[[], None]) -> None:
        self._stopping = stopping
        self._beat = beat

    def stage(self, description: Text, total: int | None = None) -> Tick:
        """Begin a stage, unless the service must stop."""
        self._tick()
        return self._tick

    def _tick(self) -> None:
        self._stopping.raise_if_set()
        self._beat()
