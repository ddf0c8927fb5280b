"""The current time; no other module asks the system for it."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The current instant in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def today() -> dt.date:
    """Today in the computer's time zone; expiry dates are compared with it."""
    return dt.datetime.now().date()
