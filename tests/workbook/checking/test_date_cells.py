"""Dates in cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from builders import otcs_with, write_workbook
from command_line import CommandLine
from reports import errors_in


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
    """The time of day is left off, which is listed."""
    typed = [dt.date(2040, 2, 29), dt.datetime(2040, 2, 29, 13, 45), "2040-02-29", " 2040-02-29 "]
    path = write_workbook(Path("x.xlsx"), [("Add OTC", otcs_with("expiry_date", typed))])
    assert command("apply", path).exit_code == 0
    dates = [otc["expiry_date"] for otc in command("show", "otcs", "--json").json]
    assert dates == ["2040-02-29"] * len(typed)


def test_what_is_not_clearly_a_date_is_refused(command: CommandLine, tmp_path: Path) -> None:
    """A bare number, a day that does not exist, a month in words."""
    typed = [
        "2026-02-30", 46024, True, "2026-13-01", "26-01-02", "2 January 2026",
        "20260102", "31/02/2026", "01/01/0026", "15/01/26", dt.time(9, 30), dt.timedelta(days=2),
        "46024", dt.date(1900, 1, 5), "03/04/1899", "9999-12-31 22:00",
    ]  # fmt: skip
    problems = bad_dates(command, tmp_path, typed)
    missing = [v for v, p in zip(typed, problems, strict=True) if "2026-12-31" not in p["fix"]]
    assert missing == []


Dates = list[dict[str, Any]]


def expiry_dates(
    command: CommandLine, typed: list[Any], *options: str
) -> tuple[list[str | None], Dates]:
    """The expiry dates that a workbook gives its OTCs (None: refused), and its problems."""
    path = write_workbook(Path("dates.xlsx"), [("Add OTC", otcs_with("expiry_date", typed))])
    report = command("apply", path, "--partial", "--json", *options).report
    dates = {otc["otc"]: otc["expiry_date"] for otc in command("show", "otcs", "--json").json}
    codes = (row["OTC"] for row in otcs_with("expiry_date", typed))
    return [dates.get(code) for code in codes], report["problems"]


def test_a_date_that_means_one_day_is_read_and_listed_once_a_column(command: CommandLine) -> None:
    meant = {
        "13/04/2036": "2036-04-13", "04/13/2036": "2036-04-13", "2036/01/02": "2036-01-02",
        "2036-1-2": "2036-01-02", "5.5.2036": "2036-05-05", "2036.12.31": "2036-12-31",
        "31-12-2036": "2036-12-31", "15/01/2036 10:30": "2036-01-15",
        "2037-04-30T00:00:00.000Z": "2037-04-30", "2037-04-30T00:00:00+02:00": "2037-04-30",
        "12/31/2037 12:00:00 AM": "2037-12-31", "2037-12-31 00:00:00 UTC": "2037-12-31",
        "31‑12‑2037": "2037-12-31",
    }  # fmt: skip
    dates, problems = expiry_dates(command, list(meant))
    assert dates == list(meant.values())
    assert [(p["code"], p["cell"]) for p in problems] == [
        ("normalised", "G2"),
        ("normalised", "G9"),
    ]
    assert "“13/04/2036” was read as 2036-04-13" in problems[0]["message"]
    assert "“15/01/2036 10:30” was read as 2036-01-15" in problems[1]["message"]


@pytest.mark.parametrize(
    ("proof", "first", "read"),
    [("31/12/2036", "day first", "2036-04-03"), ("12/31/2036", "month first", "2036-03-04")],
)
def test_a_date_that_has_one_reading_decides_those_of_its_column_that_have_two(
    proof: str, first: str, read: str, command: CommandLine
) -> None:
    """The cell that proves it is named; another column is another question."""
    typed = ["03/04/2036", proof, "3.4.2036"]
    dates, problems = expiry_dates(command, typed)
    assert dates == [read, "2036-12-31", read]
    [listed] = problems
    assert (listed["code"], listed["cell"]) == ("normalised", "G2")
    assert f"because G3 can only be {first}. Cells of Expiry Date read so: 3." in listed["message"]
    rows = [otc | {"Purchase Date": "03/04/2026"} for otc in otcs_with("expiry_date", typed)]
    assert errors_in(command.check(("Edit OTC", rows)).report) == [
        (f"F{row}", "bad-date") for row in (2, 3, 4)
    ]


def test_a_date_that_is_refused_is_no_example_of_how_others_were_read(command: CommandLine) -> None:
    dates, problems = expiry_dates(command, ["03/04/1899", "03/04/2036"], "--dates", "dmy")
    assert dates == [None, "2036-04-03"]
    assert [(p["cell"], p["code"]) for p in problems] == [("G2", "bad-date"), ("G3", "normalised")]


@pytest.mark.parametrize(
    ("options", "configured", "read"),
    [
        (["--dates", "dmy"], "", ["2036-04-03", "2036-12-31"]),
        (["--dates", "mdy"], "", ["2036-03-04", "2036-12-31"]),
        (["--dates", "mdy"], "dates = 'dmy'", ["2036-03-04", "2036-12-31"]),
        ([], "dates = 'mdy'", ["2036-03-04", "2036-12-31"]),
        (["--lang", "es"], "", ["2036-04-03", "2036-12-31"]),
    ],
)
def test_the_order_may_be_stated(
    options: list[str], configured: str, read: list[str], command: CommandLine
) -> None:
    """By an option, by the configuration file, by Spanish."""
    Path("avira-importer.toml").write_text(configured)
    dates, problems = expiry_dates(command, ["03/04/2036", "2036-12-31"], *options)
    assert dates == read
    assert [(p["code"], p["cell"]) for p in problems] == [("normalised", "G2")]


def test_a_date_that_proves_the_month_first_outweighs_the_custom_of_spanish(
    command: CommandLine,
) -> None:
    typed = ["03/04/2036", "12/31/2036"]
    assert expiry_dates(command, typed, "--lang", "es")[0] == ["2036-03-04", "2036-12-31"]


def test_dates_that_prove_both_orders_decide_nothing(command: CommandLine) -> None:
    dates, problems = expiry_dates(command, ["31/12/2036", "12/31/2036", "03/04/2036"])
    assert dates == ["2036-12-31", "2036-12-31", None]
    [error] = [problem for problem in problems if problem["severity"] == "error"]
    assert error["message"] == "“03/04/2036” can mean 2036-04-03 or 2036-03-04."
    assert "--dates dmy" in error["fix"]


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        (dt.datetime(2036, 4, 3, 23, 59, 16), "2036-04-03 or 2036-04-04"),
        (dt.datetime(2036, 4, 29, 22), "2036-04-29 or 2036-04-30"),
        ("2036-04-03T22:00:00.000Z", "2036-04-03 or 2036-04-04"),
        ("29/04/2036 21:00", "2036-04-29 or 2036-04-30"),
    ],
)
def test_an_evening_may_be_the_midnight_that_follows(
    typed: dt.datetime | str, days: str, command: CommandLine
) -> None:
    """Programs that count in UTC write the midnight of places east of Greenwich so."""
    result = command.check(("Add OTC", otcs_with("expiry_date", [typed])))
    [problem] = result.report["problems"]
    assert problem["code"] == "bad-date"
    assert days in problem["message"]
    assert problem["fix"] == f"Enter {days}."


def test_a_date_with_two_meanings_is_refused_with_both(
    command: CommandLine, tmp_path: Path
) -> None:
    typed = ["03/04/2026", "3-4-2026", "03.04.2026", " 03/04/2026 "]
    for value, problem in zip(typed, bad_dates(command, tmp_path, typed), strict=True):
        assert "2026-04-03" in problem["fix"], value
        assert "2026-03-04" in problem["fix"], value
