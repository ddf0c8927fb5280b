"""Names in cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builders import customer, disable, otc, otcs_with, row, self_managed, write_workbook
from command_line import CommandLine
from reports import errors_in
from workbook_files import SHEET, as_text, substitute


def test_a_name_is_a_name_whatever_it_looks_like(command: CommandLine) -> None:
    """No word stands for a blank cell, and a number is a name as Excel shows it."""
    typed: list[Any] = [
        "NA", "None", "null", "nan", "N/A", "TRUE", 123, "007", "-", "=1+1", "#N", "L" * 100,
        "Clínica Ñandú", "李",
    ]  # fmt: skip
    rows = [customer(name) for name in typed]
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [otc()]), ("Add Customer", rows)])
    assert command("apply", as_text(path), "--json").row_counts == (15, 15, 0, 0)
    names = {customer["name"] for customer in command("show", "customers", "--json").json}
    assert names == set(map(str, typed))


def test_control_characters_and_long_names_are_refused(command: CommandLine) -> None:
    """The message about a long name states its length and the limit."""
    bad = ["Clinica\nNorte", "a\tb", "a\x7fb", "a\x85b"]
    long = ["L" * 101, "L" * 32_767]
    rows = [customer(name) for name in bad + long]
    report = command.check(("Add OTC", [otc()]), ("Add Customer", rows)).report
    assert errors_in(report) == [
        *((f"A{number}", "bad-characters") for number in range(2, 6)),
        ("A6", "too-long"), ("A7", "too-long"),
    ]  # fmt: skip
    for name, problem in zip(long, report["problems"][-2:], strict=True):
        assert str(len(name)) in problem["message"]
        assert "100" in problem["message"]


def test_an_escaped_control_character_is_refused_and_returned(command: CommandLine) -> None:
    """Excel stores a bell as _x0007_."""
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [otc(company="PLACEHOLDER")])])
    result = command("check", substitute(path, SHEET, "PLACEHOLDER", "Ac_x0007_me"), "--json")
    assert errors_in(result.report) == [("C2", "bad-characters")]
    assert result.corrections


def test_a_cell_cannot_control_the_terminal(command: CommandLine) -> None:
    """An escape sequence in a cell is not sent to the screen of the person who checks the file."""
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [otc("PLACEHOLDER")])])
    substitute(path, SHEET, "PLACEHOLDER", "_x001B_]0;title_x0007_")
    result = command("check", path)
    assert result.exit_code == 1
    assert "\x1b]" not in result.out
    assert "\x07" not in result.out


def test_a_name_that_cannot_be_seen_is_not_a_name(command: CommandLine) -> None:
    """A required cell is not filled in by zero-width characters."""
    otcs = otcs_with("total", [5] * 8)
    invisible = ["\u200b", "\ufeff", "\u00ad\u2060", "\u200b \u00a0"]
    cells = [(column, name) for column in ("Customer (Site) Name", "First Name")
             for name in invisible]  # fmt: skip
    rows = [
        self_managed(f"Sur{number}", otcs[number]["OTC"]) | {column: name}
        for number, (column, name) in enumerate(cells)
    ]
    result = command.check(("Add OTC", otcs), ("Add Customer", rows))
    assert result.row_counts == (16, 8, 0, 8)
    assert errors_in(result.report) == [
        (f"{letter}{row}", "missing-value")
        for letter, row in zip("AAAAFFFF", range(2, 10), strict=True)
    ]


def test_a_problem_has_all_keys_and_its_texts_no_placeholder(command: CommandLine) -> None:
    problems = command.check(("Add OTC", [otc("x", email="y")])).report["problems"]
    assert len(problems) == 2
    for problem in problems:
        assert list(problem) == [
            "severity", "code", "sheet", "row", "column", "cell", "value", "message", "fix",
        ]  # fmt: skip
        assert problem["message"]
        assert problem["fix"]
        assert "{" not in problem["message"] + problem["fix"]


def test_every_bad_cell_of_a_workbook_is_reported_in_one_run(command: CommandLine) -> None:
    """Three sheets, good rows among bad ones, several bad cells a row, in order."""
    result = command.check(
        ("Add OTC", [
            otc(),
            otc("bad", 2.5, email="nobody", company="a\nb", description="L" * 1001,
                purchase_date="03/04/2026", expiry_date=46024, product_id="L" * 101, runtime=0),
            row("Add OTC", description="all that is required is blank"),
        ]),
        ("Add Customer", [
            customer("Norte"), customer("Sur", "x", 5, managed_by="Nobody", email="@"),
        ]),
        ("Disable Customer", [disable("Norte", release="perhaps"), disable("Norte", release="Sí")]),
    )  # fmt: skip
    assert result.row_counts == (7, 3, 0, 4)
    problems: dict[str, list[tuple[str, str]]] = {}
    for problem in result.report["problems"]:
        problems.setdefault(problem["sheet"], []).append((problem["cell"], problem["code"]))
    assert problems == {
        "Add OTC": [
            ("A3", "bad-otc"), ("B3", "bad-email"), ("C3", "bad-characters"), ("D3", "bad-number"),
            ("E3", "too-long"), ("F3", "bad-date"), ("G3", "bad-date"), ("H3", "too-long"),
            ("I3", "bad-number"), *((f"{letter}4", "missing-value") for letter in "ABCD"),
        ],
        "Add Customer": [
            ("B3", "bad-choice"), ("C3", "bad-otc"), ("D3", "bad-number"), ("E3", "bad-email"),
        ],
        "Disable Customer": [("B2", "bad-choice")],
    }  # fmt: skip
    assert list(problems) == ["Add OTC", "Add Customer", "Disable Customer"]
