"""Write an export as a folder with a CSV file for each sheet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from importer.base.files import whole_folder
from importer.base.texts import LANGUAGES, _, translated
from importer.export.book import Book, Row, Value
from importer.export.exceptions import EXCEPTIONS
from importer.export.movements import MOVEMENTS
from importer.export.recognition import SUMMARY_HEADERS, is_export
from importer.export.sheets import DETAIL_SHEETS
from importer.workbook.formats.text.csv_cells import guarded
from importer.workbook.labels import SUMMARY

_TITLES = SUMMARY, EXCEPTIONS, MOVEMENTS
_FILES = {
    *(sheet.name for sheet in DETAIL_SHEETS),
    *(translated(title, language) for title in _TITLES for language in LANGUAGES),
}
"""The names of an export's files, without their ending, in every language."""


def write_csv(book: Book, folder: Path) -> dict[str, int]:
    """Write each table of `book`, and its Summary, to a file of its name in `folder`.

    The folder is created if it is missing. Other files of an earlier export in it are removed: they
    may be about customers that this one leaves out. Values that look like a formula get an
    apostrophe, which the importer takes off again. Returns the number of rows of each table by its
    key. Raises OutputError where a file cannot be written; the folder is then as it was.
    """
    titles = {book.summary.title, *(table.title for table in book.tables)}

    def is_own(path: Path) -> bool:
        if path.suffix != ".csv" or not path.is_file():
            return False
        return path.stem in titles or (path.stem in _FILES and is_export(path))

    figures = [(line.label, line.value) for line in (*book.summary.origin, *book.summary.figures)]
    with whole_folder(folder, is_own) as new:
        _write(new / f"{book.summary.title}.csv", map(_, SUMMARY_HEADERS), figures)
        for table in book.tables:
            _write(new / f"{table.title}.csv", table.headers, table.rows)
    return {table.key: len(table.rows) for table in book.tables}


def _write(path: Path, headers: Iterable[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:  # Excel needs the mark
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
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
