"""Write an export as a JSON document for other programs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from importer.base.files import whole_file
from importer.export.book import Book, SummaryLine, Table
from importer.export.recognition import MARK


def write_json(book: Book, path: Path) -> dict[str, int]:
    """Write `book` to the JSON file `path`, which appears whole or not at all.

    Keys are the same in every language (docs/json.md): sheets and columns by their English names.
    Returns the number of rows of each sheet by its key. Raises OutputError where the file cannot
    be written.
    """
    document = {
        "document": MARK,
        **_facts(book.summary.origin),
        "summary": {
            **_facts(book.summary.figures),
            **{block.table.key: _records(block.table) for block in book.summary.blocks},
        },
        "sheets": {table.key: _records(table) for table in book.tables},
    }
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as stream:
        json.dump(document, stream, ensure_ascii=False, indent=1, default=_plain)
        stream.write("\n")
    return {table.key: len(table.rows) for table in book.tables}


def _facts(lines: Sequence[SummaryLine]) -> dict[str, Any]:
    return {line.key: line.value for line in lines}


def _records(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def _plain(value: object) -> str:
    """Dates as YYYY-MM-DD, instants with a Z."""
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds") + "Z"
    assert isinstance(value, dt.date), f"no export holds a value of this type: {value!r}"
    return value.isoformat()
