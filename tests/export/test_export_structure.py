"""The charts, tables, formats and links of an exported spreadsheet."""

from __future__ import annotations

import re
import string
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple
from openpyxl.workbook import Workbook

from export_ledgers import export, run
from export_readers import parts, xlsx_sheets
from export_sql import RANKINGS, SHEETS
from export_truth import Grid, Truth
from importer.export.writers import xlsx

pytest_plugins = "export_fixtures"

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Chart(NamedTuple):
    """A native chart, with the cells of its labels, and of the name and values of each series."""

    title: str
    direction: str
    grouping: str
    labels: set[str]
    series: list[tuple[str, str]]


def charts_of(path: Path) -> list[Chart]:
    """The native charts of an Excel workbook."""
    charts = []
    for name, content in parts(path).items():
        if not re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            continue
        chart = ElementTree.fromstring(content)
        title = "".join(text.text or "" for text in chart.iterfind(f".//{CHART}title//{DRAWING}t"))
        direction, grouping = (
            next(chart.iter(f"{CHART}{name}")).attrib["val"] for name in ("barDir", "grouping")
        )
        series = [
            [next(element.iter(f"{CHART}{part}")).findtext(f".//{CHART}f", "")
             for part in ("cat", "tx", "val")]
            for element in chart.iter(f"{CHART}ser")
        ]  # fmt: skip
        labels = {cells[0] for cells in series}
        charts.append(Chart(title, direction, grouping, labels, [(c[1], c[2]) for c in series]))
    return charts


def cells_at(sheets: dict[str, Grid], reference: str) -> list[Any]:
    """The cells of a range of one column, such as 'Summary'!$B$3:$B$5."""
    match = re.fullmatch(r"'?(.+?)'?!\$([A-Z])\$(\d+)(?::\$\2\$(\d+))?", reference)
    assert match is not None, reference
    title, column, first, last = match.groups()
    at = string.ascii_uppercase.index(column)
    return [row[at] for row in sheets[title][int(first) - 1 : int(last or first)]]


def test_a_native_chart_draws_the_cells_of_each_ranking(export_folder: Path, truth: Truth) -> None:
    sheets = xlsx_sheets(export_folder / "details.xlsx")
    charts = charts_of(export_folder / "details.xlsx")
    assert [chart[:3] for chart in charts] == [
        ("The fullest OTCs", "bar", "stacked"), ("Licences expiring by month", "col", "clustered"),
        ("The largest customers", "bar", "stacked"),
    ]  # fmt: skip
    for chart, ranking in zip(charts, truth.rankings.values(), strict=True):
        [labels] = chart.labels
        drawn = [(None, labels), *chart.series]
        for (name, cells), header, column in zip(
            drawn, ranking.headers, zip(*ranking.rows, strict=True), strict=True
        ):
            assert name is None or cells_at(sheets, name) == [header]
            assert cells_at(sheets, cells) == list(column)


@pytest.mark.parametrize("options", [[], ["--lang", "es"], ["--lang", "es", "--translate-headers"]])
def test_excel_need_not_repair_a_table(
    options: list[str], small_export: Path, tmp_path: Path
) -> None:
    """No two tables have one name and no two columns of a table one header, whatever their case;
    the headers are those in the cells."""
    path = export(small_export / "ledger.db", tmp_path / "x.xlsx", *options)
    tables = [
        ElementTree.fromstring(content)
        for name, content in parts(path).items()
        if name.startswith("xl/tables/")
    ]
    assert len(tables) == len(SHEETS) + len(RANKINGS)
    assert len({table.attrib["name"].casefold() for table in tables}) == len(tables)
    headers = [[column.attrib["name"] for column in table.iter(f"{MAIN}tableColumn")]
               for table in tables]  # fmt: skip
    for names in headers:
        assert len({name.casefold() for name in names}) == len(names)
    first_rows = [grid[0] for grid in list(xlsx_sheets(path).values())[1:]]
    assert [names for names in headers if names in first_rows] == first_rows


def test_the_only_links_of_a_workbook_lead_from_its_summary_to_its_sheets(
    export_folder: Path,
) -> None:
    """No cell is a formula."""
    sheets = xlsx_sheets(export_folder / "details.xlsx")
    links: list[tuple[str, str]] = []
    for name, content in parts(export_folder / "details.xlsx").items():
        assert b'"External"' not in content, name
        if name.startswith("xl/worksheets/sheet"):
            assert re.search(rb"<f[ />]", content) is None, name
            for link in ElementTree.fromstring(content).iter(f"{MAIN}hyperlink"):
                assert name == "xl/worksheets/sheet1.xml"
                assert f"{RELATIONS}id" not in link.attrib
                cell = sheets["Summary"][int(link.attrib["ref"][1:]) - 1][0]
                links.append((cell, link.attrib["location"]))
    assert links == [(name, "'" + name.replace("'", "''") + "'!A1") for name in SHEETS]


