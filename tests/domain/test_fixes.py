"""The fixes of rows that are refused because of another row."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from builders import Row, customer, disable, edit, otc, row
from command_line import CommandLine

FIRST, SECOND = "AAAAA-AAAAA-AAAAA-AAAA1", "AAAAA-AAAAA-AAAAA-AAAA2"
"""Two OTCs that could be taken for each other."""


def fix_of_last(command: CommandLine, *sheets: tuple[str, Sequence[Row]]) -> str:
    """The fix of the last error in a workbook."""
    return str(command.check(*sheets).errors[-1]["fix"])


@pytest.mark.usefixtures("no_corrections")
def test_rows_that_need_an_otc_whose_own_row_is_refused_lead_there(command: CommandLine) -> None:
    """And not to a known OTC that looks like it."""
    fix = fix_of_last(
        command,
        ("Add OTC", [otc(FIRST), otc(SECOND, "many")]),
        ("Add Customer", [customer("Uno", code=SECOND)]),
    )
    assert "Row 3 of Add OTC" in fix
    assert FIRST not in fix
    control = ("Add OTC", [otc(FIRST)]), ("Add Customer", [customer("Uno", code=SECOND)])
    assert fix_of_last(command, *control) == f"Did you mean {FIRST}?"


@pytest.mark.usefixtures("no_corrections")
def test_rows_about_a_customer_whose_own_row_is_refused_lead_there(command: CommandLine) -> None:
    """Whether the rules or a bad cell refused it."""
    for refused in (customer("Uno", 51), customer("Uno") | row("Add Customer", managed_by="?")):
        sheets = ("Add Customer", [refused]), ("Disable Customer", [disable("UNO")])
        assert "Row 2 of Add Customer" in fix_of_last(command, ("Add OTC", [otc()]), *sheets)


@pytest.mark.usefixtures("no_corrections")
def test_the_old_name_of_a_customer_leads_to_its_new_one(command: CommandLine) -> None:
    fix = fix_of_last(
        command,
        ("Add OTC", [otc()]),
        ("Add Customer", [customer("Uno")]),
        ("Edit Customer", [edit("Uno", new_name="Eins")]),
        ("Disable Customer", [disable("Uno")]),
    )
    assert "Eins" in fix


@pytest.mark.usefixtures("no_corrections")
def test_the_number_that_would_fit_is_what_the_cell_should_contain(command: CommandLine) -> None:
    """Edit Customer contains the new number, not the increase: 8 assigned and 2 pending."""
    fix = fix_of_last(
        command,
        ("Add OTC", [otc(total=10)]),
        ("Add Customer", [customer("Uno", 8)]),
        ("Edit Customer", [edit("Uno", licenses=20)]),
    )
    assert "10 or fewer" in fix
