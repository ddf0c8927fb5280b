"""Recognise UTF-8 that was decoded with another encoding, such as NÃºÃ±ez (rule 16)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_ENCODINGS = ("cp1252", "mac_roman", "cp850", "cp437")
_LOST = "\ufffd"
"""What programs put where they could not decode a letter."""
_OPENING = {"”": "“„", "“": "„", "’": "‘‚", "‘": "‚", "»": "«", "›": "‹"}
"""The marks that open what these close: “IRMÃ” is no Ô."""
_AFTER_CAPITALS = "™®…–"
"""Signs that may follow a word in capitals: MAÇÃ® is no î."""
_RANGES = ((0x80, 0x17F), (0x218, 0x21B), (0x300, 0x33F), (0x370, 0x45F), (0x2010, 0x203F))
"""What text may have been before: letters of Western and Central Europe and of Romanian, accents of
their own, as Macs write them, Greek and Cyrillic letters, and punctuation."""
_ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u030a\u0327\u030c"
_FIRST_OF_OTHERS = "\u0370"
"""The first letter whose neighbours must be garbled too: Ñ” alone is no Cyrillic letter."""
_CACHED = 4_096


def _characters(encoded: bytes, encoding: str) -> str:
    """Each byte as a program shows it that takes `encoding` for granted."""
    return "".join(bytes([b]).decode(encoding, "ignore") or chr(b) for b in encoded)


@cache
def _readings() -> dict[str, str]:
    """What two or three characters are in UTF-8: letters of European languages, and punctuation."""
    characters = [chr(code) for first, last in _RANGES for code in range(first, last + 1)]
    readings: dict[str, str] = {}
    for encoding in _ENCODINGS:
        for character in (*characters, "€", "™"):
            readings.setdefault(_characters(character.encode(), encoding), character)
    return readings


@cache
def _garbled() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_readings(), key=len, reverse=True))))


def repaired(text: str) -> str | None:
    """The text as it was before, if `text` is garbled; empty if it cannot be recovered."""
    return None if text.isascii() else _repaired(text)


@lru_cache(_CACHED)
def _repaired(text: str) -> str | None:
    if _LOST in text:
        return ""
    if not any(_is_evidence(match, text) for match in _garbled().finditer(text)):
        return None
    once = _garbled().sub(lambda match: _readings()[match[0]], text)
    return _repaired(once) or unicodedata.normalize("NFC", once)  # it may be garbled twice


def _is_evidence(match: re.Match[str], text: str) -> bool:
    """Whether the characters are a letter or a punctuation mark in UTF-8, and not as they stand."""
    reading, start, end = _readings()[match[0]], match.start(), match.end()
    if len(match[0]) == 3 or reading == "\u00a0":
        return True
    if reading in _ACCENTS:
        return match[0][0] != "Ã"  # of Mac Roman, where many letters follow it
    if reading >= _FIRST_OF_OTHERS:
        return text[end : end + 2] in _readings() or text[max(0, start - 2) : start] in _readings()
    if not reading.isalpha():
        return False
    before, after, last = text[:start][-1:], text[end:][:1], match[0][1]
    if after.isalpha():
        return True
    if last in _OPENING:
        return not any(mark in text for mark in _OPENING[last])
    return last not in _AFTER_CAPITALS or not before.isupper()
