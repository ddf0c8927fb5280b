"""Tidy typed text: invisible characters, kinds of space and Unicode forms, alike in every cell."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ODD_DASHES = "‐‑‒–—―−﹘﹣－⁃"
"""Hyphens and dashes that word processors and web pages put where a person typed "-"."""
INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters that cannot be seen, which copying from web pages and address books leaves in text."""
SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Spaces other than the plain one, as a regular expression's class of characters."""

_CACHED = 16_384
_RUN_OF_SPACES = re.compile(f"[ {SPACES}]+")
_TIDY = str.maketrans(
    dict.fromkeys(INVISIBLE)
    | {chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}  # full width
)


def tidy_text(typed: str) -> str:
    """`typed` without outer space, invisible characters and runs of spaces, composed (NFC), and
    full-width letters as others."""
    if typed.isascii():  # most cells: nothing to compose, nothing invisible
        return typed.strip() if "  " not in typed else _RUN_OF_SPACES.sub(" ", typed).strip()
    return _tidied(typed)


@lru_cache(_CACHED)
def _tidied(typed: str) -> str:
    visible = unicodedata.normalize("NFC", typed.translate(_TIDY))
    return _RUN_OF_SPACES.sub(" ", visible).strip()
