"""Cases of the rules that other tests do not reach, found by mutation testing."""

from __future__ import annotations

import datetime as dt

import pytest

from builders import (
    A,
    B,
    C,
    D,
    E,
    customer,
    device,
    disable,
    edit,
    edit_otc,
    move,
    otc,
    self_managed,
    subscription,
)
from command_line import CommandLine, CommandResult

UNKNOWN = "ZZZZZ-11111-22222-33333"
TODAY = dt.date(2026, 6, 1)


@pytest.fixture
def filled(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A ledger whose OTC B has 30 days left, C one day more, and D is dedicated to Sola."""
    monkeypatch.setattr("importer.base.clock.today", lambda: TODAY)
    otcs = [
        otc(A, 50, company="Peña"), otc(B, 50, expiry_date=TODAY + dt.timedelta(30)),
        otc(C, 50, expiry_date=TODAY + dt.timedelta(31)), otc(D, 10), otc(E, 1),
    ]  # fmt: skip
    customers = [customer("Norte"), customer("Muñoz"), self_managed("Sola", D)]
    assert command.apply(("Add OTC", otcs), ("Add Customer", customers)).exit_code == 0
    return command


def codes(result: CommandResult) -> list[tuple[str, str]]:
    """The code and cell of each problem, warnings included."""
    return [(problem["code"], problem["cell"]) for problem in result.report["problems"]]


def test_an_otc_that_does_not_exist_is_refused_wherever_it_is_named(filled: CommandLine) -> None:
    result = filled.check(
        ("Edit Customer", [edit("Norte", otc=UNKNOWN, licenses=2)]),
        ("Update OTC", [move(UNKNOWN, A), move(A, UNKNOWN)]),
    )
    assert codes(result) == [("unknown-otc", "F2"), ("unknown-otc", "B2"), ("unknown-otc", "C3")]


def test_a_subscription_that_an_earlier_row_added_is_a_duplicate(filled: CommandLine) -> None:
    rows = [subscription("Este", 2, B), subscription("Este", 2, B), subscription("Este", 1, A)]
    result = filled.check(
        ("Add Customer", [customer("Este", 1, A)]), ("Add Avira Subscription", rows)
    )
    assert codes(result)[-2:] == [("duplicate-row", "B3"), ("duplicate-row", "B4")]


def test_30_days_before_it_expires_an_otc_expires_soon_and_a_day_earlier_not(
    filled: CommandLine,
) -> None:
    rows = [subscription("Norte", 1, B), subscription("Norte", 1, C)]
    result = filled.check(("Add Avira Subscription", rows))
    assert codes(result) == [("expires-soon", "B2")]


def test_the_expiry_of_an_otc_is_reported_at_the_cell_that_names_it(filled: CommandLine) -> None:
    filled.apply(("Add Avira Subscription", [subscription("Norte", 1, B)]))
    rows = [edit("Norte", otc=B, licenses=2), edit("Norte", otc=B, licenses=2)]
    assert codes(filled.check(("Edit Customer", rows))) == [("expires-soon", "F2")]


def test_nobody_moves_to_an_otc_that_is_dedicated_to_another(filled: CommandLine) -> None:
    result = filled.check(("Update OTC", [move(A, D), move(A, D, "Norte")]))
    assert codes(result) == [("otc-dedicated", "C2"), ("otc-dedicated", "C3")]


def test_a_move_of_everyone_that_took_place_is_unchanged(filled: CommandLine) -> None:
    """Even if a single licence was moved."""
    filled.apply(("Edit Customer", [edit("Muñoz", otc=A, licenses=0)]))
    assert filled.apply(("Update OTC", [move(A, E)])).row_counts == (1, 1, 0, 0)
    assert filled.apply(("Update OTC", [move(A, E)])).row_counts == (1, 0, 1, 0)


def test_a_customer_without_licences_may_have_too_many_devices(filled: CommandLine) -> None:
    filled.apply(("Disable Customer", [disable("Norte", release="Yes")]))
    result = filled.apply(("Devices", [device("Norte", "PC-1", avira_installed=TODAY)]))
    assert codes(result) == [("more-devices-than-licenses", "A2")]


def test_a_new_name_or_company_like_another_is_warned_about(filled: CommandLine) -> None:
    """A name that gains or loses an accent is only its own old name."""
    edits = [edit_otc(B, company="Pena"), edit_otc(B, company="Pena", total=49),
             edit_otc(A, company="Acmé", total=1)]  # fmt: skip
    result = filled.check(
        ("Edit OTC", edits),
        ("Edit Customer", [edit("Norte", new_name="Munoz"), edit("Muñoz", new_name="Münoz")]),
    )
    assert codes(result) == [
        ("similar-name", "C2"), ("console-limit", "C4"), ("similar-name", "C4"),
        ("total-below-used", "D4"),
        ("similar-name", "B2"), ("console-limit", "B3"), ("similar-name", "B3"),
    ]  # fmt: skip


def test_a_rename_that_was_made_already_is_unchanged_if_all_else_is_so_too(
    filled: CommandLine,
) -> None:
    """The licences and the details that the row states are then those of the renamed customer."""
    first = edit("Norte", new_name="Sur", first_name="Ana", licenses=2)
    assert filled.apply(("Edit Customer", [first])).row_counts == (1, 1, 0, 0)
    so = [first, edit("NORTE", new_name="sur"), edit("Norte", new_name="Sur", otc=A, licenses=2)]
    other = [
        edit("Norte", new_name="Sur", licenses=3), edit("Norte", new_name="Sur", first_name="Eva"),
        edit("Norte", new_name="Sur", otc=E, licenses=2), edit("Norte", new_name="Oeste"),
        edit("Norte", licenses=2),
    ]  # fmt: skip
    assert filled.apply(("Edit Customer", so)).row_counts == (3, 0, 3, 0)
    result = filled.apply(("Edit Customer", other), options=["--partial"])
    assert result.row_counts == (5, 0, 0, 5)
    assert {code for code, _ in codes(result)} == {"unknown-customer"}
