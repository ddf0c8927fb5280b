"""Compare names of customers and companies, and check them against the console's limits."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from importer.domain.tidying import ODD_DASHES, tidy_text

NAME_LIMIT = 100

CONSOLE_LIMIT = 25
"""The longest name that the console's own form accepts."""

_CONSOLE_NAME = re.compile(rf"[A-Za-z0-9 \-_.]{{1,{CONSOLE_LIMIT}}}")
_ALIKE = str.maketrans(
    dict.fromkeys(ODD_DASHES, "-")
    | dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201f\u2033\u00ab\u00bb", '"')
)
"""Dashes and quotation marks that word processors put where a person typed - ' or "."""
_BAD_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_CACHED = 65_536


def name_key(name: str) -> str:
    """The form in which two spellings of one name are equal: NFKC, case-folded, spaces tidied."""
    if not name.isascii():
        return _folded(name)
    return tidy_text(name).lower() if "  " in name else name.strip().lower()


@lru_cache(_CACHED)
def _folded(name: str) -> str:
    # Case folding can undo NFKC (and the other way round), hence twice: Unicode 3.13, D146.
    folded = unicodedata.normalize("NFKC", tidy_text(name)).casefold()
    return tidy_text(unicodedata.normalize("NFKC", folded))


def accentless_key(name: str) -> str:
    """`name_key` without accents, curly quotes and long dashes."""
    return accentless_if_other(name) or name_key(name)


def accentless_if_other(name: str) -> str | None:
    """The `accentless_key`; None where it is the `name_key`, as it is of most names."""
    if name.isascii() and "`" not in name:
        return None
    key = _without_accents(name)
    return None if key == name_key(name) else key


@lru_cache(_CACHED)
def _without_accents(name: str) -> str:
    key = name_key(name.translate(_ALIKE))
    if key.isascii():
        return key
    marks_apart = unicodedata.normalize("NFKD", key)
    return "".join(c for c in marks_apart if not unicodedata.combining(c))


def fits_console(name: str) -> bool:
    """Whether the console's own form would accept `name`."""
    return _CONSOLE_NAME.fullmatch(name) is not None and "__" not in name


def has_bad_characters(text: str) -> bool:
    """Whether `text` contains what no name may: control characters, line breaks of any kind,
    lone surrogates, non-characters."""
    if text.isprintable():  # as most are
        return False
    return any(
        unicodedata.category(c) in _BAD_CATEGORIES or ord(c) & 0xFFFE == 0xFFFE for c in text
    )
