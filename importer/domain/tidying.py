"""Tidy typed text: invisible characters, kinds of space and Unicode forms, alike in every cell."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ODD_DASHES = "‐‑‒–—―−﹘﹣－⁃˗➖⁻־⸺⸻"
"""Hyphens and dashes that word processors and web pages put where a person typed "-"."""
_INVISIBLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE01EF),
)  # fmt: skip
INVISIBLE = "".join(chr(code) for first, last in _INVISIBLE for code in range(first, last + 1))
"""Characters that cannot be seen, which copying from web pages and address books leaves in text:
Default_Ignorable_Code_Point of Unicode, and a few that have a width but no ink."""
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
