"""What undo prints, and its exit codes where there is nothing to undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import A, edit
from command_line import CommandLine
from histories import History
from histories import filled as filled
from histories import history as history
from prepared import database as database
from prepared import ledger as ledger
from prepared import where as where

pytestmark = pytest.mark.both_engines


def test_undo_prints_a_headline_and_each_change_with_its_row(
    command: CommandLine, history: History
) -> None:
    """With -q, only what went wrong."""
    history.make([("Edit Customer", [edit("Norte", licenses=7)])])
    assert "Batch 2 (2.xlsx): can be undone" in command("undo", "2", "--check").out
    output = command("undo", "2").out
    for line in (
        "Batch 2 (2.xlsx): undone", "subscriptions edited: 1",
        f"Edit Customer, row 2: Norte, {A}: 7 → 4", "Batch 3 in the ledger",
    ):  # fmt: skip
        assert line in output
    quiet = [command("undo", number, "-q") for number in "322"]
    assert [result.exit_code for result in quiet] == [0, 0, 5]
    assert [result.out for result in quiet[:2]] == ["", ""]
    assert "already-undone" in quiet[2].out


@pytest.mark.parametrize("options", [[], ["--check"], ["--json"], ["--check", "--json"]])
def test_a_batch_that_does_not_exist_is_misuse(
    options: list[str], command: CommandLine, history: History
) -> None:
    """One line says where the batches are listed."""
    result = command("undo", "7", *options)
    assert result.exit_code == 2
    assert result.err == (
        "The account default has no batch 7. To list its batches: avira-importer history\n"
    )
    for nonsense in ("0", "-1", "x", "1.5", "99999999999"):
        result = command("undo", *options, "--", nonsense)
        assert result.exit_code == 2, nonsense
        assert nonsense in result.err.splitlines()[-1]
    assert len(history.batches()) == 1


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_undo_does_not_create_a_ledger(
    options: list[str], command: CommandLine, ledger: Path
) -> None:
    ledger.unlink()
    result = command("undo", "1", *options)
    assert result.exit_code == 4
    [line] = result.err.splitlines()
    assert str(ledger) in line
    assert not ledger.exists()
