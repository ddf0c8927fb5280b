"""The time now; the one place that asks the system for it."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """This instant in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def today() -> dt.date:
    """This day where the computer stands, which expiry dates are held against."""
    return dt.datetime.now().date()
