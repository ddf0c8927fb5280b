"""Which known name or code a mistyped one looks most like."""

from __future__ import annotations

from collections.abc import Collection, Iterable

SEARCHED = 200
"""How many unknown codes are searched for; a workbook with more has another trouble."""
DIFFERENCES = 2
"""How many characters may differ, be swapped, be missing or be too many."""


def likenesses(unknown: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """For each of `unknown` that looks like one of `known`, the one that looks most like it."""
    searched = sorted(unknown)[:SEARCHED]
    if not searched or not known:
        return {}
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    choices = sorted(known)
    found = {
        code: process.extractOne(code, choices, scorer=OSA.distance, score_cutoff=DIFFERENCES)
        for code in searched
    }
    return {code: match[0] for code, match in found.items() if match is not None}
