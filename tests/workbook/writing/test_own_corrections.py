"""Corrections of a filled-in template: the user's own workbook, with the bad cells marked."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.worksheet import Worksheet

from builders import A, B, C, D, edit_workbook
from command_line import CommandLine
from importer.config.limits import Limits
from importer.workbook.reading.raw import RawSheet
from importer.workbook.reading.sandbox import read_workbook
from importer.workbook.reading.source import open_source
from importer.workbook.writing import corrections
from own_workbook import BAD, CODES, FIXED, GREEN, ROWS, is_marked, write_own_workbook
from workbook_files import SHEET, change_part


@pytest.fixture
def filled(command: CommandLine, tmp_path: Path) -> Path:
    """The user's workbook."""
    return write_own_workbook(command, tmp_path / "onboarding.xlsx")


def looks(sheet: Worksheet) -> dict[str, Any]:
    """Every cell with its value and format, the Problems column left out."""
    return {
        cell.coordinate: (
            str(cell.value), cell.data_type, cell.number_format, copy(cell.font), copy(cell.fill),
            copy(cell.alignment), cell.comment.text if cell.comment else None,
        )
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell) and cell.column_letter != "M"
    }  # fmt: skip


def drop_downs(sheet: Worksheet) -> list[tuple[str, str]]:
    """Where drop-downs are, and what they offer."""
    validations = sheet.data_validations.dataValidation
    return sorted((str(offer.sqref), str(offer.formula1)) for offer in validations)


