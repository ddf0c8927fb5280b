"""A workbook of many bad rows: what is shown is bounded, and what is counted is exact."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import code_of
from command_line import CommandLine

BAD, GOOD, MOST = 2_500, 3, 1_000


def workbook(path: Path, total: object, email: str) -> Path:
    """Rows with this total, one with this email, and good ones, each with an untidy company."""
    rows = [f"{code_of(n)},it@msp.example, Acme,{total}" for n in range(BAD)]
    rows.append(f"{code_of(BAD)},{email}, Acme,50")
    rows += (f"{code_of(n)},it@msp.example, Acme,50" for n in range(BAD + 1, BAD + 1 + GOOD))
    path.write_text("\n".join(["OTC,Email,Company Name,Total Licenses", *rows]), "utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Rows without a number, one with a bad email, and good ones."""
    return workbook(tmp_path / "add_otc.csv", "many", "x")


def test_some_problems_are_shown_in_full_and_all_are_counted(
    command: CommandLine, bad: Path
) -> None:
    """Of each cause there is at least one in full, such as the email in one of the last rows."""
    result = command("check", bad, "--json")
    assert result.row_counts == (BAD + 1 + GOOD, GOOD, 0, BAD + 1)
    problems = result.report["problems"]
    codes = [problem["code"] for problem in problems]
    assert {code: codes.count(code) for code in codes} == {
        "normalised": MOST, "bad-number": MOST, "bad-email": 1,
    }  # fmt: skip
    further = {"sheet": "Add OTC", "column": "Total Licenses", "count": BAD - MOST}
    assert {"severity": "error", "code": "bad-number", **further} in (
        result.report["further_problems"]
    )
    shown = command("check", bad).out
    assert f"Problems ({BAD + 1})" in shown
    assert f"Add OTC · Total Licenses · bad-number: {BAD - MOST}" in shown
    assert len(shown.splitlines()) < 3 * 2 * MOST + 50


def test_the_good_rows_are_applied_and_the_others_are_listed(
    command: CommandLine, bad: Path, tmp_path: Path
) -> None:
    """The corrections are a list. The corrected file then applies the rest."""
    result = command("apply", bad, "--partial", "--json")
    assert (result.exit_code, result.row_counts) == (1, (BAD + 1 + GOOD, GOOD, 0, BAD + 1))
    listed = load_workbook(result.corrections)
    assert listed.sheetnames == ["Problems"]
    lines = list(listed["Problems"].iter_rows(min_row=5, values_only=True))
    assert [line[1] for line in lines if line[3] == "Email"] == [f"B{BAD + 2}"]
    assert [str(line[5]).split(":")[0] for line in lines[MOST + 1 :]] == [f"{BAD - MOST} more"]
    fixed = workbook(tmp_path / "add_otc.csv", 50, "it@msp.example")
    result = command("apply", fixed, "--json")
    assert (result.exit_code, result.row_counts) == (0, (BAD + 1 + GOOD, BAD + 1, GOOD, 0))


@pytest.mark.thorough
def test_without_a_bound_all_are_shown_and_given_back(
    command: CommandLine, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the bound is what the other tests see."""
    monkeypatch.setattr("importer.domain.problems.MOST_IN_FULL", 10**6)
    result = command("check", bad, "--json")
    assert len(result.errors) == BAD + 1
    assert load_workbook(result.corrections)["Add OTC"].max_row == BAD + 1 + GOOD + 1
