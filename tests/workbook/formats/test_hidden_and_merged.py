"""Hidden rows, columns and sheets, and merged cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from builders import B, edit_workbook, otc, write_cells, write_workbook
from command_line import CommandLine
from reports import problem_of, problems_of


def hide_row(workbook: Workbook) -> None:
    """Hide row 3 and, though nobody would miss it, the blank row 9."""
    workbook["Add OTC"].row_dimensions[3].hidden = True
    workbook["Add OTC"].row_dimensions[9].hidden = True


def hide_column(workbook: Workbook) -> None:
    """Hide the column of the totals and, beside the table, column J."""
    workbook["Add OTC"].column_dimensions["D"].hidden = True
    workbook["Add OTC"].column_dimensions["J"].hidden = True


def hide_sheet(workbook: Workbook) -> None:
    """Hide the sheet from all menus."""
    workbook.create_sheet("Visible")
    workbook["Add OTC"].sheet_state = "veryHidden"


@pytest.mark.parametrize(
    ("hide", "message"), [(hide_row, r": 3\.$"), (hide_column, r": D\.$"), (hide_sheet, "Add OTC")]
)
def test_what_is_hidden_is_read_with_a_warning_that_names_it(
    hide: Callable[[Workbook], None], message: str, command: CommandLine
) -> None:
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [otc(), otc(B)])])
    result = command("check", edit_workbook(path, hide), "--json")
    assert result.row_counts == (2, 2, 0, 0)
    problem = problem_of(result, "hidden-rows")
    assert problem["severity"] == "warning"
    assert re.search(message, problem["message"])


def test_blank_rows_below_a_merged_cell_are_not_read(command: CommandLine) -> None:
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [otc(), {}, {}, otc(B)])])
    edit_workbook(path, lambda workbook: workbook["Add OTC"].merge_cells("A2:A4"))
    assert command("check", path, "--json").row_counts == (2, 2, 0, 0)


def test_merged_cells_beside_the_table_do_no_harm(command: CommandLine) -> None:
    """Nor below it, nor on another sheet."""
    table, notes = [tuple(otc()), tuple(otc().values())], [("Read me", None), ("a", "b")]
    path = write_cells(Path("x.xlsx"), {"Add OTC": table, "Notes": notes})

    def merge(workbook: Workbook) -> None:
        workbook["Add OTC"].merge_cells("F2:G9")
        workbook["Add OTC"].merge_cells("A5:D6")
        workbook["Notes"].merge_cells("A1:B1")

    result = command("check", edit_workbook(path, merge), "--json")
    assert result.row_counts == (1, 1, 0, 0)
    assert problems_of(result) == [("Notes", None, "ignored-sheet")]
