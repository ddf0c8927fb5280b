"""Every sheet and column of the onboarding workbook.

The template, the reader, the schemas, the messages and docs/sheets.md are derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from importer.base.texts import C_, N_, current_language, translated
from importer.domain import requests
from importer.domain.entities import ManagedBy
from importer.domain.names import NAME_LIMIT
from importer.domain.problems import DescribedCode

LICENSES_LIMIT = 1_000_000
MONTHS_LIMIT = 1_200


class ColumnKind(DescribedCode):
    """The values that the cells of a column accept."""

    OTC = "otc", N_("a code of 20 letters and digits: XXXXX-XXXXX-XXXXX-XXXXX")
    NAME = "name", N_("a name of up to 100 characters")
    TEXT = "text", N_("text")
    EMAIL = "email", N_("an email address")
    LICENSES = "licenses", N_("a whole number from 1 to 1,000,000")
    LICENSES_OR_NONE = "licenses-or-none", N_("a whole number from 0 to 1,000,000")
    MONTHS = "months", N_("a whole number of months, from 1 to 1,200")
    DATE = "date", N_("a date, or text such as 2026-12-31")
    MANAGED_BY = "managed-by", N_("Admin or Customer")
    YES_NO = "yes-no", N_("Yes or No")


CHOICES: dict[ColumnKind, dict[str, ManagedBy | bool]] = {
    ColumnKind.MANAGED_BY: {N_("Admin"): ManagedBy.ADMIN, N_("Customer"): ManagedBy.CUSTOMER},
    ColumnKind.YES_NO: {N_("Yes"): True, N_("No"): False},
}
"""The words that cells of these kinds accept, and their meanings."""
MANAGED_BY_WORDS: dict[str, str] = {
    str(meaning): word for word, meaning in CHOICES[ColumnKind.MANAGED_BY].items()
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the request field that it fills, its English header, and the kind of its cells.

    `limit` is the longest text in characters. `known` names the list that the template offers:
    "otcs" or "customers".
    """

    field: str
    header: str
    kind: ColumnKind
    help: str
    example: str
    required: bool = False
    limit: int = NAME_LIMIT
    known: str | None = None

    def title(self, language: str) -> str:
        """The header in `language`, without the `*` of a required column."""
        return translated(self.header, language, "column")

    def __str__(self) -> str:
        """The header in the current language, as sentences show it."""
        return self.title(current_language())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its English name, the request that each row makes, and its columns in order."""

    name: str
    request: type[requests.Request]
    help: str
    columns: tuple[Column, ...]

    def title(self, language: str) -> str:
        """The sheet's name in `language`."""
        return translated(self.name, language, "sheet")

    def __str__(self) -> str:
        """The sheet's name in the current language, as sentences show it."""
        return self.title(current_language())

    @property
    def required(self) -> set[str]:
        """The fields whose columns are required."""
        return {column.field for column in self.columns if column.required}

    def column(self, field: str) -> Column:
        """The column that fills `field`."""
        return next(column for column in self.columns if column.field == field)


def _otc(field: str, header: str, meaning: str, *, known: bool = True) -> Column:
    return Column(
        field, header, ColumnKind.OTC, meaning, "ABCDE-12345-FGHIJ-67890",
        required=True, known="otcs" if known else None,
    )  # fmt: skip


def _customer(meaning: str, *, required: bool = True, known: bool = True) -> Column:
    return Column(
        "customer", C_("column", "Customer (Site) Name"), ColumnKind.NAME, meaning,
        "Clinica Norte", required=required, known="customers" if known else None,
    )  # fmt: skip


def _person(meaning: str) -> tuple[Column, ...]:
    return (
        Column("email", C_("column", "Email"), ColumnKind.EMAIL, meaning, "it@clinica.example"),
        Column("first_name", C_("column", "First Name"), ColumnKind.TEXT, meaning, "Ana"),
        Column("last_name", C_("column", "Last Name"), ColumnKind.TEXT, meaning, "Ruiz"),
    )


def _licenses(kind: ColumnKind, meaning: str) -> Column:
    return Column("licenses", C_("column", "No of Licenses"), kind, meaning, "25")


def _otc_details(*, required: bool) -> tuple[Column, ...]:
    return (
        Column("email", C_("column", "Email"), ColumnKind.EMAIL, N_("The email address that the "
               "OTC was bought with."), "licences@msp.example", required=required),
        Column("company", C_("column", "Company Name"), ColumnKind.NAME, N_("The company that the "
               "OTC was bought for, preferably short."), "Clinica Norte SL", required=required),
        Column("total", C_("column", "Total Licenses"), ColumnKind.LICENSES,
               N_("How many licences the OTC carries."), "50", required=required),
        Column("description", C_("column", "Description"), ColumnKind.TEXT, N_("A note that "
               "distinguishes this OTC from others."), N_("Renewal 2026"), limit=1000),
        Column("purchase_date", C_("column", "Purchase Date"), ColumnKind.DATE,
               N_("The day when the OTC was bought."), "2026-01-15"),
        Column("expiry_date", C_("column", "Expiry Date"), ColumnKind.DATE,
               N_("The last day when its licences may be handed out."), "2027-01-14"),
        Column("product_id", C_("column", "Product ID"), ColumnKind.TEXT,
               N_("Avira's number for the product."), "AVPRO-12M"),
        Column("runtime", C_("column", "Runtime"), ColumnKind.MONTHS,
               N_("How many months a licence is valid."), "12"),
    )  # fmt: skip


