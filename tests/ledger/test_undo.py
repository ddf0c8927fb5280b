"""Undoing batches: all that one changed is as it was, or it is said what depends on it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders import Row, Sheets, write_workbook
from command_line import CommandLine, CommandResult
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.opening import open_ledger
from importer.ledger.tables import customer as customer_table
from importer.ledger.tables import device as device_table
from importer.ledger.tables import otc as otc_table
from importer.ledger.tables import subscription as subscription_table
from importer.ledger.upkeep.setup import SetupOptions, init
from importer.pipeline import apply as pipeline
from importer.pipeline.job import Job

pytestmark = pytest.mark.both_engines

A, B, C, D, E, F = (f"{letter * 5}-11111-22222-33333" for letter in "ABCDEF")
NAME, LICENSES = "Customer (Site) Name", "No of Licenses"
WHOLE_EMAIL = "whole@site.example"

CHANGES = [
    "otcs_added", "otcs_edited", "customers_added", "customers_edited", "customers_disabled",
    "customers_enabled", "subscriptions_added", "subscriptions_edited", "subscriptions_moved",
    "subscriptions_cancelled", "devices_added", "devices_edited", "otcs_removed",
    "customers_removed", "devices_removed",
]  # fmt: skip


def otc(code: str, total: int, **cells: Any) -> Row:
    """A row of Add OTC; `cells` by header with `_` for a space."""
    row = {"OTC": code, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": total}
    return row | spaced(cells)


def edit_otc(code: str, **cells: Any) -> Row:
    """A row of Edit OTC."""
    return {"OTC": code} | spaced(cells)


def customer(name: str, licenses: int, code: str) -> Row:
    """A row of Add Customer, managed by the administrator."""
    return {NAME: name, "Managed By": "Admin", "Avira OTC": code, LICENSES: licenses}


def self_managed(name: str, code: str, email: str) -> Row:
    """A row of Add Customer, managed by itself, and so with the whole of `code`."""
    contact = {"Email": email, "First Name": "First", "Last Name": "Last"}
    return {NAME: name, "Managed By": "Customer", "Avira OTC": code} | contact


def held(name: str, licenses: int, code: str) -> Row:
    """A row of Add Avira Subscription, or of Edit Customer about its licences."""
    return {NAME: name, "Avira OTC": code, LICENSES: licenses}


def edit(name: str, **cells: Any) -> Row:
    """A row of Edit Customer, Disable Customer or Enable Customer."""
    return {NAME: name} | spaced(cells)


def move(current: str, new: str, name: str | None = None) -> Row:
    """A row of Update OTC."""
    return {NAME: name, "Current OTC": current, "New OTC": new}


def device(name: str, device_id: str, **cells: Any) -> dict[str, Any]:
    """A row of Devices."""
    return {NAME: name, "Device ID": device_id} | spaced(cells)


def spaced(cells: dict[str, Any]) -> dict[str, Any]:
    return {header.replace("_", " "): value for header, value in cells.items()}


BASE: Sheets = [
    ("Add OTC", [otc(A, 10), otc(B, 20, Description="spare"), otc(C, 5), otc(D, 6), otc(E, 8)]),
    ("Add Customer", [
        customer("Norte", 4, A), customer("Sur", 3, A), customer("Closed", 3, B),
        self_managed("Whole", C, WHOLE_EMAIL), customer("Este", 2, D),
    ]),
    ("Add Avira Subscription", [held("Sur", 2, B)]),
    ("Disable Customer", [edit("Closed", Reason="unpaid")]),
    ("Devices", [device("Norte", "PC-1", Avira_Installed="2026-01-20", Product_Name="Pro"),
                 device("Closed", "PC-1", NH_Installed="2026-01-21")]),
]  # fmt: skip
"""Batch 1 of every test. A: Norte 4, Sur 3 of 10; B: Sur 2, Closed 3 of 20; C: Whole 5 of 5;
D: Este 2 of 6; E: nobody, 8. Norte and Closed have a device each."""

Step = Sheets | int
"""A workbook to apply, or the number of a batch to undo."""


class History:
    """Makes batches through the command line, and looks at what they leave."""

    def __init__(self, command: CommandLine, where: str, folder: Path) -> None:
        self._command, self._where, self._folder = command, where, folder
        self._files = 1  # of the base: each workbook is named by the number of its batch

    def make(self, *steps: Step, account: str = "default") -> None:
        """Apply workbooks and undo batches, all of which must work."""
        for step in steps:
            if isinstance(step, int):
                said = self._command("undo", str(step), "--account", account, "--json")
            else:
                self._files += 1
                path = write_workbook(self._folder / f"{self._files}.xlsx", step)
                said = self._command("apply", path, "--account", account, "--json")
            assert said.exit_code == 0, f"{step}: {said.out}"

    def batches(self, account: str = "default") -> list[dict[str, Any]]:
        """What `history` tells."""
        found: list[dict[str, Any]] = self._command("history", "--json", "--account", account).json
        return found

    def tables(self, account: str = "default") -> list[tuple[Any, ...]]:
        """Every row of the account's OTCs, customers, subscriptions and devices, whole."""
        rows: list[tuple[Any, ...]] = []
        with open_ledger(self._where).reading() as connection:
            for table in (otc_table, customer_table, subscription_table, device_table):
                query = sa.select(sa.literal(table.name), table).order_by(*table.primary_key)
                of_account = query.where(table.c.account_id == account)
                rows += (tuple(row) for row in connection.execute(of_account))
        return rows

    def assert_sound(self, account: str = "default") -> None:
        """`ledger verify` finds nothing wrong."""
        said = self._command("ledger", "verify", "--json", "--account", account)
        assert (said.exit_code, said.json["ok"]) == (0, True), said.out


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger's file with batch 1, made once: what each test begins with."""
    folder = tmp_path_factory.mktemp("base")
    job = Job(FileLedger(folder / "base.db"), "default", dt.date(2026, 6, 1))
    assert pipeline.apply(write_workbook(folder / "base.xlsx", BASE), job).batch == 1
    return folder / "base.db"


