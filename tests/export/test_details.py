"""The "Export Avira Details" workbook, read back from the file."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.errors import OutputError
from importer.domain.contents import Contents, CustomerHolding, Movement, OtcHolding
from importer.domain.entities import Customer, Device, ManagedBy, Otc, Status, Subscription
from importer.export.make import make_book
from importer.export.writers import xlsx

TODAY = dt.date(2026, 3, 15)
AT = dt.datetime(2026, 3, 15, 9, 30, 12, 345, tzinfo=dt.UTC)
SHARED, WHOLE, FREE = (f"{start}-00000-00000-00000" for start in ("AAAAA", "BBBBB", "CCCCC"))

CONSOLE = {
    "OTC Details": (
        "OTC Code", "Email", "Company Name", "Description", "Licenses", "Purchase Date",
        "Customer Name",
    ),
    "Customer's Details": (
        "Customer Name", "Total Devices Assigned", "Number Of Devices", "OTC Code",
    ),
    "Customer's Devices": (
        "Customer Name", "Device ID", "Operating System", "Model No.", "Avira Installed",
        "Avira Uninstalled", "NH Installed", "NH Unistalled", "Avira Status", "Product Name",
    ),
    "OTC Activation Details": (
        "OTC", "FirstActivationDate", "ExpiryDate", "AviraRuntime", "AviraUsers",
        "AviraProductID", "AviraProductName", "Name", "Company", "Email", "DaysActive",
        "LastAliveDate",
    ),
}  # fmt: skip
"""The console's own sheets and headers, out of DOMAIN.md."""

SHEETS = [*CONSOLE, "Exceptions", "Movements"]

TEXTS = ["=1+1", "http://example.com", "+1", "@x", "00123", "'quoted", "-2", "1E5", "2026-01-02"]


def contents(
    otcs: Sequence[OtcHolding] = (), customers: Sequence[CustomerHolding] = ()
) -> Contents:
    """A ledger's contents on TODAY."""
    return Contents("acme", AT, TODAY, 7, "9f86d081" * 8, otcs, customers)


def otc(code: str, total: int, used: int = 0, expiry_date: dt.date | None = None) -> OtcHolding:
    """An OTC of which nothing but these is known."""
    bought = Otc(code, "a@b.example", "Acme", total, expiry_date=expiry_date)
    return OtcHolding(bought, used, activated=None, dedicated_to=None)


def small_ledger() -> Contents:
    """Two customers on one OTC, one that holds a whole OTC, one without any, and an OTC unused."""
    shared = Otc(
        SHARED, "it@msp.example", "Acme", 50, "Renewal", dt.date(2026, 1, 2),
        dt.date(2026, 4, 1), "AVPRO", 12,
    )  # fmt: skip
    whole = Otc(WHOLE, "it@msp.example", "Beta", 5, expiry_date=dt.date(2026, 3, 1))
    people = [
        (Customer(1, "Centro", ManagedBy.ADMIN), [(SHARED, 10)]),
        (Customer(2, "Norte", ManagedBy.ADMIN, Status.DISABLED), [(SHARED, 7)]),
        (Customer(3, "Sur", ManagedBy.CUSTOMER), [(WHOLE, 5)]),
        (Customer(4, "Vacante", ManagedBy.ADMIN), []),
    ]
    return contents(
        [
            OtcHolding(shared, 17, dt.date(2026, 3, 5), None),
            OtcHolding(whole, 5, dt.date(2026, 3, 15), "Sur"),
            otc(FREE, 20),
        ],
        [
            CustomerHolding(
                one,
                tuple(Subscription(one.id, *held) for held in holds),
                tuple(device for device in DEVICES if device.customer == one.id),
            )
            for one, holds in people
        ],
    )


DEVICES = (
    Device(1, "CAJA-1", "Windows 11", "X1", dt.date(2026, 2, 1), None, dt.date(2026, 2, 3), None,
           "Active", "Avira Pro"),
    Device(1, "CAJA-2", avira_installed=dt.date(2026, 2, 1), avira_uninstalled=dt.date(2026, 3, 9),
           product_name="Avira Free"),
    Device(4, "PORTAL", avira_installed=dt.date(2026, 1, 8)),
)  # fmt: skip
"""Two of Centro, of which one has Avira; one of a customer without licences."""


def write_details(what: Contents, path: Path, lines: Sequence[Movement] = ()) -> dict[str, int]:
    """Write `what` as a workbook to `path`."""
    return xlsx.write_xlsx(make_book(what, lines), path)


