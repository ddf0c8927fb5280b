"""Counting the steps of an import, and doing something before one of them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest


class Steps:
    """Counts the calls of a function, and does something before the first."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.count = 0

    def watch(
        self, module: ModuleType, step: str, act: Callable[[], object] = lambda: None
    ) -> None:  # fmt: skip
        """Count the calls of the function `step` of a module."""
        function: Callable[..., object] = getattr(module, step)

        def act_and_call(*arguments: object) -> object:
            self.count += 1
            if self.count == 1:
                act()
            return function(*arguments)

        self._monkeypatch.setattr(module, step, act_and_call)