def test_an_opendocument_spreadsheet_has_neither_formulas_nor_links(export_folder: Path) -> None:
    with zipfile.ZipFile(export_folder / "details.ods") as archive:
        content = archive.read("content.xml")
    assert b"formula" not in content
    assert b"text:a " not in content


@pytest.fixture(scope="module")
def workbook(small_export: Path) -> Workbook:
    """The small ledger's Excel workbook."""
    return load_workbook(small_export / "details.xlsx")


def test_every_data_sheet_is_a_table_with_a_filter_a_fixed_header_and_wide_columns(
    workbook: Workbook,
) -> None:
    for name in SHEETS:
        sheet = workbook[name]
        [table] = sheet.tables.values()
        assert table.ref == table.autoFilter.ref == sheet.dimensions, name
        assert sheet.freeze_panes == "B2", name
        for dimension in sheet.column_dimensions.values():
            for cells in sheet.iter_cols(dimension.min, dimension.max):
                longest = max(len(str(cell.value)) for cell in cells if cell.data_type == "s")
                assert dimension.width >= min(longest, xlsx.MOST_WIDTH), (name, cells[0].value)


@pytest.mark.parametrize(("sheet", "header", "kind", "number_format"), [
    ("OTC Details", "OTC Code", "s", "@"),
    ("OTC Details", "Licenses", "n", "#,##0_)"),
    ("OTC Details", "Purchase Date", "d", "yyyy-mm-dd"),
    ("Movements", "At (UTC)", "d", "yyyy-mm-dd hh:mm:ss"),
    ("Movements", "What", "s", "General"),
    ("Movements", "By", "s", "General"),
])  # fmt: skip
def test_the_cells_of_a_column_have_one_type_and_format(
    sheet: str, header: str, kind: str, number_format: str, workbook: Workbook
) -> None:
    """The user is called =boss(), which stays text."""
    [column] = [column for column in workbook[sheet].columns if column[0].value == header]
    cells = {(cell.data_type, cell.number_format) for cell in column[1:] if cell.value is not None}
    assert cells == {(kind, number_format)}


def test_a_status_has_a_colour_and_used_licences_a_bar(workbook: Workbook) -> None:
    formats = workbook["OTC Details"].conditional_formatting
    rules = [rule for cells in formats for rule in cells.rules]
    texts = {rule.formula[0].strip('"') for rule in rules if rule.formula}
    assert texts >= {"Available", "Full", "Expires soon", "Expired, in use", "Expired"}
    assert any(rule.type == "dataBar" for rule in rules)


def test_no_chart_covers_a_figure_or_another_chart(small_export: Path, workbook: Workbook) -> None:
    drawing = parts(small_export / "details.xlsx")["xl/drawings/drawing1.xml"].decode()
    corners = re.findall(
        r"<xdr:(?:from|to)><xdr:col>(\d+)</xdr:col>.*?<xdr:row>(\d+)</xdr:row>", drawing
    )
    numbers = [(int(row) + 1, int(column) + 1) for column, row in corners]
    charts = list(zip(numbers[::2], numbers[1::2], strict=True))
    assert len(charts) == 3
    for upper, lower in pairwise(charts):
        assert upper[1][0] < lower[0][0], "one chart covers the other"
    for row in workbook["Summary"]:
        for at, column in (coordinate_to_tuple(cell.coordinate) for cell in row if cell.value):
            for (top, left), (bottom, right) in charts:
                assert not (top <= at <= bottom and left <= column <= right), (at, column)


def test_an_empty_ledger_makes_a_whole_workbook(ledger: Path, tmp_path: Path) -> None:
    """All sheets with headers and tables, figures of zero, and a chart only of the months."""
    assert run("ledger", "init", "--ledger", ledger).exit_code == 0
    result = run("export", "--ledger", ledger, "-o", tmp_path / "empty.xlsx", "--json")
    assert result.json["sheets"] == dict.fromkeys(SHEETS, 0)
    workbook = load_workbook(tmp_path / "empty.xlsx")
    assert [len(workbook[name].tables) for name in SHEETS] == [1] * len(SHEETS)
    rows = list(workbook["Summary"].iter_rows(max_col=2, values_only=True))
    assert {("Total licences", 0), ("Licences in use", 0)} <= set(rows)
    assert [chart.title for chart in charts_of(tmp_path / "empty.xlsx")] == [
        "Licences expiring by month"
    ]