def written(what: Contents, folder: Path, lines: Sequence[Movement] = ()) -> Workbook:
    """`what`, written and read back."""
    write_details(what, folder / "details.xlsx", lines)
    return openpyxl.load_workbook(folder / "details.xlsx")


def below_header(sheet: Worksheet) -> list[tuple[object, ...]]:
    """The sheet's rows without its header."""
    return list(sheet.iter_rows(min_row=2, values_only=True))


def beside(sheet: Worksheet, label: str) -> object:
    """What stands right of the cell that holds `label`."""
    return next(b for a, b, *_ in sheet.iter_rows(values_only=True) if a == label)


def table(sheet: Worksheet, name: str) -> list[tuple[object, ...]]:
    """The body of one of the sheet's Excel tables."""
    return [tuple(cell.value for cell in row) for row in sheet[sheet.tables[name].ref]][1:]


def chart_parts(path: Path) -> list[str]:
    """The XML of each native chart in the file."""
    with zipfile.ZipFile(path) as file:
        names = sorted(n for n in file.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n))
        return [file.read(name).decode() for name in names]


def day(year: int, month: int, day_of_month: int) -> dt.datetime:
    """A date as openpyxl reads a date cell."""
    return dt.datetime(year, month, day_of_month)


def test_the_consoles_sheets_and_headers_follow_the_summary(tmp_path: Path) -> None:
    """Names, order and spelling of sheets and headers are the console's; extras stand right."""
    book = written(small_ledger(), tmp_path)
    assert book.sheetnames == ["Summary", *SHEETS]
    for name, headers in CONSOLE.items():
        found = tuple(cell.value for cell in book[name][1])
        assert found[: len(headers)] == headers
    assert [c.value for c in book["OTC Details"][1]][7:] == [
        "Customer Licenses", "Used", "Pending", "Status", "Expiry Date", "Days Left", "Managed By",
        "Dedicated To",
    ]  # fmt: skip
    assert [c.value for c in book["Customer's Details"][1]][4:] == [
        "Managed By", "Status", "Expiry Date", "Days Left",
    ]  # fmt: skip
    assert [c.value for c in book["Customer's Devices"][1]][10:] == ["Installed"]
    assert [c.value for c in book["OTC Activation Details"][1]][12:] == [
        "Used", "Pending", "Status", "Days Left",
    ]  # fmt: skip


def test_the_row_counts_are_given_back_by_sheet(tmp_path: Path) -> None:
    """Each sheet's number of data rows, without the blank row of a table that has none."""
    assert write_details(small_ledger(), tmp_path / "x.xlsx") == {
        "OTC Details": 4,
        "Customer's Details": 4,
        "Customer's Devices": 3,
        "OTC Activation Details": 3,
        "Exceptions": 4,
        "Movements": 0,
    }


def test_otc_details_have_a_row_per_subscription(tmp_path: Path) -> None:
    """Licenses are the OTC's, Customer Licenses the subscription's; an unused OTC has one row."""
    bought, expires = day(2026, 1, 2), day(2026, 4, 1)
    shared = (SHARED, "it@msp.example", "Acme", "Renewal", 50, bought)
    whole = (WHOLE, "it@msp.example", "Beta", None, 5, None)
    assert below_header(written(small_ledger(), tmp_path)["OTC Details"]) == [
        (*shared, "Centro", 10, 17, 33, "Expires soon", expires, 17, "Admin", None),
        (*shared, "Norte", 7, 17, 33, "Expires soon", expires, 17, "Admin", None),
        (*whole, "Sur", 5, 5, 0, "Expired, in use", day(2026, 3, 1), -14, "Customer", "Sur"),
        (FREE, "a@b.example", "Acme", None, 20, None, "Customer Not Available",
         None, 0, 20, "Available", None, None, None, None),
    ]  # fmt: skip


def test_customer_details_have_a_row_per_subscription(tmp_path: Path) -> None:
    """A customer without subscriptions has one row, with 0 licences and a blank OTC."""
    assert below_header(written(small_ledger(), tmp_path)["Customer's Details"]) == [
        ("Centro", 10, 1, SHARED, "Admin", "Active", day(2026, 4, 1), 17),
        ("Norte", 7, 0, SHARED, "Admin", "Disabled", day(2026, 4, 1), 17),
        ("Sur", 5, 0, WHOLE, "Customer", "Active", day(2026, 3, 1), -14),
        ("Vacante", 0, 1, None, "Admin", "Active", None, None),
    ]


