"""The "Export Avira Details" workbook, read back from the file."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.domain.contents import Contents, CustomerHolding, OtcHolding
from importer.domain.entities import Customer, ManagedBy, Otc, Status, Subscription
from importer.errors import OutputError
from importer.workbook import details, summary
from importer.workbook.details import write_details

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
            CustomerHolding(one, tuple(Subscription(one.id, *held) for held in holds))
            for one, holds in people
        ],
    )


def written(what: Contents, folder: Path) -> Workbook:
    """`what`, written and read back."""
    write_details(what, folder / "details.xlsx")
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
    assert book.sheetnames == ["Summary", *CONSOLE]
    for name, headers in CONSOLE.items():
        found = tuple(cell.value for cell in book[name][1])
        assert found[: len(headers)] == headers
    assert [c.value for c in book["OTC Details"][1]][7:] == [
        "Customer Licenses", "Used", "Pending", "Expiry Date", "Dedicated To",
    ]  # fmt: skip
    assert [c.value for c in book["Customer's Details"][1]][4:] == ["Managed By", "Status"]


def test_the_row_counts_are_given_back_by_sheet(tmp_path: Path) -> None:
    """Each sheet's number of data rows, without the blank row of a table that has none."""
    assert write_details(small_ledger(), tmp_path / "x.xlsx") == {
        "OTC Details": 4,
        "Customer's Details": 4,
        "Customer's Devices": 0,
        "OTC Activation Details": 3,
    }


def test_otc_details_have_a_row_per_subscription(tmp_path: Path) -> None:
    """Licenses are the OTC's, Customer Licenses the subscription's; an unused OTC has one row."""
    bought, expires = day(2026, 1, 2), day(2026, 4, 1)
    shared = (SHARED, "it@msp.example", "Acme", "Renewal", 50, bought)
    whole = (WHOLE, "it@msp.example", "Beta", None, 5, None)
    assert below_header(written(small_ledger(), tmp_path)["OTC Details"]) == [
        (*shared, "Centro", 10, 17, 33, expires, None),
        (*shared, "Norte", 7, 17, 33, expires, None),
        (*whole, "Sur", 5, 5, 0, day(2026, 3, 1), "Sur"),
        (FREE, "a@b.example", "Acme", None, 20, None, "Customer Not Available",
         None, 0, 20, None, None),
    ]  # fmt: skip


def test_customer_details_have_a_row_per_subscription(tmp_path: Path) -> None:
    """A customer without subscriptions has one row, with 0 licences and a blank OTC."""
    assert below_header(written(small_ledger(), tmp_path)["Customer's Details"]) == [
        ("Centro", 10, 0, SHARED, "Admin", "Active"),
        ("Norte", 7, 0, SHARED, "Admin", "Disabled"),
        ("Sur", 5, 0, WHOLE, "Customer", "Active"),
        ("Vacante", 0, 0, None, "Admin", "Active"),
    ]


def test_activation_details_have_a_row_per_otc(tmp_path: Path) -> None:
    """DaysActive counts from the first subscription; an OTC never activated leaves it blank."""
    assert below_header(written(small_ledger(), tmp_path)["OTC Activation Details"]) == [
        (SHARED, day(2026, 3, 5), day(2026, 4, 1), 12, 50, "AVPRO", None, None, "Acme",
         "it@msp.example", 10, None),
        (WHOLE, day(2026, 3, 15), day(2026, 3, 1), None, 5, None, None, "Sur", "Beta",
         "it@msp.example", 0, None),
        (FREE, None, None, None, 20, None, None, None, "Acme", "a@b.example", None, None),
    ]  # fmt: skip


def test_every_data_sheet_is_a_table_with_filter_and_frozen_header(tmp_path: Path) -> None:
    """One table over all rows, its names distinct in the workbook, widths declared."""
    path = tmp_path / "details.xlsx"
    counts = write_details(small_ledger(), path)
    book = openpyxl.load_workbook(path)
    names = [name for sheet in book for name in sheet.tables]
    assert len(set(names)) == len(names) == 2 + len(CONSOLE)
    for name, count in counts.items():
        sheet = book[name]
        (only,) = sheet.tables.values()
        last = f"{get_column_letter(sheet.max_column)}{max(count, 1) + 1}"
        assert only.ref == only.autoFilter.ref == f"A1:{last}"
        assert sheet.freeze_panes == "A2"
        letters = map(get_column_letter, range(1, sheet.max_column + 1))
        assert all(sheet.column_dimensions[letter].width >= 10 for letter in letters)


def test_dates_are_dates_and_numbers_are_numbers(tmp_path: Path) -> None:
    """Dates show as yyyy-mm-dd, licences are numeric cells, an OTC code is a text cell."""
    sheet = written(small_ledger(), tmp_path)["OTC Details"]
    assert (sheet["F2"].data_type, sheet["F2"].number_format) == ("d", "yyyy-mm-dd")
    assert (sheet["E2"].data_type, sheet["E2"].value) == ("n", 50)
    assert (sheet["A2"].data_type, sheet["A2"].number_format) == ("s", "@")


