"""Find the sheet or column that a name in a file means, in any language."""

from __future__ import annotations

import re
from functools import lru_cache

from importer.base.texts import INVISIBLE, LANGUAGES, N_, translated
from importer.domain.names import accentless_key
from importer.domain.sheets import SHEETS, Column, Sheet

PROBLEMS = N_("Problems")
"""The sheet and the column of a corrections workbook; ignored when it is applied again."""
INSTRUCTIONS = N_("Instructions")
LISTS = "Lists"
META = "_meta"
VERSION = "template_version"
"""The label of the row in the hidden sheet that marks a workbook made from the template."""
PREFILLED = "prefilled"
"""The label of the row there that names the last batch in a prefilled workbook, and its hash."""
UNDECIDED = "contradictory_dates"
"""The label of the row there that says that dates of a column contradicted each other."""
SUMMARY = N_("Summary")

HEADER_SEARCH = 20  # rows that are searched for a header

_CACHED = 4_096
_NOT_A_WORD = re.compile(r"[^\w]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")


@lru_cache(_CACHED)
def label_key(label: str) -> str:
    """The form in which labels are compared: without case, accents, spacing and the `*`."""
    return "".join(accentless_key(label).replace("*", "").split())


@lru_cache(_CACHED)
def rough_key(label: str) -> str:
    """The form in which similar labels are equal: also without punctuation and plurals."""
    return "".join(rough_words(label))


def rough_words(label: str) -> list[str]:
    """The words of a label without case, accents, punctuation and plurals."""
    words = " ".join(map(label_key, label.replace("_", " ").split()))
    bare = _NOT_A_WORD.sub(" ", words).split()
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in bare]


def _keys(label: str) -> set[str]:
    """The keys of a label in all languages."""
    return {label_key(translated(label, language)) for language in LANGUAGES}


_SHEETS = {label_key(sheet.title(language)): sheet for sheet in SHEETS for language in LANGUAGES}
_ROUGH_SHEETS = {rough_key(sheet.title(language)): sheet
                 for sheet in SHEETS for language in LANGUAGES}  # fmt: skip
_COLUMNS = {
    sheet.name: {label_key(column.title(language)): column
                 for column in sheet.columns for language in LANGUAGES}
    for sheet in SHEETS
}  # fmt: skip
_HEADERS = frozenset(key for columns in _COLUMNS.values() for key in columns)
_PROBLEMS = _keys(PROBLEMS)
_OWN_SHEETS = _PROBLEMS | _keys(INSTRUCTIONS) | {label_key(LISTS), label_key(META)}


def sheet_named(name: str) -> Sheet | None:
    """The sheet that `name` means, if any: “add otcs” means Add OTC."""
    return _SHEETS.get(label_key(name)) or _ROUGH_SHEETS.get(rough_key(name))


def is_exactly(name: str, sheet: Sheet) -> bool:
    """Whether `name` is a name of `sheet`, apart from case, accents and spacing."""
    return _SHEETS.get(label_key(name)) is sheet and not hides_characters(name)


def hides_characters(label: str) -> bool:
    """Whether `label` holds characters that cannot be seen, which comparing it drops."""
    return re.search(f"[{INVISIBLE}]", label) is not None


def sheet_in_file_name(stem: str) -> Sheet | None:
    """The only sheet that a file name contains: “2026-05 add_otc (1)” means Add OTC."""
    words = rough_words(_CAMEL.sub(r" \1", stem))
    phrases = {
        "".join(words[first:last])
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
    }
    names = {sheet.name for key, sheet in _ROUGH_SHEETS.items() if key in phrases}
    return sheet_named(names.pop()) if len(names) == 1 else None


def language_of(name: str, sheet: Sheet) -> str:
    """The language in which `name` is, or contains, the name of `sheet`."""
    default, *others = LANGUAGES
    rough = rough_key(name)
    return next((other for other in others if rough_key(sheet.title(other)) in rough), default)


def column_named(sheet: Sheet, header: str) -> Column | None:
    """The column of `sheet` that `header` means, if any."""
    return _COLUMNS[sheet.name].get(label_key(header))


def is_problems(name: str) -> bool:
    """Whether `name` is that of the Problems sheet or column of a corrections workbook."""
    return label_key(name) in _PROBLEMS


def is_own_sheet(name: str) -> bool:
    """Whether `name` is a sheet that the program writes but reads no rows from."""
    return label_key(name) in _OWN_SHEETS


def is_header(label: str) -> bool:
    """Whether any sheet has a column of that name."""
    return label_key(label) in _HEADERS
