"""Read the rows of text files, such as CSV and TSV."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.domain.sheets import SHEETS
from importer.workbook.cell import Row
from importer.workbook.formats.refusals import RefusedError, too_large, unreadable
from importer.workbook.formats.text.csv_cells import cell_of
from importer.workbook.formats.text.encodings import Encoding, misfit
from importer.workbook.labels import HEADER_SEARCH, is_header
from importer.workbook.likeness import fields_meant

SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
WORKBOOK_SUFFIXES = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods")
"""Other endings that programs give to separated values."""

_TAB_FIRST = (".tsv", ".tab")
_SEPARATORS = ",;\t|"
_ROW_LENGTH = 2_000  # characters of the longest row in which the separator is searched
_SEP_LINE = re.compile("\ufeff*sep=(.)\r?\n", re.IGNORECASE)
"""The line that sets the separator in Excel; it is not a row."""
_FIELD_LIMIT = 32_767
"""Characters of the longest cell in Excel; a longer field has an unclosed quotation mark."""

csv.field_size_limit(_FIELD_LIMIT)

_LINE_LIMIT = 1 << 20
"""Characters of the longest line; the separators of Excel's 16,384 columns fit in it."""

_MARK = "\ufeff"
"""The byte order mark. Where files were joined, it stands at the beginning of lines as well."""
_MARKED_QUOTE = re.compile(f'^({_MARK}+)"', re.MULTILINE)


class Table(NamedTuple):
    """The rows of a text file that are not blank, and the cells, by row and column from 1, that
    were written as formulas to keep their text."""

    rows: list[Row]
    quoted: dict[tuple[int, int], str]


def has_header(beginning: str, suffix: str) -> bool:
    """Whether a text with this beginning has several columns, one with a known header or two whose
    headers resemble known ones; `suffix` is the file's."""
    rows = list(islice(_try(beginning, _separator(beginning, suffix)), HEADER_SEARCH))
    return any(len(fields) > 1 and _known(fields) for fields in rows) or any(
        len(fields_meant(sheet, fields, loosely=False)) > 1 for fields in rows for sheet in SHEETS
    )


def read_csv(content: bytes, encoding: Encoding, suffix: str, limits: Limits) -> Table:
    """The rows of `content`; `suffix` is the file's.

    Rows are counted as in a spreadsheet: a line break inside quotation marks does not end a row.
    """
    try:
        sample = _stream(content, encoding).read(HEADER_SEARCH * _ROW_LENGTH)
        start = len(sample) - len(sample.removeprefix(_MARK))
        sep_line = _SEP_LINE.match(sample, start)
        separator = sep_line[1] if sep_line else _separator(sample[start:], suffix)
        if content.count(separator.encode()) > limits.cells:
            raise _too_many(limits)
        stream = _stream(content, encoding)
        stream.read(sep_line.end() if sep_line else start)
        return _table(stream, separator, limits)
    except UnicodeError as error:
        raise misfit(content, encoding) from error


def _stream(content: bytes, encoding: Encoding) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding.codec, newline="")


def _table(stream: io.TextIOWrapper, separator: str, limits: Limits) -> Table:
    table = Table([], {})
    widest = 0
    for number, fields in enumerate(_fields(_lines(stream, limits), separator), 1):
        if number > limits.rows:
            raise too_large(text(N_("it has too many rows")), "rows", limits.rows)
        if not any(fields):
            continue
        while not fields[-1]:
            fields.pop()
        widest = max(widest, len(fields))
        if widest > limits.columns:
            raise too_large(text(N_("it has too many columns")), "columns", limits.columns)
        if number * widest > limits.cells:
            raise _too_many(limits)
        cells = [
            field if field[:1].isalnum() and not (":" in field or "'" in field) else cell_of(field)
            for field in fields
        ]  # fmt: skip
        table.rows.append((number, cells))
        for column, field in enumerate(fields, 1):
            if field.lstrip()[:1] == "=" and isinstance(cells[column - 1], str):
                table.quoted[number, column] = field
    return table


def _too_many(limits: Limits) -> RefusedError:
    return too_large(text(N_("it has too many values")), "cells", limits.cells)


def _lines(stream: io.TextIOWrapper, limits: Limits) -> Iterator[str]:
    """The lines of a text; raise RefusedError for one that would take too much memory."""
    while line := stream.readline(_LINE_LIMIT):
        if len(line) == _LINE_LIMIT:
            raise too_large(text(N_("one of its lines is too long")), "columns", limits.columns)
        yield _within_quotes(line) if line[0] == _MARK else line


def _within_quotes(lines: str) -> str:
    """`lines` with the marks at their beginnings behind the quotation marks, as part of cells."""
    return _MARKED_QUOTE.sub(r'"\1', lines)


def _separator(sample: str, suffix: str) -> str:
    """The separator that finds the most known headers, then the fewest rows beyond the header.

    Where none finds a known header, it is the one that gives the most rows equally many columns.
    """
    order = "\t,;|" if suffix in _TAB_FIRST else _SEPARATORS

    def fitness(separator: str) -> tuple[int, int, int]:
        rows = list(islice(_try(sample, separator), HEADER_SEARCH))
        header = max(rows, key=_known, default=[])
        if known := _known(header):
            return known, -sum(len(fields) > len(header) for fields in rows), 0
        widths = Counter(len(fields) for fields in rows if len(fields) > 1)
        return 0, *max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(order, key=fitness)  # the first of equals


def _known(fields: list[str]) -> int:
    """The number of known headers among `fields`."""
    return sum(isinstance(cell, str) and is_header(cell) for cell in map(cell_of, fields))


def _try(sample: str, separator: str) -> Iterator[list[str]]:
    """The rows before the first error."""
    try:
        lines = io.StringIO(_within_quotes(sample), newline="")
        yield from csv.reader(lines, delimiter=separator)
    except csv.Error:
        return


def _fields(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    before = 0
    try:
        for fields in reader:
            before = reader.line_num
            yield fields
    except csv.Error as error:
        raise unreadable(
            text(N_("a quotation mark in line {line} is not closed, or text follows it"),
                 line=before + 1),
            text(N_("Correct it, or save the file again from a spreadsheet program.")),
        ) from error  # fmt: skip
