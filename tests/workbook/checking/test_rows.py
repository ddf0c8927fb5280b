"""Rows and headers: which rows are read, and where the header is."""

from __future__ import annotations

from typing import Any

import pytest

from builders import HEADERS, B, otc
from command_line import CommandLine
from reports import errors_in, problem_of

HEADER, ROW, OTHER_ROW = tuple(otc()), tuple(otc().values()), tuple(otc(B).values())


def test_row_numbers_are_those_that_excel_shows(command: CommandLine) -> None:
    """Header in row 1, rows 2, 3 and 5 blank: the bad rows are 4 and 6."""
    bad, other = tuple(otc(total="many").values()), tuple(otc(B, "many").values())
    result = command.check(cells={"Add OTC": [HEADER, (), (), bad, (), other]})
    assert errors_in(result.report) == [("D4", "bad-number"), ("D6", "bad-number")]
    assert [problem["row"] for problem in result.report["problems"]] == [4, 6]


def test_blank_rows_are_not_read(command: CommandLine) -> None:
    """Rows that are empty, or hold spaces, tabs or non-breaking spaces."""
    blanks = [(), (" ", "  ", None, "\t"), ("\u00a0", "", "\n", " ")]
    assert command.apply(cells={"Add OTC": [HEADER, *blanks, ROW]}).row_counts == (1, 1, 0, 0)
    assert command("history", "1", "--json").json["lines"][0]["row"] == 5


def test_a_sheet_with_only_a_header_asks_for_nothing(command: CommandLine) -> None:
    result = command.apply(("Add OTC", [otc()]), ("Add Customer", []))
    assert result.row_counts == (1, 1, 0, 0)
    assert result.report["problems"] == []


@pytest.mark.parametrize("above", [[(), ()], [("Our OTCs",), ("as of today",)]])
def test_title_rows_above_the_header_are_skipped_with_a_warning(
    above: list[tuple[str, ...]], command: CommandLine
) -> None:
    result = command.check(cells={"Add OTC": [*above, HEADER, ROW]})
    assert (result.exit_code, result.row_counts) == (0, (1, 1, 0, 0))
    problem = problem_of(result, "title-rows")
    assert (problem["severity"], problem["sheet"], problem["row"]) == ("warning", "Add OTC", 3)
    assert "row 3" in problem["message"]
    assert ("1-2" in problem["message"]) is bool(above[0])


@pytest.mark.parametrize(("titles", "refused"), [(1, False), (2, True)])
def test_one_title_may_be_above_a_single_column_but_not_two(
    titles: int, refused: bool, command: CommandLine
) -> None:
    """Two names above Customer (Site) Name were sorted there, and would be lost."""
    command.apply(("Add OTC", [otc()]))
    table = [("Norte",)] * titles + [HEADERS["Enable Customer"], ("Sur",)]
    report = command.check(cells={"Enable Customer": table}).report
    codes = {problem["code"] for problem in report["problems"]} - {"unknown-customer"}
    assert codes == {"missing-column" if refused else "title-rows"}
    assert report["rows"]["read"] == (1 + titles if refused else 1)


def test_a_header_that_was_sorted_among_the_rows_refuses_all_of_them(command: CommandLine) -> None:
    """A row above the header that fills its columns is not a title, and would be lost."""
    result = command.check(cells={"Add OTC": [ROW, HEADER, OTHER_ROW]})
    assert result.row_counts == (2, 0, 0, 2)
    problem = problem_of(result, "missing-column")
    assert (problem["sheet"], problem["row"]) == ("Add OTC", 2)
    assert "above" in problem["fix"]


@pytest.mark.parametrize(("sheet", "rows", "missing"), [
    ("Add OTC", [(), (), ROW, OTHER_ROW], list(HEADER)),
    ("Enable Customer", [("Clinica Norte",)], ["Customer (Site) Name"]),
], ids=["two rows", "one row in place of the header"])  # fmt: skip
def test_rows_without_a_header_are_refused_and_counted(
    sheet: str, rows: list[tuple[Any, ...]], missing: list[str], command: CommandLine
) -> None:
    """Each required column is named."""
    result = command.check(cells={sheet: rows})
    assert result.exit_code == 1
    count = len([row for row in rows if row])
    assert result.row_counts == (count, 0, 0, count)
    assert [(p["code"], p["column"]) for p in result.report["problems"]] == [
        ("missing-column", column) for column in missing
    ]
