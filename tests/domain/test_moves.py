"""Update OTC moves all of a subscription, and nobody loses licences by it (rule 13)."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import A, B, C, D, customer, move, otc, self_managed, subscription, write_workbook
from command_line import CommandLine, CommandResult


@pytest.fixture
def filled(command: CommandLine) -> CommandLine:
    """Sola manages itself and holds the 20 licences of A; Norte, Sur and Este share D."""
    result = command.apply(
        ("Add OTC", [otc(A, 20), otc(B, 5), otc(C, 30), otc(D, 50)]),
        ("Add Customer", [self_managed("Sola", A), customer("Norte", 4, D), customer("Sur", 3, D),
                          customer("Este", 2, D)]),
    )  # fmt: skip
    assert result.exit_code == 0
    return command


def licenses(command: CommandLine) -> dict[str, dict[str, int]]:
    """The licences of each customer, by OTC."""
    _, customers = command.contents()
    return {
        customer["name"]: {held["otc"]: held["licenses"] for held in customer["subscriptions"]}
        for customer in customers
    }


def places(result: CommandResult) -> list[tuple[str, str, str]]:
    """The code, sheet and cell of each problem, in the order of the report."""
    return [(p["code"], p["sheet"], p["cell"]) for p in result.report["problems"]]


@pytest.mark.parametrize("name", ["Sola", None])
def test_a_customer_that_manages_itself_does_not_move_to_fewer_licences(
    name: str | None, filled: CommandLine
) -> None:
    """Named, or as the only customer of its OTC: 20 licences are 15 more than the OTC has."""
    result = filled.apply(("Update OTC", [move(A, B, name)]))
    [problem] = result.report["problems"]
    assert (problem["code"], problem["cell"]) == ("overallocation", "C2")
    assert "20, 15 too many" in problem["message"]
    assert "manages itself" in problem["fix"]
    assert result.report["otcs"] == [
        {"otc": B, "total": 5, "used": 0, "pending": 5, "requested": 20, "short_by": 15}
    ]
    assert licenses(filled)["Sola"] == {A: 20}


def test_a_customer_that_manages_itself_moves_only_to_an_otc_that_nobody_uses(
    filled: CommandLine,
) -> None:
    """Even where enough licences are pending for those it has: it needs all 30, and lacks one."""
    filled.apply(("Add Avira Subscription", [subscription("Norte", 1, C)]))
    result = filled.apply(("Update OTC", [move(A, C, "Sola")]))
    assert places(result) == [
        ("dedicated-needs-all", "Update OTC", "C2"), ("overallocation", "Update OTC", "C2")
    ]  # fmt: skip
    assert "30, 1 too many" in result.report["problems"][1]["message"]
    assert licenses(filled)["Sola"] == {A: 20}


def test_a_customer_that_moves_to_a_larger_otc_gets_all_of_it_and_the_report_says_how_many_more(
    filled: CommandLine,
) -> None:
    result = filled("apply", write_workbook(Path("moves.xlsx"), [("Update OTC", [move(A, C)])]))
    assert result.exit_code == 0
    assert f"Sola: {A} (20) → {C} (30), licences added: 10" in result.out
    assert "subscriptions moved: 1; licences added by moves: 10\n" in result.out
    assert licenses(filled)["Sola"] == {C: 30}


def test_a_move_that_adds_nothing_says_nothing_of_licences_added(filled: CommandLine) -> None:
    """Nor does one that joins licences that the customer already holds."""
    filled.apply(("Add Avira Subscription", [subscription("Norte", 6, C)]))
    result = filled("apply", write_workbook(Path("moves.xlsx"), [("Update OTC", [move(D, C)])]))
    assert f"Norte: {D} (4) → {C} (10)\n" in result.out
    assert f"Sur: {D} (3) → {C} (3)\n" in result.out
    assert "licences added" not in result.out
    assert licenses(filled)["Norte"] == {C: 10}


def test_a_move_of_everyone_is_listed_with_their_number_before_all_else_of_its_sheet(
    filled: CommandLine,
) -> None:
    rows = [move(A, B, "Sola"), move(D, D, "Sur"), move(D, C)]
    result = filled.apply(
        ("Update OTC", rows), ("Disable Customer", [{"Customer (Site) Name": "Nobody"}]),
        options=["--partial"],
    )  # fmt: skip
    assert places(result) == [
        ("moves-everyone", "Update OTC", "A4"), ("overallocation", "Update OTC", "C2"),
        ("same-otc", "Update OTC", "C3"), ("unknown-customer", "Disable Customer", "A2"),
    ]  # fmt: skip
    warning = result.report["problems"][0]
    assert warning["severity"] == "warning"
    assert "Customers: 3; licences: 9" in warning["message"]
    assert [licenses(filled)[name] for name in ("Norte", "Sur", "Este")] == [
        {C: 4}, {C: 3}, {C: 2}
    ]  # fmt: skip


def test_a_move_of_everyone_that_moves_nobody_is_not_listed(filled: CommandLine) -> None:
    """Because not all of their licences fit, or because they were moved already."""
    before = licenses(filled)
    refused = filled.apply(("Update OTC", [move(D, B)]), options=["--partial"])
    assert places(refused) == [("overallocation", "Update OTC", "C2")]
    assert licenses(filled) == before
    assert len(places(filled.apply(("Update OTC", [move(D, C)])))) == 1
    again = filled.apply(("Update OTC", [move(D, C), move(D, C, "Sur")]))
    assert (places(again), again.row_counts) == ([], (2, 0, 2, 0))
