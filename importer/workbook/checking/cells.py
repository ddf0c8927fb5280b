"""Read one cell as the text, number, date or choice that it means.

Readers never raise: a cell that means nothing becomes a BadCell. Readers of columns that repeat the
same values cache them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache, partial

from importer.base.texts import LANGUAGES, translated
from importer.domain.entities import ManagedBy
from importer.domain.names import has_bad_characters, tidy_text
from importer.domain.otc_code import normalise_otc
from importer.domain.problems import Code
from importer.domain.sheets import CHOICES, LICENSES_LIMIT, MONTHS_LIMIT, Column, ColumnKind
from importer.workbook.cell import BadCell, Cell, cell_text
from importer.workbook.labels import label_key

Value = str | int | bool | dt.date | ManagedBy
Reader = Callable[[Cell], Value | BadCell]

EMAIL_LIMIT = 254  # RFC 5321, 4.5.3.1, less the angle brackets
FIRST_DATE = dt.date(1900, 3, 1)  # before it, Excel's day numbers are off by one
LATE = 21
"""From this hour on, a moment may be midnight as programs east of Greenwich write it."""
_CACHED = 4_096

_EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\.]+(\.[^@\s<>,;:\"()\[\]\\.]+)+")
# Not 1.000 or 1,000, which is a thousand in some countries and one in others.
_WHOLE = re.compile(r"([0-9]{1,12})(?:[.,]0{1,2})?")
_ISO_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[ T]([01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?|T00:00(?::00(?:\.0+)?)?Z)?"
)
"""A day, with any time of day, or midnight in UTC, as SheetJS writes days in ods."""

_SYNONYMS: dict[ColumnKind, dict[str, ManagedBy | bool]] = {
    ColumnKind.MANAGED_BY: {
        "I am an Admin and I will manage my or my customer's devices": ManagedBy.ADMIN
    },
    ColumnKind.YES_NO: {"true": True, "verdadero": True, "false": False, "falso": False},
}
CHOICES_OF = {
    kind: list(dict.fromkeys(translated(word, language) for word in choices
                             for language in LANGUAGES))
    for kind, choices in CHOICES.items()
}  # fmt: skip
"""The words of each choice in every language."""
_MEANINGS = {
    kind: {
        label_key(translated(word, language)): meaning
        for word, meaning in (choices | _SYNONYMS[kind]).items()
        for language in LANGUAGES
    }
    for kind, choices in CHOICES.items()
}


def read_otc(cell: Cell) -> Value | BadCell:
    """An OTC in canonical form; never a number, of which Excel keeps only 15 digits."""
    otc = normalise_otc(cell) if isinstance(cell, str) else None
    return otc or _bad(Code.BAD_OTC, cell)


def read_text(cell: Cell, limit: int) -> Value | BadCell:
    """Text of up to `limit` characters; numbers and dates as Excel shows them by default."""
    if isinstance(cell, BadCell):
        return cell
    text = tidy_text(cell if isinstance(cell, str) else cell_text(cell))
    if has_bad_characters(text):
        return _bad(Code.BAD_CHARACTERS, cell)
    return text if len(text) <= limit else _bad(Code.TOO_LONG, cell)


def read_email(cell: Cell) -> Value | BadCell:
    """An email address, checked by its form only."""
    email = tidy_text(cell) if isinstance(cell, str) else ""
    fits = len(email) <= EMAIL_LIMIT and not has_bad_characters(email)
    return email if fits and _EMAIL.fullmatch(email) else _bad(Code.BAD_EMAIL, cell)


@lru_cache(_CACHED, typed=True)
def read_whole_number(cell: Cell, low: int, high: int) -> Value | BadCell:
    """A whole number from `low` to `high`, as a number or as plain digits."""
    number: int | None = None
    if isinstance(cell, str):
        digits = _WHOLE.fullmatch(tidy_text(cell))
        number = int(digits[1]) if digits else None
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        number = int(cell) if float(cell).is_integer() else None
    if number is None or not low <= number <= high:
        return _bad(Code.BAD_NUMBER, cell)
    return number


@lru_cache(_CACHED, typed=True)
def read_date(cell: Cell) -> Value | BadCell:
    """A date, or text that begins YYYY-MM-DD; a time of day before 21:00 is dropped."""
    day: dt.date | None = None
    if isinstance(cell, dt.datetime):
        day = cell.date() if cell.hour < LATE else None
    elif isinstance(cell, dt.date):
        day = cell
    elif isinstance(cell, str) and (iso := _ISO_DATE.fullmatch(tidy_text(cell))):
        try:
            day = dt.date.fromisoformat(iso[1]) if int(iso[2] or 0) < LATE else None
        except ValueError:  # 2026-02-30
            day = None
    return day if day is not None and day >= FIRST_DATE else _bad(Code.BAD_DATE, cell)


@lru_cache(_CACHED, typed=True)
def read_choice(cell: Cell, kind: ColumnKind) -> Value | BadCell:
    """One of the words of `kind` in any language, or a check box for Yes and No."""
    if isinstance(cell, bool) and kind is ColumnKind.YES_NO:
        return cell
    meaning = _MEANINGS[kind].get(label_key(cell)) if isinstance(cell, str) else None
    return _bad(Code.BAD_CHOICE, cell) if meaning is None else meaning


def _bad(code: Code, cell: Cell) -> BadCell:
    return cell if isinstance(cell, BadCell) else BadCell(code, cell_text(cell))


_READERS: dict[ColumnKind, tuple[Reader, Code]] = {
    ColumnKind.OTC: (read_otc, Code.BAD_OTC),
    ColumnKind.EMAIL: (read_email, Code.BAD_EMAIL),
    ColumnKind.LICENSES: (partial(read_whole_number, low=1, high=LICENSES_LIMIT), Code.BAD_NUMBER),
    ColumnKind.LICENSES_OR_NONE:
        (partial(read_whole_number, low=0, high=LICENSES_LIMIT), Code.BAD_NUMBER),
    ColumnKind.MONTHS: (partial(read_whole_number, low=1, high=MONTHS_LIMIT), Code.BAD_NUMBER),
    ColumnKind.DATE: (read_date, Code.BAD_DATE),
    ColumnKind.MANAGED_BY: (partial(read_choice, kind=ColumnKind.MANAGED_BY), Code.BAD_CHOICE),
    ColumnKind.YES_NO: (partial(read_choice, kind=ColumnKind.YES_NO), Code.BAD_CHOICE),
}  # fmt: skip
"""The reader of each kind, and the problem that it can find; other kinds are text."""


def reader_of(column: Column) -> Reader:
    """The reader of a column's cells."""
    if column.kind in _READERS:
        return _READERS[column.kind][0]
    return partial(read_text, limit=column.limit)


def codes_of(kind: ColumnKind) -> tuple[Code, ...]:
    """The problems that the reader of such a column can find."""
    return (_READERS[kind][1],) if kind in _READERS else (Code.BAD_CHARACTERS, Code.TOO_LONG)
