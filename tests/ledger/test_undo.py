"""Undoing batches."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import (
    A,
    B,
    C,
    D,
    E,
    F,
    Sheets,
    customer,
    device,
    disable,
    edit,
    edit_otc,
    enable,
    move,
    otc,
    self_managed,
    subscription,
    write_workbook,
)  # fmt: skip
from command_line import CommandLine
from histories import BASE, History
from histories import filled as filled
from histories import history as history
from prepared import database as database
from prepared import ledger as ledger
from prepared import where as where

pytestmark = pytest.mark.both_engines

EVERY_KIND: dict[str, tuple[Sheets, dict[str, int]]] = {
    "an OTC that was added": (
        [("Add OTC", [otc(F, 7, purchase_date="2026-01-02", runtime=12)])],
        {"otcs_removed": 1},
    ),
    "a customer that was added": (
        [("Add Customer", [customer("Oeste", 3)])],
        {"customers_removed": 1, "subscriptions_cancelled": 1},
    ),
    "a customer that manages itself and was added": (
        [("Add Customer", [self_managed("Alone", E)])],
        {"customers_removed": 1, "subscriptions_cancelled": 1},
    ),
    "a subscription that was added": (
        [("Add Avira Subscription", [subscription("Norte", 5, B)])],
        {"subscriptions_cancelled": 1},
    ),
    "details of an OTC": (
        [("Edit OTC", [edit_otc(B, description="in use", expiry_date="2030-01-31")])],
        {"otcs_edited": 1},
    ),
    "more licences of an OTC": ([("Edit OTC", [edit_otc(A, total=99)])], {"otcs_edited": 1}),
    "fewer licences of an OTC": ([("Edit OTC", [edit_otc(A, total=7)])], {"otcs_edited": 1}),
    "more licences of a dedicated OTC, which its customer holds": (
        [("Edit OTC", [edit_otc(C, total=50)])],
        {"otcs_edited": 1, "subscriptions_edited": 1},
    ),
    "fewer licences of a dedicated OTC, which its customer holds": (
        [("Edit OTC", [edit_otc(C, total=2)])],
        {"otcs_edited": 1, "subscriptions_edited": 1},
    ),
    "details of a customer": (
        [("Edit Customer", [edit("Norte", email="norte@site.example", last_name="Last")])],
        {"customers_edited": 1},
    ),
    "the name of a customer": (
        [("Edit Customer", [edit("Norte", new_name="Norte viejo")])],
        {"customers_edited": 1},
    ),
    "names that went round in a circle": (
        [("Edit Customer", [edit("Norte", new_name="tmp"), edit("Sur", new_name="Norte"),
                            edit("Este", new_name="Sur"), edit("tmp", new_name="Este")])],
        {"customers_edited": 3},
    ),
    "more licences of a customer": (
        [("Edit Customer", [edit("Norte", licenses=7)])],
        {"subscriptions_edited": 1},
    ),
    "fewer licences of a disabled customer": (
        [("Edit Customer", [edit("Closed", licenses=1)])],
        {"subscriptions_edited": 1},
    ),
    "a subscription that was cancelled": (
        [("Edit Customer", [subscription("Sur", 0, B)])],
        {"subscriptions_added": 1},
    ),
    "a subscription that was moved": (
        [("Update OTC", [move(A, E, "Norte")])],
        {"subscriptions_added": 1, "subscriptions_cancelled": 1},
    ),
    "a subscription that was moved and joined another": (
        [("Update OTC", [move(A, B, "Sur")])],
        {"subscriptions_added": 1, "subscriptions_edited": 1},
    ),
    "every subscription of an OTC, moved": (
        [("Update OTC", [move(A, B)])],
        {"subscriptions_added": 2, "subscriptions_cancelled": 1, "subscriptions_edited": 1},
    ),
    "a dedicated OTC, moved to a larger one": (
        [("Update OTC", [move(C, E, "Whole")])],
        {"subscriptions_added": 1, "subscriptions_cancelled": 1},
    ),
    "a customer that was disabled": (
        [("Disable Customer", [disable("Norte", reason="moved away")])],
        {"customers_enabled": 1},
    ),
    "a customer that was disabled, and its licences released": (
        [("Disable Customer", [disable("Sur", release="Yes")])],
        {"customers_enabled": 1, "subscriptions_added": 2},
    ),
    "a disabled customer whose licences were released": (
        [("Disable Customer", [disable("Closed", release="Yes")])],
        {"subscriptions_added": 1},
    ),
    "a customer that was enabled": (
        [("Enable Customer", [enable("Closed")])],
        {"customers_disabled": 1},
    ),
    "a device that was added": (
        [("Devices", [device("Norte", "PC-2", operating_system="Windows 11 Pro"),
                      device("Closed", "PC-2", avira_installed="2026-03-01")])],
        {"devices_removed": 2},
    ),
    "every fact of a device": (
        [("Devices", [device(
            "Norte", "pc-1", operating_system="Windows 11", model="X1", avira_status="Gone",
            avira_installed="2026-05-01", avira_uninstalled="2026-05-02",
            nh_installed="2026-05-03", nh_uninstalled="2026-05-04", product_name="Prime")])],
        {"devices_edited": 1},
    ),
    "a device that was edited twice, and back": (
        [("Devices", [device("Norte", "PC-1", avira_status="Active"),
                      device("Norte", "PC-1", product_name="Prime", avira_status="Gone")])],
        {"devices_edited": 1},
    ),
    "a customer that was added with a device": (
        [("Add Customer", [customer("Oeste", 3)]),
         ("Devices", [device("Oeste", "PC-1"), device("Oeste", "PC-2"), device("Sur", "PC-1")])],
        {"customers_removed": 1, "subscriptions_cancelled": 1, "devices_removed": 3},
    ),
    "all of that in one workbook": (
        [
            ("Add OTC", [otc(F, 9)]),
            ("Edit OTC", [edit_otc(C, total=6), edit_otc(A, company="Other")]),
            ("Add Customer", [customer("Oeste", 9, F)]),
            ("Add Avira Subscription", [subscription("Norte", 4, B)]),
            ("Edit Customer", [edit("Sur", new_name="Oeste 2"), subscription("Oeste 2", 1, A)]),
            ("Update OTC", [move(B, E, "Norte"), move(D, A)]),
            ("Disable Customer", [disable("Oeste 2", release="Yes")]),
            ("Enable Customer", [enable("Closed")]),
            ("Devices", [device("Oeste", "PC-1"), device("Norte", "PC-1", avira_status="On"),
                         device("Oeste 2", "PC-1")]),
        ],
        {
            "otcs_edited": 2, "customers_disabled": 1, "customers_enabled": 1,
            "subscriptions_added": 3, "subscriptions_edited": 1, "subscriptions_cancelled": 3,
            "devices_edited": 1, "otcs_removed": 1, "customers_removed": 1, "devices_removed": 2,
        },
    ),
}  # fmt: skip
"""By what a batch did: its workbook, and what its undo does."""

CONTRACT = {"names that went round in a circle", "all of that in one workbook"}


@pytest.mark.parametrize(
    "kind",
    [pytest.param(k, marks=[pytest.mark.contract] * (k in CONTRACT)) for k in EVERY_KIND],
)
def test_an_undo_restores_every_row_and_its_undo_brings_the_batch_back(
    kind: str, history: History
) -> None:
    """--check says beforehand what is done, and does nothing."""
    sheets, changes = EVERY_KIND[kind]
    before = history.tables()
    history.make(sheets)
    after = history.tables()
    assert after != before

    preview = history.undo(2, "--check")
    assert (history.tables(), len(history.batches())) == (after, 2)
    result = history.undo(2)
    assert result == {"batch": 3, "undoes": 2, "changes": changes, "problems": []}
    assert preview == result | {"batch": None}
    assert history.tables() == before

    assert history.undo(3)["batch"] == 4
    assert history.tables() == after
    history.undo(2)
    assert history.tables() == before
    history.assert_sound()


def test_a_workbook_applied_in_part_is_undone_as_far_as_it_was_applied(
    command: CommandLine, history: History, tmp_path: Path
) -> None:
    before = history.tables()
    rows = [customer("Oeste"), customer("Too many", 100), customer("Centro", 2)]
    path = write_workbook(tmp_path / "x.xlsx", [("Add Customer", rows)])
    assert command("apply", path, "--partial").exit_code == 1
    changes = history.undo(2)["changes"]
    assert changes == {"customers_removed": 2, "subscriptions_cancelled": 2}
    assert history.tables() == before
    history.assert_sound()


@pytest.mark.contract
def test_history_names_the_undo_that_is_in_force(command: CommandLine, history: History) -> None:
    """An undo can be undone, and the batch undone again."""
    history.make([("Add OTC", [otc(F, 3)])], 2, 3, 2)
    assert [(batch["kind"], batch["undone_by"]) for batch in history.batches()] == [
        ("apply", None), ("apply", 5), ("undo", 4), ("undo", None), ("undo", None),
    ]  # fmt: skip
    history.make(5)
    assert [b["undone_by"] for b in history.batches()] == [None, None, 4, None, 6, None]
    assert F in command("show", "otcs").out


def test_what_was_already_changed_back_is_left_as_it_is(history: History) -> None:
    """If nothing is left to undo, there is no batch and no problem either."""
    before = history.tables()
    history.make(
        [("Edit OTC", [edit_otc(A, total=12), edit_otc(B, total=22)])],
        [("Edit OTC", [edit_otc(A, total=10)])],
    )
    assert history.undo(2)["changes"] == {"otcs_edited": 1}
    assert history.tables() == before

    history.make([("Edit OTC", [edit_otc(A, total=13)])], [("Edit OTC", [edit_otc(A, total=10)])])
    for options in ([], ["--check"]):
        result = history.undo(5, *options)
        assert result == {"batch": None, "undoes": 5, "changes": {}, "problems": []}
    assert len(history.batches()) == 6
    history.assert_sound()


def test_a_customer_disabled_before_the_batch_gets_its_licences_back(history: History) -> None:
    """Even if it was edited since: nothing depends on the licences that it lacks."""
    history.make(
        [("Edit Customer", [edit("Closed", licenses=1)])],
        [("Edit Customer", [edit("Closed", new_name="Closed 2")])],
    )
    assert history.undo(2)["changes"] == {"subscriptions_edited": 1}
    history.assert_sound()


def test_the_lines_of_an_undo_mirror_those_of_its_batch(
    command: CommandLine, history: History
) -> None:
    """They name the rows that had asked for the changes, and the batch its file and its actor."""
    rows = [edit("Norte", licenses=7), edit("Sur", new_name="S"), subscription("S", 1, A)]
    history.make([("Edit Customer", rows)])
    history.undo(2, "--actor", "night shift")
    _, undone, undo = history.batches()
    assert (undo["kind"], undo["actor"]) == ("undo", "night shift")
    assert (undo["file"], undo["sha256"]) == (undone["file"], undone["sha256"])
    assert (undo["applied"], undo["rejected"]) == (3, 0)
    before, after = (command("history", number, "--json").json["lines"] for number in "23")
    assert [(line["sheet"], line["row"]) for line in after] == [
        ("Edit Customer", 2), ("Edit Customer", 3), ("Edit Customer", 4),
    ]  # fmt: skip
    assert [(line["before"], line["after"]) for line in after] == [
        (line["after"], line["before"]) for line in before
    ]


@pytest.mark.contract
def test_an_undo_affects_no_other_account(command: CommandLine, history: History) -> None:
    """Codes, names and batch numbers are the same in both."""
    history.make([("Edit OTC", [edit_otc(A, total=99)])])
    history.make(BASE, account="other")
    other_before = history.tables("other")
    history.make([("Edit Customer", [edit("Norte", licenses=6)])], account="other")
    default_after, other_after = history.tables(), history.tables("other")
    history.undo(2, "--account", "other")
    assert (history.tables(), history.tables("other")) == (default_after, other_before)
    history.undo(3, "--account", "other")
    assert (history.tables(), history.tables("other")) == (default_after, other_after)
    history.undo(2)
    assert history.tables("other") == other_after
    assert command("undo", "4").exit_code == 2
    assert command("undo", "1", "--account", "nobody").exit_code == 2
    for account in ("default", "other"):
        history.assert_sound(account)
