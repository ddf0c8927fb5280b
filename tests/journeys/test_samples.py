"""The samples are what make_samples.py makes, and do what they are kept to show."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from command_line import CommandLine
from importer.domain.problems import CODES, Code
from importer.domain.sheets import SHEETS
from make_samples import TODAY, expected_export, expected_report, make_samples
from scripts import ROOT

SAMPLES = ROOT / "samples"
ONBOARDING = SAMPLES / "onboarding.xlsx"
CHANGES = SAMPLES / "changes.xlsx"
OVERALLOCATION = SAMPLES / "overallocation.xlsx"
PROBLEMS = SAMPLES / "problems.xlsx"

OF_A_FILE = {
    Code.UNREADABLE_FILE, Code.NOT_A_WORKBOOK, Code.TOO_LARGE, Code.PASSWORD_PROTECTED,
    Code.HOSTILE_FILE,
}  # fmt: skip
OF_AN_UNDO = {Code.CHANGED_SINCE, Code.STILL_HELD, Code.ALREADY_UNDONE}
OF_A_WORKBOOK = set(Code) - OF_A_FILE - OF_AN_UNDO
OF_A_SHEET = {
    Code.UNKNOWN_SHEET, Code.IGNORED_SHEET, Code.MISSING_COLUMN, Code.UNKNOWN_COLUMN,
    Code.DUPLICATE_COLUMN, Code.HIDDEN_ROWS, Code.TITLE_ROWS, Code.IGNORED_COLUMN,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what make_samples.py makes now."""
    folder: Path = tmp_path_factory.mktemp("samples")
    make_samples(folder)
    return folder


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is the one that the expected reports were made on."""
    monkeypatch.setattr("importer.base.clock.today", lambda: TODAY)


def test_the_folder_holds_every_sample_and_no_other(made: Path) -> None:
    """None was forgotten or left over; corrections are what trying the samples leaves behind."""
    kept = {path.name for path in SAMPLES.iterdir() if path.suffix in (".xlsx", ".txt")}
    assert {name for name in kept if "corrections" not in name} == {p.name for p in made.iterdir()}


@pytest.mark.parametrize(
    "path", [ONBOARDING, CHANGES, OVERALLOCATION, PROBLEMS], ids=lambda p: p.stem
)
def test_a_kept_workbook_holds_the_cells_that_are_made_now(path: Path, made: Path) -> None:
    """Sheet by sheet: values, formulas and their results, formats, merged and hidden cells."""
    assert _cells(path) == _cells(made / path.name)


@pytest.mark.parametrize(
    "path", [ONBOARDING, CHANGES, OVERALLOCATION, PROBLEMS], ids=lambda p: p.stem
)
def test_a_kept_report_is_what_the_program_says_now(path: Path, ledger: Path) -> None:
    """The expected text equals the report, to the letter."""
    if path == CHANGES:
        expected_report(ONBOARDING, ledger)
    expected = path.with_suffix(".expected.txt").read_text("utf-8")
    assert expected_report(path, ledger) == expected


def test_the_kept_export_is_what_the_program_writes_now(tmp_path: Path) -> None:
    """Every cell of every sheet after both good samples are applied; a person has read them."""
    expected = (SAMPLES / "export.expected.txt").read_text("utf-8")
    assert expected_export(SAMPLES, tmp_path) == expected


def test_onboarding_fills_in_every_sheet() -> None:
    """There is a row of everything that can be asked, for about 12 OTCs and 40 customers."""
    rows = {sheet.title: sheet.max_row - 1 for sheet in load_workbook(ONBOARDING).worksheets}
    assert all(rows[sheet.name] >= 2 for sheet in SHEETS)
    assert 10 <= rows["Add OTC"] <= 14
    assert 38 <= rows["Add Customer"] <= 42


def test_onboarding_applied_again_is_unchanged(command: CommandLine) -> None:
    """The first time nothing is refused; the second time nothing is new, and no batch is made."""
    first = command("apply", ONBOARDING, "--json")
    assert (first.exit_code, first.json[0]["status"]) == (0, "applied")
    second = command("apply", ONBOARDING, "--json")
    assert (second.exit_code, second.json[0]["status"]) == (0, "unchanged")
    read = first.json[0]["rows"]["read"]
    assert second.json[0]["rows"] == {"read": read, "applied": 0, "unchanged": read, "rejected": 0}
    assert second.json[0]["batch"] is None


@pytest.mark.parametrize("day", [dt.date(2026, 11, 1), dt.date(2027, 6, 30)], ids=str)
def test_onboarding_may_be_tried_for_months(
    day: dt.date, command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the day, nothing is refused and the one warning is of a name."""
    monkeypatch.setattr("importer.base.clock.today", lambda: day)
    said = command("apply", ONBOARDING, "--json")
    assert said.exit_code == 0
    assert [problem["code"] for problem in said.json[0]["problems"]] == ["console-limit"]


