"""Texts for people: an English template and its facts, translated when they are shown."""

from __future__ import annotations

import datetime as dt
import gettext
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DOMAIN = "importer"
LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("en", "es")
QUOTED = 60
"""Characters of a cell that a message quotes."""
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\U0001bca0-\U0001bca3"
    "\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that cannot be seen, which copying from web pages and address books leaves in text:
Default_Ignorable_Code_Point of Unicode, and a few that have a width but no ink. It is a regular
expression's class of characters."""
_UNPRINTABLE = re.compile(f"[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff{INVISIBLE}]")
_PICTURES = {chr(code): chr(0x2400 + code) for code in range(32)} | {"\x7f": "␡"}
_UNPLAIN = ("Cn", "Mn", "Zs")

_default = "en"
_scoped: ContextVar[str | None] = ContextVar("language", default=None)


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name for "translate later"
    """Mark `message` for the catalogues; it is translated when it is shown."""
    return message


def C_(context: str, message: str) -> str:  # noqa: N802 - as N_
    """Mark `message` for the catalogues, to be translated as `context` requires."""
    return message


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)


def use_language(language: str) -> None:
    """Make `language` (one of LANGUAGES) the program's own, for click's messages too.

    click asks gettext's default domain, which finds its language in the environment.
    """
    global _default
    _default = language
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    gettext.textdomain(DOMAIN)


@contextmanager
def in_language(language: str | None) -> Iterator[None]:
    """Show texts in `language` inside the block, in this thread only; None changes nothing."""
    token = _scoped.set(language or _scoped.get())
    try:
        yield
    finally:
        _scoped.reset(token)


def current_language() -> str:
    """The language that texts are shown in: the block's, else the program's own."""
    return _scoped.get() or _default


def _(message: str) -> str:
    """`message` in the current language."""
    return translated(message, current_language())


def translated(message: str, language: str, context: str | None = None) -> str:
    """`message` in `language`; `context` is the one it was marked with, if by C_."""
    if not message:
        return ""
    catalogue = _catalogue(language)
    return catalogue.pgettext(context, message) if context else catalogue.gettext(message)


@dataclass(frozen=True, slots=True)
class Text:
    """A message that is translated only when it is shown.

    `template` is an English format string marked with `N_`, or with `C_` in `context`; `facts`
    fills its fields.
    """

    template: str
    facts: Mapping[str, object]
    context: str | None = None

    def __str__(self) -> str:
        message = translated(self.template, current_language(), self.context)
        return message.format_map(_Formatted(self.facts))


class _Formatted(dict[str, object]):
    """Facts that are formatted only when a message has a place for them."""

    def __getitem__(self, name: str) -> str:
        return _formatted(super().__getitem__(name))


def text(template: str, /, **facts: object) -> Text:
    """Make a Text of `template` with `facts`."""
    return Text(template, facts)


def printable(message: str) -> str:
    """Show control and invisible characters (␛, ‹U+200B›), and bytes that are no text (?).

    The name of a file or of a user may have any. So none gets into a ledger, a terminal or a file.
    """
    if message.isascii() and message.isprintable():
        return message
    return _UNPRINTABLE.sub(_shown, message)


def _shown(character: re.Match[str]) -> str:
    if character[0] in _PICTURES:
        return _PICTURES[character[0]]
    return "?" if "\ud800" <= character[0] <= "\udfff" else f"‹U+{ord(character[0]):04X}›"


def visible(message: str) -> str:
    """`printable`, with accents of their own and spaces other than the plain one by number too."""
    if message.isascii():
        return printable(message)
    return "".join(
        f"‹U+{ord(c):04X}›" if c != " " and unicodedata.category(c) in _UNPLAIN else c
        for c in printable(message)
    )


def shortened(message: str) -> str:
    """Put `message` on one line without control characters, cut after QUOTED of them."""
    line = " ".join(message.split())
    return printable(line if len(line) <= QUOTED else line[:QUOTED] + "…")


def first_of(items: Sequence[str], limit: int) -> list[str]:
    """The first `limit` of `items` and the number of the others: a, b, … (+3)."""
    more = len(items) - limit
    return [*items[:limit], f"… (+{more})"] if more > 0 else list(items)


def _formatted(fact: object) -> str:
    if isinstance(fact, str):
        return printable(fact)
    if isinstance(fact, dt.datetime):
        return fact.isoformat(sep=" ", timespec="seconds")
    if isinstance(fact, dt.date):
        return fact.isoformat()
    if isinstance(fact, Iterable):
        return ", ".join(_formatted(item) for item in fact)
    return printable(str(fact))
