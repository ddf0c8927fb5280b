"""Names that look like formulas, links or numbers, in everything that is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from builders import A, customer, otc
from command_line import CommandLine
from export_ledgers import write_as_text
from export_readers import csv_rows
from importer.export.writers import csv_folder
from importer.workbook.formats.text import csv_cells
from importer.workbook.formats.text.csv_cells import guarded, unguarded
from tiers import examples

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SEPARATORS = ",;\t|"
NAMES = (
    "=1+1", "+1", "-1", "@SUM(A1)", "'=1+1", "''-x", "'plain", "=HYPERLINK(\"http://a.example\")",
    "http://a.example", "mailto:it@msp.example", "it@msp.example", "#Sheet!A1", "{=1}",
    "=cmd|'/c'!A1",
    '"quoted", with a comma', "z;=1+1", "z|'@x", 'z,"=1', "z; =1", "1e3", "TRUE", "00123",
)  # fmt: skip


@pytest.fixture
def applied(command: CommandLine, tmp_path: Path) -> Path:
    """A workbook with customers of all these names, and the ledger after it was applied."""
    path = write_as_text(tmp_path / "x.xlsx", [
        ("Add OTC", [otc(company=NAMES[0], total=100, description=NAMES[1], product_id=NAMES[2])]),
        ("Add Customer", [customer(name, 1, first_name=name) for name in NAMES]),
    ])  # fmt: skip
    assert command("apply", path).exit_code == 0
    _, customers = command.contents()
    assert {entry["name"] for entry in customers} == set(NAMES)
    return path


@pytest.mark.thorough
def test_no_workbook_contains_a_formula_or_a_link_out_of_it(
    applied: Path, command: CommandLine
) -> None:
    """The export, the template with its lists, and corrections, as a new workbook or in the user's
    own. The only links are those of Problems and Summary into the workbook itself."""
    assert command("template", "-o", "template.xlsx").exit_code == 0
    assert command("export", "-o", "export.xlsx").exit_code == 0
    own = load_workbook("template.xlsx")
    for number, name in enumerate(NAMES, start=2):
        own["Add Customer"].cell(number, 1, name).data_type = "s"
        own["Add Customer"].cell(number, 2, "Boss")
        own["Add Customer"].cell(number, 3, A)
        own["Add Customer"].cell(number, 4, 1)
    own.save("own.xlsx")
    new = load_workbook(applied)
    new["Add OTC"]["D2"] = "many"
    new.save("new.xlsx")
    corrections = [
        command("check", name, "--json").corrections for name in ("own.xlsx", "new.xlsx")
    ]
    for path in (Path("template.xlsx"), Path("export.xlsx"), *corrections):
        texts: set[str] = set()
        for sheet in load_workbook(path).worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f", f"{path.name} {sheet.title}!{cell.coordinate}"
                if cell.hyperlink is not None:
                    assert cell.hyperlink.target is None
                    assert sheet.title in ("Problems", "Summary")
                if isinstance(cell.value, str):
                    texts.add(cell.value.replace("_x005F_", "_"))
        assert texts >= set(NAMES), path.name


@pytest.mark.usefixtures("applied")
def test_a_csv_export_guards_formulas_and_is_read_back_unchanged(command: CommandLine) -> None:
    """No field begins like a formula, wherever a program separates them, and a file to apply made
    of it has the same names."""
    result = command("export", "--format", "csv", "-o", "details", "--json")
    assert result.exit_code == 0
    assert result.json["sheets"]["Customer's Details"] == len(NAMES)
    for path, separator in product(Path("details").iterdir(), SEPARATORS):
        for field in (field for row in csv_rows(path, separator) for field in row):
            assert not field.startswith(FORMULA_STARTS), (path.name, separator)
    _, *exported = csv_rows(Path("details/Customer's Details.csv"))
    lines = ["Customer (Site) Name,Managed By,Avira OTC,No of Licenses"]
    for name, licenses, *_ in exported:
        quoted = name.replace('"', '""')
        lines.append(f'"{quoted}",Admin,{A},{licenses}')
    Path("add customer.csv").write_text("\n".join(lines), "utf-8")
    again = command("apply", "add customer.csv", "--json")
    assert again.row_counts == (len(NAMES), 0, len(NAMES), 0)


def formulas(values: Sequence[str], folder: Path) -> list[str]:
    """The fields that begin like a formula in a CSV file of `values`, which must give them back."""
    path = folder / "x.csv"
    csv_folder._write(path, ["Header"], [(*values,)])
    assert [tuple(map(unguarded, row)) for row in csv_rows(path)] == [("Header",), (*values,)]
    rows = (row for separator in SEPARATORS for row in csv_rows(path, separator))
    return [
        field for row in rows for field in row if field.strip("\r\n").startswith(FORMULA_STARTS)
    ]


@settings(max_examples=examples(300))
@given(values=st.lists(st.text() | st.text("z=+-@,;|\t\r\n'\" 1"), min_size=1, max_size=3))
def test_guarding_can_be_undone_and_leaves_no_formula(
    values: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the text, and whatever a program takes for the separator."""
    assert formulas(values, tmp_path_factory.getbasetemp()) == []


@pytest.mark.parametrize("guard", ["only at the start", "none"])
def test_without_guards_formulas_would_be_found(
    guard: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = re.compile(r"\A(?=[=+\-@])" if guard != "none" else "(?!)")
    monkeypatch.setattr(csv_cells, "_DANGEROUS", start)
    assert formulas(["a", "z;=1+1;"], tmp_path) == ["=1+1"]
    assert guarded("Pérez, S.L.; A-1") == "Pérez, S.L.; A-1"


def test_a_csv_export_into_a_file_is_an_error_and_leaves_the_file(
    applied: Path, command: CommandLine
) -> None:
    before = applied.read_bytes()
    result = command("export", "--format", "csv", "-o", applied)
    assert result.exit_code == 3
    assert applied.name in result.err
    assert applied.read_bytes() == before
