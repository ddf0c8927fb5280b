"""Whoever reads an export, and in whatever format, finds the figures that SQL finds in the ledger.

The ledger is a large one made at random through the front door, as years of keying would leave it.
What it holds is asked of the SQLite file in this module's own SQL, none of the program's.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shutil
import sqlite3
import string
import zipfile
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from export_figures import (
    ANYTHING,
    BIG,
    FORMATS,
    HOSTILE,
    NOW,
    RANKINGS,
    SHEETS,
    SMALL,
    Grid,
    Page,
    Truth,
    _in_rows,
    _make,
    by_calamine,
    by_folder,
    by_json,
    by_libreoffice,
    by_openpyxl,
    differences,
    export,
    in_excel,
    in_format,
    in_ods,
    in_words,
    made_once,
    make_ledger,
    on_page,
    parts,
    run,
    separated,
    small_ledger,
    unguarded,
    with_libreoffice,
    with_summary,
)
from importer.domain.contents import OtcHolding
from importer.domain.entities import Device
from importer.export import summary
from importer.export.writers import ods as ods_writer
from importer.export.writers import xlsx as xlsx_writer
from importer.ledger.reading import contents as ledger_contents
from importer.ledger.reading.journal import load_batches
from servers import Server

# A ledger made at random


# What SQL says of it


# What readers find


# What is made once


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of 1,000 OTCs, and its export in every format."""
    return made_once(tmp_path_factory, "big", _make(BIG))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a ledger that takes less time."""
    return small_ledger(tmp_path_factory)


@pytest.fixture(scope="module")
def truth(big: Path) -> Truth:
    """What SQL says of the large ledger."""
    return Truth(big / "ledger.db")


@pytest.fixture(scope="module")
def small_truth(small: Path) -> Truth:
    """What it says of the small one."""
    return Truth(small / "ledger.db")


@pytest.fixture(scope="module")
def in_xlsx(big: Path) -> dict[str, Grid]:
    """What openpyxl finds in the large Excel workbook."""
    return by_openpyxl(big / "details.xlsx")


# Every figure


def test_the_ledger_has_every_case_that_a_figure_depends_on(truth: Truth) -> None:
    """Else it would prove little that all is as SQL says."""
    details = truth.sheets["OTC Details"].rows
    assert (truth.figures["otcs"], truth.figures["customers"]) == (BIG.otcs, BIG.customers)
    assert {row[10] for row in details} == {
        "Available", "Full", "Expires soon", "Expired, in use", "Expired"
    }  # fmt: skip
    assert {-1, 0, 1, 29, 30, 31, 59, 60, 61, 89, 90, 91, None} <= {row[12] for row in details}
    assert {row[4:6] for row in truth.sheets["Customer's Details"].rows} == {
        (manager, state) for manager in ("Admin", "Customer") for state in ("Active", "Disabled")
    }
    assert any(row[1] == 0 for row in truth.sheets["Customer's Details"].rows)
    assert Counter(row[0] for row in truth.sheets["Exceptions"].rows).keys() == {
        "Expired but in use", "Full", "Disabled with licences", "More devices than licences",
        "Shared email", "Similar names",
    }  # fmt: skip
    devices = truth.sheets["Customer's Devices"].rows
    assert len(devices) == BIG.devices
    dates = {(row[10], row[4] is None, row[5] is None) for row in devices}
    assert dates == {("Yes", False, True), ("Yes", False, False), ("No", False, False),
                     ("No", True, True), ("No", True, False)}  # fmt: skip
    days = {row[1] for row in truth.sheets["OTC Activation Details"].rows}
    assert {None, dt.date(2026, 1, 10), dt.date(2026, 3, 5), dt.date(2026, 5, 1)} == days
    seen = {value for sheet in truth.sheets.values() for row in sheet.rows for value in row
            if isinstance(value, str)}  # fmt: skip
    assert seen >= set(HOSTILE)


def test_openpyxl_finds_every_figure_in_the_excel_workbook(
    truth: Truth, in_xlsx: dict[str, Grid]
) -> None:
    """Every cell of every sheet, the figures of the Summary and the rankings below them; numbers
    are numbers, days are days, and text is text."""
    assert list(in_xlsx) == ["Summary", *SHEETS]
    assert differences(truth, with_summary(in_xlsx, truth, in_excel)) == []
    summary_cells = [row[:2] for row in in_xlsx["Summary"]]
    assert ["As of (UTC)", NOW.replace(tzinfo=None)] in summary_cells
    for name, sheet in truth.sheets.items():
        assert [name, len(sheet.rows)] in summary_cells


@with_libreoffice
def test_libreoffice_finds_every_figure_in_the_excel_workbook(
    big: Path, truth: Truth, tmp_path: Path
) -> None:
    """Each sheet as it writes it to a file of separated values."""
    found = by_libreoffice(big / "details.xlsx", tmp_path)
    assert differences(truth, with_summary(found, truth, in_words)) == []


def test_calamine_finds_every_figure_in_the_opendocument_spreadsheet(
    big: Path, truth: Truth
) -> None:
    """Every cell of every sheet, the figures of the Summary and the rankings below them."""
    found = by_calamine(big / "details.ods")
    assert differences(truth, with_summary(found, truth, in_ods)) == []


def test_a_program_finds_every_figure_in_the_json_document(big: Path, truth: Truth) -> None:
    """By the keys that scripts rely on; it says of which ledger and of when."""
    found = by_json(big / "details.json")
    assert differences(truth, found) == []
    document = json.loads((big / "details.json").read_text("utf-8"))
    assert document["as_of"] == "2026-06-15T22:20:30Z"
    with closing(sqlite3.connect(big / "ledger.db")) as connection:
        told = connection.execute("SELECT account_id, last_batch, head FROM account").fetchone()
    assert (document["account"], document["batch"], document["head"]) == told


def test_a_program_finds_every_figure_in_the_folder_of_csv_files(big: Path, truth: Truth) -> None:
    """Once the apostrophes are off that keep text from being a formula."""
    assert differences(truth, by_folder(big / "details", truth)) == []


def test_the_page_shows_every_figure(big: Path, truth: Truth) -> None:
    """The Summary's figures and rankings, the exceptions, and an OTC and a customer a row."""
    page = Page((big / "details.html").read_text("utf-8"))
    for key, label in truth.labels.items():
        expected = truth.figures[key]
        shown = f"{expected:.1%}" if isinstance(expected, float) else on_page(expected)
        assert page.figures[label] == shown
    tables = dict(zip(truth.rankings, page.tables["figures"], strict=True))
    told: list[str] = []
    for key, ranking in truth.rankings.items():
        told += _in_rows(key, ranking.headers, ranking.rows, tables[key], on_page)
    [exceptions] = page.tables["exceptions"]
    told += _in_rows("Exceptions", *truth.sheets["Exceptions"], exceptions, on_page)
    [otcs], [customers] = page.tables["otcs"], page.tables["customers"]
    rows = [
        (code, company, total, used, pending, status, expiry, left, dedicated)
        for code, _, expiry, _, total, _, _, dedicated, company, *_, used, pending, status, left
        in truth.sheets["OTC Activation Details"].rows
    ]  # fmt: skip
    told += _in_rows("OTCs", ("OTC", "Company", "Total", "Used", "Pending", "Status", "Expiry Date",
                              "Days Left", "Dedicated To"), rows, otcs, on_page)  # fmt: skip
    held: dict[str, tuple[int, str]] = {}
    for name, licenses, _, code, *_ in truth.sheets["Customer's Details"].rows:
        total, codes = held.get(name, (0, ""))
        more = f"{code} ({licenses})" if code else ""
        held[name] = total + licenses, ", ".join(filter(None, (codes, more)))
    facts = {row[0]: (row[2], row[4], row[5]) for row in truth.sheets["Customer's Details"].rows}
    owners: list[tuple[Any, ...]] = [(name, licenses, *facts[name], codes, ANYTHING)
            for name, (licenses, codes) in held.items()]  # fmt: skip
    headers = (
        "Customer",
        "Licences",
        "Devices with Avira",
        "Managed By",
        "Status",
        "OTCs",
        "Email",
    )
    told += _in_rows("Customers", headers, owners, customers, on_page)
    assert told == []


