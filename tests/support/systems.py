"""The system that tests run on, and marks for those that need one of a kind."""

from __future__ import annotations

import os
import platform
import sys

import pytest

IS_WINDOWS = sys.platform == "win32"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Mark tests that Windows cannot run."""
    return pytest.mark.skipif(IS_WINDOWS, reason=reason)


def linux_only(reason: str, machine: str = "") -> pytest.MarkDecorator:
    """Mark tests that only Linux can run, if named only on such a machine."""
    is_other = sys.platform != "linux" or machine not in ("", platform.machine())
    return pytest.mark.skipif(is_other, reason=reason)
