"""The template, filled in with mistakes and changed in every way that a user might."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from builders import A, B, C, D
from command_line import CommandLine

GREEN = "FF00B050"
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "Add OTC": [
        (A, "it@msp.example", "Acme", 50, "=1+1"),
        (B, "nobody", "Acme", 5, "a bad email"),
        (C, "it@msp.example", "Acme", 20, "good"),
        (D, "it@msp.example", "Acme", "x", "a bad number"),
    ],
    "Add Customer": [("Norte", "Admin", A, 5), ("Sur", "Boss", A, 7)],
}
CODES = [A, B, C, D]
BAD = [("Add OTC", "B3"), ("Add OTC", "D5"), ("Add Customer", "B3")]
"""The cells with mistakes."""
FIXED: dict[str, str | int] = {"nobody": "ana@msp.example", "x": 9, "Boss": "Admin"}
"""What their values should be."""


_filled_in: list[bytes] = []


def write_own_workbook(command: CommandLine, path: Path) -> Path:
    """Have the template written, and fill it in; after the first time, the same file again."""
    if not _filled_in:
        assert command("template", "-o", path).exit_code == 0
        _filled_in.append(_fill_in(path))
    path.write_bytes(_filled_in[0])
    return path


def _fill_in(path: Path) -> bytes:
    workbook = load_workbook(path)
    for title, rows in ROWS.items():
        for number, row in enumerate(rows, start=2):
            for column, value in enumerate(row, start=1):
                workbook[title].cell(number, column, value)
    otcs = workbook["Add OTC"]
    otcs["E2"].data_type = "s"
    otcs["L1"], otcs["L5"] = "Our invoice", "2026/17"
    otcs["B3"].comment = Comment("ask Ana", "me")
    otcs["C3"].comment = Comment("the new company", "me")
    otcs["C4"].fill = PatternFill("solid", fgColor=GREEN)
    otcs["C4"].font = Font(name="Arial", size=14, italic=True)
    otcs["E4"] = CellRichText("go", TextBlock(InlineFont(b=True), "od"))
    otcs.column_dimensions["C"].width = 55
    otcs.row_dimensions[5].height = 44
    notes = workbook.create_sheet("Our notes", 1)
    notes["A1"], notes["A2"], notes["A3"] = "Call", 1.5, "=A2*2"
    notes["A1"].font = Font(italic=True, size=20)
    notes.column_dimensions["A"].width = 33
    workbook.save(path)
    return path.read_bytes()


def is_marked(sheet: Worksheet, address: str) -> bool:
    """Whether a cell is marked as bad: by colour, in bold and by a comment, all three or none."""
    cell = sheet[address]
    commented = cell.comment is not None and "avira-importer" in cell.comment.text
    marks = {cell.fill.fgColor.rgb == "00FFC7CE", bool(cell.font.bold), commented}
    assert len(marks) == 1, f"{address} is half marked"
    return commented
