"""Undos that are refused because something depends on the batch."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import sqlalchemy as sa

from builders import (
    A,
    B,
    C,
    D,
    E,
    F,
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
from histories import History, Step
from ledgers import raw

pytest_plugins = "filled_ledgers"
pytestmark = [pytest.mark.both_engines, pytest.mark.thorough]


class Refusal(NamedTuple):
    """What happened after batch 1, which batch cannot be undone, and why.

    `words` are in the message, and name what depends on the batch; `first` is undone first.
    """

    steps: list[Step]
    code: str
    words: tuple[str, ...]
    number: int = 2
    first: int = 3
    marks: tuple[pytest.MarkDecorator, ...] = ()


CONTRACT = (pytest.mark.contract,)
VARIANT = (pytest.mark.thorough,)  # of another reason with the same code
REFUSALS: dict[str, Refusal] = {
    "an OTC was edited again": Refusal(
        [[("Edit OTC", [edit_otc(A, total=12)])],
         [("Edit OTC", [edit_otc(A, email="new@msp.example")])]],
        "changed-since", (f"OTC {A}", "batch 3"),
    ),
    "a customer was edited again, under a new name": Refusal(
        [[("Edit Customer", [edit("Norte", email="norte@site.example")])],
         [("Edit Customer", [edit("Norte", new_name="Norte viejo")])]],
        "changed-since", ("Customer Norte viejo", "batch 3"), marks=VARIANT,
    ),
    "a subscription was changed again": Refusal(
        [[("Edit Customer", [edit("Norte", licenses=5)])],
         [("Edit Customer", [edit("Norte", licenses=6)])]],
        "changed-since", (f"subscription of Norte to {A}", "batch 3"),
    ),
    "a subscription was moved away": Refusal(
        [[("Add Customer", [customer("Oeste")])], [("Update OTC", [move(A, E, "Oeste")])]],
        "still-held", ("Customer Oeste does not exist", f"holds 1 licences of {E}"), marks=VARIANT,
    ),
    "an OTC was handed out": Refusal(
        [[("Add OTC", [otc(F, 9)])], [("Add Customer", [customer("Oeste", 7, F)])]],
        "still-held", (f"OTC {F}", "Oeste holds 7"),
    ),
    "a customer got further licences": Refusal(
        [[("Add Customer", [customer("Oeste")])],
         [("Add Avira Subscription", [subscription("Oeste", 5, B)])]],
        "still-held", ("Customer Oeste does not exist", f"holds 5 licences of {B}"), marks=VARIANT,
    ),
    "the added licences were handed out": Refusal(
        [[("Edit OTC", [edit_otc(A, total=20)])],
         [("Edit Customer", [edit("Norte", licenses=14)])]],
        "total-below-used", (f"OTC {A} cannot have 10", "17 are used", "Norte (14), Sur (3)"),
        marks=CONTRACT,
    ),
    "the licences that came back were handed out": Refusal(
        [[("Edit Customer", [edit("Norte", licenses=1)])],
         [("Add Customer", [customer("Oeste", 6)])]],
        "overallocation", (f"OTC {A} cannot have 10", "13 are used", "Oeste (6)"),
    ),
    "the total was lowered": Refusal(
        [[("Edit Customer", [edit("Norte", licenses=1)])], [("Edit OTC", [edit_otc(A, total=6)])]],
        "overallocation", (f"OTC {A} cannot have 6", "7 are used"), marks=VARIANT,
    ),
    "the old name was given to another": Refusal(
        [[("Edit Customer", [edit("Norte", new_name="Norte viejo")])],
         [("Add Customer", [customer("NORTE")])]],
        "already-exists", ("same name", "NORTE"),
    ),
    "the old email was given to another": Refusal(
        [[("Edit Customer", [edit("Whole", email="other@site.example")])],
         [("Add Customer", [self_managed("Alone", E, "WHOLE@SITE.EXAMPLE")])]],
        "email-in-use", ("Whole@site.example", "Alone"),
    ),
    "the customer was disabled": Refusal(
        [[("Edit Customer", [edit("Norte", licenses=1)])],
         [("Disable Customer", [disable("Norte")])]],
        "customer-disabled", ("Norte is disabled",),
    ),
    "the OTC was dedicated to another": Refusal(
        [[("Edit Customer", [edit("Este", licenses=0)])],
         [("Add Customer", [self_managed("Alone", D)])]],
        "otc-dedicated", (D, "Alone"),
    ),
    "a dedicated OTC has grown while nobody held it": Refusal(
        [[("Edit Customer", [edit("Whole", licenses=0)])], [("Edit OTC", [edit_otc(C, total=9)])]],
        "dedicated-needs-all", (C, "its 9 licences", "Whole (5)"),
    ),
    "an OTC was dedicated as small as it was": Refusal(
        [[("Edit OTC", [edit_otc(E, total=4)])], [("Add Customer", [self_managed("Alone", E)])]],
        "dedicated-needs-all", (E, "its 8 licences", "Alone (4)"), marks=VARIANT,
    ),
    "the OTC is gone": Refusal(
        [[("Add OTC", [otc(F, 9)])], [("Add Avira Subscription", [subscription("Norte", 2, F)])],
         [("Edit Customer", [subscription("Norte", 0, F)])], 2],
        "unknown-otc", (f"OTC {F} does not exist",), number=4, first=5,
    ),
    "the customer is gone": Refusal(
        [[("Add Customer", [customer("Oeste", 2)])],
         [("Edit Customer", [subscription("Oeste", 0)])], 2],
        "unknown-customer", ("Customer Oeste does not exist",), number=3, first=4, marks=VARIANT,
    ),
    "a device was edited again": Refusal(
        [[("Devices", [device("Norte", "PC-1", avira_status="Active")])],
         [("Devices", [device("Norte", "pc-1", avira_uninstalled="2026-05-02")])]],
        "changed-since", ("Device PC-1 of Norte", "batch 3"),
    ),
    "an added device was edited": Refusal(
        [[("Devices", [device("Norte", "PC-2")])],
         [("Devices", [device("Norte", "PC-2", avira_uninstalled="2026-05-02")])]],
        "changed-since", ("Device PC-2 of Norte", "batch 3"), marks=VARIANT,
    ),
    "a customer got devices": Refusal(
        [[("Add Customer", [customer("Oeste")])],
         [("Devices", [device("Oeste", "PC-8"), device("Oeste", "PC-9")])]],
        "still-held", ("Customer Oeste does not exist", "devices: PC-8, PC-9"),
    ),
    "a customer that got a new name got a device under it": Refusal(
        [[("Add Customer", [customer("Oeste")])],
         [("Edit Customer", [edit("Oeste", new_name="Poniente")]),
          ("Devices", [device("Poniente", "PC-8")])],
         [("Edit Customer", [edit("Poniente", new_name="Oeste")])]],
        "still-held", ("Customer Oeste does not exist", "devices: PC-8"), marks=VARIANT,
    ),
    "the customer of the device is gone": Refusal(
        [[("Add Customer", [customer("Oeste")])], [("Devices", [device("Oeste", "PC-8")])], 3, 2],
        "unknown-customer", ("Customer Oeste does not exist",), number=4, first=5, marks=CONTRACT,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "reason", [pytest.param(reason, marks=refusal.marks) for reason, refusal in REFUSALS.items()]
)
def test_an_undo_is_refused_where_something_depends_on_the_batch(
    reason: str, history: History
) -> None:
    """Nothing is changed. The problem names what depends on the batch, the row of the batch, and
    the later batch; once that is undone, this one can be. --check says the same."""
    refusal = REFUSALS[reason]
    history.make(*refusal.steps)
    before, batches = history.tables(), history.batches()
    problems = history.refusal(refusal.number)
    assert history.refusal(refusal.number, "--check") == problems
    assert (history.tables(), history.batches()) == (before, batches)

    [problem] = problems
    assert problem["code"] == refusal.code
    assert [word for word in refusal.words if word not in problem["message"]] == [], problem
    lines = history.command("history", str(refusal.number), "--json").json["lines"]
    assert (problem["sheet"], problem["row"]) in [(line["sheet"], line["row"]) for line in lines]
    assert problem["fix"] == f"Undo batch {refusal.first} first."

    history.make(refusal.first, refusal.number)
    history.assert_sound()


@pytest.mark.contract
def test_a_batch_that_is_already_undone_cannot_be_undone_again(history: History) -> None:
    """The problem names the undo, and says how to bring the batch back."""
    history.make([("Add OTC", [otc(F, 3)])], 2)
    for options in ([], ["--check"]):
        [problem] = history.refusal(2, *options)
        assert problem["code"] == "already-undone"
        assert problem["message"] == "Batch 2 was already undone by batch 3."
        assert problem["fix"].endswith("undo batch 3.")
    assert len(history.batches()) == 3
    history.undo(3)
    assert F in history.command("show", "otcs").out


def test_every_obstacle_is_named_with_its_batch_and_nothing_is_undone(history: History) -> None:
    edits = [edit("Norte", licenses=1), edit("Este", new_name="Este viejo")]
    history.make(
        [("Add OTC", [otc(F, 9)]), ("Edit Customer", edits)],
        [("Add Customer", [customer("Oeste", 6)])],
        [("Add Avira Subscription", [subscription("Oeste", 1, F), subscription("Sur", 2, F)])],
    )
    before = history.tables()
    assert [(problem["code"], problem["fix"]) for problem in history.refusal(2)] == [
        ("still-held", "Undo batch 4 first."), ("still-held", "Undo batch 4 first."),
        ("overallocation", "Undo batch 3 first."),
    ]  # fmt: skip
    assert history.tables() == before
    output = history.command("undo", "2").out
    assert "Batch 2 (2.xlsx): not undone; nothing was changed" in output
    assert "Problems (3)" in output


def test_a_customer_that_no_longer_exists_is_named_as_it_was(history: History) -> None:
    """Even in the list of those who would use too much."""
    history.make(
        [("Add OTC", [otc(F, 4)])],
        [("Add Customer", [customer("Oeste", 4, F)])],
        [("Edit OTC", [edit_otc(F, total=9)]), ("Edit Customer", [subscription("Oeste", 0, F)])],
        [("Add Customer", [customer("Centro", 2, F)])],
        3,
    )
    messages = {problem["code"]: problem["message"] for problem in history.refusal(4)}
    assert messages.keys() == {"total-below-used", "unknown-customer"}
    assert "Oeste (4)" in messages["total-below-used"]
    assert "Customer Oeste does not exist" in messages["unknown-customer"]


def test_a_long_list_of_customers_is_cut_at_ten_and_counted(history: History) -> None:
    history.make(
        [("Add OTC", [otc(F, 1)])],
        [("Edit OTC", [edit_otc(F, total=20)])],
        [("Add Customer", [customer(f"Oeste {number}", 1, F) for number in range(13)])],
    )
    [problem] = history.refusal(3)
    assert problem["message"].count("Oeste") == 10
    assert "(+3)" in problem["message"]


def test_the_only_licence_that_was_cancelled_does_not_come_back_once_it_is_used(
    history: History,
) -> None:
    history.make(
        [("Add OTC", [otc(F, 1)]), ("Add Customer", [customer("Oeste", 1, F)])],
        [("Edit Customer", [edit("Oeste", licenses=0)])],
        [("Add Customer", [customer("Centro", 1, F)])],
    )
    assert [problem["code"] for problem in history.refusal(3)] == ["overallocation"]


def test_what_another_program_changed_is_not_undone_but_verified(history: History) -> None:
    history.make([("Edit OTC", [edit_otc(A, email="new@msp.example")])])
    with raw(history.command.ledger) as connection:
        connection.execute(sa.text("UPDATE otc SET email = 'x@msp.example'"))
    [problem] = history.refusal(2)
    assert problem["code"] == "changed-since"
    assert problem["fix"] == "Run: avira-importer ledger verify"
