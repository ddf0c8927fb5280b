"""The very file that was applied before is judged row by row, with a warning (rule 6)."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from builders import A, B, customer, disable, edit, enable, otc, write_workbook
from command_line import CommandLine, CommandResult

pytestmark = pytest.mark.both_engines

WORKBOOK = "first.xlsx"
AT = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def applied(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A ledger that a workbook was applied to, as batch 1."""
    monkeypatch.setattr("importer.base.clock.now", lambda: AT)
    path = write_workbook(Path(WORKBOOK), [
        ("Add OTC", [otc(A, 10)]), ("Add Customer", [customer("Norte", 4)]),
        ("Disable Customer", [disable("Norte")]), ("Enable Customer", [enable("Norte")]),
    ])  # fmt: skip
    assert command("apply", path).exit_code == 0
    return command


def warnings(result: CommandResult) -> list[dict[str, Any]]:
    """The warnings that the file was applied before; they come first."""
    problems = result.report["problems"]
    first = [problem for problem in problems if problem["code"] == "applied-before"]
    assert problems[: len(first)] == first
    return first


@pytest.mark.contract
def test_a_file_that_was_applied_before_says_in_which_batch_and_its_rows_are_judged(
    applied: CommandLine,
) -> None:
    """Under another name too. What is so already is unchanged; the customer that the file disables
    and enables is disabled and enabled again."""
    copy = shutil.copy(WORKBOOK, "copy.xlsx")
    results = [
        applied(command, path, "--json")
        for command, path in (("check", WORKBOOK), ("check", copy), ("apply", copy))
    ]
    for result in results:
        assert result.exit_code == 0
        assert result.row_counts == (4, 2, 2, 0)
        [warning] = warnings(result)
        assert "batch 1 at 2026-11-23 08:30:00 UTC" in warning["message"]
        assert warning["severity"] == "warning"
        assert [warning[key] for key in ("sheet", "row", "column", "cell", "value")] == [None] * 5
    assert [result.report["batch"] for result in results] == [None, None, 2]
    [warning] = warnings(applied("check", WORKBOOK, "--json"))
    assert "batch 2" in warning["message"]


def test_a_batch_that_was_undone_does_not_count(applied: CommandLine) -> None:
    assert applied("undo", "1").exit_code == 0
    assert warnings(applied("check", WORKBOOK, "--json")) == []
    assert applied("undo", "2").exit_code == 0
    assert len(warnings(applied("check", WORKBOOK, "--json"))) == 1


def test_a_changed_file_or_another_account_has_no_such_warning(applied: CommandLine) -> None:
    """The same rows in a file of other bytes are simply unchanged."""
    lengthened = write_workbook(Path("longer.xlsx"), [("Add OTC", [otc(A, 10), otc(B, 5)])])
    result = applied("apply", lengthened, "--json")
    assert (result.row_counts, warnings(result)) == ((2, 1, 1, 0), [])
    result = applied("apply", WORKBOOK, "--json", "--account", "other")
    assert (result.report["batch"], warnings(result)) == (1, [])


def test_a_file_that_was_applied_in_part_is_named_when_it_is_refused(command: CommandLine) -> None:
    """Its good row is unchanged; nothing would be written, with or without --partial."""
    rows = [customer("Norte", 4), customer("Sur", "x")]
    path = write_workbook(Path(WORKBOOK), [("Add OTC", [otc(A, 10)]), ("Add Customer", rows)])
    assert command("apply", path, "--partial", "--json").report["batch"] == 1
    for options in ([], ["--partial"]):
        result = command("apply", path, "--json", *options)
        assert (result.exit_code, result.row_counts) == (1, (3, 0, 2, 1))
        assert len(warnings(result)) == 1


@pytest.mark.contract
def test_a_lengthened_copy_with_a_rename_does_only_what_is_new(applied: CommandLine) -> None:
    rename = edit("Norte", new_name="Este", email="it@este.example")
    assert applied.apply(("Edit Customer", [rename])).row_counts == (1, 1, 0, 0)
    rows = [rename, edit("Este", licenses=5)]
    assert applied.apply(("Edit Customer", rows)).row_counts == (2, 1, 1, 0)
