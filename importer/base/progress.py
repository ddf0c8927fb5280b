"""The interface through which long work reports its progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from importer.base.texts import Text

Tick = Callable[[], object]


class Progress(Protocol):
    """Shows the stages of long work."""

    def stage(self, description: Text, total: int | None = None) -> Tick:
        """Begin a stage of `total` steps (None: unknown); call the result after each step."""
        ...


class NoProgress:
    """Shows nothing."""

    def stage(self, description: Text, total: int | None = None) -> Tick:
        """Begin a stage without showing it."""
        return lambda: None