def test_devices_have_a_row_each(tmp_path: Path) -> None:
    """By customer and id; Installed says in a word what counts as a device with Avira."""
    blank = (None,) * 3
    assert below_header(written(small_ledger(), tmp_path)["Customer's Devices"]) == [
        ("Centro", "CAJA-1", "Windows 11", "X1", day(2026, 2, 1), None, day(2026, 2, 3), None,
         "Active", "Avira Pro", "Yes"),
        ("Centro", "CAJA-2", None, None, day(2026, 2, 1), day(2026, 3, 9), None, None, None,
         "Avira Free", "No"),
        ("Vacante", "PORTAL", None, None, day(2026, 1, 8), *blank, None, None, "Yes"),
    ]  # fmt: skip


def test_activation_details_have_a_row_per_otc(tmp_path: Path) -> None:
    """DaysActive counts from the first subscription; an OTC never activated leaves it blank."""
    assert below_header(written(small_ledger(), tmp_path)["OTC Activation Details"]) == [
        (SHARED, day(2026, 3, 5), day(2026, 4, 1), 12, 50, "AVPRO", "Avira Free, Avira Pro", None,
         "Acme", "it@msp.example", 10, day(2026, 3, 9), 17, 33, "Expires soon", 17),
        (WHOLE, day(2026, 3, 15), day(2026, 3, 1), None, 5, None, None, "Sur", "Beta",
         "it@msp.example", 0, None, 5, 0, "Expired, in use", -14),
        (FREE, None, None, None, 20, None, None, None, "Acme", "a@b.example", None, None,
         0, 20, "Available", None),
    ]  # fmt: skip


def test_every_data_sheet_is_a_table_with_filter_and_frozen_header(tmp_path: Path) -> None:
    """One table over all rows, its names distinct in the workbook, widths declared."""
    path = tmp_path / "details.xlsx"
    counts = write_details(small_ledger(), path)
    book = openpyxl.load_workbook(path)
    names = [name for sheet in book for name in sheet.tables]
    assert len(set(names)) == len(names) == 3 + len(SHEETS)
    for name, count in counts.items():
        sheet = book[name]
        (only,) = sheet.tables.values()
        last = f"{get_column_letter(sheet.max_column)}{max(count, 1) + 1}"
        assert only.ref == only.autoFilter.ref == f"A1:{last}"
        assert sheet.freeze_panes == "B2"
        letters = map(get_column_letter, range(1, sheet.max_column + 1))
        for letter in letters:
            told = [len(str(cell.value)) for cell in sheet[letter] if cell.data_type == "s"]
            assert sheet.column_dimensions[letter].width >= min(max(told), 100)


def test_dates_are_dates_and_numbers_are_numbers(tmp_path: Path) -> None:
    """Dates show as yyyy-mm-dd, licences are numeric cells, an OTC code is a text cell."""
    sheet = written(small_ledger(), tmp_path)["OTC Details"]
    assert (sheet["F2"].data_type, sheet["F2"].number_format) == ("d", "yyyy-mm-dd")
    assert (sheet["E2"].data_type, sheet["E2"].value) == ("n", 50)
    assert (sheet["A2"].data_type, sheet["A2"].number_format) == ("s", "@")


def test_words_of_movements_are_text_without_a_format_of_their_own(tmp_path: Path) -> None:
    """A file called like a formula stays text; an instant shows as one."""
    came = Otc("ABCDE-12345-FGHIJ-67890", "a@b.example", "Acme", 5)
    line = Movement(1, AT, "=1+1", "=cmd.xlsx", None, "Hoja", 3, None, came, None)
    sheet = written(small_ledger(), tmp_path, [line])["Movements"]
    told = {"C2": "OTC added", "D2": came.code, "G2": "=1+1", "H2": "=cmd.xlsx", "I2": "Hoja"}
    for cell, words in told.items():
        assert (sheet[cell].data_type, sheet[cell].value) == ("s", words)
        assert sheet[cell].number_format == "General"
    assert sheet["B2"].number_format == "yyyy-mm-dd hh:mm:ss"


