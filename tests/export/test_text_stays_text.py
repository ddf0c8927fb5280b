"""Whatever a name looks like, no program takes it for a formula or a link in what we write."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from builders import write_workbook
from command_line import CommandLine
from importer.workbook.formats.csv_file import guarded, unguarded

CODE = "ABCDE-12345-FGHIJ-67890"
NAMES = (
    "=1+1", "+1", "-1", "@SUM(A1)", "'=1+1", "''-x", "'plain", "=HYPERLINK(\"http://a.example\")",
    "http://a.example", "mailto:it@msp.example", "it@msp.example", "#Sheet!A1", "{=1}",
    "=cmd|'/c'!A1",
    '"quoted", with a comma', "1e3", "TRUE", "00123",
)  # fmt: skip
"""Names of customers, companies and more that are no formulas, links, numbers or values."""


@pytest.fixture
def filled(command: CommandLine, tmp_path: Path) -> Path:
    """A ledger that holds all of them, by a workbook in which they are text."""
    sheets: list[tuple[str, list[dict[str, Any]]]] = [
        ("Add OTC", [{"OTC": CODE, "Email": "it@msp.example", "Company Name": NAMES[0],
                      "Total Licenses": 100, "Description": NAMES[1], "Product ID": NAMES[2]}]),
        ("Add Customer", [{"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": CODE,
                           "No of Licenses": 1, "First Name": name} for name in NAMES]),
    ]  # fmt: skip
    path = write_workbook(tmp_path / "x.xlsx", sheets)
    workbook = load_workbook(path)
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    workbook.save(path)
    assert command("apply", path).exit_code == 0
    names = {one["name"] for one in command("show", "customers", "--json").json}
    assert names == set(NAMES)
    return path


def test_no_cell_of_any_workbook_is_a_formula_or_a_link_of_the_users(
    filled: Path, command: CommandLine, tmp_path: Path
) -> None:
    """The export, the template with its lists, and the corrections, freshly made or the user's own.

    The only links are those of the Problems and Summary sheets into the workbook itself.
    """
    template, export = tmp_path / "template.xlsx", tmp_path / "export.xlsx"
    assert command("template", "-o", template).exit_code == 0
    assert command("export", "-o", export).exit_code == 0
    own = load_workbook(template)
    for number, name in enumerate(NAMES, start=2):
        own["Add Customer"].cell(number, 1, name).data_type = "s"
        own["Add Customer"].cell(number, 2, "Boss")
        own["Add Customer"].cell(number, 3, CODE)
        own["Add Customer"].cell(number, 4, 1)
    own.save(tmp_path / "own.xlsx")
    fresh = load_workbook(filled)
    fresh["Add OTC"]["D2"] = "many"
    fresh.save(tmp_path / "fresh.xlsx")
    given_back = [
        Path(command("check", tmp_path / name, "--json").json[0]["corrections"])
        for name in ("own.xlsx", "fresh.xlsx")
    ]
    for path in (template, export, *given_back):
        seen: set[str] = set()
        for sheet in load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", f"{path.name} {sheet.title}!{cell.coordinate}"
                    if cell.hyperlink is not None:
                        assert cell.hyperlink.target is None
                        assert sheet.title in ("Problems", "Summary")
                    if isinstance(cell.value, str):
                        seen.add(cell.value.replace("_x005F_", "_"))
        assert seen >= set(NAMES), path.name


def test_a_csv_export_guards_what_looks_like_a_formula_and_is_read_back_unchanged(
    filled: Path, command: CommandLine, tmp_path: Path
) -> None:
    """No field begins like a formula, and customers made of the file have the same names."""
    folder = tmp_path / "details"
    said = command("export", "--format", "csv", "-o", folder, "--json")
    assert said.exit_code == 0
    assert said.json["sheets"]["Customer's Details"] == len(NAMES)
    for path in folder.iterdir():
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                assert not any(field.startswith(("=", "+", "-", "@", "\t", "\r")) for field in row)
    with (folder / "Customer's Details.csv").open(encoding="utf-8-sig", newline="") as stream:
        exported = list(csv.DictReader(stream))
    with (tmp_path / "add customer.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("Customer (Site) Name", "Managed By", "Avira OTC", "No of Licenses"))
        for each in exported:
            writer.writerow((each["Customer Name"], "Admin", CODE, each["Total Devices Assigned"]))
    again = command("apply", tmp_path / "add customer.csv", "--json")
    assert again.json[0]["rows"] == {
        "read": len(NAMES), "applied": 0, "unchanged": len(NAMES), "rejected": 0,
    }  # fmt: skip


@given(st.text() | st.from_regex(r"'*[=+\-@\t\r].*", fullmatch=True))
def test_guarding_can_be_taken_back_and_leaves_no_formula(value: str) -> None:
    """Whatever the text; one that needs no guard is left alone."""
    safe = guarded(value)
    assert unguarded(safe) == value
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe == value or value.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_csv_export_needs_a_folder(filled: Path, command: CommandLine) -> None:
    """A file of that name is left as it is."""
    before = filled.read_bytes()
    said = command("export", "--format", "csv", "-o", filled)
    assert said.exit_code == 3
    assert filled.name in said.err
    assert filled.read_bytes() == before
