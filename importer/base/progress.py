"""How long work says how far it is, to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from importer.base.texts import Text

Tick = Callable[[], object]


class Progress(Protocol):
    """Shows the stages of long work."""

    def stage(self, description: Text, total: int | None = None) -> Tick:
        """Begin a stage of `total` steps (None: unknown); call the result once a step."""
        ...


class NoProgress:
    """Shows nothing."""

    def stage(self, description: Text, total: int | None = None) -> Tick:
        """Begin a stage that nobody sees."""
        return lambda: None
