"""Find the known name or code that a mistyped one resembles most."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial

SEARCHED = 200
"""Unknown names that are looked up; a workbook with more has another problem."""
DIFFERENCES = 2
"""Characters that may differ, be swapped, missing or extra."""
_SHORT = 5
"""In shorter words a second difference makes another word."""
_SIMILARITY = 80
"""Percent, of names: two wrong letters in ten, or one short word more."""
_HEADER_SIMILARITY = 75
"""Percent, of headers: expiration date for Expiry Date."""
_CONFUSED = str.maketrans("OQILZSGB", "00112568")
"""Letters that are read or typed for digits."""


def similar_codes(unknown: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Map each of `unknown` that resembles one of `known` to the nearest.

    A letter O typed for a zero, or an I for a one, counts as equal.
    """
    searched = sorted(unknown)[:SEARCHED]
    if not searched or not known:
        return {}
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    choices = sorted(known)
    digits = [code.translate(_CONFUSED) for code in choices]
    nearest = partial(process.extractOne, scorer=OSA.distance, score_cutoff=DIFFERENCES)
    matches = {code: nearest(code.upper().translate(_CONFUSED), digits) for code in searched}
    return {code: choices[match[2]] for code, match in matches.items() if match is not None}


def similar_names(unknown: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Map each of `unknown` that resembles one of `known` to the nearest; both are name keys."""
    searched = sorted(unknown)[:SEARCHED]
    if not searched or not known:
        return {}
    from rapidfuzz import fuzz, process

    choices = sorted(known)
    nearest = partial(process.extractOne, scorer=fuzz.ratio, score_cutoff=_SIMILARITY)
    matches = {name: nearest(name, choices) for name in searched}
    return {name: match[0] for name, match in matches.items() if match is not None}


def similar_lengths(name: str) -> tuple[int, int]:
    """The least and the greatest length of a name that `similar_names` can find for `name`.

    Of two names of 8 and 12 characters at best 2 * 8 of all 20 match, which is 80 percent.
    """
    least = -(-len(name) * _SIMILARITY // (200 - _SIMILARITY))
    return least, len(name) * (200 - _SIMILARITY) // _SIMILARITY


def is_similar(typed: str, known: str) -> bool:
    """Whether most of `typed` matches `known`."""
    from rapidfuzz import fuzz

    return fuzz.ratio(typed, known) >= _HEADER_SIMILARITY


def is_misspelt(typed: str, known: str) -> bool:
    """Whether `typed` differs from `known` by a few characters at most."""
    from rapidfuzz.distance import OSA

    allowed = 1 if min(len(typed), len(known)) < _SHORT else DIFFERENCES
    return bool(typed) and OSA.distance(typed, known, score_cutoff=allowed) <= allowed
