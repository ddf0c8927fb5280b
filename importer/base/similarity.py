"""Which known name or code a mistyped one looks most like."""

from __future__ import annotations

from collections.abc import Collection, Iterable

SEARCHED = 200
"""How many unknown names are searched for; a workbook with more has another trouble."""
DIFFERENCES = 2
"""How many characters may differ, be swapped, be missing or be too many."""
_SHORT = 5
"""Below so many characters one difference is enough to mean something else twice over."""

_SIMILARITY = 80
"""Of 100, of names: two wrong letters of ten, or a short word too many."""

_MOST = 75
"""Of 100, of headers: expiration date for Expiry Date."""

_CONFUSED = str.maketrans("OQILZSGB", "00112568")
"""Letters that are read or typed for digits."""


def similar_codes(unknown: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """For each of `unknown` that looks like one of `known`, the one that looks most like it.

    A letter O read as a zero, or an I as a one, is no difference.
    """
    searched = sorted(unknown)[:SEARCHED]
    if not searched or not known:
        return {}
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    choices = sorted(known)
    seen = [code.translate(_CONFUSED) for code in choices]
    found = {
        code: process.extractOne(
            code.upper().translate(_CONFUSED), seen, scorer=OSA.distance, score_cutoff=DIFFERENCES
        )
        for code in searched
    }
    return {code: choices[match[2]] for code, match in found.items() if match is not None}


def similar_names(unknown: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """For each of `unknown` that is nearly one of `known`, the one that it is nearest to.

    Both are keys of names: without case.
    """
    searched = sorted(unknown)[:SEARCHED]
    if not searched or not known:
        return {}
    from rapidfuzz import fuzz, process

    choices = sorted(known)
    found = {
        name: process.extractOne(name, choices, scorer=fuzz.ratio, score_cutoff=_SIMILARITY)
        for name in searched
    }
    return {name: match[0] for name, match in found.items() if match is not None}


def similar_lengths(name: str) -> tuple[int, int]:
    """Between how many characters a name has that `similar_names` can find for `name`.

    Of two names of 8 and 12 characters, at best 2 * 8 of all 20 are alike, or 80 of 100.
    """
    least = -(-len(name) * _SIMILARITY // (200 - _SIMILARITY))
    return least, len(name) * (200 - _SIMILARITY) // _SIMILARITY


def is_similar(said: str, meant: str) -> bool:
    """Whether most of `said` is `meant`."""
    from rapidfuzz import fuzz

    return fuzz.ratio(said, meant) >= _MOST


def is_misspelt(said: str, meant: str) -> bool:
    """Whether `said` is `meant` but for few characters."""
    from rapidfuzz.distance import OSA

    allowed = 1 if min(len(said), len(meant)) < _SHORT else DIFFERENCES
    return bool(said) and OSA.distance(said, meant, score_cutoff=allowed) <= allowed
