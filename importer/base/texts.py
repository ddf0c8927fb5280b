"""Sentences for people: an English template, the facts in it, and the language it is said in."""

from __future__ import annotations

import datetime as dt
import gettext
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DOMAIN = "importer"
LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("en", "es")
QUOTED = 60
"""How many characters of a cell are quoted in a sentence."""

_current = "en"


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name for "translate later"
    """Mark `message` for the catalogues; it is translated when it is said."""
    return message


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)


def use_language(language: str) -> None:
    """Say everything from now on in `language` (one of LANGUAGES), click's own words included.

    click asks gettext's default domain, which finds its language in the environment.
    """
    global _current
    _current = language
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    gettext.textdomain(DOMAIN)


def current_language() -> str:
    """The language that sentences are said in now."""
    return _current


def _(message: str) -> str:
    """`message` in the current language."""
    return _catalogue(_current).gettext(message) if message else ""


def translated(message: str, language: str) -> str:
    """`message` in `language`, whatever the current one."""
    return _catalogue(language).gettext(message) if message else ""


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence that is put into words only when it is shown.

    `template` is an English format string marked with `N_`; `facts` fills its fields.
    """

    template: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        return _(self.template).format_map({k: _said(v) for k, v in self.facts.items()})


def text(template: str, /, **facts: object) -> Text:
    """A Text of `template` with `facts`."""
    return Text(template, facts)


def printable(words: str) -> str:
    """`words` with control characters as pictures (␛), so that none reaches a terminal."""
    if words.isprintable():
        return words
    return "".join(chr(0x2400 + ord(c)) if c < " " else "␡" if c == "\x7f" else c for c in words)


def visible(words: str) -> str:
    """`words` with whatever cannot be seen, or told from a plain space, by its number: ‹U+00A0›."""
    if words.isascii():
        return words
    return "".join(
        f"‹U+{ord(c):04X}›" if c != " " and unicodedata.category(c) in _UNSEEN else c for c in words
    )


_UNSEEN = ("Cf", "Mn", "Zs")


def shortened(words: str) -> str:
    """`words` on one line, without control characters, its end left off where it is long."""
    one_line = printable(" ".join(words.split()))
    return one_line if len(one_line) <= QUOTED else one_line[:QUOTED] + "…"


def first_of(words: Sequence[str], most: int) -> list[str]:
    """The first `most` of `words`, and how many more there are: a, b, … (+3)."""
    more = len(words) - most
    return [*words[:most], f"… (+{more})"] if more > 0 else list(words)


def _said(fact: object) -> str:
    if isinstance(fact, str):
        return printable(fact)
    if isinstance(fact, dt.datetime):
        return fact.isoformat(sep=" ", timespec="seconds")
    if isinstance(fact, dt.date):
        return fact.isoformat()
    if isinstance(fact, Iterable):
        return ", ".join(_said(one) for one in fact)
    return printable(str(fact))
