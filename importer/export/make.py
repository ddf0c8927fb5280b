"""Puts an export together, and writes it in the format that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from importer.domain.contents import Contents, Movement
from importer.export.book import Book
from importer.export.exceptions import exceptions
from importer.export.form import Format
from importer.export.movements import movements
from importer.export.overview import customers, otcs
from importer.export.sheets import detail_tables
from importer.export.summary import summary


class Layout(NamedTuple):
    """Whether it is one customer's own, whether the console's headers are translated, and whether
    the format is one that people only read."""

    of_customer: bool = False
    translate_headers: bool = False
    only_read: bool = False


def make_book(contents: Contents, lines: Sequence[Movement], layout: Layout = Layout()) -> Book:  # noqa: B008 - it cannot change
    """The export of `contents` and of the journal's `lines`, in the current language.

    With `of_customer`, `contents` hold one customer, and `lines` are of it alone.
    """
    of_customer = layout.of_customer
    tables = [
        *detail_tables(
            contents, of_customer=of_customer, translate_headers=layout.translate_headers
        ),
        exceptions(contents, of_customer=of_customer),
        movements(lines, of_customer=of_customer),
    ]
    return Book(
        contents.at,
        summary(contents, of_customer=of_customer),
        tables,
        [otcs(contents, of_customer=of_customer), customers(contents)] if layout.only_read else [],
    )


_WRITERS = {
    Format.XLSX: ("importer.export.writers.xlsx", "write_xlsx"),
    Format.ODS: ("importer.export.writers.ods", "write_ods"),
    Format.CSV: ("importer.export.writers.csv_folder", "write_csv"),
    Format.JSON: ("importer.export.writers.json_file", "write_json"),
    Format.HTML: ("importer.export.writers.page", "write_page"),
}


def write_book(book: Book, path: Path, form: Format) -> dict[str, int]:
    """Write `book` to `path`, whole or not at all; how many rows each sheet has, by its key.

    A writer and the libraries it needs are loaded only when it is used.
    """
    module, name = _WRITERS[form]
    write: Callable[[Book, Path], dict[str, int]] = getattr(import_module(module), name)
    return write(book, path)
