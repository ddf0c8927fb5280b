"""The sheets of "Export Avira Details" as files of separated values, for other programs."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from importer.domain.contents import Contents
from importer.files import folder_at, whole_file
from importer.workbook.details import DETAIL_SHEETS, Value
from importer.workbook.formats.separated import guarded

ENCODING = "utf-8-sig"
"""With the mark by which Excel knows it."""


def write_details_csv(contents: Contents, folder: Path) -> dict[str, int]:
    """Write each sheet of `contents` to a file of its name in `folder`, which is made if need be.

    Returns how many rows each holds below its header, by sheet name. No value can be taken for a
    formula: those that begin like one begin with an apostrophe, which the importer takes off again.
    Raises OutputError where a file cannot be written; that file is then as it was.
    """
    counts = {}
    folder_at(folder)
    for sheet in DETAIL_SHEETS:
        rows = [[_shown(value) for value in row] for row in sheet.rows(contents)]
        with (
            whole_file(folder / f"{sheet.name}.csv") as temporary,
            temporary.open("w", encoding=ENCODING, newline="") as stream,
        ):
            writer = csv.writer(stream)
            writer.writerow([column.header for column in sheet.columns])
            writer.writerows(rows)
        counts[sheet.name] = len(rows)
    return counts


def _shown(value: Value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else guarded(str(value))