SHEETS: tuple[Sheet, ...] = (
    Sheet(C_("sheet", "Add OTC"), requests.AddOtc, N_("Registers an OTC that you have bought."), (
        _otc("otc", C_("column", "OTC"), N_("The one-time code as you received it."), known=False),
        *_otc_details(required=True),
    )),
    Sheet(C_("sheet", "Edit OTC"), requests.EditOtc, N_(
        "Corrects an OTC. A later expiry date is a renewal, more licences are a top-up. "
        "Blank cells change nothing."
    ), (
        _otc("otc", C_("column", "OTC"), N_("The OTC to correct.")),
        *_otc_details(required=False),
    )),
    Sheet(C_("sheet", "Add Customer"), requests.AddCustomer, N_(
        "Creates a customer and gives it its first licences."
    ), (
        _customer(N_("The new customer's name."), known=False),
        Column("managed_by", C_("column", "Managed By"), ColumnKind.MANAGED_BY, N_(
            "Admin: you manage the customer's devices; state the number of licences. Customer: it "
            "manages its own devices and gets the whole OTC; state its email address, first name "
            "and last name."), "Admin", required=True),
        _otc("otc", C_("column", "Avira OTC"), N_("The OTC that the licences come from.")),
        _licenses(ColumnKind.LICENSES, N_("How many licences the customer gets. Required if you "
                                          "manage its devices.")),
        *_person(N_("Required if the customer manages its own devices.")),
    )),
    Sheet(C_("sheet", "Add Avira Subscription"), requests.AddSubscription, N_(
        "Gives an existing customer licences from another OTC."
    ), (
        _customer(N_("The customer's name in the ledger or in a row above.")),
        _otc("otc", C_("column", "Avira OTC"), N_("The OTC that the licences come from.")),
        _licenses(ColumnKind.LICENSES, N_("How many licences the customer gets. May stay blank if "
                  "it manages its own devices: it then gets the whole OTC.")),
    )),
    Sheet(C_("sheet", "Edit Customer"), requests.EditCustomer, N_(
        "Changes a customer's details, or the licences of one of its subscriptions. "
        "Blank cells change nothing."
    ), (
        _customer(N_("The customer's current name.")),
        Column("new_name", C_("column", "New Name"), ColumnKind.NAME,
               N_("The customer's new name."), "Clinica Norte 2"),
        *_person(N_("The new value. Blank changes nothing.")),
        Column("otc", C_("column", "Avira OTC"), ColumnKind.OTC, N_(
            "The OTC of the subscription to change. May stay blank if the customer has only one."
        ), "ABCDE-12345-FGHIJ-67890", known="otcs"),
        _licenses(ColumnKind.LICENSES_OR_NONE, N_("How many licences the customer should have from "
                  "that OTC. 0 cancels the subscription.")),
    )),
    Sheet(C_("sheet", "Update OTC"), requests.UpdateOtc, N_(
        "Moves a customer's subscription to another OTC. If the customer is blank, every customer "
        "of the current OTC is moved."
    ), (
        _customer(N_("The customer to move. Blank moves every customer."), required=False),
        _otc("current_otc", C_("column", "Current OTC"), N_("The OTC to move away from.")),
        _otc("new_otc", C_("column", "New OTC"), N_("The OTC to move to.")),
    )),
    Sheet(C_("sheet", "Disable Customer"), requests.DisableCustomer, N_(
        "Disables a customer. Nothing is deleted, and the customer can be enabled again."
    ), (
        _customer(N_("The customer to disable.")),
        Column("release", C_("column", "Release Licenses"), ColumnKind.YES_NO, N_(
            "Yes returns its licences to their OTCs. Otherwise the customer keeps them."), "No"),
        Column("reason", C_("column", "Reason"), ColumnKind.TEXT,
               N_("The reason, for later reference."), N_("Contract ended"), limit=500),
    )),
    Sheet(C_("sheet", "Enable Customer"), requests.EnableCustomer, N_(
        "Enables a disabled customer again. Released licences are not restored."
    ), (_customer(N_("The customer to enable.")),)),
    Sheet(C_("sheet", "Devices"), requests.RecordDevice, N_(
        "Adds or updates the customers' devices, one device per row. Blank cells change nothing."
    ), (
        _customer(N_("The customer that has the device.")),
        Column("device_id", C_("column", "Device ID"), ColumnKind.TEXT, N_("A name that is unique "
               "among the customer's devices."), "PC-RECEPCION", required=True),
        Column("operating_system", C_("column", "Operating System"), ColumnKind.TEXT,
               N_("The device's operating system."), "Windows 11 Pro"),
        Column("model", C_("column", "Model No."), ColumnKind.TEXT,
               N_("The manufacturer's model number."), "OptiPlex 7010"),
        Column("avira_installed", C_("column", "Avira Installed"), ColumnKind.DATE,
               N_("The day when Avira was installed."), "2026-01-20"),
        Column("avira_uninstalled", C_("column", "Avira Uninstalled"), ColumnKind.DATE, N_(
            "The day when Avira was uninstalled. The device counts as installed if Avira was "
            "installed on a later day."), "2026-06-30"),
        Column("nh_installed", C_("column", "NH Installed"), ColumnKind.DATE,
               N_("The day when the console's agent was installed."), "2026-01-20"),
        Column("nh_uninstalled", C_("column", "NH Uninstalled"), ColumnKind.DATE,
               N_("The day when the console's agent was uninstalled."), "2026-06-30"),
        Column("avira_status", C_("column", "Avira Status"), ColumnKind.TEXT,
               N_("The status that Avira reports."), "Active"),
        Column("product_name", C_("column", "Product Name"), ColumnKind.TEXT,
               N_("The installed product."), "Avira Antivirus Pro"),
    )),
)  # fmt: skip

SHEET_OF = {sheet.request: sheet for sheet in SHEETS}  # the sheet of each type of request
