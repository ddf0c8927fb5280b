"""Numbers in cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from builders import otcs_with, write_workbook
from command_line import CommandLine
from reports import problems_of
from workbook_files import SHEET, as_text, substitute


def test_a_number_may_be_typed_as_text(command: CommandLine) -> None:
    typed = [
        5,
        5.0,
        4.999999999999999,
        5.000000000000001,
        "5",
        "5.0",
        " 5 ",
        "5.00",
        "005",
        "5,0",
        "5,00",
        "５",
    ]
    path = write_workbook(Path("x.xlsx"), [("Add OTC", otcs_with("total", typed))])
    assert command("apply", path).exit_code == 0
    totals = [otc["total"] for otc in command("show", "otcs", "--json").json]
    assert totals == [5] * len(typed)


def test_what_is_not_a_number_of_licences_is_refused(command: CommandLine) -> None:
    """No rounding, no guessing at separators, no digits of other scripts, no logical values."""
    typed = [
        2.5, True, False, "5 pcs", 1e20, -1, 0, "1e6,0", "٣", "five", "2.5", "2,5", "5,000,0",
        "1e3", "+5", "=5", 1_000_001, "1000001", dt.date(2026, 1, 5), "0x10", "5-6", "½",
    ]  # fmt: skip
    path = write_workbook(Path("x.xlsx"), [("Add OTC", otcs_with("total", typed))])
    result = command("check", as_text(path), "--json")
    assert result.row_counts == (22, 0, 0, 22)
    problems = {problem["cell"]: problem for problem in result.report["problems"]}
    for row, value in enumerate(typed, 2):
        problem = problems.pop(f"D{row}")
        assert (problem["code"], problem["row"], problem["column"]) == (
            "bad-number", row, "Total Licenses",
        ), value  # fmt: skip
        assert "1,000,000" in problem["fix"], value
    assert problems == {}


def test_a_thousands_separator_is_refused_with_a_suggestion(command: CommandLine) -> None:
    """1.000 is a thousand to some and one to others."""
    typed = ["1,000", "1.000", "1 000", "1\u00a0000", "1'000", "10.000"]
    problems = command.check(("Add OTC", otcs_with("total", typed))).report["problems"]
    assert [problem["code"] for problem in problems] == ["bad-number"] * len(typed)
    for value, problem in zip(typed, problems, strict=True):
        digits = "".join(filter(str.isdigit, value))
        assert f"mean {digits}," in problem["fix"], value


@pytest.mark.parametrize("stored", ["NaN", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("field", ["total", "runtime"])
def test_a_stored_value_that_is_not_finite_is_refused(
    stored: str, field: str, command: CommandLine
) -> None:
    """A required column does not take it, an optional one does not take it for blank."""
    path = write_workbook(Path("x.xlsx"), [("Add OTC", otcs_with(field, [77]))])
    substitute(path, SHEET, "<v>77</v>", f"<v>{stored}</v>")
    result = command("apply", path, "--json")
    assert result.exit_code in (1, 3)
    assert result.row_counts[1] == 0


def test_the_limits_of_licences_are_inclusive(command: CommandLine) -> None:
    rows = otcs_with("total", [1, 1_000_000])
    assert problems_of(command.check(("Add OTC", rows))) == []
