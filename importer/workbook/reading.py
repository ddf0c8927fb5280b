"""A file to sheets of raw cells that remember their rows, or one clear reason why not."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from importer.domain.problems import Code
from importer.errors import FileError
from importer.texts import N_, text
from importer.workbook.cells import Broken, Cell, is_blank
from importer.workbook.markup import DoctypeError, Markup, column_letters, look_at_sheets

FILE_LIMIT = 256 * 1024**2
"""Bytes of the largest file taken; a million rows are some 60 MB."""

AREA_LIMIT = 50_000_000
"""Cells from A1 to the last one, blank ones included, which all take memory while reading."""

_ZIP = b"PK\x03\x04"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Excel 97-2003 and encrypted workbooks are
_DAMAGED = (
    BadZipFile, CalamineError, EOFError, KeyError, OSError, OverflowError, ParseError,
    RuntimeError,  # zipfile, of parts that are encrypted or compressed as it does not know
    ValueError, struct.error, zlib.error,
)  # fmt: skip
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(slots=True)
class RawSheet:
    """A sheet's rows that are not blank, top to bottom: row number (from 1) and cells from A."""

    name: str
    rows: list[tuple[int, Sequence[Cell]]]
    hidden: bool = False
    markup: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """A workbook's sheets, left to right, and the SHA-256 of the very bytes they were read from."""

    sha256: str
    sheets: list[RawSheet]


def read_workbook(path: Path) -> RawWorkbook:
    """Read the xlsx or xlsm file at `path`; raise FileError where that cannot be done."""
    content = _bytes_of(path)
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise _not_a_workbook(path, text(N_("it is an archive of something else")))
            markup = look_at_sheets(archive)
        for name, seen in markup.items():
            if seen.area > AREA_LIMIT:
                raise _cells_far_away(path, name)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        worksheets = _worksheets(workbook)
        names = [workbook.sheet_names[index] for index, _ in worksheets]
        if len(set(names)) < len(names):
            raise _unreadable(path, text(N_("two of its sheets have the same name")))
        sheets = [
            _raw_sheet(workbook.get_sheet_by_index(index), hidden, markup[name])
            for (index, hidden), name in zip(worksheets, names, strict=True)
        ]
    except PasswordError as error:
        raise _password_protected(path) from error
    except DoctypeError as error:
        raise FileError(
            Code.HOSTILE_FILE,
            text(N_("{path} declares a document type, as no spreadsheet program does."), path=path),
            text(N_("Do not trust it; ask its sender for a new file.")),
        ) from error
    except _DAMAGED as error:
        raise _unreadable(path, text(N_("it is damaged or was cut short"))) from error
    return RawWorkbook(hashlib.sha256(content).hexdigest(), sheets)


