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
    """A column; `value` is an attribute of the source of each row, such as `holding.otc.email`.

    `header` is marked with N_, or with C_ and the context CONSOLE if it is the console's own.
    `key` is the header by default. `tones` are by the English words of a cell. A customer's own
    export has only columns `for_customers`, which say nothing about others.
    """

    header: str
    value: str
    format: CellFormat = CellFormat.TEXT
    tones: Mapping[str, Tone] = MappingProxyType({})
    bar: str | None = None
    for_customers: bool = True
    key: str | None = None


def make_table(
    key: str,
    title: str,
    columns: Sequence[ExportColumn],
    sources: Iterable[object],
    *,
    count: int | None = None,
    of_customer: bool = False,
    console: Sequence[ExportColumn] = (),
    translate_console: bool = False,
) -> Table:
    """A table with a row for each of `sources`, in the current language.

    The `console`'s columns come first; their headers are English unless `translate_console`.
    `count` is the number of all rows, if there are others.
    """
    language = current_language()
    own = [column for column in columns if column.for_customers or not of_customer]
    console_language = language if translate_console else "en"
    headers = [translated(column.header, console_language, CONSOLE) for column in console]
    headers += [translated(column.header, language) for column in own]
    built = tuple(
        TableColumn(
            column.key or column.header, header, column.format,
            {translated(word, language): tone for word, tone in column.tones.items()}, column.bar,
        )
        for column, header in zip((*console, *own), headers, strict=True)
    )  # fmt: skip
    row_of = attrgetter(*(column.value for column in (*console, *own)))
    rows = list(map(row_of, sources))
    return Table(key, title, built, rows, len(rows) if count is None else count)
