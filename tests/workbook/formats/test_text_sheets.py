"""Text files: which sheet each is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from builders import HEADERS, edit_workbook, write_cells
from command_line import CommandLine
from corpus.expected import OTC_HEADER, code, otc_row
from corpus.texts import write_text
from reports import problem_of

HEADER = OTC_HEADER[:4]

NAMES = {
    "Add OTC": "Add OTC", "add_otc": "Add OTC", "2026-05 Add OTC (1)": "Add OTC",
    "AddOTC": "Add OTC", "onboarding-Add OTC": "Add OTC", "ADD OTCS may": "Add OTC",
    "Agregar OTC": "Agregar OTC", "agregar-otc v2": "Agregar OTC",
    "mayo_agregar_otcs": "Agregar OTC",
}  # fmt: skip


@pytest.mark.usefixtures("no_corrections")
def test_a_file_is_the_sheet_in_its_name(command: CommandLine) -> None:
    """Though its headers would fit another sheet as well. The report calls it by the name of the
    sheet, in the language of the file's."""
    rows = [HEADER, otc_row(1), otc_row(2, "Acme", "x")]
    paths = [write_text(f"{name}.csv", rows) for name in NAMES]
    reports = command("apply", "--partial", *paths, "--json").json
    sheets = {name: [problem["sheet"] for problem in report["problems"]
                     if problem["severity"] == "error"]
              for name, report in zip(NAMES, reports, strict=True)}  # fmt: skip
    assert sheets == {name: [sheet] for name, sheet in NAMES.items()}
    assert sum(report["changes"]["otcs_added"] for report in reports) == 1
    assert sum(report["rows"]["unchanged"] for report in reports) == len(NAMES) - 1


def test_a_file_with_another_name_is_the_sheet_with_its_headers(command: CommandLine) -> None:
    """Title rows above them do not mislead."""
    names = ("Add Customer", "Edit Customer", "Update OTC", "Disable Customer")
    headers = [*((HEADERS[name], name) for name in names),
               (("Nombre del cliente", "Liberar licencias"), "Disable Customer")]  # fmt: skip
    paths = [
        write_text(f"{n}.csv", [("Our list",), (), header, ("x",) * len(header)])
        for n, (header, _) in enumerate(headers)
    ]
    reports = command("check", *paths, "--json").json
    assert [{problem["sheet"] for problem in report["problems"]} for report in reports] == [
        {sheet} for _, sheet in headers
    ]


@pytest.mark.parametrize("name", ["may", "add otc and edit otc"])
def test_a_file_that_may_be_two_sheets_is_refused_until_one_is_chosen(
    name: str, command: CommandLine
) -> None:
    """Add OTC and Edit OTC have the same columns."""
    path = write_text(f"{name}.csv", [HEADER, otc_row(1)])
    result = command("apply", path, "--json")
    assert result.exit_code == 1
    problem = problem_of(result, "unknown-sheet")
    assert "--sheet" in problem["fix"]
    assert {sheet for sheet in HEADERS if sheet in problem["message"]} == {"Add OTC", "Edit OTC"}
    result = command("apply", "--sheet", "Add OTC", path, "--json")
    assert result.row_counts == (1, 1, 0, 0)


def test_the_option_sheet_names_the_only_filled_sheet_of_each_file(
    command: CommandLine, tmp_path: Path
) -> None:
    """Blank and hidden sheets do not count."""
    sheets: dict[str, list[Sequence[object]]] = {
        "Lists": [("OTC",)],
        "Hoja1": [HEADER, otc_row(1)],
        "Hoja2": [],
        "Old": [HEADER],
    }
    book = write_cells(tmp_path / "x.xlsx", sheets)
    edit_workbook(book, lambda workbook: setattr(workbook["Old"], "sheet_state", "hidden"))
    text = write_text("x.csv", [HEADER, otc_row(2)])
    reports = command("apply", "--sheet", "Add OTC", book, text, "--json").json
    assert [report["changes"]["otcs_added"] for report in reports] == [1, 1]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_option_sheet_names_a_list_in_a_template_that_is_empty_otherwise(
    lang: str, command: CommandLine, tmp_path: Path
) -> None:
    """Sheets with nothing but a header do not count, and if nothing is filled in, nothing is
    named."""
    book = tmp_path / "t.xlsx"
    command("template", "-o", book, "--lang", lang)
    assert command("check", "--sheet", "Add OTC", book, "--json").report["rows"]["read"] == 0

    def add_list(workbook: Any) -> None:
        sheet = workbook.create_sheet("Hoja1")
        for row in (HEADER, otc_row(1)):
            sheet.append(row)

    edit_workbook(book, add_list)
    result = command("apply", "--sheet", "Add OTC", book, "--json")
    assert result.row_counts == (1, 1, 0, 0)


def test_the_option_sheet_does_not_overrule_the_name_of_a_file(command: CommandLine) -> None:
    path = write_text("add otc.csv", [HEADER, otc_row(1)])
    result = command("check", "--sheet", "Edit OTC", path, "--json")
    assert result.exit_code == 3
    assert "Add OTC" in result.report["problems"][0]["message"]
    assert command("check", "--sheet", "add otcs", path, "--json").exit_code == 0


@pytest.mark.parametrize(("arguments", "named"), [
    (("--sheet", "Nonsense", "x.csv"), "Add OTC"),
    (("--sheet", "Add OTC", "x.xlsx"), "2: First, Second"),
])  # fmt: skip
@pytest.mark.parametrize("verb", ["check", "apply"])
def test_a_sheet_that_cannot_be_chosen_is_wrong_use(
    verb: str, arguments: Sequence[str], named: str, command: CommandLine, tmp_path: Path
) -> None:
    write_text("x.csv", [HEADER, otc_row(1)])
    rows = [HEADER, otc_row(1)]
    write_cells(tmp_path / "x.xlsx", {"First": rows, "Second": rows})
    result = command(verb, *arguments)
    assert result.exit_code == 2
    assert named in result.err
    assert not Path(command.ledger).exists()


def test_several_text_files_are_the_sheets_of_one_workbook(command: CommandLine) -> None:
    """`check` sees in each what those before it would leave; `apply` makes a batch of each."""
    otcs = write_text("Add OTC.csv", [HEADER, otc_row(1)])
    customers = write_text(
        "Add Customer.csv",
        [HEADERS["Add Customer"][:4], ("Norte", "Admin", code(1), 5)],
    )
    assert command("check", otcs, customers).exit_code == 0
    reports = command("apply", otcs, customers, "--json").json
    assert [report["batch"] for report in reports] == [1, 2]
