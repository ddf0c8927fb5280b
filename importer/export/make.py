"""Put an export together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from importer.domain.contents import Contents, Movement
from importer.export.book import Book
from importer.export.exceptions import exceptions
from importer.export.movements import movements
from importer.export.overview import customers, otcs
from importer.export.sheets import detail_tables
from importer.export.summary import summary


class Layout(NamedTuple):
    """True, in turn, for a customer's own export, for translated headers of the console, and for
    a format that people only read."""

    of_customer: bool = False
    translate_headers: bool = False
    only_read: bool = False


def make_book(contents: Contents, journal: Sequence[Movement], layout: Layout = Layout()) -> Book:  # noqa: B008 - it cannot change
    """The export of `contents` and of the lines of the `journal`, in the current language.

    For a customer's own export both are about that customer alone.
    """
    of_customer = layout.of_customer
    needs_attention = exceptions(contents, of_customer=of_customer)
    tables = [
        *detail_tables(
            contents, of_customer=of_customer, translate_headers=layout.translate_headers
        ),
        needs_attention,
        movements(journal, of_customer=of_customer),
    ]
    return Book(
        contents.at,
        summary(contents, of_customer=of_customer),
        tables,
        needs_attention,
        [otcs(contents, of_customer=of_customer), customers(contents)] if layout.only_read else [],
    )
