"""The "Export Avira Details" workbook of a small example."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.domain.contents import Contents, CustomerHolding, Movement, OtcHolding
from importer.domain.entities import Customer, Device, ManagedBy, Otc, Status, Subscription
from importer.export.make import make_book
from importer.export.writers.xlsx import write_xlsx

TODAY = dt.date(2026, 3, 15)
AT = dt.datetime(2026, 3, 15, 9, 30, 12, 345, tzinfo=dt.UTC)
SHARED, WHOLE, FREE = (f"{start}-00000-00000-00000" for start in ("AAAAA", "BBBBB", "CCCCC"))
SHEETS = ["OTC Details", "Customer's Details", "Customer's Devices", "OTC Activation Details",
          "Exceptions", "Movements"]  # fmt: skip
DEVICES = (
    Device(1, "CAJA-1", "Windows 11", "X1", dt.date(2026, 2, 1), None, dt.date(2026, 2, 3), None,
           "Active", "Avira Pro"),
    Device(1, "CAJA-2", avira_installed=dt.date(2026, 2, 1), avira_uninstalled=dt.date(2026, 3, 9),
           product_name="Avira Free"),
    Device(4, "PORTAL", avira_installed=dt.date(2026, 1, 8)),
)  # fmt: skip


def contents(
    otcs: Sequence[OtcHolding] = (), customers: Sequence[CustomerHolding] = (),
    at: dt.datetime = AT,
) -> Contents:  # fmt: skip
    """A ledger's contents on TODAY."""
    return Contents("acme", at, TODAY, 7, "9f86d081" * 8, otcs, customers)


def example(at: dt.datetime = AT) -> Contents:
    """Two customers share an OTC, one has a whole OTC and one has none; an OTC is unused."""
    shared = Otc(
        SHARED, "it@msp.example", "Acme", 50, "Renewal", dt.date(2026, 1, 2),
        dt.date(2026, 4, 1), "AVPRO", 12,
    )  # fmt: skip
    whole = Otc(WHOLE, "it@msp.example", "Beta", 5, expiry_date=dt.date(2026, 3, 1))
    otcs = [
        OtcHolding(shared, 17, dt.date(2026, 3, 5), None),
        OtcHolding(whole, 5, dt.date(2026, 3, 15), "Sur"),
        OtcHolding(Otc(FREE, "a@b.example", "Acme", 20), 0, None, None),
    ]
    customers = [
        CustomerHolding(
            customer,
            tuple(Subscription(customer.id, *subscription) for subscription in subscriptions),
            tuple(device for device in DEVICES if device.customer == customer.id),
        )
        for customer, subscriptions in (
            (Customer(1, "Centro", ManagedBy.ADMIN), [(SHARED, 10)]),
            (Customer(2, "Norte", ManagedBy.ADMIN, Status.DISABLED), [(SHARED, 7)]),
            (Customer(3, "Sur", ManagedBy.CUSTOMER), [(WHOLE, 5)]),
            (Customer(4, "Vacante", ManagedBy.ADMIN), []),
        )
    ]
    return contents(otcs, customers, at)


def export(exported: Contents, movements: Sequence[Movement] = ()) -> Workbook:
    """The workbook, written to details.xlsx and read back."""
    write_xlsx(make_book(exported, movements), Path("details.xlsx"))
    return load_workbook("details.xlsx")


def rows(sheet: Worksheet) -> list[tuple[object, ...]]:
    """The rows below the header."""
    return list(sheet.iter_rows(min_row=2, values_only=True))


def figure(sheet: Worksheet, label: str) -> object:
    """The cell to the right of `label`."""
    return next(b for a, b, *_ in sheet.iter_rows(values_only=True) if a == label)


def day(month: int, day_of_month: int) -> dt.datetime:
    """A date of 2026 as openpyxl reads it."""
    return dt.datetime(2026, month, day_of_month)