@pytest.fixture
def history(command: CommandLine, where: str, engine: str, base: Path, tmp_path: Path) -> History:
    """The history of a ledger that begins with BASE."""
    if engine == "sqlite":
        shutil.copy(base, where)
    else:
        init(open_ledger(where), SetupOptions("default", source=base))
    return History(command, where, tmp_path)


def undo(command: CommandLine, number: int, *options: str) -> dict[str, Any]:
    """The JSON of an undo that is done."""
    return document(command("undo", str(number), "--json", *options), exit_code=0)


def refused(command: CommandLine, number: int, *options: str) -> list[dict[str, Any]]:
    """The problems of an undo that is refused."""
    found: list[dict[str, Any]] = document(
        command("undo", str(number), "--json", *options), exit_code=5
    )["problems"]
    return found


def document(said: CommandResult, exit_code: int) -> dict[str, Any]:
    assert said.exit_code == exit_code, said.out + said.err
    found: dict[str, Any] = said.json
    assert list(found) == ["batch", "undoes", "changes", "problems"]
    assert list(found["changes"]) == CHANGES
    assert bool(found["problems"]) == (exit_code == 5)
    return found


def done(found: dict[str, Any]) -> dict[str, int]:
    """What was done, without what was not."""
    return {what: count for what, count in found["changes"].items() if count}


# What is taken back