def test_onboarding_and_changes_do_everything_that_can_be_done(command: CommandLine) -> None:
    """Every row of changes.xlsx does something, and one of the two has each kind of change."""
    onboarding, changes = command("apply", ONBOARDING, CHANGES, "--json").json
    assert changes["rows"]["read"] == changes["rows"]["applied"]
    assert all(onboarding["changes"][did] or count for did, count in changes["changes"].items())


def test_overallocation_is_refused_and_changes_nothing(
    command: CommandLine, tmp_path: Path
) -> None:
    """Too few licences are all that is wrong, and the ledger is as it was before."""

    def ledger() -> list[Any]:
        shown = (("show", "otcs"), ("show", "customers"), ("history",))
        return [command(*words, "--json").json for words in shown]

    command("apply", ONBOARDING)
    before = ledger()
    said = command("apply", OVERALLOCATION, "--json", "--corrections", tmp_path)
    assert said.exit_code == 1
    assert {problem["code"] for problem in said.json[0]["problems"]} == {Code.OVERALLOCATION}
    assert ledger() == before


def test_problems_names_every_code_but_those_of_a_file(
    command: CommandLine, tmp_path: Path
) -> None:
    """A new code needs a sample."""
    said = command("check", PROBLEMS, "--json", "--corrections", tmp_path)
    assert said.exit_code == 1
    assert {problem["code"] for problem in said.json[0]["problems"]} == OF_A_WORKBOOK


def test_what_problems_says_of_a_row_is_what_is_wrong_with_it(
    command: CommandLine, tmp_path: Path
) -> None:
    """A row that names a code has it, one that calls itself good is not refused."""
    said = command("check", PROBLEMS, "--json", "--corrections", tmp_path).json[0]["problems"]
    found = {
        (one["sheet"], None if one["code"] in OF_A_SHEET else one["row"], one["code"])
        for one in said
    }
    refused = {(one["sheet"], one["row"]) for one in said if one["severity"] == "error"}
    notes = list(_notes(PROBLEMS))
    assert {code for _, _, code in notes} >= OF_A_WORKBOOK
    for sheet, row, code in notes:
        if code == "Good":
            assert (sheet, row) not in refused
        else:
            assert (sheet, None if code in OF_A_SHEET else row, code) in found


def _notes(path: Path) -> Iterator[tuple[str, int, str]]:
    """Sheet, row, and the code that a text of the row begins with, or `Good`."""
    for sheet in load_workbook(path).worksheets:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            for cell in row:
                said = re.match(r"([A-Za-z-]+)[:.,]", str(cell.value))
                if said is not None and (said[1] in CODES or said[1] == "Good"):
                    yield sheet.title, number, said[1]


def _cells(path: Path) -> dict[str, Any]:
    formulas, results = load_workbook(path), load_workbook(path, data_only=True)
    return {
        sheet.title: (
            sheet.sheet_state,
            sorted(str(merged) for merged in sheet.merged_cells.ranges),
            [row for row, one in sheet.row_dimensions.items() if one.hidden],
            [
                (cell.coordinate, cell.value, results[sheet.title][cell.coordinate].value,
                 cell.number_format)
                for row in sheet.iter_rows()
                for cell in row
            ],
        )
        for sheet in formulas.worksheets
    }  # fmt: skip
