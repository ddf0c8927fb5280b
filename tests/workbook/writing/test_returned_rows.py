"""Corrections of a filled-in template: which rows are returned, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from builders import A, B, C, D, E, edit_workbook
from command_line import CommandLine
from own_workbook import CODES, is_marked, write_own_workbook


@pytest.fixture
def filled(command: CommandLine, tmp_path: Path) -> Path:
    """The user's workbook."""
    return write_own_workbook(command, tmp_path / "onboarding.xlsx")


def test_after_partial_only_the_refused_rows_come_back_with_their_formats(
    command: CommandLine, filled: Path
) -> None:
    """Directly below the header, one after the other; formulas and notes move with them."""

    def add_formula_and_links(workbook: Workbook) -> None:
        workbook["Add OTC"]["L5"] = "=D5&LEFT(A5,5)"
        workbook["Add OTC"]["L2"].hyperlink = "https://msp.example"
        workbook["Add OTC"]["L3"].hyperlink = "https://msp.example"

    edit_workbook(filled, add_formula_and_links, rich_text=True)
    result = command("apply", filled, "--json", "--partial")
    assert result.report["status"] == "partly-applied"
    workbook = load_workbook(result.corrections)
    sheet = workbook["Add OTC"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [B, D]
    assert is_marked(sheet, "B2")
    assert is_marked(sheet, "D3")
    assert sheet["B2"].comment.text.startswith("ask Ana")
    assert sheet["L3"].value == "=D3&LEFT(A3,5)"
    assert sheet["L2"].hyperlink.target == "https://msp.example"
    assert sheet["L2"].hyperlink.ref == "L2"
    assert sheet.row_dimensions[3].height == 44
    assert sheet.max_row == 3
    assert "Our notes" in workbook.sheetnames
    customers = workbook["Add Customer"]
    assert [row[0] for row in customers.iter_rows(min_row=2, values_only=True)] == ["Sur"]
    links: list[Any] = [row[1] for row in workbook["Problems"].iter_rows(min_row=5)]
    assert [link.hyperlink.location for link in links] == [
        "'Add OTC'!B2", "'Add OTC'!D3", "'Add Customer'!B2",
    ]  # fmt: skip


def test_a_row_below_a_merged_cell_that_returns_alone_says_that_a_value_is_missing(
    command: CommandLine, filled: Path
) -> None:
    """D3 is merged into D2, which is marked. Alone, a blank D3 would state nothing."""

    def merge(workbook: Workbook) -> None:
        sheet = workbook["Edit OTC"]
        sheet.merge_cells("D2:D3")
        sheet["A2"], sheet["D2"], sheet["A3"] = A, 60, C

    edit_workbook(filled, merge, rich_text=True)
    result = command("check", filled, "--json")
    assert ("Edit OTC", "D3", "merged-cells") in {
        (problem["sheet"], problem["cell"], problem["code"]) for problem in result.errors
    }
    sheet = load_workbook(result.corrections)["Edit OTC"]
    assert is_marked(sheet, "D2")
    assert list(map(str, sheet.merged_cells.ranges)) == ["D2:D3"]
    result = command("apply", filled, "--json", "--partial")
    sheet = load_workbook(result.corrections)["Edit OTC"]
    assert [cell.value for cell in sheet[2]][:4] == [C, None, None, "#N/A"]
    assert not sheet.merged_cells.ranges


@pytest.mark.thorough
@pytest.mark.parametrize("options", [[], ["--partial"]])
def test_without_a_header_every_row_comes_back(
    options: list[str], command: CommandLine, filled: Path
) -> None:
    edit_workbook(filled, lambda workbook: workbook["Add OTC"].delete_rows(1), rich_text=True)
    result = command("apply", filled, "--json", *options)
    sheet = load_workbook(result.corrections)["Add OTC"]
    values = [value for row in sheet.iter_rows(values_only=True) for value in row]
    assert [value for value in values if value in CODES] == CODES


def test_rows_above_a_header_are_counted_refused_and_returned(
    command: CommandLine, filled: Path
) -> None:
    """A header that was sorted among the rows loses none of them."""

    def sort(workbook: Workbook) -> None:
        sheet = workbook["Add OTC"]
        sheet.move_range("A1:L1", rows=9)
        sheet.append((E, "it@msp.example", "Acme", 5))

    edit_workbook(filled, sort, rich_text=True)
    result = command("apply", filled, "--json", "--partial")
    assert result.report["rows"]["rejected"] >= 5
    sheet = load_workbook(result.corrections)["Add OTC"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [*CODES, E]
