"""What else an exported file holds: charts, tables, links and no formulas."""

from __future__ import annotations

import re
import string
import zipfile
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from export_ledgers import export
from export_readers import parts, xlsx_sheets
from export_sql import RANKINGS, SHEETS
from export_truth import Grid, Truth

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


def test_a_native_chart_draws_the_cells_of_each_ranking(folder: Path, truth: Truth) -> None:
    sheets = xlsx_sheets(folder / "details.xlsx")
    charts = charts_of(folder / "details.xlsx")
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


def test_the_only_links_of_a_workbook_lead_from_its_summary_to_its_sheets(folder: Path) -> None:
    """No cell is a formula."""
    sheets = xlsx_sheets(folder / "details.xlsx")
    links: list[tuple[str, str]] = []
    for name, content in parts(folder / "details.xlsx").items():
        assert b'"External"' not in content, name
        if name.startswith("xl/worksheets/sheet"):
            assert re.search(rb"<f[ />]", content) is None, name
            for link in ElementTree.fromstring(content).iter(f"{MAIN}hyperlink"):
                assert name == "xl/worksheets/sheet1.xml"
                assert f"{RELATIONS}id" not in link.attrib
                cell = sheets["Summary"][int(link.attrib["ref"][1:]) - 1][0]
                links.append((cell, link.attrib["location"]))
    assert links == [(name, "'" + name.replace("'", "''") + "'!A1") for name in SHEETS]


def test_an_opendocument_spreadsheet_has_neither_formulas_nor_links(folder: Path) -> None:
    with zipfile.ZipFile(folder / "details.ods") as archive:
        content = archive.read("content.xml")
    assert b"formula" not in content
    assert b"text:a " not in content
