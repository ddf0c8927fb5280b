"""Every sheet and column of the onboarding workbook, declared once.

The template, the reader, the schemas, the messages and docs/sheets.md all read this.
"""

from __future__ import annotations

from dataclasses import dataclass

from importer.base.texts import N_, current_language
from importer.domain import requests
from importer.domain.names import NAME_LIMIT
from importer.domain.problems import DescribedCode

LICENSES_LIMIT = 1_000_000
MONTHS_LIMIT = 1_200


class ColumnKind(DescribedCode):
    """What a column's cells may hold."""

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


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the request field it fills, its headers, and what its cells may hold.

    `limit` is the most characters a text may have. `known` names what of the ledger the
    template offers to choose from: "otcs" or "customers".
    """

    field: str
    header: str
    spanish: str
    kind: ColumnKind
    help: str
    example: str
    required: bool = False
    limit: int = NAME_LIMIT
    known: str | None = None

    def title(self, language: str) -> str:
        """The header in `language`, without the `*` of a required column."""
        return self.spanish if language == "es" else self.header

    def __str__(self) -> str:
        """The header in the current language, as sentences show it."""
        return self.title(current_language())


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its names, the request that each row makes, and its columns in order."""

    name: str
    spanish: str
    request: type[requests.Request]
    help: str
    columns: tuple[Column, ...]

    def title(self, language: str) -> str:
        """The sheet's name in `language`."""
        return self.spanish if language == "es" else self.name

    def __str__(self) -> str:
        """The sheet's name in the current language, as sentences show it."""
        return self.title(current_language())

    def column(self, field: str) -> Column:
        """The column that fills `field`."""
        return next(column for column in self.columns if column.field == field)


def _otc(field: str, header: str, spanish: str, told: str, *, known: bool = True) -> Column:
    return Column(
        field, header, spanish, ColumnKind.OTC, told, "ABCDE-12345-FGHIJ-67890",
        required=True, known="otcs" if known else None,
    )  # fmt: skip


def _customer(told: str, *, required: bool = True, known: bool = True) -> Column:
    return Column(
        "customer", "Customer (Site) Name", "Nombre del cliente", ColumnKind.NAME, told,
        "Clinica Norte", required=required, known="customers" if known else None,
    )  # fmt: skip


def _person(told: str) -> tuple[Column, ...]:
    return (
        Column(
            "email", "Email", "Correo electrónico", ColumnKind.EMAIL, told, "it@clinica.example"
        ),
        Column("first_name", "First Name", "Nombre", ColumnKind.TEXT, told, "Ana"),
        Column("last_name", "Last Name", "Apellido", ColumnKind.TEXT, told, "Ruiz"),
    )


def _licenses(kind: ColumnKind, told: str) -> Column:
    return Column("licenses", "No of Licenses", "Número de licencias", kind, told, "25")


def _otc_details(*, required: bool) -> tuple[Column, ...]:
    return (
        Column("email", "Email", "Correo electrónico", ColumnKind.EMAIL,
               N_("The address that the OTC was bought with."), "licences@msp.example",
               required=required),
        Column("company", "Company Name", "Nombre de la empresa", ColumnKind.NAME,
               N_("The company that the OTC was bought for, preferably short."),
               "Clinica Norte SL", required=required),
        Column("total", "Total Licenses", "Total de licencias", ColumnKind.LICENSES,
               N_("How many licences the OTC carries."), "50", required=required),
        Column("description", "Description", "Descripción", ColumnKind.TEXT,
               N_("Anything that helps to tell this OTC from others."), N_("Renewal 2026"),
               limit=1000),
        Column("purchase_date", "Purchase Date", "Fecha de compra", ColumnKind.DATE,
               N_("The day it was bought."), "2026-01-15"),
        Column("expiry_date", "Expiry Date", "Fecha de vencimiento", ColumnKind.DATE,
               N_("The last day on which its licences may be handed out."), "2027-01-14"),
        Column("product_id", "Product ID", "ID de producto", ColumnKind.TEXT,
               N_("Avira's number of the product."), "AVPRO-12M"),
        Column("runtime", "Runtime", "Duración", ColumnKind.MONTHS,
               N_("How many months a licence runs."), "12"),
    )  # fmt: skip


SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "Add OTC", "Agregar OTC", requests.AddOtc,
        N_("Registers an OTC that you have bought."),
        (
            _otc("otc", "OTC", "Código OTC", N_("The one-time code as you received it."),
                 known=False),
            *_otc_details(required=True),
        ),
    ),
    Sheet(
        "Edit OTC", "Editar OTC", requests.EditOtc,
        N_("Corrects an OTC; a later expiry is a renewal, more licences are a top-up. "
           "A blank cell stays as it is."),
        (
            _otc("otc", "OTC", "Código OTC", N_("The OTC to correct.")),
            *_otc_details(required=False),
        ),
    ),
    Sheet(
        "Add Customer", "Agregar cliente", requests.AddCustomer,
        N_("Creates a customer and gives it its first licences."),
        (
            _customer(N_("The new customer's name."), known=False),
            Column("managed_by", "Managed By", "Administrado por", ColumnKind.MANAGED_BY,
                   N_("Admin: you manage the customer's devices, and No of Licenses is needed. "
                      "Customer: it manages them itself, takes the whole OTC, and needs Email, "
                      "First Name and Last Name."), "Admin", required=True),
            _otc("otc", "Avira OTC", "OTC de Avira", N_("The OTC that the licences come from.")),
            _licenses(ColumnKind.LICENSES, N_("How many licences the customer gets. Needed when "
                                        "Managed By is Admin.")),
            *_person(N_("Needed when Managed By is Customer.")),
        ),
    ),
    Sheet(
        "Add Avira Subscription", "Agregar suscripción Avira", requests.AddSubscription,
        N_("Gives a customer that exists licences out of a further OTC."),
        (
            _customer(N_("The customer, as the ledger or a row above names it.")),
            _otc("otc", "Avira OTC", "OTC de Avira", N_("The OTC that the licences come from.")),
            _licenses(ColumnKind.LICENSES,
                      N_("How many licences; may stay blank for a customer that manages itself, "
                         "which takes the whole OTC.")),
        ),
    ),
    Sheet(
        "Edit Customer", "Editar cliente", requests.EditCustomer,
        N_("Changes a customer's details, or the licences of one of its subscriptions. "
           "A blank cell stays as it is."),
        (
            _customer(N_("The customer's name now.")),
            Column("new_name", "New Name", "Nombre nuevo", ColumnKind.NAME,
                   N_("The name it shall have."), "Clinica Norte 2"),
            *_person(N_("The new value; blank stays as it is.")),
            Column("otc", "Avira OTC", "OTC de Avira", ColumnKind.OTC,
                   N_("Whose licences to change; may stay blank when there is only one."),
                   "ABCDE-12345-FGHIJ-67890", known="otcs"),
            _licenses(ColumnKind.LICENSES_OR_NONE,
                      N_("How many licences the customer shall have of that OTC; "
                         "0 cancels the subscription.")),
        ),
    ),
    Sheet(
        "Update OTC", "Actualizar OTC", requests.UpdateOtc,
        N_("Moves a customer's subscription to another OTC; with the customer blank, "
           "moves every customer of the current OTC."),
        (
            _customer(N_("Whose subscription to move; blank moves everyone's."), required=False),
            _otc("current_otc", "Current OTC", "OTC actual", N_("The OTC to move away from.")),
            _otc("new_otc", "New OTC", "OTC nueva", N_("The OTC to move to.")),
        ),
    ),
    Sheet(
        "Disable Customer", "Deshabilitar cliente", requests.DisableCustomer,
        N_("Disables a customer; deletes nothing and can be taken back with Enable Customer."),
        (
            _customer(N_("The customer to disable.")),
            Column("release", "Release Licenses", "Liberar licencias", ColumnKind.YES_NO,
                   N_("Yes gives its licences back to their OTCs; otherwise it keeps them."), "No"),
            Column("reason", "Reason", "Motivo", ColumnKind.TEXT,
                   N_("Why, for whoever asks later."), N_("Contract ended"), limit=500),
        ),
    ),
    Sheet(
        "Enable Customer", "Habilitar cliente", requests.EnableCustomer,
        N_("Enables a disabled customer again; released licences do not come back by themselves."),
        (_customer(N_("The customer to enable.")),),
    ),
    Sheet(
        "Devices", "Dispositivos", requests.RecordDevice,
        N_("The customers' devices, one row a device: adds it, or changes what is known of it. "
           "A blank cell stays as it is."),
        (
            _customer(N_("The customer whose device it is.")),
            Column("device_id", "Device ID", "ID de dispositivo", ColumnKind.TEXT,
                   N_("What tells the device from the customer's others."), "PC-RECEPCION",
                   required=True),
            Column("operating_system", "Operating System", "Sistema operativo", ColumnKind.TEXT,
                   N_("What runs on it."), "Windows 11 Pro"),
            Column("model", "Model No.", "N.º de modelo", ColumnKind.TEXT,
                   N_("The maker's number of the model."), "OptiPlex 7010"),
            Column("avira_installed", "Avira Installed", "Avira instalado", ColumnKind.DATE,
                   N_("The day on which Avira was installed."), "2026-01-20"),
            Column("avira_uninstalled", "Avira Uninstalled", "Avira desinstalado", ColumnKind.DATE,
                   N_("The day on which Avira was uninstalled. A device counts as installed "
                      "unless this is the day of Avira Installed, or a later one."), "2026-06-30"),
            Column("nh_installed", "NH Installed", "NH instalado", ColumnKind.DATE,
                   N_("The day on which the console's agent was installed."), "2026-01-20"),
            Column("nh_uninstalled", "NH Uninstalled", "NH desinstalado", ColumnKind.DATE,
                   N_("The day on which the console's agent was uninstalled."), "2026-06-30"),
            Column("avira_status", "Avira Status", "Estado de Avira", ColumnKind.TEXT,
                   N_("What Avira says of itself there."), "Active"),
            Column("product_name", "Product Name", "Nombre del producto", ColumnKind.TEXT,
                   N_("The product that is installed there."), "Avira Antivirus Pro"),
        ),
    ),
)  # fmt: skip

SHEET_OF = {sheet.request: sheet for sheet in SHEETS}
"""The sheet whose rows make a request."""
