"""Normalise and mask one-time codes of the form `XXXXX-XXXXX-XXXXX-XXXXX`."""

from __future__ import annotations

import re

# Hyphens and dashes that word processors and web pages put where a person typed "-".
ODD_DASHES = "‐‑‒–—―−﹘﹣－⁃"
# Spaces that cannot be seen or broken at, which copying from a web page leaves inside a code.
INVISIBLE = "\u00a0\u202f\u2007\u200b\u2060\ufeff\u00ad"

_TIDY = str.maketrans(dict.fromkeys(ODD_DASHES, "-") | dict.fromkeys(INVISIBLE, ""))
_CANONICAL = re.compile(r"[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}")
_GROUPS = re.compile(r"([A-Za-z0-9]{5})-?([A-Za-z0-9]{5})-?([A-Za-z0-9]{5})-?([A-Za-z0-9]{5})")


def normalise_otc(typed: str) -> str | None:
    """The canonical form of the OTC that `typed` means, or None if it means none.

    Lower case, surrounding and non-breaking spaces, odd dashes and missing dashes are corrected
    (rule 1); letters beyond A-Z are never folded into it.
    """
    if _CANONICAL.fullmatch(typed):  # as most are
        return typed
    match = _GROUPS.fullmatch(typed.translate(_TIDY).strip())
    return "-".join(match.groups()).upper() if match else None


def masked(otc: str) -> str:
    """`otc` with all but its last five characters hidden, for logs."""
    return f"…{otc[-5:]}"
