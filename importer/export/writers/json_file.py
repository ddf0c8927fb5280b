"""Write an export as a JSON document for other programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.json import Encoder

from importer.base.files import whole_file
from importer.export.book import Book, SummaryLine, Table, Value
from importer.export.recognition import MARK

_json = Encoder().encode


def write_json(book: Book, path: Path) -> dict[str, int]:
    """Write `book` to the JSON file `path`, which appears whole or not at all.

    Keys are the same in every language (docs/json.md): sheets and columns by their English names.
    Returns the number of rows of each sheet by its key. Raises OutputError where the file cannot
    be written.
    """
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        stream.writelines(_parts(book))
    return {table.key: len(table.rows) for table in book.tables}


def _parts(book: Book) -> Iterator[bytes]:
    """The bytes of the document, which all at once would take memory; each row is a line."""
    summary = book.summary
    facts = {"document": MARK, **_facts(summary.origin), "summary": _facts(summary.figures)}
    facts["summary"] |= {block.table.key: [*_records(block.table)] for block in summary.blocks}
    yield _json(facts).removesuffix(b"}")
    before = b',"sheets":{'
    for table in book.tables:
        yield b"%b\n%b:[" % (before, _json(table.key))
        for number, record in enumerate(_records(table)):
            yield b"%b\n%b" % (b"," if number else b"", _json(record))
        before = b"],"
    yield b"]}}\n"


def _facts(lines: Sequence[SummaryLine]) -> dict[str, Any]:
    return {line.key: _plain(line.value) for line in lines}


def _records(table: Table) -> Iterator[dict[str, Value]]:
    keys = [column.key for column in table.columns]
    return (dict(zip(keys, map(_plain, row), strict=True)) for row in table.rows)


def _plain(value: Value) -> Value:
    """Instants with a Z; a date is YYYY-MM-DD by itself."""
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds") + "Z"
    return value