def bad_cells(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Sheet and cell of every error."""
    return [(p["sheet"], p["cell"]) for p in report["problems"] if p["severity"] == "error"]


def test_everything_but_the_bad_cells_stays_as_it_was(command: CommandLine, filled: Path) -> None:
    """Values, formats, notes, widths, heights, the user's own columns and sheets, drop-downs."""
    before = load_workbook(filled, rich_text=True)
    result = command("apply", filled, "--json")
    after = load_workbook(result.corrections, rich_text=True)
    assert bad_cells(result.report) == BAD
    assert after.sheetnames == ["Problems", *before.sheetnames]
    for sheet in before.worksheets:
        if sheet.title == "_meta":
            continue
        copied = after[sheet.title]
        looks_after = looks(copied)
        for address, look in looks(sheet).items():
            if (sheet.title, address) not in BAD:
                assert looks_after[address] == look, f"{sheet.title}!{address}"
        for letter, column in sheet.column_dimensions.items():
            assert copied.column_dimensions[letter].width == column.width, f"{sheet.title}!{letter}"
        assert copied.sheet_state == sheet.sheet_state
        assert drop_downs(copied) == drop_downs(sheet)
    assert after["Add OTC"].row_dimensions[5].height == 44


def test_a_bad_cell_is_marked_beside_what_was_there(command: CommandLine, filled: Path) -> None:
    """By colour, in bold, in a comment below the user's own, and in the column Problems."""
    result = command("check", filled, "--json")
    workbook = load_workbook(result.corrections)
    sheet = workbook["Add OTC"]
    marked = {address for address in ("B3", "B4", "D5") if is_marked(sheet, address)}
    assert marked == {"B3", "D5"}
    comment = sheet["B3"].comment.text
    assert comment.startswith("ask Ana")
    message = result.errors[0]["message"]
    assert message in comment
    assert sheet["M1"].value == "Problems"
    assert message in str(sheet["M3"].value)
    assert sheet["M4"].value is None
    listed = [row[1] for row in workbook["Problems"].iter_rows(min_row=5, values_only=True)]
    assert listed == ["B3", "D5", "B3"]


def test_a_fixed_cell_loses_its_mark_and_the_others_keep_theirs(
    command: CommandLine, filled: Path
) -> None:
    """Half-fixed corrections come back with what is still wrong."""
    first = command("apply", filled, "--json").corrections
    edit_workbook(
        first, lambda book: book["Add OTC"].__setitem__("B3", FIXED["nobody"]), rich_text=True
    )
    result = command("apply", first, "--json")
    assert bad_cells(result.report) == BAD[1:]
    workbook = load_workbook(result.corrections)
    assert workbook.sheetnames.count("Problems") == 1
    sheet = workbook["Add OTC"]
    assert not is_marked(sheet, "B3")
    assert sheet["B3"].comment.text.strip() == "ask Ana"
    assert is_marked(sheet, "D5")
    assert sheet["D5"].comment.text.count("is not a valid number") == 1
    assert [cell.value for cell in sheet[1]].count("Problems") == 1
    assert sheet["M3"].value is None


@pytest.mark.parametrize("options", [[], ["--partial"]])
def test_fixed_corrections_finish_the_job(
    options: list[str], command: CommandLine, filled: Path
) -> None:
    """Every row ends up in the ledger, once."""
    path = command("apply", filled, "--json", *options).corrections

    def fix(workbook: Workbook) -> None:
        for title in ROWS:
            sheet = workbook[title]
            for cell in (cell for row in sheet.iter_rows(min_row=2) for cell in row):
                if str(cell.value) in FIXED:
                    assert is_marked(sheet, cell.coordinate)
                    cell.value = FIXED[str(cell.value)]

    edit_workbook(path, fix, rich_text=True)
    assert command("apply", path).exit_code == 0
    otcs, customers = command.contents()
    assert {otc["otc"]: otc["total"] for otc in otcs} == {A: 50, B: 5, C: 20, D: 9}
    assert {customer["name"] for customer in customers} == {"Norte", "Sur"}


def test_drop_downs_that_a_spreadsheet_program_dropped_are_restored(
    command: CommandLine, filled: Path
) -> None:
    """Excel keeps those that refer to another sheet where openpyxl does not look."""
    offered = drop_downs(load_workbook(filled)["Add Customer"])
    assert offered

    def drop(workbook: Workbook) -> None:
        workbook["Add Customer"].data_validations = DataValidationList()

    edit_workbook(filled, drop, rich_text=True)
    corrections = command("check", filled, "--json").corrections
    assert drop_downs(load_workbook(corrections)["Add Customer"]) == offered


def saved_again(path: Path, limits: Limits) -> Any:
    """Open a file that somebody has saved again since it was checked."""
    path.write_bytes(path.read_bytes() + b"\0")
    return open_source(path, limits)


LINKS = b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks></worksheet>'
TOO_MUCH: dict[str, Callable[[Path], object]] = {
    "a coloured cell far away": lambda path: edit_workbook(path, lambda book: setattr(
        book["Our notes"]["AN1048576"], "fill", PatternFill("solid", fgColor=GREEN)
    )),
    "a merged range of the whole grid": lambda path: edit_workbook(
        path, lambda book: book["Our notes"].merged_cells.add("A1:XFD1048576")
    ),
    "a link of the whole grid": lambda path: change_part(
        path, SHEET, lambda sheet: sheet.replace(b"</worksheet>", LINKS)
    ),
}  # fmt: skip
"""What openpyxl takes gigabytes or minutes for."""


@pytest.mark.parametrize(
    "reason", ["saved meanwhile", "too much memory", *TOO_MUCH, "no template", "CSV"]
)
def test_a_workbook_that_cannot_be_returned_itself_comes_back_as_a_new_one(
    reason: str, command: CommandLine, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all rows, and what is wrong marked, but without the user's sheets."""
    config = filled.with_name("config.toml")
    config.write_text("[limits]\nmemory_mb = 200\n" if reason == "too much memory" else "")
    if reason == "saved meanwhile":
        monkeypatch.setattr(corrections, "open_source", saved_again)
    elif reason in TOO_MUCH:
        TOO_MUCH[reason](filled)
    elif reason == "no template":
        edit_workbook(filled, lambda book: book.remove(book["_meta"]))
    elif reason == "CSV":
        text = "\n".join(",".join(map(str, row[:4])) for row in ROWS["Add OTC"])
        filled = filled.with_name("Add OTC.csv")
        filled.write_text(f"OTC,Email,Company Name,Total Licenses\n{text}\n", "utf-8")
    result = command("apply", filled, "--json", "--config", config)
    workbook = load_workbook(result.corrections)
    assert "Our notes" not in workbook.sheetnames
    sheet = workbook["Add OTC"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == CODES
    assert is_marked(sheet, "B3")
    assert is_marked(sheet, "D5")


def test_a_returned_workbook_is_read_like_the_original(command: CommandLine, filled: Path) -> None:
    """Cell for cell, the column Problems and the list of problems left out."""

    def type_oddities(workbook: Workbook) -> None:
        sheet = workbook["Add OTC"]
        sheet["E3"] = "_x005F_x0041_ and _x0041_"
        sheet["H3"] = "'=quoted"
        sheet["H4"], sheet["H5"] = "00123", True
        sheet["E5"] = "a\nb"

    edit_workbook(filled, type_oddities, rich_text=True)
    corrections = command("check", filled, "--json").corrections
    before, after = (
        {sheet.name: _without_problems(sheet)
         for sheet in read_workbook(path).sheets}
        for path in (filled, corrections)
    )  # fmt: skip
    for name in ("Add OTC", "Add Customer", "Instructions", "Lists"):
        assert before[name] == after[name], name
    assert before["Add OTC"][2][1][4] == "_x0041_ and A"


def _without_problems(sheet: RawSheet) -> list[tuple[int, list[Any]]]:
    header = list(next(iter(sheet.rows))[1]) if sheet.rows else []
    width = header.index("Problems") if "Problems" in header else len(header)
    return [(number, list(cells[:width])) for number, cells in sheet.rows]
