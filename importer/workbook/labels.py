"""Which of our sheets and columns a name in a file means, in English or Spanish."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from importer.domain.sheets import SHEETS, Column, Sheet
from importer.texts import LANGUAGES, N_, translated

PROBLEMS = N_("Problems")
"""Our own sheet and column in a corrections workbook; ignored when it is applied again."""
INSTRUCTIONS = N_("Instructions")
LISTS = "Lists"
META = "_meta"
SUMMARY = N_("Summary")


def label_key(label: str) -> str:
    """The form in which labels are equal: without case, accents, spacing and the `*`."""
    apart = unicodedata.normalize("NFKD", label)
    bare = (c for c in apart if not unicodedata.combining(c) and not c.isspace() and c != "*")
    return "".join(bare).casefold()


def _in_all_languages(label: str) -> Iterator[str]:
    return (label_key(translated(label, language)) for language in LANGUAGES)


_SHEETS = {label_key(sheet.title(language)): sheet for sheet in SHEETS for language in LANGUAGES}
_COLUMNS = {
    sheet.name: {
        label_key(column.title(language)): column
        for column in sheet.columns
        for language in LANGUAGES
    }
    for sheet in SHEETS
}
_OUR_NOTES = {
    *_in_all_languages(PROBLEMS),
    *_in_all_languages(INSTRUCTIONS),
    label_key(LISTS),
    label_key(META),
}
_PROBLEMS = set(_in_all_languages(PROBLEMS))


def sheet_named(name: str) -> Sheet | None:
    """The sheet that `name` means, if any."""
    return _SHEETS.get(label_key(name))


def language_of(name: str, sheet: Sheet) -> str:
    """The language in which `name` names `sheet`."""
    return "es" if label_key(name) == label_key(sheet.spanish) else "en"


def column_named(sheet: Sheet, header: str) -> Column | None:
    """The column of `sheet` that `header` means, if any."""
    return _COLUMNS[sheet.name].get(label_key(header))


def is_problems_column(header: str) -> bool:
    """Whether `header` is the Problems column that a corrections workbook has."""
    return label_key(header) in _PROBLEMS


def is_our_note(name: str) -> bool:
    """Whether `name` is a sheet that we write into workbooks and never read rows from."""
    return label_key(name) in _OUR_NOTES


def looks_like_ours(headers: list[str]) -> bool:
    """Whether `headers` are mostly those of one of our sheets, whatever the sheet is called."""
    keys = {label_key(header) for header in headers}
    return any(_mostly(columns, keys) for columns in _COLUMNS.values())


def _mostly(columns: dict[str, Column], keys: set[str]) -> bool:
    found = {columns[key].field for key in keys & columns.keys()}
    required = {column.field for column in columns.values() if column.required}
    return 2 * len(found) >= len(keys) and (len(found) >= 2 or (bool(found) and required <= found))
