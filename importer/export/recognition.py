"""Recognise a file that this program or the console exported."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path

from importer.base.errors import FileError
from importer.base.texts import LANGUAGES, N_, text, translated
from importer.domain.problems import Code
from importer.domain.sheets import SHEETS
from importer.export.columns import CONSOLE
from importer.export.exceptions import EXCEPTION_COLUMNS
from importer.export.movements import MOVEMENT_COLUMNS
from importer.export.sheets import DETAIL_SHEETS
from importer.workbook.cell import Cell, cell_text
from importer.workbook.labels import label_key, sheet_named
from importer.workbook.reading.raw import RawSheet

MARK = "avira-importer export"  # near the beginning of exports that are not spreadsheets
SUMMARY_HEADERS = N_("Figure"), N_("Value")
"""The headers of the Summary as CSV."""
_TELLING = 3
"""The number of headers that identify an export, or more if a sheet to be applied has them too."""
_HEAD = 1_000
"""The bytes of a file that are searched for the mark."""


def first_headers() -> Iterator[tuple[str, ...]]:
    """The first headers of exported sheets, in each language, as many as identify an export.

    A sheet with the headers of one to be applied is left out: devices in Spanish.
    """
    console = [tuple(column.header for column in sheet.console) for sheet in DETAIL_SHEETS]
    own = [
        tuple(column.header for column in columns)
        for columns in (EXCEPTION_COLUMNS, MOVEMENT_COLUMNS)
    ]
    applied = [
        tuple(label_key(column.title(language)) for column in sheet.columns)
        for sheet in SHEETS
        for language in LANGUAGES
    ]
    for sheet, language in product((*console, *own, SUMMARY_HEADERS), LANGUAGES):
        context = CONSOLE if sheet in console else None
        headers = tuple(translated(header, language, context) for header in sheet)
        keys = tuple(map(label_key, headers))
        for count in range(min(_TELLING, len(keys)), len(keys) + 1):
            if not any(titles[:count] == keys[:count] for titles in applied):
                yield headers[:count]
                break


@cache
def _first_keys() -> list[tuple[str, ...]]:
    return [tuple(map(label_key, headers)) for headers in first_headers()]


def refuse_export(path: Path, sheets: Sequence[RawSheet]) -> None:
    """Raise FileError for an export, unless a sheet has the name of one to be applied."""
    filled = [sheet for sheet in sheets if sheet.rows]
    if any(_is_exported(next(iter(sheet.rows))[1]) for sheet in filled) and not any(
        sheet_named(sheet.name) for sheet in filled
    ):
        raise an_export(path)


def is_marked(path: Path) -> bool:
    """True if the file has the mark of an export."""
    try:
        if not path.is_file():  # opening a pipe would block
            return False
        with path.open("rb") as stream:
            return MARK.encode() in stream.read(_HEAD)
    except (OSError, ValueError):  # the name may be invalid
        return False


def is_export(path: Path) -> bool:
    """True if there is a CSV file that begins like an exported one."""
    try:
        if not path.is_file():
            return False
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _is_exported(next(csv.reader(stream), []))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False


def an_export(path: Path) -> FileError:
    """The error for an export that was to be checked or applied."""
    message = text(N_("{path} is an export of the ledger, not a workbook to apply."), path=path)
    fix = text(N_("To get a workbook to edit and apply: avira-importer template --prefill"))
    return FileError(Code.NOT_A_WORKBOOK, message, fix)


def _is_exported(header: Sequence[Cell]) -> bool:
    first_keys = _first_keys()
    start = tuple(label_key(cell_text(cell)) for cell in header[: max(map(len, first_keys))])
    return any(start[: len(keys)] == keys for keys in first_keys)
