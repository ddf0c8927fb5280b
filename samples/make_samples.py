"""Make the sample workbooks of this folder and their expected reports.

onboarding.xlsx is a good workbook for an empty ledger. Applied a second time, it changes nothing.
For that, every row must still be true at the end of the workbook (docs/rules.md, 5): its Edit
sheets fill in only cells that its Add sheets leave blank, and its rows of Update OTC and Enable
Customer are true from the start. Rows that contradict an earlier row (a move, a release, a
cancellation, a top-up, a new name) are in changes.xlsx, which is applied once, after
onboarding.xlsx. export.expected.txt is the export after these two.

overallocation.xlsx asks OTCs for more licences than they have. problems.xlsx has every problem of
a row, sheet or cell. It explains them in its columns Description, Reason and Problems, the last of
which is ignored when the workbook is read.

    python samples/make_samples.py
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import use_language
from importer.domain.sheets import Column, ColumnKind
from importer.ledger.engines.sqlite import FileLedger
from importer.messages.report import Report
from importer.messages.report_text import report_lines
from importer.pipeline import apply as pipeline
from importer.pipeline import export as exporting
from importer.pipeline.job import Job
from importer.workbook.labels import column_named, language_of, sheet_named
from importer.workbook.writing.styles import HEADER_FONT, OPTIONAL_FILL, format_of
from importer.workbook.writing.template import Known, add_sheet, new_workbook
from tables import (
    BY_HAND,
    CALCULATED,
    CHANGES,
    IGNORED_SHEET,
    MSP,
    ONBOARDING,
    OTCS,
    OVERALLOCATION,
    PROBLEMS,
    UNKNOWN_SHEET,
    Tables,
)

TODAY = dt.date(2026, 11, 23)
"""The date of the expected reports."""

APPLIED = ("onboarding.xlsx", "changes.xlsx")
"""The samples that are applied, in order; the others are only checked."""


def make_samples(folder: Path) -> None:
    """Write the sample workbooks and their expected reports into `folder`."""
    onboarding = _filled(ONBOARDING)
    _save(onboarding, folder / "onboarding.xlsx")
    _save(_filled(CHANGES, _known(onboarding)), folder / "changes.xlsx")
    _save(_filled(OVERALLOCATION), folder / "overallocation.xlsx")
    _save(_problems(), folder / "problems.xlsx", CALCULATED)
    with TemporaryDirectory() as ledgers:
        for name in (*APPLIED, "overallocation.xlsx", "problems.xlsx"):
            path = folder / name
            ledger = Path(ledgers) / ("ledger.db" if name in APPLIED else "none.db")
            expected = path.with_suffix(".expected.txt")
            expected.write_text(expected_report(path, ledger), encoding="utf-8", newline="\n")
        export = expected_export(folder, Path(ledgers))
        (folder / "export.expected.txt").write_text(export, encoding="utf-8", newline="\n")


def expected_export(samples: Path, folder: Path) -> str:
    """The cells of the English export after the good samples were applied at noon UTC of TODAY.

    Each row is a line with tabs between the cells. Ledger and export are written to `folder`. The
    ledger's hash is left out, because it changes with every byte of the samples.
    """
    noon = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
    job = Job(FileLedger(folder / "export.db"), "default", TODAY, "administrator")
    use_language("en")
    with patch("importer.base.clock.now", return_value=noon):
        for name in APPLIED:
            pipeline.apply(samples / name, job)
        export = exporting.export(folder / "export.xlsx", job)
    with warnings.catch_warnings(action="ignore"):  # openpyxl does not support data bars
        workbook = load_workbook(folder / "export.xlsx")
    lines: list[str] = []
    for sheet in workbook.worksheets:
        lines += ["", f"== {sheet.title}"]
        for row in sheet.iter_rows(values_only=True):
            cells = ["" if value is None else str(value) for value in row]
            lines.append("\t".join(cells).rstrip("\t").replace(export.head, "(the hash)"))
    return "\n".join(lines).lstrip("\n") + "\n"


def expected_report(path: Path, ledger: Path) -> str:
    """The English report on the sample at `path`, with the ledger at `ledger`, on TODAY.

    Files are named without their folders. Corrections are written beside the ledger.
    """
    use_language("en")
    job = Job(FileLedger(ledger), "default", TODAY, "samples", ledger.parent)
    report = pipeline.apply(path, job) if path.name in APPLIED else pipeline.check([path], job)[0]
    lines = report_lines(_without_folders(report), everything=True)
    return "".join(f"{line}\n" for line in lines)


def _without_folders(report: Report) -> Report:
    report.file = Path(report.file).name
    report.ledger = report.ledger and Path(report.ledger).name
    report.corrections = report.corrections and Path(report.corrections).name
    return report


def _filled(tables: Tables, known: Known | None = None) -> Workbook:
    """A workbook with the rows of `tables`, whose drop-downs offer what is `known`."""
    workbook = new_workbook("en", known or Known())
    for title, table in tables:
        _fill(workbook, title, table)
    workbook.active = 0
    return workbook


def _known(onboarding: Workbook) -> Known:
    """The OTCs and customers of the ledger once `onboarding` is applied."""
    otcs = [str(cell.value) for cell in onboarding["Add OTC"]["A"][1:]]
    customers = [str(cell.value) for cell in onboarding["Add Customer"]["A"][1:]]
    return Known(sorted(otcs), sorted(customers))


def _fill(workbook: Workbook, title: str, table: str) -> None:
    """Add the rows of `table` to the sheet `title`, as a person would type them."""
    declared = sheet_named(title)
    assert declared is not None, f"unknown sheet: {title}"
    if title not in workbook.sheetnames:
        before_hidden = len(workbook.sheetnames) - 2
        add_sheet(workbook, declared, title, language_of(title, declared), before_hidden)
    sheet = workbook[title]
    for number, row in enumerate(_rows(title, table), start=sheet.max_row + 1):
        for header, typed in row.items():
            column = column_named(declared, header)
            place = declared.columns.index(column) + 1 if column else _extra_column(sheet, header)
            cell = sheet.cell(number, place, _value(typed, column))
            cell.number_format = format_of(column) if column else "@"


def _rows(title: str, table: str) -> list[dict[str, str]]:
    """The rows of `table`, by header, with the email address that all OTCs share."""
    header, *rows = [
        [cell.strip() for cell in line.split("|")]
        for line in table.splitlines()
        if line.strip("| ")
    ]
    shared = {"Email": MSP} if title == "Add OTC" else {}
    return [shared | dict(zip(header, row, strict=True)) for row in rows]


def _value(typed: str, column: Column | None) -> str | float | dt.date | None:
    """The value that a spreadsheet program stores for what is `typed` into a cell of `column`."""
    kind = column.kind if column else ColumnKind.TEXT
    if kind is ColumnKind.OTC:
        typed = OTCS.get(typed, typed)
    if kind is ColumnKind.DATE and re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed):
        return dt.date.fromisoformat(typed)
    if kind in (ColumnKind.LICENSES, ColumnKind.LICENSES_OR_NONE, ColumnKind.MONTHS):
        if typed.isdigit():
            return int(typed)
        if re.fullmatch(r"\d+\.\d+", typed):
            return float(typed)
    return typed or None


def _extra_column(sheet: Worksheet, header: str) -> int:
    """The number of the user's own column `header`, to the right of the declared ones."""
    for cell in sheet[1]:
        if cell.value == header:
            return cell.column
    cell = sheet.cell(1, sheet.max_column + 1, header)
    cell.font, cell.fill = HEADER_FONT, OPTIONAL_FILL
    sheet.column_dimensions[cell.column_letter].width = 44
    return cell.column


