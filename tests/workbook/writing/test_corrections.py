"""The corrections workbook: what it contains, and what becomes of it once it is fixed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from builders import (
    HEADERS,
    A,
    B,
    C,
    D,
    E,
    edit_workbook,
    otc,
    set_cells,
    write_cells,
    write_workbook,
)
from command_line import CommandLine
from workbooks import BAD, bad_workbook, good_workbook


def below_header(sheet: Worksheet) -> list[list[Any]]:
    """The sheet's rows but the first, without the column Problems."""
    assert [cell.value for cell in sheet[1]][-1] == "Problems"
    return [list(cells)[:-1] for cells in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.mark.both_engines
def test_partial_returns_only_refused_rows_with_bad_cells_marked(command: CommandLine) -> None:
    """A bad cell is coloured and has a comment; the column Problems has the reasons and fixes. The
    template's other sheets are there too, since a fix may need them."""
    result = command("apply", bad_workbook(), "--partial", "--json")
    workbook = load_workbook(result.corrections)
    assert workbook.sheetnames == ["Problems", *HEADERS, "Lists", "_meta"]
    assert [name for name in HEADERS if workbook[name].max_row > 1] == [name for name, _ in BAD]
    assert [cells[0] for cells in below_header(workbook["Add OTC"])] == [B]
    assert [cells[0] for cells in below_header(workbook["Add Customer"])] == ["Sur"]
    cells = [
        (sheet.title, cell)
        for sheet in workbook.worksheets[1:]
        for row in sheet.iter_rows(min_row=2)
        for cell in row
    ]
    coloured = {(title, c.coordinate) for title, c in cells if c.fill.fill_type == "solid"}
    commented = {(title, c.coordinate) for title, c in cells if c.comment is not None}
    assert coloured == commented == {
        ("Add OTC", "D2"), ("Add Customer", "C2"), ("Add Avira Subscription", "A2"),
        ("Add Avira Subscription", "B2"),
    }  # fmt: skip
    for problem in result.report["problems"]:
        sheet = workbook[problem["sheet"]]
        reasons = str(sheet.cell(2, sheet.max_column).value)
        assert problem["message"] in reasons
        assert problem["fix"] in reasons
        assert problem["message"] in sheet[f"{problem['cell'][0]}2"].comment.text


def test_if_nothing_was_applied_good_rows_are_returned_unmarked(command: CommandLine) -> None:
    bad = bad_workbook()
    for verb in ("check", "apply"):
        workbook = load_workbook(command(verb, bad, "--json").corrections)
        for name, rows in BAD:
            expected = [[row.get(header) for header in HEADERS[name]] for row in rows]
            assert below_header(workbook[name]) == expected
        good_row = workbook["Add OTC"][2]
        assert [cell.fill.fill_type for cell in good_row] == [None] * len(good_row)
        assert good_row[-1].value is None


def test_the_first_sheet_links_to_every_marked_cell(command: CommandLine) -> None:
    """A line a problem, in order, with the sheet and row of the user's file, reason and fix."""
    result = command("apply", bad_workbook(), "--partial", "--json")
    workbook = load_workbook(result.corrections)
    lines: list[Any] = [
        row for row in workbook.worksheets[0].iter_rows(min_row=2) if row[1].hyperlink
    ]
    problems = result.report["problems"]
    assert len(lines) == len(problems) == 4
    for line, problem in zip(lines, problems, strict=True):
        assert (line[0].value, line[2].value) == (problem["sheet"], problem["row"])
        assert {problem["message"], problem["fix"]} <= {cell.value for cell in line}
        title, _, coordinate = line[1].hyperlink.location.rpartition("!")
        cell = workbook[title.strip("'")][coordinate]
        assert cell.fill.fill_type == "solid"
        assert problem["message"] in cell.comment.text


@pytest.mark.both_engines
@pytest.mark.parametrize("options", [[], ["--partial"]])
def test_applying_fixed_corrections_finishes_the_job(
    options: list[str], command: CommandLine
) -> None:
    """The ledger is then the one that a workbook without mistakes makes."""
    path = command("apply", bad_workbook(), "--json", *options).corrections
    total = "D2" if options else "D3"
    set_cells(path, {"Add OTC": {total: 20}, "Add Avira Subscription": {"A2": "Norte"}})
    assert command("apply", path, "--json").row_counts == (
        (3, 3, 0, 0) if options else (5, 5, 0, 0)
    )
    other = ("--ledger", "other.db")
    assert command("apply", good_workbook(), *other).exit_code == 0
    assert command.contents() == command.contents(*other)


def test_corrections_of_a_wrong_layout_can_be_fixed(command: CommandLine) -> None:
    """A misnamed sheet is renamed, a surplus column deleted, a missing one filled in."""
    path = write_cells(Path("x.xlsx"), {
        "My OTCs": [HEADERS["Add OTC"][:4], (A, "it@msp.example", "Acme", 50)],
        "Add Customer": [("Customer (Site) Name", "Avira OTC", "No of Licenses", "Phone"),
                         ("Norte", A, 5, "555")],
    })  # fmt: skip
    path = command("apply", path, "--json").corrections

    def fix(workbook: Workbook) -> None:
        workbook["My OTCs"].title = "Add OTC"
        customers = workbook["Add Customer"]
        headers = [str(cell.value).rstrip(" *") for cell in customers[1]]
        customers.cell(2, headers.index("Managed By") + 1, "Admin")
        customers.delete_cols(headers.index("Phone") + 1)

    edit_workbook(path, fix)
    assert command("apply", path, "--json").row_counts == (2, 2, 0, 0)
    _, customers = command.contents()
    assert customers[0]["subscriptions"] == [{"otc": A, "licenses": 5}]


def test_any_character_may_be_in_the_names_and_cells_of_corrections(command: CommandLine) -> None:
    """Also those that XML reserves, and one that it cannot hold, which is refused again."""
    name, text = 'My "OTCs" & <more>', 'A "quote" & <tag>'
    path = write_cells(
        Path("x.xlsx"), {name: [HEADERS["Add OTC"][:3], (A, "ana@msp.example", text)]}
    )
    workbook = load_workbook(command("check", path, "--json").corrections)
    assert workbook[name]["C2"].value == text
    links: list[Any] = [row[1] for row in workbook.worksheets[0].iter_rows(min_row=5)]
    assert links[0].hyperlink.location == f"'{name}'!A1"
    path = Path("Add OTC.csv")
    path.write_text(
        f"OTC,Email,Company Name,Total Licenses\n{A},ana@msp.example,a\uffff,5", "utf-8"
    )
    path = command("check", path, "--json").corrections
    [error] = command("check", path, "--json").errors
    assert (error["cell"], error["code"]) == ("C2", "bad-characters")


def test_corrections_use_the_languages_of_workbook_and_user(command: CommandLine) -> None:
    """Spanish sheets keep their Spanish names; with --lang es the problems are Spanish too. Both
    are recognised when the file is applied."""
    headers = "Código OTC", "Correo electrónico", "Nombre de la empresa", "Total de licencias"
    rows = [headers, (A, "it@msp.example", "Acme", "cincuenta")]
    path = write_cells(Path("x.xlsx"), {"Agregar OTC": rows})
    path = command("apply", path, "--json", "--lang", "es").corrections
    sheet = load_workbook(path)["Agregar OTC"]
    assert str(sheet["D1"].value).startswith("Total de licencias")
    assert sheet.cell(1, sheet.max_column).value == "Problemas"
    set_cells(path, {"Agregar OTC": {"D2": 50}})
    assert command("apply", path, "--json").row_counts == (1, 1, 0, 0)


def test_texts_numbers_and_dates_survive_the_corrections(command: CommandLine) -> None:
    """Good rows beside a bad one leave the same in the ledger as without it."""
    rows = [
        otc(A, 50, description="=1+1", product_id="00123", purchase_date=dt.date(2026, 1, 2),
            expiry_date="2040-02-29", runtime="12"),
        otc(B, "7", description="+1", product_id=123),
        otc(C, 7.0, description="  two  spaces ", product_id="#N"),
        otc(E, description="_x005F_x0041_"),  # the text _x0041_, which is not A
    ]  # fmt: skip

    def as_text(workbook: Workbook) -> None:
        for cell in ("E2", "H4"):
            workbook["Add OTC"][cell].data_type = "s"

    direct = write_workbook(Path("direct.xlsx"), [("Add OTC", rows)])
    edit_workbook(direct, as_text)
    other = ("--ledger", "other.db")
    assert command("apply", direct, *other).exit_code == 0
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [*rows, otc(D, "x")])])
    edit_workbook(path, as_text)
    path = command("apply", path, "--json").corrections
    edit_workbook(path, lambda workbook: workbook["Add OTC"].delete_rows(6))
    assert command("apply", path).exit_code == 0
    otcs, _ = command.contents()
    assert (otcs, []) == command.contents(*other)
    assert otcs[-1]["description"] == "_x0041_"


