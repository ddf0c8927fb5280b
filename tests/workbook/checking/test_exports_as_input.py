"""Exports as input: recognised, and answered with how to get a workbook to edit."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from builders import HEADERS, edit_workbook
from command_line import CommandLine
from odd_names_ledger import fill_ledger
from reports import refusal_of

thorough = pytest.mark.thorough


@pytest.mark.parametrize("options", [
    pytest.param([], id="headers as in the console"),
    pytest.param(["--translate-headers"], id="translated headers"),
])  # fmt: skip
@pytest.mark.parametrize(("form", "language"), [
    ("xlsx", "en"), ("csv", "es"),
    *(pytest.param(form, language, marks=thorough) for form, language in (
        ("xlsx", "es"), ("csv", "en"), ("ods", "en"), ("ods", "es"), ("json", "en"),
        ("json", "es"), ("html", "en"), ("html", "es"))),
])  # fmt: skip
def test_every_file_of_an_export_is_recognised(
    form: str, language: str, options: list[str], command: CommandLine, tmp_path: Path
) -> None:
    fill_ledger(command, tmp_path)
    export = tmp_path / f"export.{form}"
    words = ["--format", form, "-o", str(export), "--lang", language, *options]
    assert command("export", *words).exit_code == 0
    files = sorted(export.iterdir()) if form == "csv" else [export]
    assert len(files) == (7 if form == "csv" else 1)
    for path in files:
        if "dispositivo" in path.name or (options and path.name == "Customer's Devices.csv"):
            continue  # these headers are those of the sheet Dispositivos
        problem = refusal_of(command("check", path, "--json"))
        assert problem["code"] == "not-a-workbook", path
        assert "template --prefill" in problem["fix"], path


def test_an_export_pasted_into_a_workbook_is_ignored_with_a_warning(
    command: CommandLine, tmp_path: Path
) -> None:
    """The other sheets are read."""
    fill_ledger(command, tmp_path)
    path = tmp_path / "export.xlsx"
    command("export", "-o", path)

    def paste(workbook: Workbook) -> None:
        sheet = workbook.create_sheet("Enable Customer")
        for row in (HEADERS["Enable Customer"], ("Oeste",)):
            sheet.append(row)

    result = command("check", edit_workbook(path, paste), "--json")
    assert (result.exit_code, result.row_counts) == (0, (1, 1, 0, 0))
    assert {problem["code"] for problem in result.report["problems"]} == {"ignored-sheet"}