def test_the_console_sheets_have_a_row_per_subscription_device_and_otc() -> None:
    """A customer or OTC without subscriptions has a row too. Days Active counts from the first
    subscription; Installed says whether a device counts."""
    book = export(example())
    shared = (SHARED, "it@msp.example", "Acme", "Renewal", 50, day(1, 2))
    whole = (WHOLE, "it@msp.example", "Beta", None, 5, None)
    soon = ("Expires soon", day(4, 1), 17, "Admin", None)
    assert rows(book["OTC Details"]) == [
        (*shared, "Centro", 10, 17, 33, *soon),
        (*shared, "Norte", 7, 17, 33, *soon),
        (*whole, "Sur", 5, 5, 0, "Expired, in use", day(3, 1), -14, "Customer", "Sur"),
        (FREE, "a@b.example", "Acme", None, 20, None, "Customer Not Available",
         None, 0, 20, "Available", None, None, None, None),
    ]  # fmt: skip
    assert rows(book["Customer's Details"]) == [
        ("Centro", 10, 1, SHARED, "Admin", "Active", day(4, 1), 17),
        ("Norte", 7, 0, SHARED, "Admin", "Disabled", day(4, 1), 17),
        ("Sur", 5, 0, WHOLE, "Customer", "Active", day(3, 1), -14),
        ("Vacante", 0, 1, None, "Admin", "Active", None, None),
    ]
    assert rows(book["Customer's Devices"]) == [
        ("Centro", "CAJA-1", "Windows 11", "X1", day(2, 1), None, day(2, 3), None, "Active",
         "Avira Pro", "Yes"),
        ("Centro", "CAJA-2", None, None, day(2, 1), day(3, 9), None, None, None,
         "Avira Free", "No"),
        ("Vacante", "PORTAL", None, None, day(1, 8), None, None, None, None, None, "Yes"),
    ]  # fmt: skip
    assert rows(book["OTC Activation Details"]) == [
        (SHARED, day(3, 5), day(4, 1), 12, 50, "AVPRO", "Avira Free, Avira Pro", None,
         "Acme", "it@msp.example", 10, day(3, 9), 17, 33, "Expires soon", 17),
        (WHOLE, day(3, 15), day(3, 1), None, 5, None, None, "Sur", "Beta",
         "it@msp.example", 0, None, 5, 0, "Expired, in use", -14),
        (FREE, None, None, None, 20, None, None, None, "Acme", "a@b.example", None, None,
         0, 20, "Available", None),
    ]  # fmt: skip


def test_every_data_sheet_is_a_table_with_a_filter_a_fixed_header_and_wide_columns() -> None:
    book = export(example())
    names = [name for sheet in book for name in sheet.tables]
    assert len(set(names)) == len(names) == 3 + len(SHEETS)
    for name in SHEETS:
        sheet = book[name]
        [table] = sheet.tables.values()
        assert table.ref == table.autoFilter.ref == sheet.dimensions, name
        assert sheet.freeze_panes == "B2", name
        for letter in map(get_column_letter, range(1, sheet.max_column + 1)):
            lengths = [len(str(cell.value)) for cell in sheet[letter] if cell.data_type == "s"]
            assert sheet.column_dimensions[letter].width >= min(max(lengths), 100), (name, letter)


def test_dates_numbers_and_codes_have_formats_of_their_own() -> None:
    sheet = export(example())["OTC Details"]
    formats = {cell: (sheet[cell].data_type, sheet[cell].number_format) for cell in ("F2", "A2")}
    assert formats == {"F2": ("d", "yyyy-mm-dd"), "A2": ("s", "@")}
    assert (sheet["E2"].data_type, sheet["E2"].value) == ("n", 50)


def test_text_in_movements_stays_text_and_has_no_format() -> None:
    """Even that of a file or user whose name looks like a formula."""
    otc = Otc("ABCDE-12345-FGHIJ-67890", "a@b.example", "Acme", 5)
    sheet = export(example(), [
        Movement(1, AT, "=1+1", "=cmd.xlsx", None, "Hoja", 3, None, otc, None)
    ])["Movements"]  # fmt: skip
    texts = {"C2": "OTC added", "D2": otc.code, "G2": "=1+1", "H2": "=cmd.xlsx", "I2": "Hoja"}
    for cell, text in texts.items():
        assert (sheet[cell].data_type, sheet[cell].value) == ("s", text)
        assert sheet[cell].number_format == "General"
    assert sheet["B2"].number_format == "yyyy-mm-dd hh:mm:ss"


def test_the_summary_gives_the_instant_in_utc() -> None:
    madrid = AT.astimezone(dt.timezone(dt.timedelta(hours=1)))
    sheet = export(example(madrid))["Summary"]
    assert figure(sheet, "As of (UTC)") == dt.datetime(2026, 3, 15, 9, 30, 12)


def test_the_exceptions_say_what_to_do() -> None:
    exceptions = rows(export(example())["Exceptions"])
    assert [row[:3] for row in exceptions] == [
        ("Expired but in use", WHOLE, None),
        ("More devices than licences", None, "Vacante"),
        ("Disabled with licences", None, "Norte"),
        ("Full", WHOLE, None),
    ]
    assert all(str(row[4]).endswith(".") for row in exceptions)