@pytest.mark.parametrize("text", TEXTS)
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    """Nothing typed as text becomes a formula, a hyperlink, a number or a date."""
    held = Otc(SHARED, text, text, 5, text, product_id=text)
    customer = Customer(1, text, ManagedBy.ADMIN)
    ledger = contents(
        [OtcHolding(held, 1, TODAY, text)],
        [CustomerHolding(customer, (Subscription(1, SHARED, 1),), (Device(1, "PC", text),))],
    )
    book = written(ledger, tmp_path)
    cells = [cell for name in CONSOLE for row in book[name] for cell in row if cell.value == text]
    assert len(cells) == 5 + 1 + 2 + 4
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}
    with zipfile.ZipFile(tmp_path / "details.xlsx") as file:
        sheets = [file.read(n) for n in file.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet for sheet in sheets)
    links = {link.decode() for sheet in sheets for link in re.findall(b"<hyperlink .*?>", sheet)}
    assert len(links) == len(SHEETS)  # the Summary's own
    assert all('location="' in link and "r:id" not in link for link in links)


def test_the_summary_says_of_which_ledger_and_when(tmp_path: Path) -> None:
    """Account, instant in UTC, last batch and its hash stand on the Summary."""
    madrid = dt.timezone(dt.timedelta(hours=1))
    ledger = small_ledger()
    elsewhere = Contents(
        ledger.account, AT.astimezone(madrid), TODAY, 7, ledger.head, ledger.otcs, ledger.customers
    )
    sheet = written(elsewhere, tmp_path)["Summary"]
    assert beside(sheet, "Account") == "acme"
    assert beside(sheet, "As of (UTC)") == dt.datetime(2026, 3, 15, 9, 30, 12)
    assert beside(sheet, "Last batch") == 7
    assert beside(sheet, "Ledger hash") == ledger.head


def test_the_summarys_figures_are_the_contents_figures(tmp_path: Path) -> None:
    """OTCs, customers, licences, expired and to renew equal what `show summary` shows."""
    sheet = written(small_ledger(), tmp_path)["Summary"]
    figures = small_ledger().figures()
    assert figures == (3, 4, 75, 22, 53, 1, 1)
    labels = (
        "OTCs", "Customers", "Total licences", "Used licences", "Pending licences",
        "Expired OTCs", "OTCs to renew within 30 days",
    )  # fmt: skip
    assert tuple(beside(sheet, label) for label in labels) == figures
    assert beside(sheet, "Licences in use") == pytest.approx(22 / 75)


def test_the_summary_ranks_the_otcs_by_the_share_that_is_used(tmp_path: Path) -> None:
    """25 OTCs, number n with n % 5 of 10 used: the 20 fullest, ties in the order of codes; a large
    one that is as full as a small one comes before it."""
    codes = [f"{n:05}-AAAAA-AAAAA-AAAAA" for n in range(26)]
    ledger = contents([*(otc(code, 10, n % 5) for n, code in enumerate(codes[:25])),
                       otc(codes[25], 20, 8)])  # fmt: skip
    ranked = table(written(ledger, tmp_path)["Summary"], "FullestOtcs")
    expected = [(codes[n], n % 5, 10 - n % 5) for used in (4, 3, 2, 1) for n in range(used, 25, 5)]
    assert ranked == [(codes[25], 8, 12), *expected][:20]


def test_the_summary_ranks_the_customers_by_their_licences(tmp_path: Path) -> None:
    """The ten with the most; whoever holds none is not among them."""
    sheet = written(small_ledger(), tmp_path)["Summary"]
    assert table(sheet, "LargestCustomers") == [("Centro", 10), ("Norte", 7), ("Sur", 5)]


def test_the_summary_leads_to_every_sheet_and_tells_its_rows(tmp_path: Path) -> None:
    """A link to each, in their order, with the number of its rows beside it."""
    path = tmp_path / "details.xlsx"
    counts = write_details(small_ledger(), path)
    sheet = openpyxl.load_workbook(path)["Summary"]
    linked = [cell for row in sheet for cell in row if cell.hyperlink is not None]
    assert {str(cell.value): sheet[f"B{cell.row}"].value for cell in linked} == counts
    for cell in linked:
        quoted = str(cell.value).replace("'", "''")
        assert cell.hyperlink is not None
        assert cell.hyperlink.location == f"'{quoted}'!A1"


def test_the_exceptions_say_what_to_do(tmp_path: Path) -> None:
    """What somebody should look at, by kind, with its OTC or customer."""
    rows = below_header(written(small_ledger(), tmp_path)["Exceptions"])
    assert [row[:3] for row in rows] == [
        ("Expired but in use", WHOLE, None),
        ("More devices than licences", None, "Vacante"),
        ("Disabled with licences", None, "Norte"),
        ("Full", WHOLE, None),
    ]
    assert rows[0][3] == "It expired on 2026-03-01. Used licences: 5 of 5."
    assert all(str(row[4]).endswith(".") for row in rows)


