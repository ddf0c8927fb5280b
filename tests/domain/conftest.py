"""Corrections are not written, as no test here looks at them."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_corrections(no_corrections: None) -> None:
    """They take most of the time of a command that refuses rows."""
