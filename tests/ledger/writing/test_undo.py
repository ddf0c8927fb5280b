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
)
from command_line import CommandLine
from histories import BASE, History

pytest_plugins = "filled_ledgers"
pytestmark = pytest.mark.both_engines

EVERY_KIND: dict[str, tuple[Sheets, dict[str, int]]] = {
    "OTCs that were added": (
        [("Add OTC", [otc(F, 7, purchase_date="2026-01-02", runtime=12)])], {"otcs_removed": 1},
    ),
    "customers that were added": (
        [("Add Customer", [customer("Oeste", 3), self_managed("Alone", E)])],
        {"customers_removed": 2, "subscriptions_cancelled": 2},
    ),
    "subscriptions that were added or cancelled": (
        [("Add Avira Subscription", [subscription("Norte", 5, B)]),
         ("Edit Customer", [subscription("Sur", 0, B)])],
        {"subscriptions_added": 1, "subscriptions_cancelled": 1},
    ),
    "details of OTCs, more licences and fewer": (
        [("Edit OTC", [edit_otc(B, description="in use", expiry_date="2030-01-31"),
                       edit_otc(D, total=99), edit_otc(A, total=7)])],
        {"otcs_edited": 3},
    ),
    "more licences of a dedicated OTC, which its customer holds": (
        [("Edit OTC", [edit_otc(C, total=50)])], {"otcs_edited": 1, "subscriptions_edited": 1},
    ),
    "fewer licences of a dedicated OTC, which its customer holds": (
        [("Edit OTC", [edit_otc(C, total=2)])], {"otcs_edited": 1, "subscriptions_edited": 1},
    ),
    "details and names of customers": (
        [("Edit Customer", [edit("Norte", email="norte@site.example", last_name="Last"),
                            edit("Sur", new_name="Sur viejo")])],
        {"customers_edited": 2},
    ),
    "names that went round in a circle": (
        [("Edit Customer", [edit("Norte", new_name="tmp"), edit("Sur", new_name="Norte"),
                            edit("Este", new_name="Sur"), edit("tmp", new_name="Este")])],
        {"customers_edited": 3},
    ),
    "more licences of customers, and fewer of a disabled one": (
        [("Edit Customer", [edit("Norte", licenses=7), edit("Closed", licenses=1)])],
        {"subscriptions_edited": 2},
    ),
    "subscriptions that were moved, one of them to a larger OTC that is then dedicated": (
        [("Update OTC", [move(A, D, "Norte"), move(C, E, "Whole")])],
        {"subscriptions_added": 2, "subscriptions_cancelled": 2},
    ),
    "a subscription that was moved and joined another": (
        [("Update OTC", [move(A, B, "Sur")])],
        {"subscriptions_added": 1, "subscriptions_edited": 1},
    ),
    "every subscription of an OTC, moved": (
        [("Update OTC", [move(A, B)])],
        {"subscriptions_added": 2, "subscriptions_cancelled": 1, "subscriptions_edited": 1},
    ),
    "customers that were disabled, their licences kept or released": (
        [("Disable Customer", [disable("Norte", reason="moved away"), disable("Sur", release="Yes"),
                               disable("Closed", release="Yes")])],
        {"customers_enabled": 2, "subscriptions_added": 3},
    ),
    "a customer that was enabled": (
        [("Enable Customer", [enable("Closed")])], {"customers_disabled": 1},
    ),
    "every fact of a device, and another one that was edited twice, and back": (
        [("Devices", [
            device("Norte", "pc-1", operating_system="Windows 11", model="X1", avira_status="Gone",
                   avira_installed="2026-05-01", avira_uninstalled="2026-05-02",
                   nh_installed="2026-05-03", nh_uninstalled="2026-05-04", product_name="Prime"),
            device("Closed", "PC-1", avira_status="Active"),
            device("Closed", "PC-1", product_name="Prime", avira_status="Gone"),
        ])],
        {"devices_edited": 2},
    ),
    "devices that were added, also of a customer that was added": (
        [("Add Customer", [customer("Oeste", 3)]),
         ("Devices", [device("Oeste", "PC-1"), device("Oeste", "PC-2"), device("Sur", "PC-1"),
                      device("Closed", "PC-2", avira_installed="2026-03-01")])],
        {"customers_removed": 1, "subscriptions_cancelled": 1, "devices_removed": 4},
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
    history: History, tmp_path: Path
) -> None:
    before = history.tables()
    rows = [customer("Oeste"), customer("Too many", 100), customer("Centro", 2)]
    path = write_workbook(tmp_path / "x.xlsx", [("Add Customer", rows)])
    assert history.command("apply", path, "--partial").exit_code == 1
    changes = history.undo(2)["changes"]
    assert changes == {"customers_removed": 2, "subscriptions_cancelled": 2}
    assert history.tables() == before
    history.assert_sound()


@pytest.mark.contract
def test_history_names_the_undo_that_is_in_force(history: History) -> None:
    """An undo can be undone, and the batch undone again."""
    history.make([("Add OTC", [otc(F, 3)])], 2, 3, 2)
    assert [(batch["kind"], batch["undone_by"]) for batch in history.batches()] == [
        ("apply", None), ("apply", 5), ("undo", 4), ("undo", None), ("undo", None),
    ]  # fmt: skip
    history.make(5)
    assert [b["undone_by"] for b in history.batches()] == [None, None, 4, None, 6, None]
    assert F in history.command("show", "otcs").out


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


def test_the_lines_of_an_undo_mirror_those_of_its_batch(history: History) -> None:
    """They name the rows that had asked for the changes, and the batch its file and its actor."""
    rows = [edit("Norte", licenses=7), edit("Sur", new_name="S"), subscription("S", 1, A)]
    history.make([("Edit Customer", rows)])
    history.undo(2, "--actor", "night shift")
    _, undone, undo = history.batches()
    assert (undo["kind"], undo["actor"]) == ("undo", "night shift")
    assert (undo["file"], undo["sha256"]) == (undone["file"], undone["sha256"])
    assert (undo["applied"], undo["rejected"]) == (3, 0)
    before, after = (history.command("history", number, "--json").json["lines"] for number in "23")
    assert [(line["sheet"], line["row"]) for line in after] == [
        ("Edit Customer", 2), ("Edit Customer", 3), ("Edit Customer", 4),
    ]  # fmt: skip
    assert [(line["before"], line["after"]) for line in after] == [
        (line["after"], line["before"]) for line in before
    ]


@pytest.mark.contract
def test_an_undo_affects_no_other_account(history: History) -> None:
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
    assert history.command("undo", "4").exit_code == 2
    assert history.command("undo", "1", "--account", "nobody").exit_code == 2
    for account in ("default", "other"):
        history.assert_sound(account)


def test_undo_prints_a_headline_and_each_change_with_its_row(history: History) -> None:
    """With -q, only what went wrong."""
    history.make([("Edit Customer", [edit("Norte", licenses=7)])])
    assert "Batch 2 (2.xlsx): can be undone" in history.command("undo", "2", "--check").out
    output = history.command("undo", "2").out
    for line in (
        "Batch 2 (2.xlsx): undone", "subscriptions edited: 1",
        f"Edit Customer, row 2: Norte, {A}: 7 → 4", "Batch 3 in the ledger",
    ):  # fmt: skip
        assert line in output
    quiet = [history.command("undo", number, "-q") for number in "322"]
    assert [result.exit_code for result in quiet] == [0, 0, 5]
    assert [result.out for result in quiet[:2]] == ["", ""]
    assert "already-undone" in quiet[2].out


@pytest.mark.parametrize("options", [[], ["--check"], ["--json"], ["--check", "--json"]])
def test_a_batch_that_does_not_exist_is_misuse(options: list[str], history: History) -> None:
    """One line says where the batches are listed."""
    result = history.command("undo", "7", *options)
    assert result.exit_code == 2
    assert result.err == (
        "The account default has no batch 7. To list its batches: avira-importer history\n"
    )
    for nonsense in ("0", "-1", "x", "1.5", "99999999999"):
        result = history.command("undo", *options, "--", nonsense)
        assert result.exit_code == 2, nonsense
        assert nonsense in result.err.splitlines()[-1]
    assert len(history.batches()) == 1


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_undo_does_not_create_a_ledger(
    options: list[str], command: CommandLine, ledger: Path
) -> None:
    result = command("undo", "1", *options)
    assert result.exit_code == 4
    [line] = result.err.splitlines()
    assert str(ledger) in line
    assert not ledger.exists()