def test_shared_emails_and_similar_names_are_told_once(tmp_path: Path) -> None:
    """One row for all that share an email or a name but for accents, at most five named."""
    people = [Customer(n, f"Sitio {n}", ManagedBy.ADMIN, email=("it" if n else "IT") + "@x.example")
              for n in range(7)]  # fmt: skip
    people += [Customer(8, "Cafe Sol", ManagedBy.ADMIN), Customer(9, "Café Sol", ManagedBy.ADMIN)]
    ledger = contents([], [CustomerHolding(one, ()) for one in people])
    rows = below_header(written(ledger, tmp_path)["Exceptions"])
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("Shared email", "Sitio 0",
         "IT@x.example is the email of Sitio 0, Sitio 1, Sitio 2, Sitio 3, Sitio 4, … (+2)."),
        ("Similar names", "Cafe Sol",
         "Only accents, quotation marks or dashes distinguish Cafe Sol, Café Sol."),
    ]  # fmt: skip


def test_movements_tell_the_newest_first(tmp_path: Path) -> None:
    """What changed in words, who did it, in which file and row."""
    before = Otc(SHARED, "a@b.example", "Acme", 5)
    was = Customer(1, "Centro", ManagedBy.ADMIN)
    told = ("ana", "in.xlsx", None)

    def line(batch: int, before: Any, after: Any, customer: str | None = None) -> Movement:
        return Movement(batch, AT, told[0], told[1], None, "Hoja", 3, before, after, customer)

    rows = below_header(
        written(
            small_ledger(),
            tmp_path,
            [
                line(1, None, Subscription(1, SHARED, 5), "Centro"),
                line(2, before, before._replace(total=9)),
                line(3, was, was._replace(status=Status.DISABLED), "Centro"),
                line(4, DEVICES[0], None, "Centro"),
            ],
        )["Movements"]
    )
    assert [row[:6] for row in rows] == [
        (4, AT.replace(tzinfo=None, microsecond=0), "Device removed", None, "Centro", "CAJA-1"),
        (3, AT.replace(tzinfo=None, microsecond=0), "Customer disabled", None, "Centro", None),
        (2, AT.replace(tzinfo=None, microsecond=0), "OTC changed", SHARED, None, None),
        (1, AT.replace(tzinfo=None, microsecond=0), "Licences given", SHARED, "Centro", None),
    ]
    assert {row[6:11] for row in rows} == {("ana", "in.xlsx", "Hoja", 3, None)}
    assert [row[11] for row in rows][1:] == [
        "Status: active → disabled", "Total Licenses: 5 → 9", "No of Licenses: 5",
    ]  # fmt: skip


def test_status_has_its_colour_and_used_its_bars(tmp_path: Path) -> None:
    """Every word of a Status column that matters has a rule of its own; no colour without it."""
    book = written(small_ledger(), tmp_path)
    words = {"Available", "Full", "Expires soon", "Expired, in use", "Expired"}
    rules = book["OTC Details"].conditional_formatting
    formulas = {rule.formula[0].strip('"') for one in rules for rule in one.rules if rule.formula}
    assert words <= formulas
    assert any(rule.type == "dataBar" for one in rules for rule in one.rules)


def test_licences_expire_in_the_month_of_their_otc(tmp_path: Path) -> None:
    """Twelve months from this one on; before, after and never count in none of them."""
    days = [
        dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 3, 31), dt.date(2026, 12, 31),
        dt.date(2027, 2, 28), dt.date(2027, 3, 1), None,
    ]  # fmt: skip
    ledger = contents([otc(f"{n:05}-A", 2**n, 0, day) for n, day in enumerate(days)])
    months = table(written(ledger, tmp_path)["Summary"], "ExpiringByMonth")
    assert [month for month, _ in months] == [
        *(f"2026-{month:02}" for month in range(3, 13)), "2027-01", "2027-02",
    ]  # fmt: skip
    assert {m: n for m, n in months if n} == {"2026-03": 2 + 4, "2026-12": 8, "2027-02": 16}


