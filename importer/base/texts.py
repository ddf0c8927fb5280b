"""Texts for people: an English template and its facts, translated when they are shown."""

from __future__ import annotations

import datetime as dt
import gettext
import os
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
    """Show control characters as pictures (␛), so that none reaches a terminal."""
    if message.isprintable():
        return message
    return "".join(chr(0x2400 + ord(c)) if c < " " else "␡" if c == "\x7f" else c for c in message)


def visible(message: str) -> str:
    """Show invisible characters, and spaces other than the plain one, by number: ‹U+00A0›."""
    if message.isascii():
        return message
    return "".join(f"‹U+{ord(c):04X}›" if c > " " and _is_invisible(c) else c for c in message)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or character in _WITHOUT_INK


_UNSEEN = ("Cc", "Cf", "Cn", "Mn", "Zl", "Zp", "Zs")
_WITHOUT_INK = "\u115f\u1160\u2800\u3164\uffa0\ufffc"


def shortened(message: str) -> str:
    """Put `message` on one line without control characters, cut after QUOTED of them."""
    line = printable(" ".join(message.split()))
    return line if len(line) <= QUOTED else line[:QUOTED] + "…"


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
