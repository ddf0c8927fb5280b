"""What we write opens in the real LibreOffice, and says the same there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from builders import write_workbook
from command_line import CommandLine
from office import convert
from tiers import needs

pytestmark = needs("libreoffice")


def resaved(path: Path) -> Path:
    """The workbook at `path` after LibreOffice has opened it and saved it as xlsx."""
    folder = path.parent / "resaved"
    convert("xlsx", folder, path)
    return folder / path.name


def cells(path: Path) -> dict[str, list[tuple[str, Any]]]:
    """Every cell that holds something, by sheet; numbers and dates as LibreOffice keeps them."""
    return {
        sheet.title: [
            (cell.coordinate, _plain(cell.value))
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
        for sheet in load_workbook(path).worksheets
    }


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, dt.datetime) else value


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_template_opens_whole(language: str, command: CommandLine, tmp_path: Path) -> None:
    """Every cell, drop-down and hidden sheet of the template survives LibreOffice."""
    path = tmp_path / "onboarding.xlsx"
    assert command("template", "-o", path, "--lang", language).exit_code == 0
    again = resaved(path)
    assert cells(again) == cells(path)
    for before, after in zip(load_workbook(path), load_workbook(again), strict=True):
        assert after.sheet_state == before.sheet_state
        assert len(after.data_validations.dataValidation) == len(
            before.data_validations.dataValidation
        )


def test_the_export_and_the_corrections_open_whole(command: CommandLine, tmp_path: Path) -> None:
    """Every cell of both reads the same after LibreOffice has saved them."""
    otc = "AAAAA-AAAAA-AAAAA-AAAA1"
    customer = {"Managed By": "Admin", "Avira OTC": otc}
    path = write_workbook(
        tmp_path / "in.xlsx",
        [
            ("Add OTC", [{"OTC": otc, "Email": "a@x.example", "Company Name": "@Norte",
                          "Total Licenses": 5, "Expiry Date": dt.date(2030, 1, 1)}]),
            ("Add Customer", [
                {"Customer (Site) Name": "Uno", "No of Licenses": 2, **customer},
                {"Customer (Site) Name": "Dos", "No of Licenses": "5 pcs", **customer},
            ]),
        ],
    )  # fmt: skip
    export = tmp_path / "out.xlsx"
    assert command("apply", "--partial", path, "--export", export).exit_code == 1
    for written in (export, tmp_path / "in.corrections.xlsx"):
        assert cells(resaved(written)) == cells(written)
