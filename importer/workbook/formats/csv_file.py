"""Read CSV and TSV files: encoding, separator and rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.cell import BadCell, Cell, Row
from importer.workbook.formats.refusals import RefusedError, too_large, unreadable
from importer.workbook.labels import HEADER_SEARCH, is_header

SUFFIXES = (".csv", ".tsv", ".tab", ".txt")

WINDOWS_1252 = "cp1252"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TAB_FIRST = (".tsv", ".tab")
_SEPARATORS = ",;\t|"
_ROW_LENGTH = 2_000  # characters of the longest row in which the separator is searched
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line that sets the separator in Excel; it is not a row."""
_FIELD_LIMIT = 32_767
"""Characters of the longest cell in Excel; a longer field has an unclosed quotation mark."""

csv.field_size_limit(_FIELD_LIMIT)

_CHUNK = 1 << 20
_LINE_LIMIT = 1 << 20
"""Characters of the longest line; the separators of Excel's 16,384 columns fit in it."""

_ERRORS = frozenset(
    {
        "#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!",
        "#N/D", "#¡VALOR!", "#¡REF!", "#¡DIV/0!", "#¡NUM!", "#¿NOMBRE?", "#¡NULO!",
    }
)  # fmt: skip
"""The errors that Excel writes, in English and Spanish."""

_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")


def guarded(value: str) -> str:
    """Keep spreadsheet programs from reading `value` as a formula; see `unguarded`."""
    return f"'{value}" if _DANGEROUS.match(value) else value


def unguarded(value: str) -> str:
    """Undo `guarded`."""
    return value[1:] if _GUARDED.match(value) else value


def read_csv(content: bytes, suffix: str, limits: Limits) -> tuple[list[Row], str]:
    """The rows of `content` that are not blank, and its encoding; `suffix` is the file's.

    Rows are counted as in a spreadsheet: a line break inside quotation marks does not end a row.
    """
    encoding = _encoding(content)
    try:
        sample = _stream(content, encoding).read(HEADER_SEARCH * _ROW_LENGTH)
        sep_line = _SEP_LINE.match(sample)
        separator = sep_line[1] if sep_line else _separator(sample, suffix)
        if content.count(separator.encode()) > limits.cells:
            raise _too_many(limits)
        stream = _stream(content, encoding)
        stream.read(sep_line.end() if sep_line else 0)
        return list(_rows(stream, separator, limits)), encoding
    except UnicodeDecodeError as error:
        raise unreadable(text(N_("its encoding is not UTF-8, UTF-16 or Windows-1252"))) from error


def _stream(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def _rows(stream: io.TextIOWrapper, separator: str, limits: Limits) -> Iterator[Row]:
    cells = 0
    for number, fields in enumerate(_fields(_lines(stream, limits), separator), 1):
        if number > limits.rows:
            raise too_large(text(N_("it has too many rows")), "rows", limits.rows)
        cells += len(fields)
        if cells > limits.cells:
            raise _too_many(limits)
        if not any(fields):
            continue
        while fields and not fields[-1]:
            fields.pop()
        if len(fields) > limits.columns:
            raise too_large(text(N_("it has too many columns")), "columns", limits.columns)
        yield number, [_cell(field) for field in fields]


def _too_many(limits: Limits) -> RefusedError:
    return too_large(text(N_("it has too many values")), "cells", limits.cells)


def _lines(stream: io.TextIOWrapper, limits: Limits) -> Iterator[str]:
    """The lines of a text; raise RefusedError for one that would take too much memory."""
    while line := stream.readline(_LINE_LIMIT):
        if len(line) == _LINE_LIMIT:
            raise too_large(text(N_("one of its lines is too long")), "columns", limits.columns)
        yield line


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    zeros = [content[parity:4096:2].count(0) for parity in (0, 1)]
    if max(zeros) > len(content[:4096]) // 4:  # every other byte is 0: UTF-16 without a mark
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return WINDOWS_1252
    return "utf-8"


def _separator(sample: str, suffix: str) -> str:
    """The separator that finds the most known headers, then the fewest rows beyond the header."""
    order = "\t,;|" if suffix in _TAB_FIRST else _SEPARATORS

    def fitness(separator: str) -> tuple[int, int]:
        rows = list(islice(_try(sample, separator), HEADER_SEARCH))
        header = max(rows, key=known, default=[])
        beyond = sum(len(fields) > len(header) for fields in rows)
        return known(header), -beyond

    def known(fields: list[str]) -> int:
        return sum(map(is_header, fields))

    return max(order, key=fitness)  # the first of equals


def _try(sample: str, separator: str) -> Iterator[list[str]]:
    """The rows before the first error."""
    try:
        yield from csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
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


def _cell(field: str) -> Cell:
    """The cell of a workbook that a spreadsheet program would write as `field`."""
    stripped = field.strip()
    if stripped in _ERRORS:
        return BadCell(Code.CELL_ERROR, stripped)
    return unguarded(field) or None
