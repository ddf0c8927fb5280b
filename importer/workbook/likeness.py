"""Find what a misnamed sheet or column may mean, to suggest it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from importer.base.similarity import is_misspelt, is_similar
from importer.base.texts import LANGUAGES
from importer.domain.sheets import SHEETS, Column, Sheet
from importer.workbook.labels import (
    column_named,
    is_own_sheet,
    is_problems,
    label_key,
    rough_key,
    rough_words,
)
from importer.workbook.synonyms import SYNONYMS

_WIDEST = 100
"""Cells of a row that are compared with columns; none of the sheets has as many."""
_CACHED = 4_096
_SMALL_WORDS = frozenset(
    {"a", "de", "del", "el", "la", "n", "no", "nro", "num", "number", "numero", "of", "the"}
)


def columns_like(
    sheet: Sheet, header: str, taken: Collection[str], language: str, *, loosely: bool = True
) -> dict[str, str]:
    """The title of each field's column that `header` may mean, preferably in `language`.

    A declared synonym decides; else, if `loosely`, a misspelt title, or one with words too few or
    too many. Columns of the fields `taken` do not count.
    """
    languages = sorted(LANGUAGES, key=lambda other: other == language)  # the preferred one is last
    columns = [column for column in sheet.columns if column.field not in taken]
    for is_meant in (_is_synonym, _is_like) if loosely else (_is_synonym,):
        titles = {
            column.field: column.title(known)
            for column in columns
            for known in languages
            if is_meant(header, column, known)
        }
        if titles:
            return titles
    return {}


def fields_named(sheet: Sheet, headers: Iterable[str]) -> set[str]:
    """The fields whose columns `headers` name."""
    return {column.field for header in headers if (column := column_named(sheet, header))}


def fields_meant(sheet: Sheet, headers: Sequence[str], *, loosely: bool = True) -> set[str]:
    """The fields whose columns `headers` name or may mean, each header no more than one."""
    headers = headers[:_WIDEST]
    fields = fields_named(sheet, headers)
    for header in dict.fromkeys(headers):
        if not (column_named(sheet, header) or is_problems(header)):
            like = columns_like(sheet, header, fields, LANGUAGES[0], loosely=loosely)
            fields |= set(list(like)[:1])
    return fields


def sheets_with(first_rows: Iterable[Sequence[str]]) -> list[Sheet]:
    """The sheets that have most of the headers of one of `first_rows`, and more than one of them
    unless the sheet requires no other."""
    for headers in first_rows:
        named = [(sheet, fields_named(sheet, headers)) for sheet in SHEETS]
        ranks = [(len(fields), sheet.required <= fields, sheet) for sheet, fields in named
                 if 2 * len(fields) >= len(set(map(label_key, headers)))
                 and (len(fields) > 1 or fields >= sheet.required)]  # fmt: skip
        if ranks:
            best = max(rank[:2] for rank in ranks)
            return [sheet for *rank, sheet in ranks if tuple(rank) == best]
    return []


def sheets_like(name: str, first_rows: Sequence[list[str]], fewest: int) -> list[Sheet]:
    """The sheets that one called `name` may be: by the headers among `first_rows`, or by its name.

    Synonyms of headers count if they make at least `fewest` columns, and half of the row.
    """
    if is_own_sheet(name):
        return []
    if candidates := sheets_with(first_rows):
        return candidates
    for headers in first_rows:
        fields = [(sheet, len(fields_meant(sheet, headers, loosely=False))) for sheet in SHEETS]
        most = max(count for _, count in fields)
        if most >= max(fewest, len(headers) / 2):
            return [sheet for sheet, count in fields if count == most]
    rough = rough_key(name)
    return [
        sheet
        for sheet in SHEETS
        if any(is_misspelt(rough, rough_key(title)) for title in map(sheet.title, LANGUAGES))
    ]


@lru_cache(_CACHED)
def _telling_words(label: str) -> frozenset[str]:
    return frozenset(rough_words(label)) - _SMALL_WORDS


_SYNONYMS = {
    language: {field: frozenset(map(_telling_words, words.split(", ")))
               for field, words in by_field.items()}
    for language, by_field in SYNONYMS.items()
}  # fmt: skip


def _is_synonym(header: str, column: Column, language: str) -> bool:
    words = _telling_words(header)
    title = _telling_words(column.title(language))
    return bool(words) and (words == title or words in _SYNONYMS[language].get(column.field, ()))


def _is_like(header: str, column: Column, language: str) -> bool:
    title = column.title(language)
    words, title_words = _telling_words(header), _telling_words(title)
    return bool(words) and (
        words <= title_words
        or title_words <= words
        or is_similar(rough_key(header), rough_key(title))
    )