def test_refused_cells_are_refused_again_until_they_are_fixed(
    command: CommandLine, ledger: Path
) -> None:
    """Being returned never makes a cell good, whatever made it bad."""
    rows = [otc(f"{number:05}-11111-22222-33333", description="x") for number in range(2, 11)]
    path = write_workbook(Path("x.xlsx"), [("Add OTC", rows)])
    edit_workbook(path, lambda book: book["Add OTC"].merge_cells("E4:E5"))  # row 5 loses its value
    set_cells(path, {"Add OTC": {
        "E2": "#REF!", "I3": "=6+6",  # which nobody has calculated
        "G6": 51_926,  # a bare number where a date belongs
        "F7": "03/04/2026",  # may be two dates
        "D8": True, "C10": "Acme\nLtd",
        "A9": 12345678901234567890,  # a code that Excel took for a number
    }})  # fmt: skip
    first = command("apply", path, "--json")
    second = command("apply", first.corrections, "--json")
    for result in (first, second):
        assert result.exit_code == 1
        assert result.row_counts == (9, 1, 0, 8)
        assert [(error["row"], error["column"]) for error in result.errors] == [
            (2, "Description"), (3, "Runtime"), (5, "Description"), (6, "Expiry Date"),
            (7, "Purchase Date"), (8, "Total Licenses"), (9, "OTC"), (10, "Company Name"),
        ]  # fmt: skip
    assert not ledger.exists()


