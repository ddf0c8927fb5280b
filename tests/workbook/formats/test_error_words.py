"""Names of errors that were typed as text, in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from builders import HEADERS, code_of, otc, write_cells
from command_line import CommandLine
from hostile.originals import ODS_HEADER, ods_cell, ods_content, ods_parts, ods_row
from reports import errors_in
from workbook_files import as_text, pack
from xlsb_files import XlsbSheet, write_xlsb

WORDS = (
    "#N/A", "#\u00a1REF!", " #N/A ", "#N/A\u00a0", "\u200b#REF!\u200b", "#n/a", "#NV", "#VALEUR!",
    "#NOMBRE?", "#\u00a1CALC!", "#DESBORDAMIENTO!", "#FIELD!", "Err:502", " err:522 ",
)  # fmt: skip
NO_ERRORS = ("#1 Norte", "# N/A", "#REF! Sur", "Err:5", "Error: 502", "Err:5020")
ROWS = [HEADERS["Add OTC"], *(
    [otc(code_of(number), description=word).get(header, "") for header in HEADERS["Add OTC"]]
    for number, word in enumerate((*WORDS, *NO_ERRORS))
)]  # fmt: skip


def xlsx(path: Path) -> Path:
    """A workbook of openpyxl."""
    return as_text(write_cells(path, {"Add OTC": ROWS}))


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
    rows = ODS_HEADER + "".join(ods_row(*map(ods_cell, row)) for row in ROWS[1:])
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
    """In capitals or not, with space and invisible characters beside it; not in a longer text."""
    assert errors_in(command("check", path, "--json").report) == [
        (f"E{row}", "cell-error") for row, _ in enumerate(WORDS, 2)
    ]


@pytest.mark.parametrize("word", ["#VALUE!", "Err:502"])
def test_a_workbook_without_other_such_signs_is_searched_too(
    word: str, command: CommandLine
) -> None:
    cells = [tuple(otc(description="")), tuple(otc(description=f" {word}").values())]
    path = as_text(write_cells(Path("x.xlsx"), {"Add OTC": cells}))
    assert errors_in(command("check", path, "--json").report) == [("E2", "cell-error")]
