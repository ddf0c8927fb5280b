"""Write an export as a folder with a CSV file for each sheet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from importer.base.files import make_folder, remove, whole_file
from importer.base.texts import LANGUAGES, _, translated
from importer.export.book import Book, Row, Value
from importer.export.exceptions import EXCEPTIONS
from importer.export.movements import MOVEMENTS
from importer.export.recognition import SUMMARY_HEADERS, is_export
from importer.export.sheets import DETAIL_SHEETS
from importer.workbook.formats.csv_file import guarded
from importer.workbook.labels import SUMMARY

_FILES = {
    *(sheet.name for sheet in DETAIL_SHEETS),
    *(
        translated(title, language)
        for title in (SUMMARY, EXCEPTIONS, MOVEMENTS)
        for language in LANGUAGES
    ),
}
"""How the files of an export are called, without their ending, in every language."""

ENCODING = "utf-8-sig"
"""With the mark by which Excel knows it."""


def write_csv(book: Book, folder: Path) -> dict[str, int]:
    """Write each table of `book`, and its Summary, to a file of its name in `folder`, which is
    made if need be. Files there of an earlier export that this one does not have are removed: they
    may be of others than the customer that this one is about.

    Returns how many rows each table holds below its header, by its key. No value can be taken for
    a formula: those that begin like one begin with an apostrophe, which the importer takes off
    again. Raises OutputError where a file cannot be written; that file is then as it was.
    """
    make_folder(folder)
    lines = [*book.summary.origin, *book.summary.figures]
    headers = [_(header) for header in SUMMARY_HEADERS]
    figures = [(line.label, line.value) for line in lines]
    _write(folder / f"{book.summary.title}.csv", headers, figures)
    counts = {}
    for left in _FILES - {table.title for table in book.tables} - {book.summary.title}:
        if is_export(folder / f"{left}.csv"):
            remove(folder / f"{left}.csv")
    for table in book.tables:
        _write(folder / f"{table.title}.csv", table.headers, table.rows)
        counts[table.key] = len(table.rows)
    return counts


def _write(path: Path, headers: list[str], rows: Iterable[Row]) -> None:
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding=ENCODING, newline="") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow(headers)
        writer.writerows([_shown(value) for value in row] for row in rows)


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else str(value)
