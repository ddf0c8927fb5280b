"""Text files: cells that spreadsheet programs would calculate."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from command_line import CommandLine
from corpus.expected import EMAIL, OTC_HEADER, code, otc_row
from corpus.texts import write_text
from reports import errors_in, problem_of

HEADER = OTC_HEADER[:4]
PRODUCTS = (*HEADER, "Product ID")
DATED = (*PRODUCTS, "Expiry Date")


@pytest.mark.parametrize(("suffix", "separator"), [(".csv", ";"), (".csv", ","), (".tsv", "\t")])
@pytest.mark.parametrize("in_quotation_marks", [True, False])
def test_text_that_was_written_as_a_formula_is_that_text_and_is_listed(
    suffix: str, separator: str, in_quotation_marks: bool, command: CommandLine
) -> None:
    """So that Excel keeps its zeros. In the headers as well."""
    quoted = [f'="{header}"' for header in DATED]
    row = [f'="{code(1).lower()}"', EMAIL, '="Clinica"', '="10"', '= "00123" ', '="2027-04-30"']
    path = Path(f"Add OTC{suffix}")
    if in_quotation_marks:
        write_text(path.name, [quoted, row], separator)
    else:
        path.write_text("\n".join(map(separator.join, [quoted, row])), encoding="utf-8")
    result = command("apply", path, "--json")
    assert result.row_counts == (1, 1, 0, 0)
    otc = command("show", "otcs", "--json").json[0]
    assert (otc["otc"], otc["company"], otc["total"]) == (code(1), "Clinica", 10)
    assert (otc["product_id"], otc["expiry_date"]) == ("00123", "2027-04-30")
    listed = {p["cell"]: p for p in result.report["problems"] if p["code"] == "normalised"}
    assert sorted(listed) == ["A2", "C2", "D2", "E2", "F2"]
    assert listed["C2"]["message"] == '“="Clinica"” was read as “Clinica”.'
    assert "00123" in listed["E2"]["message"]
    assert listed["F2"]["message"] == '“="2027-04-30"” was read as “2027-04-30”.'


def test_a_quotation_mark_in_such_a_text_is_doubled_and_a_blank_one_is_blank(
    command: CommandLine,
) -> None:
    rows = [(*otc_row(1, '="Bar ""Sol"""'), '=""')]
    assert command("apply", write_text("Add OTC.csv", [PRODUCTS, *rows])).exit_code == 0
    otc = command("show", "otcs", "--json").json[0]
    assert (otc["company"], otc["product_id"]) == ('Bar "Sol"', None)


FORMULAS = (
    "=1+1", "=A1", "=SUM(A1:A9)", "= A1&B1", '="00"&"123"', "=cmd|' /C calc'!A0", "+1+1", "-2+3*4",
    "+A1", "-B2*3", "+SUM(A1:A9)", "@SUM(A1:A9)", "-AVERAGE(B:B)/2", " =A1",
)  # fmt: skip


def test_other_formulas_are_refused_as_they_are_in_a_workbook_without_values(
    command: CommandLine,
) -> None:
    """The report quotes them. The corrections have errors there, which cannot be applied."""
    rows = [otc_row(number, formula) for number, formula in enumerate(FORMULAS)]
    result = command("check", write_text("Add OTC.csv", [HEADER, *rows]), "--json")
    cells = [f"C{number}" for number in range(2, len(FORMULAS) + 2)]
    assert errors_in(result.report) == [(cell, "formula-without-value") for cell in cells]
    assert [p["value"] for p in result.errors] == [formula.strip() for formula in FORMULAS]
    assert {cell.value for cell in load_workbook(result.corrections)["Add OTC"]["C"][1:]} == {
        "#N/A"
    }


def test_what_only_looks_like_a_formula_is_text(command: CommandLine) -> None:
    """Telephone numbers, hyphens and names: nothing that a person would see as a calculation."""
    names = [
        "-", "--", "+", "=", "@", "-5", "+5", "-5,5", "+34 600 123 456", "+34600123456",
        "+34-600-123-456", "+34/600/123", "(+34) 600", "@Norte", "@norte.example", "+Vida",
        "-Sin nombre-", "- Norte", "+ Salud (Norte)", "A=B", "1+1",
    ]  # fmt: skip
    rows = [otc_row(number, name) for number, name in enumerate(names)]
    result = command("apply", write_text("Add OTC.csv", [HEADER, *rows]), "--json")
    assert result.row_counts == (len(names), len(names), 0, 0)
    assert [otc["company"] for otc in command("show", "otcs", "--json").json] == names


def test_a_text_that_was_guarded_against_being_a_formula_is_itself(command: CommandLine) -> None:
    """Programs guard = + - @ with an apostrophe; other apostrophes stay."""
    names = ["=1+1", '="00123"', "+1+1", "+34 600", "-5", "@Norte", "'quoted'", "'"]
    rows = [
        otc_row(number, f"'{name}" if name[0] in "=+-@" else name)
        for number, name in enumerate(names)
    ]
    assert command("apply", write_text("Add OTC.csv", [HEADER, *rows])).exit_code == 0
    assert [otc["company"] for otc in command("show", "otcs", "--json").json] == names


def test_a_formula_in_a_column_of_your_own_does_no_harm(command: CommandLine) -> None:
    rows = [(*HEADER, "My own"), (*otc_row(1), "=A1")]
    result = command("apply", write_text("Add OTC.csv", rows), "--json")
    assert result.row_counts == (1, 1, 0, 0)
    assert problem_of(result, "ignored-column")["severity"] == "warning"
