"""The system that tests run on, and marks for those that need one of a kind."""

from __future__ import annotations

import os
import sys

import pytest

IS_WINDOWS = sys.platform == "win32"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Mark tests that Windows cannot run."""
    return pytest.mark.skipif(IS_WINDOWS, reason=reason)


def linux_only(reason: str) -> pytest.MarkDecorator:
    """Mark tests that only Linux can run."""
    return pytest.mark.skipif(sys.platform != "linux", reason=reason)
