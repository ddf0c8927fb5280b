"""Text files: separators, rows and cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import CommandLine
from corpus.expected import EMAIL, OTC_HEADER, code, otc_row
from corpus.texts import write_text
from reports import errors_in, refusal_of

HEADER = OTC_HEADER[:4]
HEADER_LINE = ",".join(HEADER)


def test_the_separator_is_found_by_the_headers_whatever_the_suffix(command: CommandLine) -> None:
    """Commas in names, decimal commas and semicolons in text do not mislead."""
    rows = [
        (*HEADER, "Description"),
        otc_row(1, "Acme, Norte, S.L.", "50,0", "a;b;c;d;e|f"),
        otc_row(2, "Acme", 50, "x,y,z"),
    ]
    paths = [
        write_text(f"{number} Add OTC{suffix}", rows, separator)
        for number, separator in enumerate([",", ";", "\t", "|"])
        for suffix in (".csv", ".tsv", ".tab", ".txt", ".CSV")
    ]
    reports = command("apply", *paths, "--json").json
    assert [report["status"] for report in reports] == ["applied"] + ["unchanged"] * 19
    otc = command("show", "otcs", "--json").json[0]
    assert (otc["company"], otc["total"]) == ("Acme, Norte, S.L.", 50)
    assert otc["description"] == "a;b;c;d;e|f"


@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", "\ufeffsep=;\r\n"])
def test_a_line_that_states_the_separator_is_not_a_row(line: str, command: CommandLine) -> None:
    """As in Excel, so that the bad cell is in row 3 in both."""
    path = Path("Add OTC.csv")
    rows = f"{code(1)};{EMAIL};Acme, Norte;5\n{code(2)};{EMAIL};Acme, Norte;x\n"
    path.write_text(f"{line}{';'.join(HEADER)}\n{rows}", encoding="utf-8", newline="")
    assert errors_in(command("check", path, "--json").report) == [("D3", "bad-number")]


def test_a_single_column_needs_no_separator(command: CommandLine) -> None:
    path = Path("Enable Customer.csv")
    path.write_text("Customer (Site) Name\nNorte\nSur\n", encoding="utf-8")
    problems = command("check", path, "--json").report["problems"]
    assert [problem["code"] for problem in problems] == ["unknown-customer"] * 2


def test_rows_end_in_any_way_and_are_counted_as_spreadsheet_programs_do(
    command: CommandLine,
) -> None:
    """Lines that end as on Windows, Unix and old Macs, in one file; a line break in quotation marks
    begins no row, and blank lines are rows that hold nothing."""
    path = Path("Add OTC.csv")
    lines = [
        HEADER_LINE, "\r\n",
        f'{code(1)},{EMAIL},"Acme\nNorte\r\nSur",50', "\n",
        f"{code(2)},{EMAIL},Acme,50", "\r",
        ",,,", "\n",
        "", "\r\n",
        f'{code(3)},{EMAIL},"Acme ""Norte"", S.L.",many',
    ]  # fmt: skip
    path.write_bytes("".join(lines).encode())
    result = command("apply", "--partial", path, "--json")
    assert result.row_counts == (3, 1, 0, 2)
    assert errors_in(result.report) == [("C2", "bad-characters"), ("D6", "bad-number")]
    assert [otc["otc"] for otc in command("show", "otcs", "--json").json] == [code(2)]


@pytest.mark.parametrize(("rows", "line"), [
    (f'{code(1)},{EMAIL},"Acme,50\n{code(2)},{EMAIL},Acme,50\n', 2),
    (f'{code(1)},{EMAIL},Acme,50\n{code(2)},{EMAIL},"Acme" Norte,50\n', 3),
    (f'{code(1)},{EMAIL},"Acme,50\n' + f"{code(2)},{EMAIL},Acme,50\n" * 2_000, 2),
], ids=["never closed", "more follows", "never closed in a long file"])  # fmt: skip
def test_an_unclosed_quotation_mark_is_refused_with_its_line(
    rows: str, line: int, command: CommandLine
) -> None:
    """All rows below would be swallowed by one cell."""
    path = Path("Add OTC.csv")
    path.write_text(f"{HEADER_LINE}\n{rows}", encoding="utf-8")
    problem = refusal_of(command("check", path, "--json"))
    assert problem["code"] == "unreadable-file"
    assert f"line {line} " in problem["message"]


def test_errors_and_truth_values_are_what_they_are_in_a_workbook(command: CommandLine) -> None:
    """In English and Spanish."""
    shown = ["#N/A", "#REF!", "#¡VALOR!", "#N/D", "TRUE", "VERDADERO", "FALSO"]
    rows = [otc_row(number, "Acme", value) for number, value in enumerate(shown)]
    path = write_text("Add OTC.csv", [HEADER, *rows])
    problems = command("check", path, "--json").report["problems"]
    assert [p["code"] for p in problems] == ["cell-error"] * 4 + ["bad-number"] * 3
    assert [p["value"] for p in problems][4:] == shown[4:]


def test_a_company_whose_name_reads_like_a_truth_value_keeps_its_name(command: CommandLine) -> None:
    names = ["TRUE", "VERDADERO", "True", "verdadero"]
    rows = [otc_row(number, name) for number, name in enumerate(names)]
    assert command("apply", write_text("Add OTC.csv", [HEADER, *rows])).exit_code == 0
    assert [otc["company"] for otc in command("show", "otcs", "--json").json] == names


def test_a_truth_value_is_a_choice_of_yes_or_no(command: CommandLine) -> None:
    words = ["TRUE", "VERDADERO", "True", "verdadero", "perhaps"]
    rows = [(f"Nobody {number}", word) for number, word in enumerate(words)]
    header = ("Customer (Site) Name", "Release Licenses")
    path = write_text("Disable Customer.csv", [header, *rows])
    problems = command("check", path, "--json").report["problems"]
    assert [p["code"] for p in problems] == ["unknown-customer"] * 4 + ["bad-choice"]
