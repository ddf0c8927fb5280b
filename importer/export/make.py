"""Put an export together, and write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from importer.config.formats import Format
from importer.domain.contents import Contents, Movement
from importer.export.book import Book
from importer.export.exceptions import exceptions
from importer.export.movements import movements
from importer.export.overview import ROW_LIMIT, customers, otcs
from importer.export.sheets import detail_tables
from importer.export.summary import summary


def make_book(
    contents: Contents,
    journal: Sequence[Movement],
    most: int | None = None,
    *,
    of_customer: bool = False,
    translate_headers: bool = False,
    only_read: bool = False,
) -> Book:
    """The export of `contents` and the newest `most` lines of `journal`, in the current language.

    For a customer's own export both are about that customer alone. A format that people `only_read`
    gets the overview.
    """
    newest = journal if most is None else journal[-most:]
    left_out = len(newest) < len(journal)
    first_sheet = summary(contents, len(newest) if left_out else None, of_customer=of_customer)
    needs_attention = exceptions(
        contents, ROW_LIMIT if only_read else None, of_customer=of_customer
    )  # fmt: skip
    if only_read:
        tables = [needs_attention, otcs(contents, of_customer=of_customer), customers(contents)]
    else:
        tables = [
            *detail_tables(contents, of_customer=of_customer, translate_headers=translate_headers),
            needs_attention,
            movements(newest, of_customer=of_customer),
        ]
    return Book(contents.at, first_sheet, tables)


def write_book(book: Book, path: Path, form: Format) -> dict[str, int]:
    """Write `book` to `path`, whole or not at all; return the number of rows by sheet.

    A writer is imported when it is used: each loads a library of its own.
    """
    module, name = form.writer.split(".")
    write: Callable[[Book, Path], dict[str, int]] = getattr(
        import_module(f"importer.export.writers.{module}"), name
    )
    return write(book, path)