def test_the_charts_draw_the_tables_beside_them(tmp_path: Path) -> None:
    """Bars of used and pending, columns of months, bars of customers, all over cells."""
    sheet = written(small_ledger(), tmp_path)["Summary"]
    bars, columns, largest = chart_parts(tmp_path / "details.xlsx")
    for lying in (bars, largest):
        assert '<c:barDir val="bar"/><c:grouping val="stacked"/>' in lying
    assert '<c:barDir val="col"/>' in columns
    for chart, name in (
        (bars, "FullestOtcs"), (columns, "ExpiringByMonth"), (largest, "LargestCustomers"),
    ):  # fmt: skip
        first, last = re.findall(r"\d+", sheet.tables[name].ref)
        ranges = set(re.findall(r"<c:f>(?:'?Summary'?)!([^<]*)</c:f>", chart))
        assert f"$A${int(first) + 1}:$A${last}" in ranges
        assert f"$B${int(first) + 1}:$B${last}" in ranges


def test_no_chart_covers_a_figure(tmp_path: Path) -> None:
    """Filled cells under a chart's rectangle: none."""
    sheet = written(small_ledger(), tmp_path)["Summary"]
    filled = [cell.coordinate for row in sheet for cell in row if cell.value is not None]
    with zipfile.ZipFile(tmp_path / "details.xlsx") as file:
        drawing = file.read("xl/drawings/drawing1.xml").decode()
    corners = re.findall(
        r"<xdr:(?:from|to)><xdr:col>(\d+)</xdr:col>.*?<xdr:row>(\d+)</xdr:row>", drawing
    )
    numbers = [(int(row) + 1, int(column) + 1) for column, row in corners]
    charts = list(zip(numbers[::2], numbers[1::2], strict=True))
    assert len(charts) == 3
    for upper, lower in pairwise(charts):
        assert upper[1][0] < lower[0][0], "one chart covers the other"
    for (top, left), (bottom, right) in charts:
        for row, column in map(coordinate_to_tuple, filled):
            assert not (top <= row <= bottom and left <= column <= right)


def test_rows_beyond_a_sheets_limit_go_on_in_a_further_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four rows at three a sheet: three and one, under the same headers, nothing cut off."""
    monkeypatch.setattr(xlsx, "ROW_LIMIT", 3)
    counts = write_details(small_ledger(), tmp_path / "details.xlsx")
    assert counts == {
        "OTC Details": 3,
        "OTC Details (2)": 1,
        "Customer's Details": 3,
        "Customer's Details (2)": 1,
        "Customer's Devices": 3,
        "OTC Activation Details": 3,
        "Exceptions": 3,
        "Exceptions (2)": 1,
        "Movements": 0,
    }
    book = openpyxl.load_workbook(tmp_path / "details.xlsx")
    assert book.sheetnames == ["Summary", *counts]
    first, second = book["OTC Details"], book["OTC Details (2)"]
    assert [cell.value for cell in first[1]] == [cell.value for cell in second[1]]
    assert [row[6] for row in below_header(first) + below_header(second)] == [
        "Centro", "Norte", "Sur", "Customer Not Available",
    ]  # fmt: skip
    assert first.tables.keys() != second.tables.keys()
    told = [cell.value for cell in book["Summary"]["A"]]
    assert "OTC Details has too many rows for one sheet. It continues on OTC Details (2)." in told


def test_the_row_limit_is_excels() -> None:
    """A header and ROW_LIMIT rows fill the 1,048,576 rows of a sheet."""
    assert xlsx.ROW_LIMIT == 2**20 - 1


def test_an_empty_ledger_makes_a_whole_workbook(tmp_path: Path) -> None:
    """All sheets with headers and tables, figures of zero, a chart of the months alone."""
    counts = write_details(contents(), tmp_path / "details.xlsx")
    assert counts == dict.fromkeys(SHEETS, 0)
    book = openpyxl.load_workbook(tmp_path / "details.xlsx")
    assert [len(book[name].tables) for name in SHEETS] == [1] * len(SHEETS)
    assert beside(book["Summary"], "Total licences") == 0
    assert beside(book["Summary"], "Licences in use") == 0
    assert len(chart_parts(tmp_path / "details.xlsx")) == 1


def test_the_same_contents_make_the_same_cells(tmp_path: Path) -> None:
    """Two exports of one ledger: every part that holds cells, tables or charts is equal."""
    parts = []
    for name in ("one.xlsx", "two.xlsx"):
        write_details(small_ledger(), tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as file:
            parts.append({n: file.read(n) for n in file.namelist() if n.startswith("xl/")})
    assert parts[0] == parts[1]


def test_a_workbook_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up half-way: the file that stood there is as it was, and nothing beside it."""
    path = tmp_path / "details.xlsx"
    path.write_bytes(b"the old one")

    def fail(temporary: Path, _made: object) -> None:
        with temporary.open("wb") as stream:
            stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OutputError):
        write_details(small_ledger(), path)
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]
