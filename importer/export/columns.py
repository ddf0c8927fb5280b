"""Declare the columns of a table: header, value and format of each in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from importer.base.texts import current_language, translated
from importer.export.book import CellFormat, Table, TableColumn
from importer.messages.lines import Tone

CONSOLE = "export"
"""The context of the translations of the console's own headers."""


class ExportColumn(NamedTuple):
    """A column, whose values are an attribute of the source of each row, such as `otc.email`.

    `header` is marked with N_, or with C_ and the context CONSOLE if it is the console's own.
    `key` is the header unless given. `tones` are by the English words of a cell.
    """

    header: str
    value: str
    format: CellFormat = CellFormat.TEXT
    tones: Mapping[str, Tone] = MappingProxyType({})
    bar: str | None = None
    for_customers: bool = True
    """True if a customer's own export has it too: it says nothing about others."""
    key: str | None = None


def make_table(
    key: str,
    title: str,
    columns: Sequence[ExportColumn],
    sources: Iterable[object],
    *,
    of_customer: bool = False,
    console: Sequence[ExportColumn] = (),
    translate_console: bool = False,
) -> Table:
    """A table with a row for each of `sources`, in the current language.

    The `console`'s columns stand first; their headers are English unless `translate_console`.
    """
    language = current_language()
    ours = [column for column in columns if column.for_customers or not of_customer]
    console_language = language if translate_console else "en"
    built = [_built(column, console_language, language, CONSOLE) for column in console]
    built += [_built(column, language, language) for column in ours]
    row_of = attrgetter(*(column.value for column in (*console, *ours)))
    return Table(key, title, tuple(built), list(map(row_of, sources)))


def _built(
    column: ExportColumn, header_language: str, language: str, context: str | None = None
) -> TableColumn:
    return TableColumn(
        column.key or column.header,
        translated(column.header, header_language, context),
        column.format,
        {translated(word, language): tone for word, tone in column.tones.items()},
        column.bar,
    )
