"""Imports that fail or are stopped in the middle."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest

from builders import A, C, D, customer, disable, edit, edit_otc, otc, write_workbook
from command_line import CommandLine
from importer.ledger.writing import apply as writing
from importer.ledger.writing.apply import apply_changes
from ledgers import all_rows, raw


@pytest.fixture
def further_workbook(tmp_path: Path) -> Path:
    """Another OTC with a customer, and changes to what the first workbook has added."""
    sheets = [
        ("Add OTC", [otc(C)]),
        ("Edit OTC", [edit_otc(A, total=60)]),
        ("Add Customer", [customer("Este", 9, C)]),
        ("Edit Customer", [edit("Norte", otc=A, licenses=6)]),
        ("Disable Customer", [disable("Sur", release="Yes")]),
    ]
    return write_workbook(tmp_path / "second.xlsx", sheets)


def refuse(ledger: Path, event: str) -> None:
    """Let the database refuse some writes."""
    with raw(ledger) as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER fault {event} BEGIN SELECT RAISE(ABORT, 'no'); END"
        )


def assert_batch(number: int, workbook: Path, command: CommandLine) -> None:
    """The workbook can be applied, as batch `number`."""
    report = command("apply", workbook, "--json").report
    assert (report["status"], report["batch"]) == ("applied", number)


FAULTS = {
    "in the journal": "BEFORE INSERT ON journal_block WHEN NEW.first_line = 3",
    "in the OTCs": f"BEFORE INSERT ON otc WHEN NEW.code = '{C}'",
    "in the customers": "BEFORE UPDATE ON customer",
    "in the subscriptions": "BEFORE INSERT ON subscription",
    "at the very end": "BEFORE UPDATE ON account",
}


def test_an_apply_that_fails_in_the_middle_leaves_nothing_behind(
    command: CommandLine,
    workbook: Path,
    further_workbook: Path,
    ledger: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database refuses one of the writes: seen through a second connection, nothing has
    changed; once the cause is gone, the same workbook is batch 2."""
    monkeypatch.setattr(writing, "LINES_OF_A_BLOCK", 2)
    assert command("apply", workbook).exit_code == 0
    before = all_rows(ledger)
    for fault, event in FAULTS.items():
        refuse(ledger, event)
        result = command("apply", further_workbook, "--json")
        result.assert_error(str(ledger))
        assert result.json["exit_code"] == 4
        assert all_rows(ledger) == before, fault
        with raw(ledger) as connection:
            connection.exec_driver_sql("DROP TRIGGER fault")
    assert_batch(2, further_workbook, command)


@pytest.mark.parametrize(
    ("error", "exit_code"), [(RuntimeError("a mistake"), 70), (KeyboardInterrupt(), 130)], ids=repr
)
@pytest.mark.parametrize("is_first", [True, False])
def test_an_apply_that_is_stopped_after_writing_leaves_nothing_behind(
    error: BaseException,
    exit_code: int,
    is_first: bool,
    command: CommandLine,
    workbook: Path,
    further_workbook: Path,
    ledger: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An internal error or Ctrl-C between the last write and the commit, in the first apply of all
    or a later one."""
    if not is_first:
        assert command("apply", workbook).exit_code == 0
        before = all_rows(ledger)
    path = workbook if is_first else further_workbook

    def write_and_stop(*arguments: Any) -> NoReturn:
        apply_changes(*arguments)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("importer.ledger.writing.apply.apply_changes", write_and_stop)
        result = command("apply", path)
    assert result.exit_code == exit_code
    assert "Traceback" not in result.out + result.err
    if is_first:
        assert command("history").exit_code == 4
    else:
        assert all_rows(ledger) == before
    assert_batch(1 if is_first else 2, path, command)


def test_what_was_applied_before_a_fault_is_reported(
    command: CommandLine, workbook: Path, further_workbook: Path, ledger: Path, tmp_path: Path
) -> None:
    """The first of two files is in the ledger when the second fails: one JSON document says both,
    and the exit code is the ledger's."""
    assert command("apply", workbook).exit_code == 0
    refuse(ledger, "BEFORE INSERT ON batch WHEN NEW.batch = 3")
    third = write_workbook(tmp_path / "third.xlsx", [("Add OTC", [otc(D)])])
    result = command("apply", further_workbook, third, "--json")
    result.assert_error(str(ledger))
    batches = [(report["file"], report["batch"]) for report in result.json]
    assert batches == [(str(further_workbook), 2), (str(third), None)]
    assert result.json[1]["exit_code"] == 4
    assert len(command("history", "--json").json) == 2
