"""Normalise and mask one-time codes of the form `XXXXX-XXXXX-XXXXX-XXXXX`."""

from __future__ import annotations

import re

from importer.domain.tidying import ODD_DASHES, tidy_text

OTC_PATTERN = "[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}"
"""A canonical OTC, as a regular expression."""

_CANONICAL = re.compile(OTC_PATTERN)
_SPACE = re.compile(r"\s+")
_BETWEEN = f"[-_.{ODD_DASHES}]?"
_GROUPS = re.compile(_BETWEEN.join(["([A-Za-z0-9]{5})"] * 4))


def normalise_otc(typed: str) -> str | None:
    """The canonical form of the OTC that `typed` means, or None if it means none.

    Lower case, spaces, invisible characters, other marks than dashes and missing dashes are
    corrected (rule 1); letters beyond A-Z are never folded into it.
    """
    if _CANONICAL.fullmatch(typed):  # as most are
        return typed
    match = _GROUPS.fullmatch(_SPACE.sub("", tidy_text(typed)))
    return "-".join(match.groups()).upper() if match else None


def masked(otc: str) -> str:
    """`otc` with all but its last five characters hidden, for logs."""
    return f"…{otc[-5:]}"