def _bytes_of(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _unreadable(path, text(N_("it is a folder")))
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable(path, text(N_("it is no ordinary file")))
        if status.st_size > FILE_LIMIT:
            raise FileError(
                Code.TOO_LARGE,
                text(N_("{path} has {size} MB; the most that is taken is {limit} MB."), path=path,
                     size=status.st_size // 1024**2, limit=FILE_LIMIT // 1024**2),
                text(N_("Split it into several workbooks.")),
            )  # fmt: skip
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise _unreadable(path, text(N_("it does not exist"))) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise _unreadable(path, reason or str(error)) from error
    if not content:
        raise _unreadable(path, text(N_("it is empty")))
    if content.startswith(_OLE2):
        if _ENCRYPTED in content:
            raise _password_protected(path)
        raise _not_a_workbook(path, text(N_("it is in the old format of Excel 97-2003 (.xls)")))
    if not content.startswith(_ZIP):
        looks_like_html = content.lstrip()[:1] == b"<"
        raise _not_a_workbook(
            path,
            text(N_("it is a web page or XML") if looks_like_html else N_("it is no xlsx file")),
        )
    return content


def _worksheets(workbook: CalamineWorkbook) -> list[tuple[int, bool]]:
    """The index of each sheet that has cells, and whether it is hidden."""
    return [
        (index, sheet.visible != SheetVisibleEnum.Visible)
        for index, sheet in enumerate(workbook.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _raw_sheet(sheet: CalamineSheet, hidden: bool, markup: Markup) -> RawSheet:
    top, left = sheet.start or (0, 0)
    grid: list[list[Cell]] = list(sheet.to_python())  # type: ignore[arg-type]  # list is invariant
    if left:
        grid = [[None] * left + row for row in grid]
    for first, last in sheet.merged_cell_ranges or ():
        _put_merged(grid, top, first, last)
    by_number = dict(enumerate(grid, start=top + 1))
    for at, shown in markup.errors.items():
        _put(by_number, at, Broken(Code.CELL_ERROR, shown))
    for at, has_value in markup.formulas.items():
        if not has_value:
            _put(by_number, at, Broken(Code.FORMULA_WITHOUT_VALUE, "="))
    rows: list[tuple[int, Sequence[Cell]]] = [
        (number, cells)
        for number, cells in sorted(by_number.items())
        if not all(is_blank(cell) or _is_merged(cell) for cell in cells)
    ]
    return RawSheet(sheet.name, rows, hidden, markup)


def _is_merged(cell: Cell) -> bool:
    """Whether the cell's value, if it has one, stands elsewhere in a merged range."""
    return isinstance(cell, Broken) and cell.code is Code.MERGED_CELLS


def _put(by_number: dict[int, list[Cell]], at: tuple[int, int], cell: Cell) -> None:
    """Put `cell` at row and column (A being 1), also beyond the last cell with a value."""
    row, column = at
    cells = by_number.setdefault(row, [])
    cells += [None] * (column - len(cells))
    cells[column - 1] = cell


def _put_merged(
    grid: list[list[Cell]], top: int, first: tuple[int, int], last: tuple[int, int]
) -> None:  # fmt: skip
    """Mark the cells of a merged range that hold no value because its first cell holds it."""
    anchor = first[0] - top
    if not 0 <= anchor < len(grid) or first[1] >= len(grid[anchor]):
        return
    if is_blank(grid[anchor][first[1]]):
        return
    corners = [f"{column_letters(column + 1)}{row + 1}" for row, column in (first, last)]
    merged = Broken(Code.MERGED_CELLS, ":".join(corners))
    width = len(grid[0])
    for row in range(first[0], min(last[0], top + len(grid) - 1) + 1):
        for column in range(first[1], min(last[1], width - 1) + 1):
            if (row, column) != first:
                grid[row - top][column] = merged


def _unreadable(path: Path, reason: object) -> FileError:
    return FileError(
        Code.UNREADABLE_FILE,
        text(N_("{path} cannot be read: {reason}."), path=path, reason=reason),
        text(N_("Give the path of a workbook (.xlsx or .xlsm) that Excel opens.")),
    )


def _cells_far_away(path: Path, sheet: str) -> FileError:
    return FileError(
        Code.TOO_LARGE,
        text(N_("{path} cannot be read: {sheet} has cells so far from the others that it is too "
                "large."), path=path, sheet=sheet),
        text(N_("Delete the rows and columns beyond the last filled one, and save it.")),
    )  # fmt: skip


def _not_a_workbook(path: Path, reason: object) -> FileError:
    return FileError(
        Code.NOT_A_WORKBOOK,
        text(N_("{path} is not an Excel workbook: {reason}."), path=path, reason=reason),
        text(N_("Open it in Excel and save it as an Excel Workbook (.xlsx).")),
    )


def _password_protected(path: Path) -> FileError:
    return FileError(
        Code.PASSWORD_PROTECTED,
        text(N_("{path} is protected with a password."), path=path),
        text(N_("Open it in Excel, take the password off under File > Info, and save it.")),
    )
