"""Which of our sheets and columns a name in a file means, in English or Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

from importer.base.similarity import is_misspelt, is_similar
from importer.base.texts import LANGUAGES, N_, translated
from importer.domain.sheets import SHEETS, Column, Sheet

PROBLEMS = N_("Problems")
"""Our own sheet and column in a corrections workbook; ignored when it is applied again."""
INSTRUCTIONS = N_("Instructions")
LISTS = "Lists"
META = "_meta"
VERSION = "template_version"
"""The first cell of the row of the hidden sheet that says that a workbook is ours."""
PREFILLED = "prefilled"
"""The first cell of the row there that says what state of the ledger was filled in: after which
batch, and its hash."""
SUMMARY = N_("Summary")

HEADER_SEARCH = 20
"""How many rows are searched for a header that does not stand in row 1."""

_QUOTES = str.maketrans(dict.fromkeys("‘’‛′´`", "'"))
_CACHED = 4_096
_NO_WORD = re.compile(r"[^\w]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_SMALL_WORDS = frozenset({"a", "de", "del", "el", "la", "no", "of", "the"})


@lru_cache(_CACHED)
def label_key(label: str) -> str:
    """The form in which labels are equal: without case, accents, spacing and the `*`."""
    apart = unicodedata.normalize("NFKD", label.translate(_QUOTES))
    bare = (c for c in apart if not unicodedata.combining(c) and not c.isspace() and c != "*")
    return "".join(bare).casefold()


@lru_cache(_CACHED)
def _rough_key(label: str) -> str:
    """The form in which labels are nearly equal: besides, without punctuation and plurals."""
    return "".join(_rough_words(label))


def _rough_words(label: str) -> list[str]:
    words = _NO_WORD.sub(" ", " ".join(map(label_key, label.replace("_", " ").split()))).split()
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words]


def _in_all_languages(label: str) -> Iterator[str]:
    return (label_key(translated(label, language)) for language in LANGUAGES)


_SHEETS = {label_key(sheet.title(language)): sheet for sheet in SHEETS for language in LANGUAGES}
_ROUGH_SHEETS = {
    _rough_key(sheet.title(language)): sheet for sheet in SHEETS for language in LANGUAGES
}
_COLUMNS = {
    sheet.name: {
        label_key(column.title(language)): column
        for column in sheet.columns
        for language in LANGUAGES
    }
    for sheet in SHEETS
}
_ALL_HEADERS = frozenset(key for columns in _COLUMNS.values() for key in columns)
_OUR_NOTES = {
    *_in_all_languages(PROBLEMS),
    *_in_all_languages(INSTRUCTIONS),
    label_key(LISTS),
    label_key(META),
}
_PROBLEMS = set(_in_all_languages(PROBLEMS))


def sheet_named(name: str) -> Sheet | None:
    """The sheet that `name` means, if any: “add otcs” means Add OTC."""
    return _SHEETS.get(label_key(name)) or _ROUGH_SHEETS.get(_rough_key(name))


def is_exactly(name: str, sheet: Sheet) -> bool:
    """Whether `name` is a name of `sheet` but for case, accents and spacing."""
    return _SHEETS.get(label_key(name)) is sheet


def sheet_in_file_name(stem: str) -> Sheet | None:
    """The one sheet that a file's name without its ending speaks of: “2026-05 add_otc (1)”."""
    words = _rough_words(_CAMEL.sub(r" \1", stem))
    found = {
        key: sheet
        for key, sheet in _ROUGH_SHEETS.items()
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
        if "".join(words[first:last]) == key
    }
    return next(iter(found.values())) if len(set(map(id, found.values()))) == 1 else None


def language_of(name: str, sheet: Sheet) -> str:
    """The language in which `name` names `sheet`, or speaks of it."""
    default, *others = LANGUAGES
    rough = _rough_key(name)
    return next((one for one in others if _rough_key(sheet.title(one)) in rough), default)


def column_named(sheet: Sheet, header: str) -> Column | None:
    """The column of `sheet` that `header` means, if any."""
    return _COLUMNS[sheet.name].get(label_key(header))


def is_problems_column(header: str) -> bool:
    """Whether `header` is the Problems column that a corrections workbook has."""
    return label_key(header) in _PROBLEMS


def is_in_our_languages(label: str, name: str) -> bool:
    """Whether `name` is the label `label` of ours in any language."""
    return label_key(name) in _in_all_languages(label)


def is_our_note(name: str) -> bool:
    """Whether `name` is a sheet that we write into workbooks and never read rows from."""
    return label_key(name) in _OUR_NOTES


def is_a_header(label: str) -> bool:
    """Whether any of our sheets has a column of that name."""
    return label_key(label) in _ALL_HEADERS


def sheets_with_column(header: str) -> list[Sheet]:
    """The sheets that have a column of that name."""
    return [sheet for sheet in SHEETS if label_key(header) in _COLUMNS[sheet.name]]


def sheets_with(headers: list[str]) -> list[Sheet]:
    """The sheets whose rows may stand below `headers`: those that know most of them.

    None where `headers` are mostly none of ours.
    """
    keys = {label_key(header) for header in headers}
    known = {
        sheet.name: len({columns[key].field for key in keys & columns.keys()})
        for sheet in SHEETS
        if _mostly(columns := _COLUMNS[sheet.name], keys)
    }
    most = max(known.values(), default=0)
    best = [sheet for sheet in SHEETS if known.get(sheet.name) == most]
    whole = [sheet for sheet in best if _has_required(_COLUMNS[sheet.name], keys)]
    return whole or best


def _mostly(columns: dict[str, Column], keys: set[str]) -> bool:
    found = len({columns[key].field for key in keys & columns.keys()})
    return 2 * found >= len(keys) and (found >= 2 or (found == 1 and _has_required(columns, keys)))


def _has_required(columns: dict[str, Column], keys: set[str]) -> bool:
    found = {columns[key].field for key in keys & columns.keys()}
    return all(column.field in found for column in columns.values() if column.required)


def headers_like(sheet: Sheet, header: str, taken: Collection[str], language: str) -> list[str]:
    """The headers of `sheet`, but for those of the fields `taken`, that `header` may mean.

    It may be misspelt, be a part of the column's name, or say more than it. Each is given in the
    language in which it is alike, in `language` where it is in both.
    """
    languages = sorted(LANGUAGES, key=lambda one: one != language)
    alike = (
        next((title for one in languages if _alike(header, title := column.title(one))), None)
        for column in sheet.columns
        if column.field not in taken
    )
    return [title for title in alike if title is not None]


def sheets_like(name: str) -> list[Sheet]:
    """The sheets that a misspelt `name` may mean."""
    return [
        sheet
        for sheet in SHEETS
        if any(is_misspelt(_rough_key(name), _rough_key(sheet.title(one))) for one in LANGUAGES)
    ]


def _alike(header: str, title: str) -> bool:
    said, meant = set(_rough_words(header)) - _SMALL_WORDS, set(_rough_words(title)) - _SMALL_WORDS
    return bool(said) and (
        said <= meant or meant <= said or is_similar(_rough_key(header), _rough_key(title))
    )
