"""`history`: the batches, and the journal lines of one."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import pytest

from builders import A, customer, edit, edit_otc, otc
from command_line import CommandLine
from workbooks import bad_workbook, good_workbook

pytestmark = pytest.mark.both_engines


@pytest.mark.contract
def test_the_history_has_the_documented_keys(command: CommandLine) -> None:
    """The instant is in UTC, the file has no folder, and only applied and rejected rows count."""
    bad = bad_workbook()
    command("apply", bad, "--partial", "--actor", "Ana")
    command("apply", good_workbook())
    first, second = command("history", "--json").json
    assert list(first) == [
        "batch", "at", "actor", "kind", "file", "sha256", "applied", "rejected", "undone_by",
        "hash",
    ]  # fmt: skip
    at, digest = first.pop("at"), first.pop("hash")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", at)
    assert abs(dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(at)) < dt.timedelta(minutes=5)
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert digest != second["hash"]
    assert first == {
        "batch": 1, "actor": "Ana", "kind": "apply", "file": "bad.xlsx",
        "sha256": hashlib.sha256(bad.read_bytes()).hexdigest(), "applied": 2, "rejected": 3,
        "undone_by": None,
    }  # fmt: skip
    assert (second["batch"], second["file"], second["applied"], second["rejected"]) == (
        2, "good.xlsx", 3, 0,
    )  # fmt: skip


@pytest.mark.contract
def test_a_batch_has_each_change_with_the_images_before_and_after(command: CommandLine) -> None:
    """In the order of the rows. What is new has no image before, and what is gone none after."""
    command.apply(("Add OTC", [otc()]), ("Add Customer", [customer("Norte", 5)]))
    command.apply(
        ("Edit OTC", [edit_otc(A, total=60, expiry_date=dt.date(2040, 2, 1))]),
        ("Edit Customer", [edit("Norte", new_name="Centro", licenses=0)]),
    )
    first, second = (command("history", number, "--json").json for number in "12")
    added, changed = first.pop("lines"), second.pop("lines")
    assert [first, second] == command("history", "--json").json
    assert {tuple(line) for line in added + changed} == {
        ("sheet", "row", "kind", "key", "before", "after")
    }
    assert [(line["sheet"], line["row"], line["kind"]) for line in added] == [
        ("Add OTC", 2, "otc"), ("Add Customer", 2, "customer"), ("Add Customer", 2, "subscription"),
    ]  # fmt: skip
    assert [line["before"] for line in added] == [None] * 3
    assert [added[0]["after"]["total"], added[2]["after"]["licenses"]] == [50, 5]
    edited, renamed, cancelled = changed
    assert (edited["key"], edited["before"]) == (A, added[0]["after"])
    assert edited["after"] == edited["before"] | {"total": 60, "expiry_date": "2040-02-01"}
    assert renamed["after"] == renamed["before"] | {"name": "Centro"}
    assert (cancelled["before"]["licenses"], cancelled["after"]) == (5, None)


def test_a_batch_that_does_not_exist_is_wrong_use(command: CommandLine) -> None:
    command("apply", good_workbook())
    for number in ("2", "0", "-1", "9223372036854775808", "one"):
        result = command("history", "--ledger", command.ledger, "--json", "--", number)
        assert (result.exit_code, number in result.err) == (2, True), result
        assert "Traceback" not in result.err
