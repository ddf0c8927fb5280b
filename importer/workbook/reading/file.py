"""A file to sheets of raw cells that remember their rows, or one clear reason why not.

This is done in a process of its own (`apart.py`): whoever sent the file may have meant harm.
"""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from importer.base.texts import N_, current_language, text
from importer.config.limits import MB, Limits
from importer.domain.problems import Code
from importer.domain.sheets import Sheet
from importer.workbook.cell import Broken, Cell, is_blank, is_merged, shown
from importer.workbook.formats import ods, separated, xls, xlsb, xlsx
from importer.workbook.formats.archive import look_over, parts_of
from importer.workbook.formats.refusals import (
    RefusedError,
    damaged,
    hostile,
    password_protected,
    too_large,
    unreadable,
)
from importer.workbook.labels import (
    HEADER_SEARCH,
    language_of,
    sheet_in_file_name,
    sheet_named,
    sheets_with,
)
from importer.workbook.markup import Markup, Range, column_letters
from importer.workbook.reading.raw import RawSheet, RawWorkbook

_ZIP = b"PK\x03\x04"
_BEGINNING = 4_096
"""Bytes from which it shows what a file may be that is no workbook."""
_DAMAGED = (
    BadZipFile, CalamineError, EOFError, ExpatError, IndexError, KeyError, OSError, OverflowError,
    ParseError,
    RuntimeError,  # zipfile, of parts that are compressed as it does not know
    ValueError, struct.error, zlib.error,
)  # fmt: skip

_MERGED_TWICE = 1_000_000
"""Cells that merged ranges may share, as only careless programs make them."""

Markups = dict[str, Markup] | list[Markup]
"""The markup of each sheet, by its name or in the file's order."""


def read_here(path: Path, limits: Limits, sheet: str | None) -> RawWorkbook:
    """Read the file at `path`, whatever its format; raise RefusedError where that cannot be done.

    `sheet` names the sheet of ours that a file of text holds.
    """
    content = _bytes_of(path, limits)
    try:
        sha256 = hashlib.sha256(content).hexdigest()
        if content.startswith(_ZIP):
            return RawWorkbook(sha256, list(_of_archive(content, limits)))
        if content.startswith(xls.SIGNATURE):
            markups = xls.look_at_sheets(content)
            return RawWorkbook(
                sha256, list(_sheets(xls.without_archives(content), markups, limits))
            )
        suffix = path.suffix.lower()
        if content[:_BEGINNING].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            raise RefusedError(Code.NOT_A_WORKBOOK, text(N_("it is a web page or XML")))
        if suffix not in separated.SUFFIXES:
            raise _neither_workbook_nor_csv(content)
        found = separated.read_separated(content, suffix, limits)
        guessed = "Windows-1252" if found.encoding == separated.WINDOWS_1252 else None
        return RawWorkbook(sha256, [_of_text(found.rows, path, sheet)], guessed)
    except PasswordError as error:
        raise password_protected() from error
    except _DAMAGED as error:
        raise damaged() from error


