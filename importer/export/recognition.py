"""Recognise a file that was exported, by this program or the console."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from importer.base.errors import FileError
from importer.base.texts import LANGUAGES, N_, text, translated
from importer.domain.problems import Code
from importer.domain.sheets import SHEETS
from importer.export.columns import CONSOLE, ExportColumn
from importer.export.exceptions import EXCEPTION_COLUMNS
from importer.export.movements import MOVEMENT_COLUMNS
from importer.export.sheets import DETAIL_SHEETS
from importer.workbook.cell import Cell, cell_text
from importer.workbook.formats import csv_file
from importer.workbook.labels import label_key, sheet_named
from importer.workbook.reading.raw import RawSheet

MARK = "avira-importer export"  # what exports that are no spreadsheets say near their beginning

SUMMARY_HEADERS = (N_("Figure"), N_("Value"))
"""Of the Summary as CSV."""

_TELLING = 3
"""So many headers tell an export, unless a sheet of an onboarding workbook begins with them too."""


def export_headers() -> list[tuple[str, ...]]:
    """The headers that each exported sheet begins with, in each language."""
    own: list[tuple[ExportColumn, ...]] = [EXCEPTION_COLUMNS, MOVEMENT_COLUMNS]
    return [
        tuple(translated(header, language, context) for header in headers)
        for headers, context in (
            *((_headers(sheet.console), CONSOLE) for sheet in DETAIL_SHEETS),
            *((_headers(columns), None) for columns in own),
            (SUMMARY_HEADERS, None),
        )
        for language in LANGUAGES
    ]


def _headers(columns: Sequence[ExportColumn]) -> tuple[str, ...]:
    return tuple(column.header for column in columns)


def first_headers() -> Iterator[tuple[str, ...]]:
    """The first headers of exported sheets, as many as no sheet to be applied begins with.

    A sheet that begins as one to be applied throughout is left out: devices in Spanish.
    """
    applied = [
        tuple(label_key(column.title(language)) for column in sheet.columns)
        for sheet in SHEETS
        for language in LANGUAGES
    ]
    for headers in export_headers():
        keys = tuple(map(label_key, headers))
        for count in range(min(_TELLING, len(keys)), len(keys) + 1):
            if not any(titles[:count] == keys[:count] for titles in applied):
                yield headers[:count]
                break


@cache
def _first_keys() -> list[tuple[str, ...]]:
    return [tuple(map(label_key, headers)) for headers in first_headers()]


_HEAD = 1_000


def refuse_export(path: Path, sheets: Sequence[RawSheet]) -> None:
    """Raise FileError for an export, unless a sheet has the name of one to be applied."""
    exported = any(one.rows and _is_exported(one.rows[0][1]) for one in sheets)
    if exported and not any(one.rows and sheet_named(_name(path, one)) for one in sheets):
        raise an_export(path)


def is_marked(path: Path) -> bool:
    """True if the file has the mark of an export."""
    try:
        if not path.is_file():  # a pipe would have us wait for whoever writes to it
            return False
        with path.open("rb") as stream:
            return MARK.encode() in stream.read(_HEAD)
    except (OSError, ValueError):  # a name may be none that a file can have
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
    return FileError(
        Code.NOT_A_WORKBOOK,
        text(N_("{path} is an export of the ledger, not a workbook to apply."),
             path=path),
        text(N_("To get a workbook to edit and apply: avira-importer template --prefill")),
    )  # fmt: skip


def _name(path: Path, sheet: RawSheet) -> str:
    """The name of the sheet in the file; for a CSV file, that of the file."""
    return path.stem if path.suffix.lower() in csv_file.SUFFIXES else sheet.name


def _is_exported(header: Sequence[Cell]) -> bool:
    known = _first_keys()
    begins = tuple(label_key(cell_text(cell)) for cell in header[: max(map(len, known))])
    return any(begins[: len(keys)] == keys for keys in known)
