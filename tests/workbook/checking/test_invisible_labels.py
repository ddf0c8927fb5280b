"""Characters that cannot be seen in the names of sheets, in headers and in choices."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import customer, otc
from command_line import CommandLine
from importer.domain.sheets import SHEETS
from own_lists import LIST_SUFFIXES, write_list
from reports import problem_of, problems_of

INVISIBLE = (
    "\u200b\u200c\u200d\u200e\u200f\u00ad\u2060\ufeff\u2063\u034f\ufe0f\u061c\u115f\u180e\u2065\u3164\ufff0"
    "\U0001d173\U000e0001\U000e0100\U000e0fff"
)
"""Of each kind that Unicode ignores by default: letters, marks, formats, what is not assigned."""
HEADER, ROW = tuple(otc()), tuple(otc().values())
OTHER = HEADER[1:]


@pytest.mark.parametrize("suffix", LIST_SUFFIXES)
def test_a_header_with_an_invisible_character_is_read_and_listed(
    suffix: str, command: CommandLine
) -> None:
    """In every format, wherever the character stands; the second BOM of a CSV file is one."""
    bom = "\ufeffOTC" if suffix == ".csv" else "O\ufeffTC"
    for place, header in enumerate((bom, "O\u200bTC", "OTC\u200e", "\u00adOTC *")):
        path = write_list(Path(f"{place} Add OTC{suffix}"), "Add OTC", [(header, *OTHER), ROW])
        result = command("check", path, "--json")
        assert result.row_counts == (1, 1, 0, 0), header
        problem = problem_of(result, "normalised")
        assert (problem["cell"], problem["column"], problem["value"]) == ("A1", "OTC", header)
        shown = next(f"‹U+{ord(c):04X}›" for c in header if c in INVISIBLE)
        assert shown in problem["message"]


@pytest.mark.parametrize("character", INVISIBLE)
def test_every_invisible_character_is_dropped_and_shown_by_its_number(
    character: str, command: CommandLine
) -> None:
    header = (f"OTC{character}", *OTHER)
    result = command.check(cells={"Add OTC": [header, ROW]})
    assert result.row_counts == (1, 1, 0, 0)
    assert f"OTC‹U+{ord(character):04X}›" in problem_of(result, "normalised")["message"]


@pytest.mark.parametrize("header", [
    "Company\u00a0Name", "Company\u2003Name", "Company\u2028Name", "\u3000Company Name",
    "Ｃｏｍｐａｎｙ Name", "Company Na\u006d\u0065",
])  # fmt: skip
def test_kinds_of_space_and_unicode_forms_make_no_difference_in_a_header(
    header: str, command: CommandLine
) -> None:
    result = command.check(cells={"Add OTC": [(*HEADER[:2], header, HEADER[3]), ROW]})
    assert (result.report["problems"], result.row_counts) == ([], (1, 1, 0, 0))


def test_a_sheet_name_with_an_invisible_character_is_read_and_listed(
    command: CommandLine,
) -> None:
    for name in ("Add OTC\u200b", "Agregar\u00a0O\u00adTC"):
        result = command.check(cells={name: [HEADER, ROW]})
        assert result.row_counts == (1, 1, 0, 0)
        assert "‹U+" in problem_of(result, "normalised")["message"]


def test_the_names_of_the_programs_own_sheets_and_columns_are_known_likewise(
    command: CommandLine,
) -> None:
    """A Problems column is not read, and neither is a sheet of instructions."""
    table = [(*HEADER, "Problems\u200b"), (*ROW, "an old reason")]
    result = command.check(cells={"Add OTC": table, "Instructions\u200e": [HEADER, ROW]})
    assert (problems_of(result), result.row_counts) == ([], (1, 1, 0, 0))


def test_a_choice_with_an_invisible_character_is_that_choice(command: CommandLine) -> None:
    """It is listed too, as in every other cell."""
    command.apply(("Add OTC", [otc()]))
    row = customer("Norte", 5, managed_by="Ad\u200bmin\u200e")
    result = command.check(("Add Customer", [row]))
    assert result.row_counts == (1, 1, 0, 0)
    assert "Ad‹U+200B›min‹U+200E›" in problem_of(result, "normalised")["message"]


def test_an_invisible_character_makes_no_difference_in_any_cell(command: CommandLine) -> None:
    """On every sheet and in every column: in the middle of the template's example, and alone."""
    plain, typed = (
        command.check(cells={
            sheet.name: [
                [column.header for column in sheet.columns],
                [f"{c.example[0]}{unseen}{c.example[1:]}" for c in sheet.columns],
                [unseen for _ in sheet.columns],
            ]
            for sheet in SHEETS
        })
        for unseen in ("", INVISIBLE)
    )  # fmt: skip
    assert typed.row_counts == plain.row_counts
    assert plain.errors != []
    assert [p["message"] for p in typed.errors] == [p["message"] for p in plain.errors]


def test_a_header_with_nothing_visible_is_blank(command: CommandLine) -> None:
    result = command.check(cells={"Add OTC": [(*HEADER, "\u200b"), (*ROW, None)]})
    assert (result.report["problems"], result.row_counts) == ([], (1, 1, 0, 0))
    result = command.check(cells={"Add OTC": [(*HEADER, "\u200b"), (*ROW, "x")]})
    assert "no header" in problem_of(result, "unknown-column")["message"]


def test_what_cannot_be_seen_is_shown_on_the_terminal_too(command: CommandLine) -> None:
    path = write_list(Path("x.xlsx"), "Add OTC", [("OTC\u200b", *OTHER), ROW])
    out = command("check", path).out
    assert "‹U+200B›" in out
    assert "\u200b" not in out
