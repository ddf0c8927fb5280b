"""Names of errors that were typed as text, in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from builders import HEADERS, otc, write_workbook
from command_line import CommandLine
from hostile.originals import ODS_HEADER, ods_cell, ods_content, ods_parts, ods_row
from reports import errors_in
from workbook_files import as_text, pack
from xlsb_files import XlsbSheet, write_xlsb

ROWS = [HEADERS["Add OTC"], [otc(company="#N/A", description="#\u00a1REF!").get(header, "")
                            for header in HEADERS["Add OTC"]]]  # fmt: skip


def xlsx(path: Path) -> Path:
    """A workbook of openpyxl."""
    row = dict(zip(*ROWS, strict=True))
    return as_text(write_workbook(path, [("Add OTC", [{k: v for k, v in row.items() if v}])]))


def xlsb(path: Path) -> Path:
    """A binary workbook."""
    cells = {(r, c): value for r, row in enumerate(ROWS) for c, value in enumerate(row) if value}
    return write_xlsb(path, [XlsbSheet("Add OTC", cells)])


def xls(path: Path) -> Path:
    """A workbook of Excel 97."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Add OTC")
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    workbook.save(str(path))
    return path


def ods(path: Path) -> Path:
    """An OpenDocument spreadsheet."""
    rows = ODS_HEADER + ods_row(*map(ods_cell, ROWS[1]))
    return pack(path, ods_parts(ods_content(rows, "Add OTC")))


def csv(path: Path) -> Path:
    """Separated values."""
    lines = [",".join(map(str, row)) for row in ROWS]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize("write", [xlsx, xlsb, xls, ods, csv])
def test_the_name_of_an_error_as_text_is_the_error(
    write: Callable[[Path], Path], command: CommandLine, tmp_path: Path
) -> None:
    path = write(tmp_path / f"Add OTC.{write.__name__}")
    assert errors_in(command("check", path, "--json").report) == [
        ("C2", "cell-error"), ("E2", "cell-error"),
    ]  # fmt: skip