def _problems() -> Workbook:
    """problems.xlsx: the tables, and the changes that no table can express."""
    workbook = _filled(PROBLEMS)
    for title, cells in BY_HAND.items():
        for place, value in cells.items():
            workbook[title][place] = value or None
    customers = workbook["Add Customer"]
    customers.merge_cells("C11:C12")
    customers.row_dimensions[15].hidden = True
    late = workbook["Deshabilitar cliente"]
    late.insert_rows(1)
    late["A1"] = "Customers to disable"
    _add_rows(workbook, "Customers to add", UNKNOWN_SHEET)
    _add_rows(workbook, "Contacts", IGNORED_SHEET)
    return workbook


def _add_rows(workbook: Workbook, title: str, rows: tuple[tuple[object, ...], ...]) -> None:
    sheet = workbook.create_sheet(title, len(workbook.sheetnames) - 2)
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        sheet.column_dimensions[cell.column_letter].width = 44


def _save(
    workbook: Workbook, path: Path, calculated: Mapping[tuple[str, str], str] | None = None
) -> None:
    """Save `workbook` as the same bytes every time, with the results of its formulas."""
    workbook.properties.created = dt.datetime.combine(TODAY, dt.time())
    workbook.save(path)
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = parts["docProps/core.xml"].decode()
    parts["docProps/core.xml"] = re.sub(
        r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{TODAY}T00:00:00Z", core
    ).encode()
    for (title, place), result in (calculated or {}).items():
        part = f"xl/worksheets/sheet{workbook.sheetnames.index(title) + 1}.xml"
        parts[part] = _with_result(parts[part].decode(), place, result).encode()
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)


def _with_result(sheet: str, place: str, result: str) -> str:
    """The XML of a sheet with the result of the formula in `place`, which openpyxl cannot write."""
    cell = rf'(<c r="{place}"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?'
    calculated, count = re.subn(cell, rf"\g<1><v>{result}</v>", sheet)
    assert count == 1, f"no formula in {place}"
    return calculated


if __name__ == "__main__":
    target = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent
    make_samples(target)
    print(f"Written into {target}.")
