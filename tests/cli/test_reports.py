"""What `check` and `apply` print for people, and what they leave out."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import customer, otc, write_workbook
from command_line import CommandLine, CommandResult
from workbooks import bad_workbook, good_workbook


def test_a_report_has_counts_problems_and_batch(command: CommandLine) -> None:
    result = command("apply", bad_workbook(), "--partial")
    for words in ("5 read", "2 applied", "3 rejected", "D3", "bad-number", "bad.corrections.xlsx",
                  "Batch 1"):  # fmt: skip
        assert words in result.out
    report = command("apply", good_workbook(), "--account", "other").out
    assert f"Batch 1 in the ledger {command.ledger}, account other" in report
    assert "Batch 2" in command("apply", good_workbook()).out


def test_quiet_prints_nothing_unless_something_went_wrong(command: CommandLine) -> None:
    good = str(good_workbook())
    for words in (
        ["check", good], ["apply", good, "--export", "a.xlsx"], ["apply", good],
        ["export", "-o", "b.xlsx"], ["template", "-o", "c.xlsx"],
    ):  # fmt: skip
        assert command(*words, "-q") == CommandResult(0, "", ""), words
    result = command("apply", bad_workbook(), "-q")
    assert (result.exit_code, result.err) == (1, "")
    assert "bad-number" in result.out


@pytest.mark.parametrize("options", [["--json"], ["--json", "-v"], ["--json", "-q"]])
def test_output_is_one_json_document_with_an_export_too(
    options: list[str], command: CommandLine
) -> None:
    """Whether or not the export can be written."""
    good = good_workbook()
    result = command("apply", good, "--export", "x.xlsx", *options)
    assert result.report["status"] == "applied"
    result = command("apply", good, "--export", "no such folder/x.xlsx", *options)
    assert result.exit_code == 3
    assert result.report["status"] == "unchanged"
    assert "x.xlsx" in result.err


def test_warnings_of_one_kind_are_gathered_without_v(command: CommandLine) -> None:
    """The first in full, and the cells of the others."""
    customers = [customer(f"Peña {number}") for number in range(5)]
    sheets = [("Add OTC", [otc()]), ("Add Customer", customers)]
    path = write_workbook(Path("x.xlsx"), sheets)
    report = command("check", path).out
    assert report.count("Choose another name") == 1
    assert "A3, A4, A5, A6" in report
    assert command("check", path, "-v").out.count("Choose another name") == 5


def test_a_workbook_without_rows_is_pointed_out(command: CommandLine, ledger: Path) -> None:
    """Nothing is wrong with it, but nobody applies nothing on purpose; it creates no ledger."""
    command("template", "-o", "t.xlsx")
    for verb in ("check", "apply"):
        assert "No row is filled in" in command(verb, "t.xlsx").out
    assert not ledger.exists()