@pytest.mark.parametrize("text", TEXTS)
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    """Nothing typed as text becomes a formula, a hyperlink, a number or a date."""
    held = Otc(SHARED, text, text, 5, text, product_id=text)
    customer = Customer(1, text, ManagedBy.ADMIN)
    ledger = contents(
        [OtcHolding(held, 1, TODAY, text)],
        [CustomerHolding(customer, (Subscription(1, SHARED, 1),))],
    )
    book = written(ledger, tmp_path)
    cells = [cell for name in CONSOLE for row in book[name] for cell in row if cell.value == text]
    assert len(cells) == 5 + 1 + 4
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}
    with zipfile.ZipFile(tmp_path / "details.xlsx") as file:
        sheets = [file.read(n) for n in file.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


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


def test_the_summary_ranks_the_otcs_by_used_licences(tmp_path: Path) -> None:
    """25 OTCs, number n with n % 5 used: the 20 with the most, ties in the order of codes."""
    codes = [f"{n:05}-AAAAA-AAAAA-AAAAA" for n in range(25)]
    ledger = contents([otc(code, 10, n % 5) for n, code in enumerate(codes)])
    ranked = table(written(ledger, tmp_path)["Summary"], "MostUsedOtcs")
    expected = [(codes[n], n % 5, 10 - n % 5) for used in (4, 3, 2, 1) for n in range(used, 25, 5)]
    assert ranked == expected


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
    """A stacked bar chart of used and pending, a column chart of months, both over cells."""
    sheet = written(small_ledger(), tmp_path)["Summary"]
    bars, columns = chart_parts(tmp_path / "details.xlsx")
    assert '<c:barDir val="bar"/><c:grouping val="stacked"/>' in bars
    assert '<c:barDir val="col"/>' in columns
    for chart, name in ((bars, "MostUsedOtcs"), (columns, "ExpiringByMonth")):
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
    first, second = zip(numbers[::2], numbers[1::2], strict=True)
    assert first[1][0] < second[0][0], "one chart covers the other"
    for (top, left), (bottom, right) in (first, second):
        for row, column in map(coordinate_to_tuple, filled):
            assert not (top <= row <= bottom and left <= column <= right)


def test_labels_are_translated_and_the_consoles_headers_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a language in which everything is upper case, only the Summary changes."""
    monkeypatch.setattr(summary, "_", str.upper)
    book = written(small_ledger(), tmp_path)
    assert book.sheetnames == ["SUMMARY", *CONSOLE]
    assert beside(book["SUMMARY"], "USED LICENCES") == 22
    (bars, _columns) = chart_parts(tmp_path / "details.xlsx")
    assert re.search(r"<c:f>'?SUMMARY'?!", bars)
    for name, headers in CONSOLE.items():
        assert tuple(cell.value for cell in book[name][1])[: len(headers)] == headers
    assert book["OTC Details"]["G5"].value == "Customer Not Available"


def test_rows_beyond_a_sheets_limit_go_on_in_a_further_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four rows at three a sheet: three and one, under the same headers, nothing cut off."""
    monkeypatch.setattr(details, "ROW_LIMIT", 3)
    counts = write_details(small_ledger(), tmp_path / "details.xlsx")
    assert counts == {
        "OTC Details": 3,
        "OTC Details (2)": 1,
        "Customer's Details": 3,
        "Customer's Details (2)": 1,
        "Customer's Devices": 0,
        "OTC Activation Details": 3,
    }
    book = openpyxl.load_workbook(tmp_path / "details.xlsx")
    assert book.sheetnames == ["Summary", *counts]
    first, second = book["OTC Details"], book["OTC Details (2)"]
    assert [cell.value for cell in first[1]] == [cell.value for cell in second[1]]
    assert [row[6] for row in below_header(first) + below_header(second)] == [
        "Centro", "Norte", "Sur", "Customer Not Available",
    ]  # fmt: skip
    assert first.tables.keys() != second.tables.keys()


def test_the_row_limit_is_excels() -> None:
    """A header and ROW_LIMIT rows fill the 1,048,576 rows of a sheet."""
    assert details.ROW_LIMIT == 2**20 - 1


def test_an_empty_ledger_makes_a_workbook_without_charts(tmp_path: Path) -> None:
    """All sheets with headers and tables, figures of zero, no charts."""
    counts = write_details(contents(), tmp_path / "details.xlsx")
    assert counts == dict.fromkeys(CONSOLE, 0)
    book = openpyxl.load_workbook(tmp_path / "details.xlsx")
    assert [len(book[name].tables) for name in CONSOLE] == [1] * len(CONSOLE)
    assert beside(book["Summary"], "Total licences") == 0
    assert beside(book["Summary"], "Licences in use") == 0
    assert chart_parts(tmp_path / "details.xlsx") == []


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
    """xlsxturbo fails half-way: the file that stood there is as it was, and nothing beside it."""
    path = tmp_path / "details.xlsx"
    path.write_bytes(b"the old one")

    def fail(_frames: object, temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xlsxturbo.dfs_to_xlsx", fail)
    with pytest.raises(OutputError):
        write_details(small_ledger(), path)
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]