EVERY_KIND: dict[str, tuple[Sheets, dict[str, int]]] = {
    "an OTC that was added": (
        [("Add OTC", [otc(F, 7, Purchase_Date="2026-01-02", Runtime=12)])],
        {"otcs_removed": 1},
    ),
    "a customer that was added": (
        [("Add Customer", [customer("Oeste", 3, A)])],
        {"customers_removed": 1, "subscriptions_cancelled": 1},
    ),
    "a customer that manages itself and was added": (
        [("Add Customer", [self_managed("Alone", E, "alone@site.example")])],
        {"customers_removed": 1, "subscriptions_cancelled": 1},
    ),
    "a subscription that was added": (
        [("Add Avira Subscription", [held("Norte", 5, B)])],
        {"subscriptions_cancelled": 1},
    ),
    "details of an OTC": (
        [("Edit OTC", [edit_otc(B, Description="in use", Expiry_Date="2030-01-31")])],
        {"otcs_edited": 1},
    ),
    "more licences of an OTC": ([("Edit OTC", [edit_otc(A, Total_Licenses=99)])],
                                {"otcs_edited": 1}),
    "fewer licences of an OTC": ([("Edit OTC", [edit_otc(A, Total_Licenses=7)])],
                                 {"otcs_edited": 1}),
    "more licences of a dedicated OTC, which its customer holds": (
        [("Edit OTC", [edit_otc(C, Total_Licenses=50)])],
        {"otcs_edited": 1, "subscriptions_edited": 1},
    ),
    "fewer licences of a dedicated OTC, which its customer holds": (
        [("Edit OTC", [edit_otc(C, Total_Licenses=2)])],
        {"otcs_edited": 1, "subscriptions_edited": 1},
    ),
    "details of a customer": (
        [("Edit Customer", [edit("Norte", Email="norte@site.example", Last_Name="Last")])],
        {"customers_edited": 1},
    ),
    "the name of a customer": (
        [("Edit Customer", [edit("Norte", New_Name="Norte viejo")])],
        {"customers_edited": 1},
    ),
    "names that went round in a circle": (
        [("Edit Customer", [edit("Norte", New_Name="tmp"), edit("Sur", New_Name="Norte"),
                            edit("Este", New_Name="Sur"), edit("tmp", New_Name="Este")])],
        {"customers_edited": 3},
    ),
    "more licences of a customer": (
        [("Edit Customer", [edit("Norte", No_of_Licenses=7)])],
        {"subscriptions_edited": 1},
    ),
    "fewer licences of a disabled customer": (
        [("Edit Customer", [edit("Closed", No_of_Licenses=1)])],
        {"subscriptions_edited": 1},
    ),
    "a subscription that was cancelled": (
        [("Edit Customer", [held("Sur", 0, B)])],
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
        [("Disable Customer", [edit("Norte", Reason="moved away")])],
        {"customers_enabled": 1},
    ),
    "a customer that was disabled, and its licences released": (
        [("Disable Customer", [edit("Sur", Release_Licenses="Yes")])],
        {"customers_enabled": 1, "subscriptions_added": 2},
    ),
    "a disabled customer whose licences were released": (
        [("Disable Customer", [edit("Closed", Release_Licenses="Yes")])],
        {"subscriptions_added": 1},
    ),
    "a customer that was enabled": (
        [("Enable Customer", [edit("Closed")])],
        {"customers_disabled": 1},
    ),
    "a device that was added": (
        [("Devices", [device("Norte", "PC-2", Operating_System="Windows 11 Pro"),
                      device("Closed", "PC-2", Avira_Installed="2026-03-01")])],
        {"devices_removed": 2},
    ),
    "every fact of a device": (
        [("Devices", [device(
            "Norte", "pc-1", Operating_System="Windows 11", Avira_Installed="2026-05-01",
            Avira_Uninstalled="2026-05-02", NH_Installed="2026-05-03", NH_Uninstalled="2026-05-04",
            Avira_Status="Gone", Product_Name="Prime") | {"Model No.": "X1"}])],
        {"devices_edited": 1},
    ),
    "a device that was edited twice, and back": (
        [("Devices", [device("Norte", "PC-1", Avira_Status="Active"),
                      device("Norte", "PC-1", Product_Name="Prime", Avira_Status="Gone")])],
        {"devices_edited": 1},
    ),
    "a customer that was added with a device": (
        [("Add Customer", [customer("Oeste", 3, A)]),
         ("Devices", [device("Oeste", "PC-1"), device("Oeste", "PC-2"), device("Sur", "PC-1")])],
        {"customers_removed": 1, "subscriptions_cancelled": 1, "devices_removed": 3},
    ),
    "all of that in one workbook": (
        [
            ("Add OTC", [otc(F, 9)]),
            ("Edit OTC", [edit_otc(C, Total_Licenses=6), edit_otc(A, Company_Name="Other")]),
            ("Add Customer", [customer("Oeste", 9, F)]),
            ("Add Avira Subscription", [held("Norte", 4, B)]),
            ("Edit Customer", [edit("Sur", New_Name="Oeste 2"), held("Oeste 2", 1, A)]),
            ("Update OTC", [move(B, E, "Norte"), move(D, A)]),
            ("Disable Customer", [edit("Oeste 2", Release_Licenses="Yes")]),
            ("Enable Customer", [edit("Closed")]),
            ("Devices", [device("Oeste", "PC-1"), device("Norte", "PC-1", Avira_Status="On"),
                         device("Oeste 2", "PC-1")]),
        ],
        {
            "devices_edited": 1, "devices_removed": 2,
            "otcs_edited": 2, "customers_disabled": 1, "customers_enabled": 1,
            "subscriptions_added": 3, "subscriptions_edited": 1, "subscriptions_cancelled": 3,
            "otcs_removed": 1, "customers_removed": 1,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_all_is_as_it_was_before(kind: str, command: CommandLine, history: History) -> None:
    """Every row of the tables is as before the batch, whatever the batch did; and taking the undo
    back brings the batch again. --check says beforehand what is done, and does nothing."""
    sheets, expected = EVERY_KIND[kind]
    before = history.tables()
    history.make(sheets)
    after = history.tables()
    assert after != before

    foretold = undo(command, 2, "--check")
    assert (history.tables(), len(history.batches())) == (after, 2)
    found = undo(command, 2)
    assert (found["batch"], found["undoes"], done(found)) == (3, 2, expected)
    assert foretold == found | {"batch": None}
    assert history.tables() == before

    assert undo(command, 3)["batch"] == 4
    assert history.tables() == after
    undo(command, 2)
    assert history.tables() == before
    history.assert_sound()


def test_a_workbook_applied_in_part_is_taken_back_as_far_as_it_was_applied(
    command: CommandLine, history: History, tmp_path: Path
) -> None:
    """Two of three rows were applied: the undo is of these."""
    before = history.tables()
    rows = [customer("Oeste", 1, A), customer("Too many", 100, A), customer("Centro", 2, A)]
    path = write_workbook(tmp_path / "x.xlsx", [("Add Customer", rows)])
    assert command("apply", path, "--partial").exit_code == 1
    assert done(undo(command, 2)) == {"customers_removed": 2, "subscriptions_cancelled": 2}
    assert history.tables() == before
    history.assert_sound()


def test_an_undo_may_be_undone_and_done_again(command: CommandLine, history: History) -> None:
    """Each is a batch; `history` says which undo is in force, and which was itself taken back."""
    history.make([("Add OTC", [otc(F, 3)])], 2, 3, 2)
    assert [(one["kind"], one["undone_by"]) for one in history.batches()] == [
        ("apply", None), ("apply", 5), ("undo", 4), ("undo", None), ("undo", None),
    ]  # fmt: skip
    history.make(5)
    assert [one["undone_by"] for one in history.batches()] == [None, None, 4, None, 6, None]
    assert F in command("show", "otcs").out


def test_what_is_so_again_already_is_left_alone(command: CommandLine, history: History) -> None:
    """Part of the batch was set right by hand: the rest is taken back. Then nothing is left of
    it, which makes no batch and is no fault."""
    before = history.tables()
    history.make(
        [("Edit OTC", [edit_otc(A, Total_Licenses=12), edit_otc(B, Total_Licenses=22)])],
        [("Edit OTC", [edit_otc(A, Total_Licenses=10)])],
    )
    assert done(undo(command, 2)) == {"otcs_edited": 1}
    assert history.tables() == before

    history.make([("Edit OTC", [edit_otc(A, Total_Licenses=13)])])
    history.make([("Edit OTC", [edit_otc(A, Total_Licenses=10)])])
    for options in ([], ["--check"]):
        found = undo(command, 5, *options)
        assert (found["batch"], done(found)) == (None, {})
    assert len(history.batches()) == 6
    history.assert_sound()


def test_the_history_tells_of_an_undo(command: CommandLine, history: History) -> None:
    """Kind, who did it, whose file was taken back; its lines stand at the rows that had asked."""
    history.make([("Edit Customer", [edit("Norte", No_of_Licenses=7), edit("Sur", New_Name="S"),
                                           held("S", 1, A)])])  # fmt: skip
    undo(command, 2, "--actor", "night shift")
    _, taken_back, found = history.batches()
    assert (found["kind"], found["actor"]) == ("undo", "night shift")
    assert (found["file"], found["sha256"]) == (taken_back["file"], taken_back["sha256"])
    assert (found["applied"], found["rejected"]) == (3, 0)
    was, now = (command("history", number, "--json").json["lines"] for number in "23")
    assert [(line["sheet"], line["row"]) for line in now] == [
        ("Edit Customer", 2), ("Edit Customer", 3), ("Edit Customer", 4),
    ]  # fmt: skip
    assert [(line["before"], line["after"]) for line in now] == [
        (line["after"], line["before"]) for line in was
    ]


def test_an_undo_is_told_in_words(command: CommandLine, history: History) -> None:
    """The headline, what was done, each change with its row; -q says nothing of what went well."""
    history.make([("Edit Customer", [edit("Norte", No_of_Licenses=7)])])
    said = command("undo", "2", "--check")
    assert "Batch 2 (2.xlsx): can be undone" in said.out
    said = command("undo", "2")
    assert "Batch 2 (2.xlsx): undone" in said.out
    assert "subscriptions edited: 1" in said.out
    assert f"Edit Customer, row 2: Norte, {A}: 7 → 4" in said.out
    assert "Batch 3 in the ledger" in said.out
    assert command("undo", "3", "-q").out == ""
    said = command("undo", "2", "-q")
    assert said.exit_code == 0
    said = command("undo", "2", "-q")
    assert said.exit_code == 5
    assert "already-undone" in said.out


# What is refused


REFUSED: dict[str, tuple[list[Step], int, str, tuple[str, ...], int]] = {
    "an OTC was edited again": (
        [[("Edit OTC", [edit_otc(A, Total_Licenses=12)])],
         [("Edit OTC", [edit_otc(A, Email="new@msp.example")])]],
        2, "changed-since", (f"OTC {A}", "batch 3"), 3,
    ),
    "a customer was edited again, under a new name": (
        [[("Edit Customer", [edit("Norte", Email="norte@site.example")])],
         [("Edit Customer", [edit("Norte", New_Name="Norte viejo")])]],
        2, "changed-since", ("Customer Norte viejo", "batch 3"), 3,
    ),
    "a subscription was changed again": (
        [[("Edit Customer", [edit("Norte", No_of_Licenses=5)])],
         [("Edit Customer", [edit("Norte", No_of_Licenses=6)])]],
        2, "changed-since", (f"subscription of Norte to {A}", "batch 3"), 3,
    ),
    "a subscription was moved away": (
        [[("Add Customer", [customer("Oeste", 1, A)])], [("Update OTC", [move(A, E, "Oeste")])]],
        2, "still-held", ("Customer Oeste does not exist", f"holds 1 licences of {E}"), 3,
    ),
    "an OTC was handed out": (
        [[("Add OTC", [otc(F, 9)])], [("Add Customer", [customer("Oeste", 7, F)])]],
        2, "still-held", (f"OTC {F}", "Oeste holds 7"), 3,
    ),
    "a customer got further licences": (
        [[("Add Customer", [customer("Oeste", 1, A)])],
         [("Add Avira Subscription", [held("Oeste", 5, B)])]],
        2, "still-held", ("Customer Oeste does not exist", f"holds 5 licences of {B}"), 3,
    ),
    "the added licences were handed out": (
        [[("Edit OTC", [edit_otc(A, Total_Licenses=20)])],
         [("Edit Customer", [edit("Norte", No_of_Licenses=14)])]],
        2, "total-below-used", (f"OTC {A} cannot have 10", "17 are used", "Norte (14), Sur (3)"),
        3,
    ),
    "the licences that came back were handed out": (
        [[("Edit Customer", [edit("Norte", No_of_Licenses=1)])],
         [("Add Customer", [customer("Oeste", 6, A)])]],
        2, "overallocation", (f"OTC {A} cannot have 10", "13 are used", "Oeste (6)"), 3,
    ),
    "the total was lowered": (
        [[("Edit Customer", [edit("Norte", No_of_Licenses=1)])],
         [("Edit OTC", [edit_otc(A, Total_Licenses=6)])]],
        2, "overallocation", (f"OTC {A} cannot have 6", "7 are used"), 3,
    ),
    "the old name was given to another": (
        [[("Edit Customer", [edit("Norte", New_Name="Norte viejo")])],
         [("Add Customer", [customer("NORTE", 1, A)])]],
        2, "already-exists", ("same name", "NORTE"), 3,
    ),
    "the old email was given to another": (
        [[("Edit Customer", [edit("Whole", Email="other@site.example")])],
         [("Add Customer", [self_managed("Alone", E, WHOLE_EMAIL.upper())])]],
        2, "email-in-use", (WHOLE_EMAIL, "Alone"), 3,
    ),
    "the customer was disabled": (
        [[("Edit Customer", [edit("Norte", No_of_Licenses=1)])],
         [("Disable Customer", [edit("Norte")])]],
        2, "customer-disabled", ("Norte is disabled",), 3,
    ),
    "the OTC was dedicated to another": (
        [[("Edit Customer", [edit("Este", No_of_Licenses=0)])],
         [("Add Customer", [self_managed("Alone", D, "alone@site.example")])]],
        2, "otc-dedicated", (D, "Alone"), 3,
    ),
    "a dedicated OTC has grown while nobody held it": (
        [[("Edit Customer", [edit("Whole", No_of_Licenses=0)])],
         [("Edit OTC", [edit_otc(C, Total_Licenses=9)])]],
        2, "dedicated-needs-all", (C, "its 9 licences", "Whole (5)"), 3,
    ),
    "an OTC was dedicated as small as it was": (
        [[("Edit OTC", [edit_otc(E, Total_Licenses=4)])],
         [("Add Customer", [self_managed("Alone", E, "alone@site.example")])]],
        2, "dedicated-needs-all", (E, "its 8 licences", "Alone (4)"), 3,
    ),
    "the OTC is gone": (
        [[("Add OTC", [otc(F, 9)])], [("Add Avira Subscription", [held("Norte", 2, F)])],
         [("Edit Customer", [held("Norte", 0, F)])], 2],
        4, "unknown-otc", (f"OTC {F} does not exist",), 5,
    ),
    "the customer is gone": (
        [[("Add Customer", [customer("Oeste", 2, A)])], [("Edit Customer", [held("Oeste", 0, A)])],
         2],
        3, "unknown-customer", ("Customer Oeste does not exist",), 4,
    ),
    "a device was edited again": (
        [[("Devices", [device("Norte", "PC-1", Avira_Status="Active")])],
         [("Devices", [device("Norte", "pc-1", Avira_Uninstalled="2026-05-02")])]],
        2, "changed-since", ("Device PC-1 of Norte", "batch 3"), 3,
    ),
    "an added device was edited": (
        [[("Devices", [device("Norte", "PC-2")])],
         [("Devices", [device("Norte", "PC-2", Avira_Uninstalled="2026-05-02")])]],
        2, "changed-since", ("Device PC-2 of Norte", "batch 3"), 3,
    ),
    "a customer got devices": (
        [[("Add Customer", [customer("Oeste", 1, A)])],
         [("Devices", [device("Oeste", "PC-8"), device("Oeste", "PC-9")])]],
        2, "still-held", ("Customer Oeste does not exist", "devices: PC-8, PC-9"), 3,
    ),
    "a customer that got a new name got a device under it": (
        [[("Add Customer", [customer("Oeste", 1, A)])],
         [("Edit Customer", [edit("Oeste", New_Name="Poniente")]),
          ("Devices", [device("Poniente", "PC-8")])],
         [("Edit Customer", [edit("Poniente", New_Name="Oeste")])]],
        2, "still-held", ("Customer Oeste does not exist", "devices: PC-8"), 3,
    ),
    "the customer of the device is gone": (
        [[("Add Customer", [customer("Oeste", 1, A)])], [("Devices", [device("Oeste", "PC-8")])],
         3, 2],
        4, "unknown-customer", ("Customer Oeste does not exist",), 5,
    ),
}  # fmt: skip
"""By what happened after a batch: the batches after batch 1, which of them to undo, the code of
what refuses it, words that name what, and the batch to undo first."""


@pytest.mark.parametrize("what", REFUSED)
def test_an_undo_is_refused_where_something_depends_on_the_batch(
    what: str, command: CommandLine, history: History
) -> None:
    """Exit 5 and nothing changed; what depends on it is named, the row of the batch, and the
    later batch, which can be undone, and then this one can. --check says the same."""
    steps, number, code, words, first = REFUSED[what]
    history.make(*steps)
    before, batches = history.tables(), history.batches()
    problems = refused(command, number)
    assert refused(command, number, "--check") == problems
    assert (history.tables(), history.batches()) == (before, batches)
    history.assert_sound()

    [problem] = problems
    assert problem["code"] == code
    assert all(word in problem["message"] for word in words), problem["message"]
    lines = command("history", str(number), "--json").json["lines"]
    assert (problem["sheet"], problem["row"]) in [(line["sheet"], line["row"]) for line in lines]
    assert problem["fix"] == f"Undo batch {first} first."

    undo(command, first)
    undo(command, number)
    history.assert_sound()


def test_undoing_twice_is_refused(command: CommandLine, history: History) -> None:
    """It names the undo, and how to have the batch again."""
    history.make([("Add OTC", [otc(F, 3)])], 2)
    for options in ([], ["--check"]):
        [problem] = refused(command, 2, *options)
        assert problem["code"] == "already-undone"
        assert problem["message"] == "Batch 2 was already undone by batch 3."
        assert problem["fix"].endswith("undo batch 3.")
    assert len(history.batches()) == 3
    undo(command, 3)
    assert F in command("show", "otcs").out


def test_one_row_that_cannot_be_taken_back_keeps_all(
    command: CommandLine, history: History
) -> None:
    """Wholly or not at all; every obstacle is named, each with its own batch."""
    history.make(
        [("Add OTC", [otc(F, 9)]), ("Edit Customer", [edit("Norte", No_of_Licenses=1),
                                                      edit("Este", New_Name="Este viejo")])],
        [("Add Customer", [customer("Oeste", 6, A)])],
        [("Add Avira Subscription", [held("Oeste", 1, F), held("Sur", 2, F)])],
    )  # fmt: skip
    before = history.tables()
    problems = refused(command, 2)
    assert [(one["code"], one["fix"].split()[2]) for one in problems] == [
        ("still-held", "4"), ("still-held", "4"), ("overallocation", "3"),
    ]  # fmt: skip
    assert history.tables() == before
    said = command("undo", "2")
    assert "Batch 2 (2.xlsx): not undone; nothing was changed" in said.out
    assert "Problems (3)" in said.out


def test_who_is_gone_is_named_all_the_same(command: CommandLine, history: History) -> None:
    """Its name of then, where it stands among those who would use too much."""
    history.make(
        [("Add OTC", [otc(F, 4)])],
        [("Add Customer", [customer("Oeste", 4, F)])],
        [("Edit OTC", [edit_otc(F, Total_Licenses=9)]), ("Edit Customer", [held("Oeste", 0, F)])],
        [("Add Customer", [customer("Centro", 2, F)])],
        3,
    )
    found = {one["code"]: one["message"] for one in refused(command, 4)}
    assert found.keys() == {"total-below-used", "unknown-customer"}
    assert "Oeste (4)" in found["total-below-used"]
    assert "Customer Oeste does not exist" in found["unknown-customer"]


def test_a_long_list_of_holders_is_cut_and_counted(command: CommandLine, history: History) -> None:
    """Ten customers are named, and the others counted."""
    history.make(
        [("Add OTC", [otc(F, 1)])],
        [("Edit OTC", [edit_otc(F, Total_Licenses=20)])],
        [("Add Customer", [customer(f"Oeste {number}", 1, F) for number in range(13)])],
    )
    [problem] = refused(command, 3)
    assert problem["message"].count("Oeste") == 10
    assert "(+3)" in problem["message"]


# Following what a refusal says


def follow(command: CommandLine, number: int) -> list[int]:
    """Undo a batch, first the ones that it is told to; gives which were undone, in order."""
    undone: list[int] = []
    wanted = [number]
    while wanted:
        assert len(undone) < 10, f"round in a circle: {undone}"
        said = command("undo", str(wanted[-1]), "--json")
        if said.exit_code == 0:
            undone.append(wanted.pop())
            continue
        told = [re.search(r"batch (\d+) first\.$", one["fix"]) for one in said.json["problems"]]
        assert all(told), said.json["problems"]
        wanted.append(max(int(one[1]) for one in told if one))
    return undone


LEADS_ON: dict[str, tuple[list[Step], int, list[int]]] = {
    "one after the other": (
        [[("Add OTC", [otc(F, 9)])], [("Add Customer", [customer("Oeste", 5, F)])],
         [("Edit Customer", [held("Oeste", 6, F)])], [("Edit OTC", [edit_otc(F, Runtime=1)])]],
        2, [5, 4, 3, 2],
    ),
    "past devices of the same customer": (
        [[("Add Customer", [customer("Oeste", 1, A)])], [("Devices", [device("Oeste", "PC-8")])],
         [("Devices", [device("Oeste", "PC-9"), device("Oeste", "PC-8", Avira_Status="On")])]],
        2, [4, 3, 2],
    ),
    "past what is undone already": (
        [[("Add OTC", [otc(F, 9)])], [("Add Customer", [customer("Oeste", 5, F)])],
         [("Edit Customer", [held("Oeste", 6, F)])], 4],
        2, [3, 2],
    ),
    "past an undo that is undone": (
        [[("Add OTC", [otc(F, 9)])], [("Add Customer", [customer("Oeste", 5, F)])],
         [("Edit Customer", [held("Oeste", 6, F)])], 4, 5],
        2, [4, 3, 2],
    ),
    "past a batch that left it as it was": (
        [[("Add OTC", [otc(F, 9)])], [("Add Customer", [customer("Oeste", 5, F)])],
         [("Edit Customer", [held("Oeste", 6, F), held("Oeste", 5, F)])]],
        2, [3, 2],
    ),
    "past a change taken back by hand and by an undo": (
        [[("Edit Customer", [edit("Norte", New_Name="N2"), edit("Sur", New_Name="S2")])],
         [("Edit Customer", [edit("N2", New_Name="N3")])],
         [("Edit Customer", [edit("N3", New_Name="N2"), edit("S2", New_Name="S3")])]],
        2, [4, 3, 2],
    ),
    "to an undo that took back an earlier batch": (
        [[("Edit Customer", [held("Norte", 1, A)])], [("Edit Customer", [held("Sur", 9, A)])],
         [("Edit Customer", [held("Sur", 2, A)])], 2],
        4, [5, 4],
    ),
    "to who disabled the customer, whatever it is called now": (
        [[("Edit Customer", [edit("Norte", No_of_Licenses=1)])],
         [("Disable Customer", [edit("Norte")])],
         [("Edit Customer", [edit("Norte", New_Name="N2")])]],
        2, [4, 3, 2],
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", LEADS_ON)
def test_what_is_named_leads_on(way: str, command: CommandLine, history: History) -> None:
    """Whoever undoes the batches that a refusal names comes to an end, and not round in a circle
    of undos of undos."""
    steps, number, expected = LEADS_ON[way]
    history.make(*steps)
    assert follow(command, number) == expected
    history.assert_sound()


def test_who_was_disabled_before_the_batch_may_have_back_its_own(
    command: CommandLine, history: History
) -> None:
    """Also where the customer was edited since: nobody depends on its licences' not being back."""
    history.make([("Edit Customer", [edit("Closed", No_of_Licenses=1)])])
    history.make([("Edit Customer", [edit("Closed", New_Name="Closed 2")])])
    assert done(undo(command, 2)) == {"subscriptions_edited": 1}
    history.assert_sound()


# Whose batch, and whether there is one


def test_an_undo_is_of_one_account_alone(command: CommandLine, history: History) -> None:
    """The same codes and names in two accounts; batches of the one are unknown to the other."""
    history.make([("Edit OTC", [edit_otc(A, Total_Licenses=99)])])
    history.make(BASE, account="other")
    theirs_before = history.tables("other")
    history.make([("Edit Customer", [edit("Norte", No_of_Licenses=6)])], account="other")
    ours, theirs = history.tables(), history.tables("other")
    undo(command, 2, "--account", "other")
    assert (history.tables(), history.tables("other")) == (ours, theirs_before)
    undo(command, 3, "--account", "other")
    assert (history.tables(), history.tables("other")) == (ours, theirs)
    undo(command, 2)
    assert history.tables("other") == theirs
    assert command("undo", "4").exit_code == 2
    assert command("undo", "1", "--account", "nobody").exit_code == 2
    for account in ("default", "other"):
        history.assert_sound(account)


@pytest.mark.parametrize("options", [[], ["--check"], ["--json"], ["--check", "--json"]])
def test_a_batch_that_is_not_there_is_misuse(
    options: list[str], command: CommandLine, history: History
) -> None:
    """Exit 2, and one clear line that says where the batches are listed."""
    said = command("undo", "7", *options)
    assert said.exit_code == 2
    assert said.err == (
        "The account default has no batch 7. To list its batches: avira-importer history\n"
    )
    for nonsense in ("0", "-1", "x", "1.5", "99999999999"):
        said = command("undo", *options, "--", nonsense)
        assert said.exit_code == 2
        assert nonsense in said.err.splitlines()[-1]
    assert len(history.batches()) == 1


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_without_a_ledger_there_is_nothing_to_undo(
    options: list[str], command: CommandLine, ledger: Path
) -> None:
    """Exit 4, how to begin is said, and none comes to be."""
    said = command("undo", "1", *options)
    assert said.exit_code == 4
    [line] = said.err.splitlines()
    assert str(ledger) in line
    assert not ledger.exists()


# How much work it is


@contextmanager
def counting_statements() -> Iterator[list[str]]:
    """The statements that the program sends to its database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def many(count: int) -> list[Sheets]:
    """Workbooks of `count` rows a sheet: one that fills a ledger, one that changes it all, and one
    that stands in the way of taking the first one back."""
    codes = [f"{n:05}-AAAAA-AAAAA-AAAAA" for n in range(2 * count)]
    names = [f"Site {n}" for n in range(count)]
    return [
        [
            ("Add OTC", [otc(code, 10) for code in codes]),
            ("Add Customer", [customer(n, 5, c) for n, c in zip(names, codes, strict=False)]),
            ("Devices", [device(name, "PC-1") for name in names]),
        ],
        [
            ("Edit OTC", [edit_otc(code, Total_Licenses=11) for code in codes]),
            ("Edit Customer", [edit(n, New_Name=f"{n} b", No_of_Licenses=6) for n in names]),
            ("Update OTC", [
                move(old, new, f"{name} b")
                for name, old, new in zip(names, codes, codes[count:], strict=False)
            ]),
            ("Disable Customer", [edit(f"{name} b", Release_Licenses="Yes") for name in names]),
            ("Devices", [device(f"{name} b", one) for name in names for one in ("pc-1", "pc-2")]),
        ],
        [("Add Customer", [customer(f"Late {n}", 1, code) for n, code in enumerate(codes)])],
    ]  # fmt: skip


def test_the_number_of_statements_does_not_grow_with_the_rows(
    command: CommandLine, history: History
) -> None:
    """Edits, moves and releases of 130 and of 270 customers, and all that was added, taken back;
    and refused: the same statements."""
    counts: dict[str, list[int]] = {}
    undos: list[Callable[[str], CommandResult]] = [
        lambda account: command("undo", "2", "--account", account, "-q"),
        lambda account: command("undo", "1", "--account", account, "-q"),
        lambda account: command("undo", "3", "--account", account, "-q"),
        lambda account: command("undo", "1", "--account", account, "-q"),
    ]
    for size in (130, 270):
        account = f"of {size}"
        history.make(*many(size), account=account)
        counts[account] = []
        for each, exit_code in zip(undos, (0, 5, 0, 0), strict=True):
            with counting_statements() as statements:
                assert each(account).exit_code == exit_code
            counts[account].append(len(statements))
        assert history.tables(account) == []
        history.assert_sound(account)
    small, large = counts.values()
    assert small == large
    assert min(small) > 3
