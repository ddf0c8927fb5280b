"""Every figure of an export, in each format, against SQL of the ledger."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from export_ledgers import FORMATS, export, in_format, make_ledger, run
from export_readers import READERS, parts, read_json, xlsx_sheets
from export_sql import SHEETS
from export_story import HOSTILE, NOW, SMALL
from export_truth import ANYTHING, Grid, Table, Truth
from html_page import grids, on_page, parse_page, terms
from importer.domain.contents import OtcHolding
from importer.domain.entities import Device
from importer.export import summary
from importer.ledger.reading import contents as ledger_contents
from importer.ledger.reading.journal import load_batches
from servers import Server

pytest_plugins = "export_fixtures"


def test_the_ledger_has_every_case_that_a_figure_depends_on(truth: Truth) -> None:
    """Otherwise the tests below would prove little."""
    details = truth.sheets["OTC Details"].rows
    customers = truth.sheets["Customer's Details"].rows
    devices = truth.sheets["Customer's Devices"].rows
    assert {row[10] for row in details} == {
        "Available", "Full", "Expires soon", "Expired, in use", "Expired"
    }  # fmt: skip
    assert {-1, 0, 1, 29, 30, 31, 59, 60, 61, 89, 90, 91, None} <= {row[12] for row in details}
    assert {row[4:6] for row in customers} == {
        (manager, status) for manager in ("Admin", "Customer") for status in ("Active", "Disabled")
    }
    assert any(row[1] == 0 for row in customers)
    assert Counter(row[0] for row in truth.sheets["Exceptions"].rows).keys() == {
        "Expired but in use", "Full", "Disabled with licences", "More devices than licences",
        "Shared email", "Similar names",
    }  # fmt: skip
    dates = {(row[10], row[4] is None, row[5] is None) for row in devices}
    assert dates == {("Yes", False, True), ("Yes", False, False), ("No", False, False),
                     ("No", True, True), ("No", True, False)}  # fmt: skip
    days = {row[1] for row in truth.sheets["OTC Activation Details"].rows}
    assert {None, dt.date(2026, 1, 10), dt.date(2026, 3, 5), dt.date(2026, 5, 1)} == days
    values = {value for sheet in truth.sheets.values() for row in sheet.rows for value in row}
    assert values >= set(HOSTILE)
    if truth.figures["otcs"] == SMALL.otcs:  # otherwise all of the 20 fullest are full
        assert len({used / (used + pending)
                    for _, used, pending in truth.rankings["fullest_otcs"].rows}) > 1  # fmt: skip


@pytest.mark.parametrize("form", READERS)
def test_a_reader_of_the_format_finds_every_figure(
    form: str, export_folder: Path, truth: Truth
) -> None:
    """Every cell of every sheet, the figures of the Summary, and the rankings below them."""
    assert truth.differences(READERS[form](in_format(export_folder, form), truth)) == []


def test_the_summary_says_of_when_it_is_and_counts_the_rows_of_each_sheet(
    export_folder: Path, truth: Truth
) -> None:
    sheets = xlsx_sheets(export_folder / "details.xlsx")
    assert list(sheets) == ["Summary", *SHEETS]
    rows = [row[:2] for row in sheets["Summary"]]
    assert ["As of (UTC)", NOW.replace(tzinfo=None)] in rows
    for name, sheet in truth.sheets.items():
        assert [name, len(sheet.rows)] in rows


def test_the_json_document_says_which_ledger_it_is_of_and_when(export_folder: Path) -> None:
    document = json.loads((export_folder / "details.json").read_text("utf-8"))
    assert document["as_of"] == "2026-06-15T22:20:30Z"
    with closing(sqlite3.connect(export_folder / "ledger.db")) as connection:
        account = connection.execute("SELECT account_id, last_batch, head FROM account").fetchone()
    assert (document["account"], document["batch"], document["head"]) == account


def test_the_page_shows_every_figure(export_folder: Path, truth: Truth) -> None:
    """The Summary's figures and rankings, the exceptions, and an OTC and a customer a row."""
    page = parse_page(export_folder / "details.html")
    figures = terms(page, "figures")
    for key, label in truth.labels.items():
        expected = truth.figures[key]
        shown = f"{expected:.1%}" if isinstance(expected, float) else on_page(expected)
        assert figures[label] == shown
    expected_tables = [*truth.rankings.values(), truth.sheets["Exceptions"],
                       otcs_on_page(truth), customers_on_page(truth)]  # fmt: skip
    tables: list[Grid] = []
    for section in ("figures", "exceptions", "otcs", "customers"):
        tables += grids(page, section)
    assert [
        difference
        for expected, grid in zip(expected_tables, tables, strict=True)
        for difference in expected.differences(grid, on_page)
    ] == []


def otcs_on_page(truth: Truth) -> Table:
    """The page's table of OTCs."""
    headers = ("OTC", "Company", "Total", "Used", "Pending", "Status", "Expiry Date", "Days Left",
               "Dedicated To")  # fmt: skip
    return Table("OTCs", headers, [
        (code, company, total, used, pending, status, expiry, days, dedicated)
        for code, _, expiry, _, total, _, _, dedicated, company, *_, used, pending, status, days
        in truth.sheets["OTC Activation Details"].rows
    ])  # fmt: skip