def _bytes_of(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise unreadable(text(N_("it is a folder")))
        if not stat.S_ISREG(status.st_mode):
            raise unreadable(text(N_("it is no ordinary file")))
        if status.st_size > limits.file_mb * MB:
            what = text(N_("it has {size} MB"), size=status.st_size // MB)
            raise too_large(what, "file_mb", limits.file_mb)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise unreadable(text(N_("it does not exist"))) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise unreadable(reason or str(error)) from error
    if not content:
        raise unreadable(text(N_("it is empty")))
    return content


def _of_archive(content: bytes, limits: Limits) -> Iterator[RawSheet]:
    watcher = xlsx.Watcher(limits)
    with look_over(content, limits, watcher.see) as archive:
        markup = _markup_in(archive, watcher, limits)
    yield from _sheets(content, markup, limits)


def _markup_in(archive: ZipFile, watcher: xlsx.Watcher, limits: Limits) -> Markups:
    parts = parts_of(archive)
    if len({*xlsx.USUAL, ods.CONTENT} & parts.keys()) > 1:
        raise hostile(text(N_("it is several workbooks in one file")))
    workbook = xlsx.workbook_part(archive)
    if workbook is not None and workbook.lower().endswith(".bin"):
        return xlsb.look_at_sheets(archive, workbook)
    if workbook is not None:
        return watcher.markup(archive, workbook)
    if ods.CONTENT in parts and archive.read("mimetype").startswith(ods.MIME_TYPE):
        if ods.is_encrypted(archive):
            raise password_protected()
        return ods.look_at_sheets(archive, limits)
    raise RefusedError(Code.NOT_A_WORKBOOK, text(N_("it is an archive of something else")))


def _sheets(content: bytes, markups: Markups, limits: Limits) -> Iterator[RawSheet]:
    """The sheets of a workbook that calamine knows, but not before all of it is small enough."""
    by_name = markups if isinstance(markups, dict) else dict(enumerate(markups))
    for markup in by_name.values():
        _check_size(markup, limits)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = workbook.sheet_names
    worksheets = [
        (index, sheet.visible != SheetVisibleEnum.Visible)
        for index, sheet in enumerate(workbook.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    if len({names[index] for index, _ in worksheets}) < len(worksheets):
        raise unreadable(text(N_("two of its sheets have the same name")))
    for index, hidden in worksheets:
        markup = markups[names[index]] if isinstance(markups, dict) else markups[index]
        yield _raw_sheet(workbook.get_sheet_by_index(index), hidden, markup)


def _check_size(markup: Markup, limits: Limits) -> None:
    far = N_("a sheet of it has cells so far from the others that it is too large")
    for found, limit, most, what in (
        (markup.rows, "rows", limits.rows, N_("a sheet of it has {found} rows")),
        (markup.columns, "columns", limits.columns, N_("a sheet of it has {found} columns")),
        (markup.area, "cells", limits.cells, far),
    ):
        if found > most:
            raise too_large(text(what, found=found), limit, most)


def _raw_sheet(sheet: CalamineSheet, hidden: bool, markup: Markup) -> RawSheet:
    top, left = sheet.start or (0, 0)
    grid: list[list[Cell]] = list(sheet.to_python())  # type: ignore[arg-type]  # list is invariant
    if left:
        grid = [[None] * left + row for row in grid]
    merged: Sequence[Range] = sheet.merged_cell_ranges or markup.merged
    _put_all_merged(grid, top, merged)
    by_number = dict(enumerate(grid, start=top + 1))
    for at, error in markup.errors.items():
        _put(by_number, at, Broken(Code.CELL_ERROR, error))
    for at, said in markup.booleans.items():
        _put(by_number, at, said)
    for at, has_value in markup.formulas.items():
        if not has_value:
            _put(by_number, at, Broken(Code.FORMULA_WITHOUT_VALUE, "="))
    rows: list[tuple[int, Sequence[Cell]]] = [
        (number, cells)
        for number, cells in sorted(by_number.items())
        if not all(is_blank(cell) or is_merged(cell) for cell in cells)
    ]
    return RawSheet(sheet.name, rows, hidden, markup)


def _put(by_number: dict[int, list[Cell]], at: tuple[int, int], cell: Cell) -> None:
    """Put `cell` at row and column (A being 1), also beyond the last cell with a value."""
    row, column = at
    cells = by_number.setdefault(row, [])
    cells += [None] * (column - len(cells))
    cells[column - 1] = cell


def _put_all_merged(grid: list[list[Cell]], top: int, merged: Sequence[Range]) -> None:
    """Mark the cells of merged ranges; raise RefusedError where they lie in heaps."""
    left = _MERGED_TWICE + sum(map(len, grid))
    for first, last in merged:
        left -= _put_merged(grid, top, first, last)
        if left < 0:
            raise hostile(text(N_("its merged cells lie on each other")))


def _put_merged(
    grid: list[list[Cell]], top: int, first: tuple[int, int], last: tuple[int, int]
) -> int:  # fmt: skip
    """Mark the cells of a merged range that hold no value because its first cell holds it.

    Gives how many cells that took.
    """
    anchor = first[0] - top
    if not 0 <= anchor < len(grid) or first[1] >= len(grid[anchor]):
        return 0
    if is_blank(grid[anchor][first[1]]):
        return 0
    corners = [f"{column_letters(column + 1)}{row + 1}" for row, column in (first, last)]
    merged = Broken(Code.MERGED_CELLS, ":".join(corners))
    width = len(grid[0])
    rows = range(first[0], min(last[0], top + len(grid) - 1) + 1)
    columns = range(first[1], min(last[1], width - 1) + 1)
    for row in rows:
        for column in columns:
            if (row, column) != first:
                grid[row - top][column] = merged
    return len(rows) * len(columns)


def _of_text(rows: list[tuple[int, list[Cell]]], path: Path, sheet: str | None) -> RawSheet:
    """The one sheet of a file of text: which of ours it is, if its name or header tells."""
    kept: list[tuple[int, Sequence[Cell]]] = [
        (number, cells) for number, cells in rows if not all(map(is_blank, cells))
    ]
    named = sheet_in_file_name(path.stem)
    fitting = [named] if named else _fitting(kept)
    told = sheet_named(sheet) if sheet else None
    if told is not None and len(fitting) == 1 and fitting[0] is not told:
        other = fitting[0].title(current_language())
        raise unreadable(
            text(N_("its name or its headers say that it holds {other}, but --sheet says {sheet}"),
                 other=other, sheet=sheet)
        )  # fmt: skip
    if told is None and len(fitting) != 1:
        return RawSheet(path.stem, kept, told=False)
    meant = told or fitting[0]
    return RawSheet(meant.title(language_of(sheet or path.stem, meant)), kept)


def _fitting(rows: list[tuple[int, Sequence[Cell]]]) -> list[Sheet]:
    """The sheets of ours that the first of `rows` with headers of ours can be the header of."""
    for _number, cells in rows[:HEADER_SEARCH]:
        fitting = sheets_with([shown(cell) for cell in cells if not is_blank(cell)])
        if fitting:
            return fitting
    return []


def _neither_workbook_nor_csv(content: bytes) -> RefusedError:
    """What to say of a file that is no workbook and not called a text."""
    some = content[:_BEGINNING]
    if b"\0" not in some and any(mark in some for mark in (b",", b";", b"\t")):
        return RefusedError(
            Code.NOT_A_WORKBOOK,
            text(N_("it is text, but its name does not end in .csv")),
            text(N_("If its values are separated, let its name end in .csv.")),
        )
    return RefusedError(Code.NOT_A_WORKBOOK, text(N_("it is in no format that is read")))
