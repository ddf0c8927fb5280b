"""What the program writes, opened in LibreOffice."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from builders import customer, otc, write_workbook
from export_ledgers import run
from export_readers import as_in_excel, as_text, csv_rows, ods_sheets, with_summary, xlsx_sheets
from export_truth import Grid, Truth
from office import convert
from tiers import needs

pytest_plugins = "export_fixtures"
pytestmark = needs("libreoffice")

EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, small_export: Path) -> Path:
    """A folder with all files, and the same files saved by LibreOffice in `resaved`."""
    folder = tmp_path_factory.mktemp("files")
    for language in ("en", "es"):
        path = folder / f"template-{language}.xlsx"
        assert run("template", "-o", path, "--lang", language).exit_code == 0
    workbook = write_workbook(folder / "in.xlsx", [
        ("Add OTC", [otc(company="@Norte", total=5, expiry_date=dt.date(2030, 1, 1))]),
        ("Add Customer", [customer("Uno", 2), customer("Dos", "5 pcs")]),
    ])  # fmt: skip
    words = ("--ledger", folder / "ledger.db", "--export", folder / "export.xlsx")
    assert run("apply", "--partial", workbook, *words).exit_code == 1
    shutil.copy(small_export / "details.xlsx", folder / "excel.xlsx")
    shutil.copy(small_export / "details.ods", folder / "open.ods")
    names = ("template-en.xlsx", "template-es.xlsx", "export.xlsx", "in.corrections.xlsx",
             "excel.xlsx", "open.ods")  # fmt: skip
    convert("xlsx", folder / "resaved", *(folder / name for name in names))
    return folder


def cells(path: Path) -> dict[str, list[tuple[str, Any]]]:
    """Every cell that is not blank, by sheet; LibreOffice gives dates a time."""
    return {
        sheet.title: [
            (cell.coordinate,
             cell.value.date() if isinstance(cell.value, dt.datetime) else cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
        for sheet in load_workbook(path).worksheets
    }  # fmt: skip


@pytest.mark.parametrize("name", ["template-en", "template-es", "export", "in.corrections"])
def test_every_cell_is_the_same_there(name: str, files: Path) -> None:
    """Hidden sheets stay hidden, and drop-down lists stay."""
    path, resaved = files / f"{name}.xlsx", files / "resaved" / f"{name}.xlsx"
    assert cells(resaved) == cells(path)
    for before, after in zip(load_workbook(path), load_workbook(resaved), strict=True):
        assert after.sheet_state == before.sheet_state
        lists = [len(sheet.data_validations.dataValidation) for sheet in (before, after)]
        assert lists[0] == lists[1]


@pytest.mark.parametrize("name", ["excel", "open"])
def test_every_figure_of_an_exported_spreadsheet_is_the_same_there(
    name: str, files: Path, small_truth: Truth
) -> None:
    sheets = {"excel": xlsx_sheets(files / "excel.xlsx"), "open": ods_sheets(files / "open.ods")}
    resaved = xlsx_sheets(files / "resaved" / f"{name}.xlsx")
    assert list(resaved) == list(sheets[name])
    reading = with_summary(without_blank_ends(resaved), small_truth, as_in_excel)
    assert small_truth.differences(reading) == []


def without_blank_ends(sheets: dict[str, Grid]) -> dict[str, Grid]:
    """Sheets without blank cells at the end of all rows, and blank rows at the end of a sheet."""
    for grid in sheets.values():
        width = max(at for row in grid for at, cell in enumerate(row, 1) if cell is not None)
        for row in grid:
            del row[width:]
        while not any(cell is not None for cell in grid[-1]):
            del grid[-1]
    return sheets


@pytest.mark.parametrize("export_folder", ["large"], indirect=True)
def test_every_figure_of_a_large_workbook_is_shown_there(
    export_folder: Path, truth: Truth, tmp_path: Path
) -> None:
    """As LibreOffice writes what it shows of each sheet to a CSV file."""
    convert(EVERY_SHEET, tmp_path, export_folder / "details.xlsx")
    titles = load_workbook(export_folder / "details.xlsx", read_only=True).sheetnames
    sheets = {title: csv_rows(tmp_path / f"details-{title}.csv") for title in titles}
    assert truth.differences(with_summary(sheets, truth, as_text)) == []
