"""Write an export as a LibreOffice spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

from stream_write_ods import stream_write_ods

from importer.base.files import whole_file
from importer.base.texts import N_, _, printable, text
from importer.export.book import Book, ExportSheet, Row

ROW_LIMIT = 1_048_575
"""The most rows below a header: LibreOffice's 1,048,576 less one."""
_ENCODERS = (
    *signature(stream_write_ods).parameters["encoders"].default,
    (str, ("string", None, None, printable)),  # XML has no control characters
)


def write_ods(book: Book, path: Path) -> dict[str, int]:
    """Write `book` to the .ods file `path`, which appears whole or not at all.

    Returns the number of rows of each sheet by its key, without the header and the Summary. The
    same book gives the same bytes. Raises OutputError where the file cannot be written.
    """
    sheets = book.sheets(ROW_LIMIT)
    at = book.at.astimezone(dt.UTC).replace(tzinfo=None)
    at = max(at, dt.datetime(1980, 1, 1))  # archives cannot have earlier dates
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        for part in stream_write_ods(_pages(book, sheets), _ENCODERS, lambda: at):
            stream.write(part)
    return {sheet.key: len(sheet.table.rows) for sheet in sheets}


def _pages(book: Book, sheets: list[ExportSheet]) -> Iterator[tuple[str, list[str], Iterator[Row]]]:
    yield book.summary.title, [book.summary.heading], _summary_rows(book, sheets)
    for sheet in sheets:
        yield sheet.title, sheet.table.headers, iter(sheet.table.rows)


def _summary_rows(book: Book, sheets: list[ExportSheet]) -> Iterator[Row]:
    for lines in (book.summary.origin, book.summary.figures):
        yield ()
        yield from ((line.label, line.value) for line in lines)
    yield ()
    yield _(N_("Sheets")), _(N_("Rows"))
    yield from ((sheet.title, len(sheet.table.rows)) for sheet in sheets)
    for sheet in sheets:
        if sheet.number > 1:
            yield (str(text(N_("{first} has too many rows for one sheet. It continues on {next}."),
                            first=sheet.table.title, next=sheet.title)),)  # fmt: skip
    for block in book.summary.blocks:
        yield ()
        yield (block.table.title,)
        yield tuple(block.table.headers)
        yield from block.table.rows