def test_every_format_of_a_small_ledger_has_every_figure_too(
    small: Path, small_truth: Truth
) -> None:
    """There the fullest OTCs are not all full, so that their order is one by share."""
    ranked = small_truth.rankings["fullest_otcs"].rows
    assert len({used / (used + pending) for _, used, pending in ranked}) > 1
    found = {
        "xlsx": with_summary(by_openpyxl(small / "details.xlsx"), small_truth, in_excel),
        "ods": with_summary(by_calamine(small / "details.ods"), small_truth, in_ods),
        "json": by_json(small / "details.json"),
        "csv": by_folder(small / "details", small_truth),
    }
    told = {form: differences(small_truth, one) for form, one in found.items()}
    assert not any(told.values()), told


def test_the_same_ledger_at_the_same_instant_gives_the_same_export(
    small: Path, tmp_path: Path
) -> None:
    """Byte for byte; an Excel workbook part by part, but for the one that says when it was made."""
    for form in FORMATS:
        export(small / "ledger.db", in_format(tmp_path, form))
        first, second = (parts(in_format(folder, form)) for folder in (small, tmp_path))
        assert first.keys() == second.keys()
        assert [name for name in first if first[name] != second[name]] == []


def test_a_server_with_the_same_ledger_gives_the_same_export(
    server: Server, small: Path, tmp_path: Path
) -> None:
    """The same story in a database of PostgreSQL: the Excel workbook is the same part by part, and
    so is the JSON document byte for byte."""
    with server.database() as name:
        make_ledger(server.url(name), SMALL, small)
        for form in ("xlsx", "json"):
            path = export(server.url(name), in_format(tmp_path, form))
            assert parts(path) == parts(in_format(small, form))


