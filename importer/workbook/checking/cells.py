"""Read a cell as the text, number or choice that it plainly is; leave it as it stands otherwise.

What a column accepts is the schema's business.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from types import NoneType

from importer.base.texts import LANGUAGES, translated
from importer.domain.entities import ManagedBy
from importer.domain.otc_code import normalise_otc
from importer.domain.sheets import CHOICES, ColumnKind
from importer.domain.tidying import tidy_text
from importer.workbook.cell import DIGITS, Cell, cell_text, number_text
from importer.workbook.checking.garbled import repaired
from importer.workbook.labels import label_key

Value = Cell | ManagedBy
Reader = Callable[[Cell], Value]

# Not 1.000 or 1,000, which is a thousand in some countries and one in others.
_WHOLE = re.compile(r"([0-9]{1,12})(?:[.,]0{1,2})?")
SEPARATED = re.compile(r"[0-9]{1,3}(?:[.,' ’][0-9]{3}){1,4}")
"""Digits with separators of thousands, in tidied text."""

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


def read_text(cell: Cell) -> Value:
    """Text, tidied; a number as a person sees it, unless digits of it are lost (rule 17)."""
    if isinstance(cell, str):
        return read_email(cell)
    if isinstance(cell, bool):
        return cell_text(cell)
    if isinstance(cell, int | float):
        has_lost_digits = not math.isfinite(cell) or (cell == int(cell) and abs(cell) >= 10**DIGITS)
        return cell if has_lost_digits else number_text(cell)
    return cell


def read_email(cell: Cell) -> Value:
    """Text, tidied; garbled text stays as it is, for some of its letters are invisible."""
    if not isinstance(cell, str) or not (cell.isascii() or repaired(cell) is None):
        return cell
    return tidy_text(cell)


def read_otc(cell: Cell) -> Value:
    """The canonical form of an OTC."""
    return normalise_otc(cell) or cell if isinstance(cell, str) else cell


def read_whole_number(cell: Cell) -> Value:
    """A whole number, from a number or plain digits."""
    if isinstance(cell, str):
        digits = _WHOLE.fullmatch(tidy_text(cell))
        return int(digits[1]) if digits else cell
    if not isinstance(cell, float):
        return cell
    shown = float(f"{cell:.{DIGITS}g}")  # 3.0000000000000004 is 3 to a person
    return int(shown) if shown.is_integer() else cell


def read_choice(cell: Cell, kind: ColumnKind) -> Value:
    """The meaning of a word of `kind` in any language."""
    if not isinstance(cell, str):
        return cell
    meaning = _MEANINGS[kind].get(label_key(cell))
    return cell if meaning is None else meaning


READERS: dict[ColumnKind, Reader] = {
    ColumnKind.OTC: read_otc,
    ColumnKind.NAME: read_text,
    ColumnKind.TEXT: read_text,
    ColumnKind.EMAIL: read_email,
    ColumnKind.LICENSES: read_whole_number,
    ColumnKind.LICENSES_OR_NONE: read_whole_number,
    ColumnKind.MONTHS: read_whole_number,
    ColumnKind.MANAGED_BY: partial(read_choice, kind=ColumnKind.MANAGED_BY),
    ColumnKind.YES_NO: partial(read_choice, kind=ColumnKind.YES_NO),
}
"""The reader of each kind's cells; dates are read by the column, in `dates.py`."""


def read_column(cells: Sequence[Cell], read: Reader) -> list[Value]:
    """What the `cells` of a column mean; equal ones are read once if there are many."""
    different = set(cells)
    kinds = set(map(type, different)) - {NoneType}
    if 2 * len(different) > len(cells) or len(kinds) > 1:  # True, 1 and 1.0 are equal
        return [None if cell is None else read(cell) for cell in cells]
    meanings = {cell: None if cell is None else read(cell) for cell in different}
    return list(map(meanings.__getitem__, cells))
