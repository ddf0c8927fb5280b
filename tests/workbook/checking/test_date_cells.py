"""Dates in cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from builders import otcs_with, write_workbook
from command_line import CommandLine


def bad_dates(command: CommandLine, folder: Path, typed: list[Any]) -> list[dict[str, Any]]:
    """The problems of a workbook with these purchase dates, each of which is refused."""
    path = write_workbook(folder / "x.xlsx", [("Add OTC", otcs_with("purchase_date", typed))])
    result = command("check", path, "--json")
    assert result.row_counts == (len(typed), 0, 0, len(typed))
    problems = result.report["problems"]
    assert [(problem["cell"], problem["code"]) for problem in problems] == [
        (f"F{row}", "bad-date") for row in range(2, len(typed) + 2)
    ]
    return [dict(problem) for problem in problems]


def test_a_date_or_its_iso_text_is_a_date(command: CommandLine) -> None:
    """The time of day is left off."""
    typed = [dt.date(2040, 2, 29), dt.datetime(2040, 2, 29, 13, 45), "2040-02-29", " 2040-02-29 "]
    path = write_workbook(Path("x.xlsx"), [("Add OTC", otcs_with("expiry_date", typed))])
    assert command("apply", path).exit_code == 0
    dates = [otc["expiry_date"] for otc in command("show", "otcs", "--json").json]
    assert dates == ["2040-02-29"] * len(typed)


def test_what_is_not_clearly_a_date_is_refused(command: CommandLine, tmp_path: Path) -> None:
    """A bare number, a day that does not exist, a month in words."""
    typed = [
        "2026-02-30", 46024, True, "2026-13-01", "26-01-02", "2 January 2026",
        "20260102", "31/02/2026", "01/01/0026", dt.time(9, 30), dt.timedelta(days=2), "46024",
        dt.date(1900, 1, 5),
    ]  # fmt: skip
    problems = bad_dates(command, tmp_path, typed)
    missing = [v for v, p in zip(typed, problems, strict=True) if "2026-12-31" not in p["fix"]]
    assert missing == []


def test_a_date_that_means_one_day_in_another_form_is_refused_with_a_suggestion(
    command: CommandLine, tmp_path: Path
) -> None:
    meant = {
        "13/04/2026": "2026-04-13", "04/13/2026": "2026-04-13", "2026/01/02": "2026-01-02",
        "2026-1-2": "2026-01-02", "5.5.2026": "2026-05-05", "2026.12.31": "2026-12-31",
    }  # fmt: skip
    problems = bad_dates(command, tmp_path, list(meant))
    fixes = dict(zip(meant, (problem["fix"] for problem in problems), strict=True))
    assert fixes == {typed: f"Did you mean {date}?" for typed, date in meant.items()}


def test_a_date_with_two_meanings_is_refused_with_both(
    command: CommandLine, tmp_path: Path
) -> None:
    typed = ["03/04/2026", "3-4-2026", "03.04.2026", " 03/04/2026 "]
    for value, problem in zip(typed, bad_dates(command, tmp_path, typed), strict=True):
        assert "2026-04-03" in problem["fix"], value
        assert "2026-03-04" in problem["fix"], value