# A figure that is wrong is found


PLANTED = {
    "a device that is gone": "DELETE FROM device WHERE device_key = "
    "(SELECT min(device_key) FROM device WHERE avira_installed IS NOT NULL)",
    "an expiry date": "UPDATE otc SET expiry_date = '2026-06-15' WHERE code = "
    "(SELECT min(code) FROM otc WHERE expiry_date = '2026-06-16')",
    "one licence more": "UPDATE subscription SET licenses = licenses + 1 WHERE otc = "
    "(SELECT min(code) FROM otc WHERE used BETWEEN 1 AND total - 1 AND code IN "
    "(SELECT otc FROM subscription GROUP BY 1 HAVING count(*) = 1))",
    "a customer's state": "UPDATE customer SET status = 'disabled' WHERE name = '=1+1'",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_difference_of_one_row_is_found(
    planted: str, small: Path, small_truth: Truth, tmp_path: Path
) -> None:
    """A control: the export of a ledger with one row changed is not what SQL says of the other."""
    ledger = tmp_path / "ledger.db"
    shutil.copy(small / "ledger.db", ledger)
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(planted).rowcount == 1
    found = by_json(export(ledger, tmp_path / "x.json"))
    assert differences(small_truth, found) != []


def _one_too_many(holding: OtcHolding) -> int:
    return holding.otc.total - holding.used + (holding.used == 0)


def _after_today(holding: OtcHolding, time: dt.timedelta, today: dt.date) -> bool:
    expiry = holding.otc.expiry_date
    return expiry is not None and today < expiry <= today + time


def _ever_installed(device: Device) -> bool:
    return device.avira_installed is not None


def _nothing_taken_back(*words: Any) -> list[Any]:
    return [one._replace(undone_by=None) for one in load_batches(*words)]


MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "pending": (OtcHolding, "pending", property(_one_too_many)),
    "to renew": (OtcHolding, "expires_within", _after_today),
    "installed": (Device, "is_installed", property(_ever_installed)),
    "first activation": (ledger_contents, "load_batches", _nothing_taken_back),
    "fullest": (summary, "FULLEST", 19),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_of_the_program_is_found(
    mistake: tuple[Any, str, Any],
    small: Path,
    small_truth: Truth,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A control: one function that is wrong, and the export is not what SQL says."""
    monkeypatch.setattr(*mistake)
    found = by_json(export(small / "ledger.db", tmp_path / "x.json"))
    assert differences(small_truth, found) != []


# Charts, tables, formulas and links


CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Chart(NamedTuple):
    """What a native chart draws: the cells of its labels, and of each series its name and cells."""

    title: str
    labels: set[str]
    series: list[tuple[str, str]]


def charts_of(path: Path) -> list[Chart]:
    """The native charts of an Excel workbook."""
    charts = []
    for name, content in parts(path).items():
        if not re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            continue
        chart = ElementTree.fromstring(content)
        heading = chart.find(f"{CHART}chart/{CHART}title")
        assert heading is not None
        title = "".join(one.text or "" for one in heading.iter(f"{DRAWING}t"))
        series = [
            [next(one.iter(f"{CHART}{part}")).findtext(f".//{CHART}f", "")
             for part in ("cat", "tx", "val")]
            for one in chart.iter(f"{CHART}ser")
        ]  # fmt: skip
        charts.append(
            Chart(title, {one[0] for one in series}, [(one[1], one[2]) for one in series])
        )
    return charts


def cells_at(sheets: Mapping[str, Grid], reference: str) -> list[Any]:
    """The cells that a range of one column names, such as 'Summary'!$B$3:$B$5."""
    told = re.fullmatch(r"'?(.+?)'?!\$([A-Z])\$(\d+)(?::\$\2\$(\d+))?", reference)
    assert told is not None, reference
    title, column, first, last = told.groups()
    at = string.ascii_uppercase.index(column)
    grid = sheets[title.replace("''", "'")]
    return [row[at] for row in grid[int(first) - 1 : int(last or first)]]


def test_the_native_charts_draw_the_cells_that_hold_these_figures(
    big: Path, truth: Truth, in_xlsx: dict[str, Grid]
) -> None:
    """A chart for each ranking; its labels, the names of its series and their values are those."""
    charts = charts_of(big / "details.xlsx")
    assert [chart.title for chart in charts] == [one.title for one in truth.rankings.values()]
    for chart, ranking in zip(charts, truth.rankings.values(), strict=True):
        [labels] = chart.labels
        columns = list(zip(*ranking.rows, strict=True))
        assert cells_at(in_xlsx, labels) == list(columns[0])
        assert [cells_at(in_xlsx, name) for name, _ in chart.series] == [
            [header] for header in ranking.headers[1:]
        ]
        assert [cells_at(in_xlsx, values) for _, values in chart.series] == [
            list(column) for column in columns[1:]
        ]


def headers_of_tables(path: Path) -> dict[str, list[str]]:
    """The headers that each Excel table of a workbook has, by its name."""
    tables = [
        ElementTree.fromstring(content)
        for name, content in parts(path).items()
        if name.startswith("xl/tables/")
    ]
    headers = {
        table.attrib["name"]: [one.attrib["name"] for one in table.iter(f"{MAIN}tableColumn")]
        for table in tables
    }
    assert len({name.casefold() for name in headers}) == len(tables)
    return headers


@pytest.mark.parametrize("words", [[], ["--lang", "es"], ["--lang", "es", "--translate-headers"]])
def test_excel_need_not_repair_a_table(words: list[str], small: Path, tmp_path: Path) -> None:
    """No two tables have one name and no two columns of a table one header, in capitals or not;
    the headers are those in the cells."""
    path = export(small / "ledger.db", tmp_path / "x.xlsx", *words)
    headers = headers_of_tables(path)
    assert len(headers) == len(SHEETS) + len(RANKINGS)
    for names in headers.values():
        assert len({name.casefold() for name in names}) == len(names)
    of_cells = [grid[0] for grid in list(by_openpyxl(path).values())[1:]]
    assert [names for names in headers.values() if names in of_cells] == of_cells


def test_no_cell_is_a_formula_or_a_link_but_those_to_the_sheets(
    big: Path, in_xlsx: dict[str, Grid]
) -> None:
    """In an Excel workbook the Summary leads to each sheet, and nothing leads out of it; in an
    OpenDocument spreadsheet there is neither, and a page leads only to its own parts."""
    links: list[tuple[str, str]] = []
    inside = parts(big / "details.xlsx")
    sheets = [name for name in inside if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(in_xlsx)
    for name in sheets:
        assert re.search(rb"<f[ />]", inside[name]) is None, name
        if b"<hyperlink" in inside[name]:
            assert name == "xl/worksheets/sheet1.xml"
            for link in ElementTree.fromstring(inside[name]).iter(f"{MAIN}hyperlink"):
                assert f"{RELATIONS}id" not in link.attrib
                links.append((link.attrib["ref"], link.attrib["location"]))
    titles = list(in_xlsx)
    for (cell, location), title in zip(links, titles[1:], strict=True):
        assert location == "'" + title.replace("'", "''") + "'!A1"
        assert in_xlsx["Summary"][int(cell[1:]) - 1][0] == title
    for name, content in inside.items():
        assert b'"External"' not in content, name
    with zipfile.ZipFile(big / "details.ods") as file:
        tables = file.read("content.xml")
    assert b"formula" not in tables
    assert b"text:a " not in tables
    page = (big / "details.html").read_text("utf-8")
    assert {link[0] for link in re.findall(r"<a [^>]*href=\"([^\"])", page)} == {"#"}
    assert "<b>&amp;" not in page


# One customer's own export


def customers_of(ledger: Path) -> dict[str, str]:
    """Customers of each kind, among them such as share their OTCs with others."""
    shared = "SELECT otc FROM subscription GROUP BY 1 HAVING count(*) > 1"
    queries = {
        "several OTCs": f"SELECT name FROM customer JOIN subscription USING (customer_id) "
        f"WHERE otc IN ({shared}) GROUP BY 1 ORDER BY count(*) DESC, name LIMIT 1",
        "a name like a formula": "SELECT name FROM customer WHERE name = '=1+1'",
        "a whole OTC": "SELECT min(name) FROM customer JOIN subscription USING (customer_id) "
        "WHERE managed_by = 'customer'",
        "many devices": "SELECT name FROM customer JOIN device USING (customer_id) GROUP BY 1 "
        "ORDER BY count(*) DESC LIMIT 1",
        "no licences": "SELECT min(name) FROM customer WHERE customer_id NOT IN "
        "(SELECT customer_id FROM subscription)",
        "another name once": "SELECT max(name) FROM customer WHERE name LIKE 'Renombrado%'",
    }
    with closing(sqlite3.connect(ledger)) as connection:
        return {kind: connection.execute(query).fetchone()[0] for kind, query in queries.items()}


class Secrets:
    """The names, emails and codes that a customer's own export must not say."""

    def __init__(self, ledger: Path, only: str) -> None:
        with closing(sqlite3.connect(ledger)) as connection:
            images = [
                (kind, key, json.loads(after or before))
                for kind, key, before, after in connection.execute(
                    "SELECT kind, key, before, after FROM journal"
                )
            ]
        ids = {str(image["id"]) for kind, _, image in images
               if kind == "customer" and image["name"] == only}  # fmt: skip
        ours: set[str] = set()
        codes: set[str] = set()
        others: set[str] = set()
        for kind, key, image in images:
            if key.partition("/")[0] in ids:
                ours |= {value for value in image.values() if isinstance(value, str)}
                codes |= {image["otc"]} if kind == "subscription" else set()
        for kind, key, image in images:
            if kind == "otc" and key in codes:
                ours |= {value for value in image.values() if isinstance(value, str)}
            elif kind == "otc":
                others.add(key)
            elif kind == "customer" and key not in ids:
                others |= {value for name, value in image.items() if name in ("name", "email")}
        self.whole = {value for value in others if value} - ours
        """What no cell may be."""
        self.telling = {value for value in self.whole if re.search(r"\d{3}|@site|^.{23}$", value)
                        and value not in HOSTILE}  # fmt: skip
        """Those that no part of the file may hold anywhere, being nobody else's words."""


def strings_of(path: Path) -> tuple[str, set[str]]:
    """All text of an export in one, and each cell that is text."""
    if path.suffix == ".xlsx":
        text = "".join(content.decode() for content in parts(path).values())
        grids = by_openpyxl(path)
    elif path.suffix == ".ods":
        with zipfile.ZipFile(path) as file:
            text = "".join(file.read(name).decode() for name in file.namelist())
        grids = by_calamine(path)
    elif path.suffix == ".html":
        text = path.read_text("utf-8")
        grids = {key: [row for table in tables for row in table]
                 for key, tables in Page(text).tables.items()}  # fmt: skip
    elif path.suffix == ".json":
        text = path.read_text("utf-8")
        grids = {"": [list(map(json.loads, re.findall(r'"(?:[^"\\]|\\.)*"', text)))]}
    else:
        text = "".join(one.read_text("utf-8-sig") for one in path.iterdir())
        grids = {one.stem: unguarded(separated(one)) for one in path.iterdir()}
    cells = {cell for grid in grids.values() for row in grid for cell in row}
    return html.unescape(text), {cell for cell in cells if isinstance(cell, str)}


@pytest.mark.parametrize("kind", [
    "several OTCs", "a name like a formula", "a whole OTC", "many devices", "no licences",
    "another name once",
])  # fmt: skip
def test_a_customers_own_export_says_all_of_it_and_nothing_of_others(
    kind: str, small: Path, tmp_path: Path
) -> None:
    """Its own rows with the figures that SQL finds, no OTC Activation Details, and no name, email
    or code of another anywhere in the file, whatever the format."""
    ledger = small / "ledger.db"
    name = customers_of(ledger)[kind]
    truth, secrets = Truth(ledger, name), Secrets(ledger, name)
    assert len(secrets.telling) > 100
    paths = {
        form: export(ledger, in_format(tmp_path, form), f"--customer={name}") for form in FORMATS
    }
    sheets = by_openpyxl(paths["xlsx"])
    assert list(sheets) == ["Summary", *truth.sheets]
    for title, grid in sheets.items():  # an Excel table without rows has a blank one
        if len(grid) == 2 and not any(grid[1]):
            assert truth.sheets[title].rows == []
            del grid[1]
    assert differences(truth, with_summary(sheets, truth, in_excel)) == []
    assert differences(truth, by_folder(paths["csv"], truth)) == []
    numbers = {str(value) for sheet in truth.sheets.values() for row in sheet.rows for value in row
               if isinstance(value, int)}  # fmt: skip
    for form, path in paths.items():
        text, cells = strings_of(path)
        if form == "csv":  # where numbers are text, too
            cells -= numbers
        assert name in cells, form
        assert cells & secrets.whole == set(), form
        assert [one for one in secrets.telling if one in text] == [], form


def test_what_is_said_of_others_would_be_found(small: Path) -> None:
    """A control: the export of all customers says what a customer's own must not."""
    secrets = Secrets(small / "ledger.db", customers_of(small / "ledger.db")["several OTCs"])
    for form in FORMATS:
        text, cells = strings_of(in_format(small, form))
        assert len(cells & secrets.whole) > 50
        assert len([one for one in secrets.telling if one in text]) > 50


def test_a_customer_is_found_however_its_name_is_spelt(small: Path, tmp_path: Path) -> None:
    """In capitals, with spaces around it and more between its words."""
    ledger = small / "ledger.db"
    name = customers_of(ledger)["many devices"]
    spelt = "  " + name.upper().replace(" ", "   ") + "\u00a0"
    said, again = (
        export(ledger, tmp_path / f"{number}.json", f"--customer={one}").read_bytes()
        for number, one in enumerate((name, spelt))
    )
    assert said == again


def test_the_export_of_a_customer_that_is_not_there_is_misuse(small: Path, tmp_path: Path) -> None:
    """Exit 2, one line that says the name, and no file."""
    for form in FORMATS:
        path = in_format(tmp_path, form)
        words = ["--format", form, "--customer", "Nobody at all"]
        said = run("export", "--ledger", small / "ledger.db", "-o", path, *words)
        assert (said.exit_code, said.out) == (2, "")
        [line] = said.err.splitlines()
        assert "Nobody at all" in line
    assert list(tmp_path.iterdir()) == []


# More rows than a sheet holds, and Spanish


LIMIT = SMALL.otcs
"""So many rows as OTC Activation Details has: one sheet can just hold them."""

GOES_ON = {
    "en": "{} has too many rows for one sheet. It continues on {}.",
    "es": "{} tiene demasiadas filas para una hoja. Continúa en {}.",
}
TITLES = {"Summary": "Resumen", "Exceptions": "Excepciones", "Movements": "Movimientos"}
"""The sheets whose names are translated; the console's are not."""


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_more_rows_than_a_sheet_holds_go_on_in_further_ones(
    form: str,
    language: str,
    small: Path,
    small_truth: Truth,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All rows are there, in their order, on full sheets; the Summary lists each sheet with its
    rows and says in words where it goes on, and the command counts the rows of each."""
    for writer in (xlsx_writer, ods_writer):
        monkeypatch.setattr(writer, "ROW_LIMIT", LIMIT)
    path = tmp_path / f"details.{form}"
    ledger = small / "ledger.db"
    said = run("export", "--ledger", ledger, "-o", path, "--json", "--lang", language)
    counted = said.json["sheets"]
    sheets = by_openpyxl(path) if form == "xlsx" else by_calamine(path)
    summary = sheets.pop(_title("Summary", language))
    listed = [tuple(row[:2]) for row in summary if len(row) > 1]
    words = {row[0] for row in summary if row}
    assert list(sheets) == [_title(key, language) for key in counted]
    for key, rows in counted.items():
        assert len(sheets[_title(key, language)]) == rows + 1
        assert (_title(key, language), rows) in listed
    whole = by_openpyxl(small / "details.xlsx") if form == "xlsx" else by_calamine(
        small / "details.ods")  # fmt: skip
    for name, sheet in small_truth.sheets.items():
        keys = [key for key in counted if key == name or key.startswith(f"{name} (")]
        assert keys == [name, *(f"{name} ({number})" for number in range(2, len(keys) + 1))]
        assert {counted[key] for key in keys[:-1]} <= {LIMIT}
        assert 0 < counted[keys[-1]] <= LIMIT
        assert sum(counted[key] for key in keys) == len(sheet.rows)
        for key in keys[1:]:
            said_so = GOES_ON[language].format(_title(name, language), _title(key, language))
            assert said_so in words
        grids = [sheets[_title(key, language)] for key in keys]
        assert all(grid[0] == grids[0][0] for grid in grids)
        if language == "en":
            assert [row for grid in grids for row in grid[1:]] == whole[name][1:]
    assert len(counted) > len(small_truth.sheets) + 5
    assert "OTC Activation Details (2)" not in counted
    if form == "xlsx":
        assert len(parts(path)["xl/worksheets/sheet1.xml"].split(b"<hyperlink ")) - 1 == len(
            counted
        )


def _title(key: str, language: str) -> str:
    """How a sheet is called, which may be a further one."""
    if language == "en":
        return key
    name, bracket, rest = key.partition(" (")
    return TITLES.get(name, name) + bracket + rest


ADDED = {
    "Customer Licenses": "Licencias del cliente", "Used": "Usadas", "Pending": "Pendientes",
    "Status": "Estado", "Expiry Date": "Fecha de vencimiento", "Days Left": "Días restantes",
    "Managed By": "Administrado por", "Dedicated To": "Dedicada a", "Installed": "Instalado",
    "Exception": "Excepción", "Customer": "Cliente", "What": "Qué", "What To Do": "Qué hacer",
    "Batch": "Lote", "At (UTC)": "Fecha (UTC)", "Device": "Dispositivo", "By": "Por",
    "File": "Archivo", "Sheet": "Hoja", "Row": "Fila", "Undo of": "Deshace", "Change": "Cambio",
}  # fmt: skip
CONSOLES = {
    "OTC Code": "Código OTC", "Email": "Correo electrónico", "Company Name": "Nombre de la empresa",
    "Description": "Descripción", "Licenses": "Licencias", "Purchase Date": "Fecha de compra",
    "Customer Name": "Nombre del cliente",
    "Total Devices Assigned": "Total de dispositivos asignados",
    "Number Of Devices": "Número de dispositivos", "Device ID": "ID de dispositivo",
    "Operating System": "Sistema operativo", "Model No.": "N.º de modelo",
    "Avira Installed": "Avira instalado", "Avira Uninstalled": "Avira desinstalado",
    "NH Installed": "NH instalado", "NH Unistalled": "NH desinstalado",
    "Avira Status": "Estado de Avira", "Product Name": "Nombre del producto",
    "FirstActivationDate": "Fecha de primera activación", "ExpiryDate": "Fecha de vencimiento",
    "AviraRuntime": "Duración de Avira", "AviraUsers": "Usuarios de Avira",
    "AviraProductID": "ID de producto de Avira", "AviraProductName": "Nombre de producto de Avira",
    "Name": "Nombre", "Company": "Empresa", "DaysActive": "Días de actividad",
    "LastAliveDate": "Última fecha con actividad",
}  # fmt: skip
"""The console's own headers in Spanish; OTC is the same in both languages."""

WORDS = {
    "Status": {
        "Available": "Disponible", "Full": "Completa", "Expires soon": "Vence pronto",
        "Expired, in use": "Vencida, en uso", "Expired": "Vencida", "Active": "Activo",
        "Disabled": "Deshabilitado",
    },
    "Managed By": {"Admin": "Administrador", "Customer": "Cliente"},
    "Installed": {"Yes": "Sí", "No": "No"},
}  # fmt: skip
"""What cells say in Spanish, by the column."""

FIGURES_IN_SPANISH = {
    "otcs": "OTC", "customers": "Clientes", "total": "Total de licencias",
    "used": "Licencias usadas", "pending": "Licencias pendientes", "in_use": "Licencias en uso",
    "devices": "Dispositivos con Avira", "expired": "OTC vencidas",
    "expired_in_use": "OTC vencidas en uso",
    **{f"renew_within_{days}_days": f"OTC por renovar en {days} días" for days in (30, 60, 90)},
}  # fmt: skip
RANKINGS_IN_SPANISH = {
    "fullest_otcs": ("Las OTC más llenas", ("OTC", "Usadas", "Pendientes")),
    "expiring_by_month": ("Licencias que vencen cada mes", ("Mes", "Licencias")),
    "largest_customers": ("Los clientes más grandes", ("Cliente", "Licencias")),
}


@pytest.mark.parametrize("of_console", [False, True], ids=["the console's headers", "all Spanish"])
def test_in_spanish_all_is_translated_but_what_is_the_consoles(
    of_console: bool, small: Path, small_truth: Truth, tmp_path: Path
) -> None:
    """The console's sheets keep their names, and their own columns their headers unless these are
    asked for; what we add, the words in cells and the Summary are Spanish. The figures are the
    same, and so are the keys of a JSON document."""
    words = ["--lang", "es", *(["--translate-headers"] if of_console else [])]
    grids = by_openpyxl(export(small / "ledger.db", tmp_path / "es.xlsx", *words))
    assert list(grids) == ["Resumen", *(TITLES.get(name, name) for name in SHEETS)]
    told: list[str] = []
    for name, (headers, rows) in small_truth.sheets.items():
        console = CONSOLES if of_console else {}
        expected = [console.get(header, ADDED.get(header, header)) for header in headers]
        if name not in TITLES and not of_console:
            assert expected[: len(headers)] != list(headers)
        in_spanish = [
            [ANYTHING if header in ("Exception", "What")
             else WORDS.get(header, {}).get(value, value)
             for header, value in zip(headers, row, strict=True)]
            for row in rows
        ]  # fmt: skip
        told += _in_rows(name, expected, in_spanish, grids[TITLES.get(name, name)], in_excel)
    beside = {row[0]: row[1] for row in reversed(grids["Resumen"]) if len(row) > 1}
    figures = {key: beside[label] for key, label in FIGURES_IN_SPANISH.items()}
    assert figures == pytest.approx(small_truth.figures)
    for key, (title, headers) in RANKINGS_IN_SPANISH.items():
        top = 1 + next(at for at, row in enumerate(grids["Resumen"]) if row[0] == title)
        rows = small_truth.rankings[key].rows
        grid = grids["Resumen"][top : top + len(rows) + 1]
        told += _in_rows(key, headers, rows, grid, in_excel)
    assert told == []
    document = json.loads(export(small / "ledger.db", tmp_path / "es.json", *words).read_text())
    english = json.loads((small / "details.json").read_text())
    assert _keys(document) == _keys(english)
    assert document["summary"] == english["summary"]


def _keys(document: Any) -> Any:
    """The keys of a document, those of lists by their first item."""
    if isinstance(document, list):
        return [_keys(one) for one in document[:1]]
    if isinstance(document, dict):
        return {key: _keys(value) for key, value in document.items()}
    return None
