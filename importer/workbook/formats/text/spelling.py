"""Judge how well accented letters and signs stand in a word of a Western European language."""

from __future__ import annotations

import re

_POINTS = {
    letter: points
    for points, letters in ((4, "áéíóúñ"), (3, "üöäàèçãêß"), (2, "õâôåøæò"), (1, "îûùëïìœ"))
    for letter in letters
}
"""The points of a letter, by how common it is, first of all in Spanish."""
_RARE = -3.0
"""The points of any other letter."""
_USUAL = re.compile("[çñãõ][aeoãõ]|ière")
_UNUSUAL = re.compile(r"\b[çêëîïôùû]")
"""Where letters often stand, and where they seldom do; 2 and -5 points."""

_SIGN = -8.0
"""The points of a sign among letters, and of a word with capitals and small letters mixed."""
_AROUND = 0.5
"""The points of a sign where it usually stands: before or after a word."""
_WITHIN = 12.0
"""The points of a sign in a word where languages have it: d’aigua, col·legi, Nº."""
_BETWEEN = re.compile("[·’´'–—\xa0]")
"""Signs between parts of words: O’Neill, Pérez–Núñez."""
_SIGNS = frozenset("€£¢¥§©®™°ºª·•–—…«»‹›“”„‘’‚¡¿½¼¾²³±×÷´¨\xa0")
_OPENING, _CLOSING = "¡¿«‹“„‘°º–—€", "»›“”’…®™©°ºª€"
_SIGN_WITHIN = re.compile(
    r"\b(?:[cdjlmnst]|qu)’(?=[aehiouàâèéêíîïòóôœúû]\w\w)"  # d'aigua, not D'az, which is Díaz
    r"|(?<=\w{4})’(?=s\b)"  # Peter's, not Par's, which is París
    r"|(?-i:\b[DO]’(?=[A-ZÀ-Ý]))"  # O'Neill
    r"|(?<=l)·(?=l)"
    r"|\b[dmn][ºª]"  # Nº, Mª
    r"|°C\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(r"[^\x00-\x7f]{3}")
"""More accented letters in a row than those languages have; others have them in every word."""


def plausibility(word: str) -> float:
    """The points of a run of letters and signs: above 0 if it looks like a word, else below."""
    parts = map(_points, _BETWEEN.split(word))
    return _WITHIN * len(_SIGN_WITHIN.findall(word)) + sum(parts)


def _points(word: str) -> float:
    bare = word.lstrip(_OPENING).rstrip(_CLOSING)
    if bare != word:
        return _AROUND + _points(bare)
    if word.isascii() or _SIGNS.issuperset(word):
        return 0.0
    if len(word) == 1:
        return 0.2 if word.lower() in "àéèóòú" else _RARE
    accented = [letter for letter in word.lower() if not letter.isascii()]
    if not word.isalpha():
        return _SIGN * sum(not letter.isalpha() for letter in accented)
    if not (word.isupper() or word[1:].islower()) or _FOREIGN.search(word):
        return _SIGN
    points = sum(_POINTS.get(letter, _RARE) for letter in accented)
    usual, unusual = (len(known.findall(word.lower())) for known in (_USUAL, _UNUSUAL))
    return points + 2 * usual - 5 * unusual