def customers_on_page(truth: Truth) -> Table:
    """The page's table of customers."""
    rows: dict[str, tuple[Any, ...]] = {}
    for name, licenses, devices, code, manager, status, *_ in truth.sheets[
        "Customer's Details"
    ].rows:
        _, total, *_, codes, _ = rows.get(name, (name, 0, "", None))
        otc = f"{code} ({licenses})" if code else ""
        codes = ", ".join(filter(None, (codes, otc)))
        rows[name] = (name, total + licenses, devices, manager, status, codes, ANYTHING)
    headers = (
        "Customer", "Licences", "Devices with Avira", "Managed By", "Status", "OTCs", "Email"
    )  # fmt: skip
    return Table("Customers", headers, list(rows.values()))


def test_the_same_ledger_at_the_same_instant_gives_the_same_export(
    small_export: Path, tmp_path: Path
) -> None:
    """Byte for byte; an Excel workbook part by part, except the one that says when it was made."""
    for form in FORMATS:
        export(small_export / "ledger.db", in_format(tmp_path, form))
        first, second = (parts(in_format(folder, form)) for folder in (small_export, tmp_path))
        assert first.keys() == second.keys()
        assert [name for name in first if first[name] != second[name]] == []


def test_the_figures_of_show_are_those_of_the_export(small_export: Path) -> None:
    figures, otcs, customers = (
        run("show", subject, "--ledger", small_export / "ledger.db", "--json").json
        for subject in ("summary", "otcs", "customers")
    )
    document = json.loads((small_export / "details.json").read_text("utf-8"))
    assert {key: document["summary"][key] for key in figures} == figures
    assert {(otc["otc"], otc["total"], otc["used"], otc["pending"]) for otc in otcs} == {
        (row["OTC Code"], row["Licenses"], row["Used"], row["Pending"])
        for row in document["sheets"]["OTC Details"]
    }
    assert {
        (customer["name"], held["otc"], held["licenses"], customer["devices"])
        for customer in customers
        for held in customer["subscriptions"]
    } == {
        (row["Customer Name"], row["OTC Code"], row["Total Devices Assigned"],
         row["Number Of Devices"])
        for row in document["sheets"]["Customer's Details"]
        if row["OTC Code"]
    }  # fmt: skip


def test_the_instant_of_an_export_is_in_utc(small_export: Path, tmp_path: Path) -> None:
    madrid = NOW.astimezone(dt.timezone(dt.timedelta(hours=2)))
    path = tmp_path / "x.json"
    result = run("export", "--ledger", small_export / "ledger.db", "-o", path, at=madrid)
    assert result.exit_code == 0
    assert json.loads(path.read_text("utf-8"))["as_of"] == "2026-06-15T22:20:30Z"


def test_a_server_with_the_same_ledger_gives_the_same_export(
    server: Server, small_export: Path, tmp_path: Path
) -> None:
    with server.database() as name:
        make_ledger(server.url(name), SMALL, small_export)
        for form in ("xlsx", "json"):
            path = export(server.url(name), in_format(tmp_path, form))
            assert parts(path) == parts(in_format(small_export, form))


# Controls


ROWS = {
    "a device less": "DELETE FROM device WHERE device_key = "
    "(SELECT min(device_key) FROM device WHERE avira_installed IS NOT NULL)",
    "an expiry date": "UPDATE otc SET expiry_date = '2026-06-15' WHERE code = "
    "(SELECT min(code) FROM otc WHERE expiry_date = '2026-06-16')",
    "a licence more": "UPDATE subscription SET licenses = licenses + 1 WHERE otc = "
    "(SELECT min(code) FROM otc WHERE used BETWEEN 1 AND total - 1 AND code IN "
    "(SELECT otc FROM subscription GROUP BY 1 HAVING count(*) = 1))",
    "a customer's status": "UPDATE customer SET status = 'disabled' WHERE name = '=1+1'",
}


@pytest.mark.parametrize("statement", ROWS.values(), ids=ROWS)
def test_a_difference_of_one_row_would_be_found(
    statement: str, small_export: Path, small_truth: Truth, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.db"
    shutil.copy(small_export / "ledger.db", ledger)
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount == 1
    assert small_truth.differences(read_json(export(ledger, tmp_path / "x.json"))) != []


def _renewals(holding: OtcHolding, period: dt.timedelta, today: dt.date) -> bool:
    expiry = holding.otc.expiry_date
    return expiry is not None and today < expiry <= today + period


def _batches_without_undos(*arguments: Any) -> list[Any]:
    return [batch._replace(undone_by=None) for batch in load_batches(*arguments)]


MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "pending": (
        OtcHolding, "pending", property(lambda otc: otc.otc.total - otc.used + (otc.used == 0))
    ),
    "to renew": (OtcHolding, "expires_within", _renewals),
    "installed": (
        Device, "is_installed", property(lambda device: device.avira_installed is not None)
    ),
    "first activation": (ledger_contents, "load_batches", _batches_without_undos),
    "fullest": (summary, "FULLEST", 19),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_of_the_program_would_be_found(
    mistake: tuple[Any, str, Any],
    small_export: Path,
    small_truth: Truth,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(*mistake)
    path = export(small_export / "ledger.db", tmp_path / "x.json")
    assert small_truth.differences(read_json(path)) != []
