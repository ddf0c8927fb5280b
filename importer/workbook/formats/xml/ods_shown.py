"""What a person sees of numbers, dates and times in ODS files: OpenDocument 1.3, part 3, 19.385."""

from __future__ import annotations

import re
from collections.abc import Mapping

from importer.workbook.formats.number_formats import shown

UNLIKE_TEXT = frozenset({"date", "percentage", "time"})
"""The types of values that are no text, even if calamine reads a number or text."""
_MOMENTS = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)?"),
    "time": re.compile(r"PT(?:[01][0-9]|2[0-3])H[0-9]{2}M[0-9]{2}(?:\.[0-9]+)?S"),
}
"""Dates and times that calamine reads as such."""
_PERCENT = "0.#############%"
_DIGITS = re.compile(r"[0-9]+")


def shown_text(kind: str, attributes: Mapping[str, str], words: str) -> str | None:
    """What a cell of this type and with these words shows, if calamine does not read it so."""
    if kind == "percentage":
        return words or shown(_PERCENT, float(attributes.get("office:value", 0)))
    if kind in _MOMENTS:
        moment = attributes.get(f"office:{kind}-value", "")
        return None if _MOMENTS[kind].fullmatch(moment) else words or moment
    return words if "%" in words or _is_padded(words, attributes) else None


def _is_padded(words: str, attributes: Mapping[str, str]) -> bool:
    """Whether the text of a number has leading zeros, and no digit but those of the number."""
    *others, last = _DIGITS.findall(words) or [""]
    whole = "".join(others)
    value = abs(float(attributes.get("office:value", "nan")))
    readings = ((whole + last, ""), (whole, last))  # the last digits may be those after the point
    return any(
        len(digits) > 1 and digits[0] == "0" and float(f"{digits}.{fraction}") == value
        for digits, fraction in readings
    )
