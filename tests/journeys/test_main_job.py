"""The work of an administrator, step by step as the README describes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from builders import HEADERS, A, B, Sheets, customer, edit_workbook, otc, row
from command_line import CommandLine

FIRST: Sheets = [
    ("Add OTC", [otc(A, 50), otc(B, 10)]),
    ("Add Customer", [customer("Clinica Norte", 60), customer("Clinica Sur", 5, B)]),
]
"""The first customer asks for ten licences more than its OTC has."""


def fill_in(path: Path, sheets: Sheets) -> None:
    """Type rows into the template below its headers."""

    def fill(workbook: Any) -> None:
        for name, rows in sheets:
            for number, cells in enumerate(rows, start=2):
                for column, header in enumerate(HEADERS[name], start=1):
                    workbook[name].cell(number, column, cells.get(header))

    edit_workbook(path, fill)


def pending(command: CommandLine) -> dict[str, int]:
    """The licences that are left, by OTC."""
    return {otc["otc"]: otc["pending"] for otc in command("show", "otcs", "--json").json}


def test_from_the_template_to_the_export_and_back(command: CommandLine, tmp_path: Path) -> None:
    onboarding = tmp_path / "onboarding.xlsx"
    assert command("template", "-o", onboarding).exit_code == 0
    fill_in(onboarding, FIRST)

    refused = command("check", onboarding, "--json")
    assert refused.exit_code == 1
    (problem,) = refused.report["problems"]
    assert (problem["code"], problem["cell"]) == ("overallocation", "D2")
    corrections = tmp_path / "onboarding.corrections.xlsx"
    assert load_workbook(corrections)["Add Customer"]["D2"].comment.text

    partly = command("apply", onboarding, "--partial", "--json")
    assert (partly.exit_code, partly.report["status"]) == (1, "partly-applied")
    assert pending(command) == {A: 50, B: 5}

    fill_in(corrections, [("Add Customer", [customer("Clinica Norte", 40)])])
    assert command("check", corrections).exit_code == 0
    applied = command("apply", corrections, "--json")
    assert (applied.exit_code, applied.report["status"]) == (0, "applied")
    assert pending(command) == {A: 10, B: 5}
    assert command("apply", corrections, "--json").report["status"] == "unchanged"

    exports = {"all": tmp_path / "Export Avira Details.xlsx", "norte": tmp_path / "norte.xlsx"}
    page = tmp_path / "licences.html"
    assert command("export", "-o", exports["all"]).exit_code == 0
    assert command("export", "-o", page).exit_code == 0
    assert command("export", "--customer", "Clinica Norte", "-o", exports["norte"]).exit_code == 0
    names = {
        name: [cells[0] for cells in load_workbook(path)["Customer's Details"].values][1:]
        for name, path in exports.items()
    }
    assert names == {"all": ["Clinica Norte", "Clinica Sur"], "norte": ["Clinica Norte"]}
    assert "Clinica Sur" in page.read_text("utf-8")

    edit = tmp_path / "edit.xlsx"
    assert command("template", "--prefill", "-o", edit).exit_code == 0
    edit_workbook(edit, lambda workbook: _edit_licenses(workbook, "Clinica Sur", 7))
    assert command("apply", edit, "--json").report["rows"]["applied"] == 1
    assert pending(command) == {A: 10, B: 3}

    batches = command("history", "--json").json
    assert [batch["batch"] for batch in batches] == [1, 2, 3]
    assert command("undo", "3").exit_code == 0
    assert pending(command) == {A: 10, B: 5}
    assert command("show", "summary").exit_code == 0
    sites = command("show", "customers", "--json").json
    assert {site["name"]: [s["licenses"] for s in site["subscriptions"]] for site in sites} == {
        "Clinica Norte": [40], "Clinica Sur": [5],
    }  # fmt: skip


def _edit_licenses(workbook: Any, name: str, licenses: int) -> None:
    headers = HEADERS["Edit Customer"]
    (number,) = [cells[0].row for cells in workbook["Edit Customer"].rows if cells[0].value == name]
    (header,) = row("Edit Customer", licenses=licenses)
    workbook["Edit Customer"].cell(number, headers.index(header) + 1, licenses)