def test_a_shared_email_or_a_similar_name_is_one_exception_with_five_names_at_most() -> None:
    customers = [
        Customer(n, f"Sitio {n}", ManagedBy.ADMIN, email=("it" if n else "IT") + "@x.example")
        for n in range(7)
    ]
    customers += [
        Customer(8, "Cafe Sol", ManagedBy.ADMIN),
        Customer(9, "Café Sol", ManagedBy.ADMIN),
    ]
    ledger = contents([], [CustomerHolding(customer, ()) for customer in customers])
    assert [(row[0], row[2], row[3]) for row in rows(export(ledger)["Exceptions"])] == [
        ("Shared email", "Sitio 0",
         "IT@x.example is the email of Sitio 0, Sitio 1, Sitio 2, Sitio 3, Sitio 4, … (+2)."),
        ("Similar names", "Cafe Sol",
         "Only accents, quotation marks or dashes distinguish Cafe Sol, Café Sol."),
    ]  # fmt: skip


def test_movements_say_what_changed_the_newest_first() -> None:
    otc, customer = Otc(SHARED, "a@b.example", "Acme", 5), Customer(1, "Centro", ManagedBy.ADMIN)

    def movement(batch: int, before: Any, after: Any, name: str | None = None) -> Movement:
        return Movement(batch, AT, "ana", "in.xlsx", None, "Hoja", 3, before, after, name)

    movements = rows(export(example(), [
        movement(1, None, Subscription(1, SHARED, 5), "Centro"),
        movement(2, otc, otc._replace(total=9)),
        movement(3, customer, customer._replace(status=Status.DISABLED), "Centro"),
        movement(4, DEVICES[0], None, "Centro"),
    ])["Movements"])  # fmt: skip
    assert [(row[0], *row[2:6]) for row in movements] == [
        (4, "Device removed", None, "Centro", "CAJA-1"),
        (3, "Customer disabled", None, "Centro", None),
        (2, "OTC changed", SHARED, None, None),
        (1, "Licences given", SHARED, "Centro", None),
    ]
    at = AT.replace(tzinfo=None, microsecond=0)
    assert {(row[1], *row[6:11]) for row in movements} == {(at, "ana", "in.xlsx", "Hoja", 3, None)}
    assert [row[11] for row in movements][1:] == [
        "Status: active → disabled", "Total Licenses: 5 → 9", "No of Licenses: 5",
    ]  # fmt: skip


def test_a_status_has_a_colour_and_used_licences_a_bar() -> None:
    formats = export(example())["OTC Details"].conditional_formatting
    rules = [rule for cells in formats for rule in cells.rules]
    texts = {rule.formula[0].strip('"') for rule in rules if rule.formula}
    assert texts >= {"Available", "Full", "Expires soon", "Expired, in use", "Expired"}
    assert any(rule.type == "dataBar" for rule in rules)


def test_the_largest_customers_are_those_with_licences() -> None:
    sheet = export(example())["Summary"]
    cells = sheet[sheet.tables["LargestCustomers"].ref]
    assert [tuple(cell.value for cell in row) for row in cells[1:]] == [
        ("Centro", 10), ("Norte", 7), ("Sur", 5),
    ]  # fmt: skip


def test_licences_expire_in_one_of_the_twelve_months_from_this_one() -> None:
    """Those that expire before or later, or never, are in none."""
    days = [
        dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 3, 31), dt.date(2026, 12, 31),
        dt.date(2027, 2, 28), dt.date(2027, 3, 1), None,
    ]  # fmt: skip
    otcs = [
        OtcHolding(Otc(f"{n:05}-A", "a@b.example", "Acme", 2**n, expiry_date=date), 0, None, None)
        for n, date in enumerate(days)
    ]
    sheet = export(contents(otcs))["Summary"]
    cells = sheet[sheet.tables["ExpiringByMonth"].ref]
    months = {str(month.value): licenses.value for month, licenses in cells[1:]}
    assert list(months) == [*(f"2026-{n:02}" for n in range(3, 13)), "2027-01", "2027-02"]
    assert {month: n for month, n in months.items() if n} == {
        "2026-03": 2 + 4, "2026-12": 8, "2027-02": 16,
    }  # fmt: skip


def test_no_chart_covers_a_figure_or_another_chart() -> None:
    sheet = export(example())["Summary"]
    filled = [cell.coordinate for row in sheet for cell in row if cell.value is not None]
    with zipfile.ZipFile("details.xlsx") as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
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
            assert not (top <= row <= bottom and left <= column <= right), (row, column)


def test_an_empty_ledger_makes_a_whole_workbook() -> None:
    """All sheets with headers and tables, figures of zero, and a chart only of the months."""
    counts = write_xlsx(make_book(contents(), []), Path("details.xlsx"))
    assert counts == dict.fromkeys(SHEETS, 0)
    book = load_workbook("details.xlsx")
    assert [len(book[name].tables) for name in SHEETS] == [1] * len(SHEETS)
    labels = ("Total licences", "Licences in use")
    assert [figure(book["Summary"], label) for label in labels] == [0, 0]
    with zipfile.ZipFile("details.xlsx") as archive:
        charts = [name for name in archive.namelist() if re.match(r"xl/charts/chart\d", name)]
    assert len(charts) == 1
