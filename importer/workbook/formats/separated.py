"""Text with a value after the other (CSV, TSV): its encoding, its separator, its rows.

All of it is found out from the bytes: a byte order mark or what decodes, and the separator under
which the first rows hold most headers of ours.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.cell import Broken, Cell
from importer.workbook.formats.refusals import RefusedError, too_large, unreadable
from importer.workbook.labels import HEADER_SEARCH, is_a_header

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
_ROW_LENGTH = 2_000
"""Characters of a row, and more, in which the separator is looked for."""
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""What tells Excel the separator; Excel does not show it as a row."""
_FIELD_LIMIT = 32_767
"""Characters that a cell of Excel holds; a longer field is a quotation mark that is not closed."""

csv.field_size_limit(_FIELD_LIMIT)

_CHUNK = 1 << 20
_LINE_LIMIT = 1 << 20
"""Characters of a line; as many columns as Excel has need 16,384 for the separators alone."""

_ERRORS = frozenset(
    {
        "#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!",
        "#N/D", "#¡VALOR!", "#¡REF!", "#¡DIV/0!", "#¡NUM!", "#¿NOMBRE?", "#¡NULO!",
    }
)  # fmt: skip
"""What Excel writes of a cell with an error, in English and Spanish."""

_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")


def guarded(value: str) -> str:
    """`value` so that no spreadsheet program takes it for a formula; `unguarded` gives it back."""
    return f"'{value}" if _DANGEROUS.match(value) else value


def unguarded(value: str) -> str:
    """What `guarded` was given."""
    return value[1:] if _GUARDED.match(value) else value


@dataclass(frozen=True, slots=True)
class Separated:
    """The rows of a file of text that hold anything, with their numbers, and its encoding."""

    rows: list[tuple[int, list[Cell]]]
    encoding: str


def read_separated(content: bytes, suffix: str, limits: Limits) -> Separated:
    """The rows of `content`, from a file whose name ends in `suffix`.

    Rows are counted as a spreadsheet program does: a line break within quotation marks begins none.
    """
    encoding = _encoding(content)
    try:
        sample = _stream(content, encoding).read(HEADER_SEARCH * _ROW_LENGTH)
        told = _SEP_LINE.match(sample)
        separator = told[1] if told else _separator(sample, suffix)
        if content.count(separator.encode()) > limits.cells:
            raise _too_many(limits)
        stream = _stream(content, encoding)
        stream.read(told.end() if told else 0)
        return Separated(list(_rows(stream, separator, limits)), encoding)
    except UnicodeDecodeError as error:
        raise unreadable(
            text(N_("its letters are neither in UTF-8 nor in UTF-16 nor in Windows-1252"))
        ) from error


def _stream(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def _rows(
    stream: io.TextIOWrapper, separator: str, limits: Limits
) -> Iterator[tuple[int, list[Cell]]]:  # fmt: skip
    """Each row that is not blank, and its number."""
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
    """The lines of a text, none of them so long that it alone takes all memory."""
    while line := stream.readline(_LINE_LIMIT):
        if len(line) == _LINE_LIMIT:
            raise too_large(text(N_("a line of it is too long")), "columns", limits.columns)
        yield line


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    zeros = [content[parity:4096:2].count(0) for parity in (0, 1)]
    if max(zeros) > len(content[:4096]) // 4:  # every other byte: letters in UTF-16 without a mark
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
    """The one under which a row holds most headers of ours; under none, which leaves most whole."""
    order = "\t,;|" if suffix in _TAB_FIRST else _SEPARATORS

    def fitness(separator: str) -> tuple[int, int]:
        rows = list(islice(_try(sample, separator), HEADER_SEARCH))
        known = max((sum(map(is_a_header, fields)) for fields in rows), default=0)
        header = next((fields for fields in rows if sum(map(is_a_header, fields)) == known), [])
        beyond = sum(len(fields) > len(header) for fields in rows)
        return known, -beyond

    return max(order, key=fitness)  # of equals, the first


def _try(words: str, separator: str) -> Iterator[list[str]]:
    """Rows as far as they can be read."""
    try:
        yield from csv.reader(io.StringIO(words, newline=""), delimiter=separator)
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
            text(N_("the quotation marks in line {line} are not closed, or more follows them"),
                 line=before + 1),
            text(N_("Close them, or save the file again from a spreadsheet program.")),
        ) from error  # fmt: skip


def _cell(field: str) -> Cell:
    """What a cell of a workbook would hold, where a spreadsheet program wrote `field` of it."""
    bare = field.strip()
    if bare in _ERRORS:
        return Broken(Code.CELL_ERROR, bare)
    return unguarded(field) or None
