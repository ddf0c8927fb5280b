"""Tidy typed text: invisible characters, kinds of space and Unicode forms, alike in every cell."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from importer.base.texts import INVISIBLE

ODD_DASHES = "‐‑‒–—―−﹘﹣－⁃˗➖⁻־⸺⸻"
"""Hyphens and dashes that word processors and web pages put where a person typed "-"."""
SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Spaces other than the plain one, as a regular expression's class of characters."""

_CACHED = 16_384
_RUN_OF_SPACES = re.compile(f"[ {SPACES}]+")
_UNSEEN = re.compile(f"[{INVISIBLE}]")
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def tidy_text(typed: str) -> str:
    """`typed` without outer space, invisible characters and runs of spaces, composed (NFC), and
    full-width letters as others."""
    if typed.isascii():  # most cells: nothing to compose, nothing invisible
        return typed.strip() if "  " not in typed else _RUN_OF_SPACES.sub(" ", typed).strip()
    return _tidied(typed)


@lru_cache(_CACHED)
def _tidied(typed: str) -> str:
    visible = unicodedata.normalize("NFC", _UNSEEN.sub("", typed).translate(_FULL_WIDTH))
    return _RUN_OF_SPACES.sub(" ", visible).strip()
