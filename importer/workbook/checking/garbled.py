"""Recognise text that was decoded with a wrong encoding: PeluquerÃ\u00ada for Peluquería."""

from __future__ import annotations

from functools import lru_cache

_CACHED = 4_096
_LOST = "\ufffd"
"""What programs put where they could not decode a letter."""


def repaired(text: str) -> str | None:
    """The text as it was before, if `text` is garbled; empty if it cannot be recovered."""
    return None if text.isascii() else _repaired(text)


@lru_cache(_CACHED)
def _repaired(text: str) -> str | None:
    from ftfy import fix_encoding_and_explain  # 30 ms to import, and few workbooks have such text
    from ftfy.badness import is_bad

    if _LOST in text:
        return ""
    if not is_bad(text):
        return None
    fixed, steps = fix_encoding_and_explain(text)
    if not any(step.parameter == "utf-8" for step in steps or ()):
        return None
    is_closing_quote = text.count("“") == text.count("”") and fixed.count("“") != fixed.count("”")
    return None if is_closing_quote else fixed  # “IRMÃ” is fine
