"""Put an export together."""

from __future__ import annotations

from collections.abc import Sequence

from importer.domain.contents import Contents, Movement
from importer.export.book import Book
from importer.export.exceptions import exceptions
from importer.export.movements import movements
from importer.export.overview import customers, otcs
from importer.export.sheets import detail_tables
from importer.export.summary import summary


def make_book(
    contents: Contents,
    journal: Sequence[Movement],
    *,
    of_customer: bool = False,
    translate_headers: bool = False,
    only_read: bool = False,
) -> Book:
    """The export of `contents` and of the lines of the `journal`, in the current language.

    For a customer's own export both are about that customer alone. A format that people `only_read`
    gets the overview.
    """
    needs_attention = exceptions(contents, of_customer=of_customer)
    tables = [
        *detail_tables(contents, of_customer=of_customer, translate_headers=translate_headers),
        needs_attention,
        movements(journal, of_customer=of_customer),
    ]
    overview = [otcs(contents, of_customer=of_customer), customers(contents)] if only_read else []
    figures = summary(contents, of_customer=of_customer)
    return Book(contents.at, figures, tables, needs_attention, overview)
