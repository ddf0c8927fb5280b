"""Rows of totals below a list: named as such, refused, and never taken for a customer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from builders import (
    HEADERS,
    A,
    B,
    code_of,
    customer,
    edit,
    edit_workbook,
    enable,
    otc,
    subscription,
)
from command_line import CommandLine, CommandResult
from own_lists import LIST_SUFFIXES, write_list
from reports import problem_of

pytestmark = pytest.mark.thorough

HEADER = ("Customer (Site) Name", "Managed By", "Avira OTC", "No of Licenses")
ROWS = [("Norte", "Admin", A, 5), ("Sur", "Admin", A, 3)]


def apply(command: CommandLine, rows: Sequence[Sequence[Any]], suffix: str = ".xlsx") -> Any:
    """Apply the good rows of a list of customers, of an OTC with 50 licences."""
    command.apply(("Add OTC", [otc()]))
    path = write_list(Path(f"Add Customer{suffix}"), "Add Customer", [HEADER, *rows])
    return command("apply", path, "--partial", "--json")


def assert_total(result: CommandResult, row: int) -> None:
    """The row is refused as a total, and nothing else is said about it."""
    [problem] = [p for p in result.report["problems"] if p["row"] == row]
    assert (problem["code"], problem["severity"]) == ("missing-value", "error")
    assert f"Row {row} looks like a total" in problem["message"]
    assert "Delete it" in problem["fix"]


@pytest.mark.parametrize("suffix", LIST_SUFFIXES)
@pytest.mark.parametrize("total", [
    ("TOTAL", None, None, 8),
    (None, None, "Suma:", 8),
    (None, None, None, 8),
], ids=str)  # fmt: skip
def test_a_total_is_refused_as_such_and_the_rows_above_it_are_applied(
    suffix: str, total: tuple[Any, ...], command: CommandLine
) -> None:
    """It counts as a rejected row."""
    result = apply(command, [*ROWS, total], suffix)
    assert (result.exit_code, result.row_counts) == (1, (3, 2, 0, 1))
    assert_total(result, 4)


@pytest.mark.parametrize("label", [
    "Total", "TOTAL:", "Total general", "Grand total", "Total de licencias", "Subtotal", "Gesamt",
    "Total 2 customers", "Sub-Total", "Suma total", "Total\u200b", "Licencias totales", "Σ", "∑ =",
])  # fmt: skip
def test_a_total_is_known_by_its_words_whatever_its_number(
    label: str, command: CommandLine
) -> None:
    """It may count rows that are filtered out."""
    result = apply(command, [*ROWS, (label, None, None, 11)])
    assert_total(result, 4)


@pytest.mark.parametrize("number", ["1.500", "1,500", "1 500", 1500, "1500.00"])
def test_a_sum_is_known_however_it_is_written(number: object, command: CommandLine) -> None:
    rows = [("Norte", "Admin", A, 1000), ("Sur", "Admin", A, 500)]
    assert_total(apply(command, [*rows, (None, None, None, number)]), 4)


def test_a_number_that_is_too_long_for_a_sum_is_only_a_bad_number(command: CommandLine) -> None:
    """It has more digits than Python turns into a number."""
    result = apply(command, [*ROWS, ("Este", "Admin", A, "1" + ",000" * 2_000)])
    assert problem_of(result, "bad-number")["cell"] == "D4"


def test_totals_may_be_several_and_have_notes_below(command: CommandLine) -> None:
    """A formula without a value is no further problem of a total."""
    rows = [*ROWS, ("Subtotal", None, None, 8), ("Total", None, None, "=SUM(D2:D3)"),
            ("Printed on Monday", None, None, None)]  # fmt: skip
    result = apply(command, rows)
    assert_total(result, 4)
    assert_total(result, 5)
    assert {p["code"] for p in result.report["problems"] if p["row"] == 6} == {"missing-value"}


def test_a_total_of_otcs_is_one_too(command: CommandLine) -> None:
    header = ("OTC", "Email", "Company Name", "Total Licenses")
    rows = [(code, "it@msp.example", "Acme", 10) for code in (A, B)]
    for last in (("TOTAL", None, None, 20), (None, None, "Total", 20), ("TOTAL", "2 OTCs", "", 20)):
        for sheet in ("Add OTC", "Edit OTC"):
            result = command.check(cells={sheet: [header, *rows, last]})
            assert_total(result, 4)


def test_a_total_on_a_sheet_that_needs_only_a_name_is_known_by_its_sum(
    command: CommandLine,
) -> None:
    command.apply(("Add OTC", [otc()]), ("Add Customer", [customer("Norte"), customer("Sur")]))
    rows = [edit("Norte", licenses=5), edit("Sur", licenses=3), edit("Total", licenses=8)]
    assert_total(command.check(("Edit Customer", rows)), 4)


@pytest.mark.parametrize(("sheet", "rows", "total"), [
    ("Enable Customer", [("Norte",), ("Sur",)], ("Total: 2",)),
    ("Enable Customer", [("Norte",), ("Sur",)], ("Total:",)),
    ("Disable Customer", [("Norte", "Yes"), ("Sur", "Yes")], ("TOTAL", None, "2 customers")),
    ("Devices", [("Norte", "PC-1"), ("Sur", "PC-2")], ("Total", 2)),
    ("Devices", [("Norte", "PC-1"), ("Sur", "PC-2")], ("Total",)),
])  # fmt: skip
def test_a_total_on_a_sheet_without_numbers_is_known_by_the_number_of_its_rows(
    sheet: str, rows: list[Sequence[Any]], total: Sequence[Any], command: CommandLine
) -> None:
    """Or by the colon, or by what its row lacks."""
    command.apply(("Add OTC", [otc()]), ("Add Customer", [customer("Norte"), customer("Sur")]))
    result = command.check(cells={sheet: [HEADERS[sheet], *rows, total]})
    assert_total(result, 4)
    assert result.row_counts[3] == 1


def test_a_customer_may_be_called_total(command: CommandLine) -> None:
    """Its row has an OTC, or gives no sum, or has more words than those of a total."""
    command.apply(("Add OTC", [otc()]))
    names = ["Norte", "Sur", "Total", "Total Gas SL"]
    assert command.apply(("Add Customer", [customer(name, 2) for name in names])).exit_code == 0
    for rows in (
        ("Enable Customer", [enable(name) for name in names]),
        ("Add Avira Subscription", [subscription(name, 2) for name in names]),
        ("Edit Customer", [edit(name, licenses=3) for name in names]),
    ):
        assert command.check(rows).report["status"] == "valid", rows
    forgotten = subscription("Total Gas SL", 9, None)  # type: ignore[arg-type]  # no OTC
    result = command.check(("Add Avira Subscription", [subscription("Norte", 2), forgotten]))
    assert "blank" in problem_of(result, "missing-value")["message"]


def test_a_total_comes_back_marked_and_the_rest_is_applied_once_it_is_deleted(
    command: CommandLine,
) -> None:
    command.apply(("Add OTC", [otc()]))
    path = write_list(Path("x.xlsx"), "Add Customer", [HEADER, *ROWS, ("TOTAL", None, None, 8)])
    corrections = command("check", path, "--json").corrections

    def delete(workbook: Workbook) -> None:
        sheet = workbook["Add Customer"]
        assert sheet["A4"].value == "TOTAL"
        assert "looks like a total" in sheet["A4"].comment.text
        sheet.delete_rows(4)

    edit_workbook(corrections, delete)
    result = command("apply", corrections, "--json")
    assert (result.exit_code, result.row_counts) == (0, (2, 2, 0, 0))


def test_a_total_below_many_rows_is_found(command: CommandLine) -> None:
    codes = [otc(code_of(number), 10) for number in range(300)]
    rows = [tuple(row.values()) for row in codes]
    result = command.check(cells={"Add OTC": [tuple(codes[0]), *rows, (None, None, None, 3000)]})
    assert result.row_counts == (301, 300, 0, 1)
    assert_total(result, 302)