def test_the_column_problems_is_not_read(command: CommandLine) -> None:
    """Applied as they are, corrections have the problems of the first time and no others; in a
    row that was emptied, the column counts for nothing."""
    first = command("apply", bad_workbook(), "--json")
    path = first.corrections
    again = command("apply", path, "--json")
    assert [(error["cell"], error["code"]) for error in again.errors] == [
        (error["cell"], error["code"]) for error in first.errors
    ]
    refused = {"Add OTC": 3, "Add Customer": 3, "Add Avira Subscription": 2}
    set_cells(path, {
        name: {f"{column}{row}": None for column in "ABCDEFGHI"[:len(HEADERS[name])]}
        for name, row in refused.items()
    })  # fmt: skip
    assert command("apply", path, "--json").row_counts == (2, 2, 0, 0)


def test_a_misspelt_required_header_is_one_problem_which_renaming_fixes(
    command: CommandLine,
) -> None:
    """That the column is missing is no second problem."""
    headers = ["OTC", "Email", "Company Name", "Total Licences"]
    path = write_cells(Path("x.xlsx"), {"Add OTC": [headers, [A, "it@msp.example", "Acme", 50]]})
    result = command("check", path, "--json")
    [error] = result.errors
    assert (error["code"], "Did you mean Total Licenses?" in error["fix"]) == (
        "unknown-column", True,
    )  # fmt: skip
    cells = load_workbook(result.corrections)["Add OTC"][1]
    [header] = [cell.coordinate for cell in cells if cell.value == "Total Licences"]
    set_cells(result.corrections, {"Add OTC": {header: "Total Licenses"}})
    assert command("apply", result.corrections, "--json").report["status"] == "applied"
