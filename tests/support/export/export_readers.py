"""Readers of every export format, none of them the program's own."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from export_sql import RANKINGS, RANKINGS_OF_CUSTOMER
from export_truth import Convert, Grid, Reading, Truth


def with_summary(sheets: dict[str, Grid], truth: Truth, convert: Convert) -> Reading:
    """The sheets, the first of which is the Summary with figures and rankings."""
    (_, summary), *others = sheets.items()
    values = {row[0]: row[1] for row in reversed(summary) if len(row) > 1}
    rankings = {}
    for key, ranking in truth.rankings.items():
        top = 1 + next(at for at, row in enumerate(summary) if row[:1] == [ranking.title])
        blank = (at for at in range(top, len(summary)) if not any(summary[at][:2]))
        rankings[key] = summary[top : next(blank, len(summary))]
    figures = {key: values[label] for key, label in truth.labels.items()}
    return Reading(dict(others), figures, rankings, convert)


def xlsx_sheets(path: Path) -> dict[str, Grid]:
    """The sheets of an Excel workbook; openpyxl leaves Excel's escaped underscores as they are."""
    workbook = load_workbook(path, read_only=True)
    grids = {
        sheet.title: [
            [cell.replace("_x005F_", "_") if isinstance(cell, str) else cell for cell in row]
            for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in workbook.worksheets
    }
    workbook.close()
    return grids


def as_in_excel(value: Any) -> Any:
    """Dates are instants at midnight."""
    is_date = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return dt.datetime.combine(value, dt.time()) if is_date else value


def read_xlsx(path: Path, truth: Truth) -> Reading:
    """An Excel workbook, in which a table without rows has a blank one."""
    sheets = xlsx_sheets(path)
    for grid in sheets.values():
        if len(grid) == 2 and not any(grid[1]):
            del grid[1]
    return with_summary(sheets, truth, as_in_excel)


def ods_sheets(path: Path) -> dict[str, Grid]:
    """The sheets of an OpenDocument spreadsheet."""
    with CalamineWorkbook.from_path(path) as workbook:
        return {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }


def read_ods(path: Path, truth: Truth) -> Reading:
    """An OpenDocument spreadsheet, in which calamine returns blank cells as empty text."""
    return with_summary(ods_sheets(path), truth, lambda value: "" if value is None else value)


def read_json(path: Path, _truth: Truth | None = None) -> Reading:
    """A JSON document, in which the keys of rankings are their headers in small letters."""
    document = json.loads(path.read_text("utf-8"))
    summary = document["summary"]
    sheets = {key: _grid(records) for key, records in document["sheets"].items()}
    rankings = {key: _grid(value) for key, value in summary.items() if isinstance(value, list)}
    for key, (_, headers, _) in (RANKINGS | RANKINGS_OF_CUSTOMER).items():
        if key in rankings:
            keys = [header.lower().replace("licences", "licenses") for header in headers]
            assert rankings[key][0] == keys
            rankings[key][0] = list(headers)
    figures = {key: value for key, value in summary.items() if key not in rankings}
    return Reading(sheets, figures, rankings, _as_in_json)


def _grid(records: list[dict[str, Any]]) -> Grid:
    keys = list(records[0])
    assert all(list(record) == keys for record in records)
    return [keys, *(list(record.values()) for record in records)]


def keys(document: object) -> Iterator[str]:
    """The keys of `document` and of the first item of each list in it, in order."""
    if isinstance(document, list):
        for item in document[:1]:
            yield from keys(item)
    elif isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from keys(value)


def _as_in_json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, dt.date) else value


def csv_rows(path: Path, separator: str = ",") -> Grid:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream, delimiter=separator))


def as_text(value: Any) -> str:
    """Numbers and dates as text."""
    return "" if value is None else str(value)


def unguarded(grid: Grid) -> Grid:
    """Cells without the apostrophes that keep text from being a formula."""
    guard = re.compile(r"""(\A|(?<=[,;\t|\r\n]))'(?=['"]*[=+\-@\t\r\n])""")
    return [[guard.sub("", cell) for cell in row] for row in grid]


def read_folder(folder: Path, truth: Truth) -> Reading:
    """A folder of CSV files, which has no rankings."""
    assert {path.stem for path in folder.iterdir()} == {*truth.sheets, "Summary"}
    sheets = {name: unguarded(csv_rows(folder / f"{name}.csv")) for name in truth.sheets}
    headers, *summary = csv_rows(folder / "Summary.csv")
    assert headers == ["Figure", "Value"]
    values = dict(summary)
    figures = {key: values[label] for key, label in truth.labels.items()}
    rankings = {
        key: [list(ranking.headers), *([as_text(value) for value in row] for row in ranking.rows)]
        for key, ranking in truth.rankings.items()
    }
    return Reading(sheets, figures, rankings, as_text)


READERS: dict[str, Callable[[Path, Truth], Reading]] = {
    "xlsx": read_xlsx, "ods": read_ods, "json": read_json, "csv": read_folder,
}  # fmt: skip
"""Of the formats that hold all sheets."""


def parts(path: Path) -> dict[str, bytes]:
    """The bytes of a file, of each file in a folder, or of each part of a workbook.

    The part that says when an Excel workbook was written is left out.
    """
    if path.is_dir():
        return {file.name: file.read_bytes() for file in path.iterdir()}
    if path.suffix not in (".xlsx", ".ods"):
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name != "docProps/core.xml"]
        return {name: archive.read(name) for name in names}
