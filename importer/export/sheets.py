"""The console's four sheets, with additional columns to the right of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from importer.base.texts import C_, N_
from importer.domain.contents import Contents
from importer.export.book import CellFormat, Table
from importer.export.columns import ExportColumn, make_table
from importer.export.rows import activation_rows, customer_rows, device_rows, otc_rows
from importer.export.words import OTC_TONES, STATE_TONES

USED_COLOUR = "#5B8DB8"

_NUMBER, _DATE = CellFormat.NUMBER, CellFormat.DATE


class DetailSheet(NamedTuple):
    """A sheet by the console's name, which is never translated: its rows and columns."""

    name: str
    sources: Callable[[Contents], Iterator[object]]
    console: tuple[ExportColumn, ...]
    own: tuple[ExportColumn, ...]
    for_customers: bool = True


DETAIL_SHEETS = (
    DetailSheet(
        "OTC Details", otc_rows,
        console=(
            ExportColumn(C_("export", "OTC Code"), "holding.otc.code"),
            ExportColumn(C_("export", "Email"), "holding.otc.email"),
            ExportColumn(C_("export", "Company Name"), "holding.otc.company"),
            ExportColumn(C_("export", "Description"), "holding.otc.description"),
            ExportColumn(C_("export", "Licenses"), "holding.otc.total", _NUMBER),
            ExportColumn(C_("export", "Purchase Date"), "holding.otc.purchase_date", _DATE),
            ExportColumn(C_("export", "Customer Name"), "customer"),
        ),
        own=(
            ExportColumn(N_("Customer Licenses"), "licenses", _NUMBER),
            ExportColumn(N_("Used"), "holding.used", _NUMBER, bar=USED_COLOUR, for_customers=False),
            ExportColumn(N_("Pending"), "holding.pending", _NUMBER, for_customers=False),
            ExportColumn(N_("Status"), "status", tones=OTC_TONES),
            ExportColumn(N_("Expiry Date"), "holding.otc.expiry_date", _DATE),
            ExportColumn(N_("Days Left"), "days_left", _NUMBER),
            ExportColumn(N_("Managed By"), "managed_by"),
            ExportColumn(N_("Dedicated To"), "holding.dedicated_to"),
        ),
    ),
    DetailSheet(
        "Customer's Details", customer_rows,
        console=(
            ExportColumn(C_("export", "Customer Name"), "name"),
            ExportColumn(C_("export", "Total Devices Assigned"), "licenses", _NUMBER),
            ExportColumn(C_("export", "Number Of Devices"), "installed", _NUMBER),
            ExportColumn(C_("export", "OTC Code"), "otc"),
        ),
        own=(
            ExportColumn(N_("Managed By"), "managed_by"),
            ExportColumn(N_("Status"), "state", tones=STATE_TONES),
            ExportColumn(N_("Expiry Date"), "expiry_date", _DATE),
            ExportColumn(N_("Days Left"), "days_left", _NUMBER),
        ),
    ),
    DetailSheet(
        "Customer's Devices", device_rows,
        console=(
            ExportColumn(C_("export", "Customer Name"), "customer"),
            ExportColumn(C_("export", "Device ID"), "device.id"),
            ExportColumn(C_("export", "Operating System"), "device.operating_system"),
            ExportColumn(C_("export", "Model No."), "device.model"),
            ExportColumn(C_("export", "Avira Installed"), "device.avira_installed", _DATE),
            ExportColumn(C_("export", "Avira Uninstalled"), "device.avira_uninstalled", _DATE),
            ExportColumn(C_("export", "NH Installed"), "device.nh_installed", _DATE),
            ExportColumn(C_("export", "NH Unistalled"), "device.nh_uninstalled", _DATE),  # sic
            ExportColumn(C_("export", "Avira Status"), "device.avira_status"),
            ExportColumn(C_("export", "Product Name"), "device.product_name"),
        ),
        own=(ExportColumn(N_("Installed"), "installed"),),
    ),
    DetailSheet(
        "OTC Activation Details", activation_rows,
        console=(
            ExportColumn(C_("export", "OTC"), "holding.otc.code"),
            ExportColumn(C_("export", "FirstActivationDate"), "activated", _DATE),
            ExportColumn(C_("export", "ExpiryDate"), "holding.otc.expiry_date", _DATE),
            ExportColumn(C_("export", "AviraRuntime"), "holding.otc.runtime", _NUMBER),
            ExportColumn(C_("export", "AviraUsers"), "holding.otc.total", _NUMBER),
            ExportColumn(C_("export", "AviraProductID"), "holding.otc.product_id"),
            ExportColumn(C_("export", "AviraProductName"), "products"),
            ExportColumn(C_("export", "Name"), "holding.dedicated_to"),
            ExportColumn(C_("export", "Company"), "holding.otc.company"),
            ExportColumn(C_("export", "Email"), "holding.otc.email"),
            ExportColumn(C_("export", "DaysActive"), "days_active", _NUMBER),
            ExportColumn(C_("export", "LastAliveDate"), "last_alive", _DATE),
        ),
        own=(
            ExportColumn(N_("Used"), "holding.used", _NUMBER, bar=USED_COLOUR),
            ExportColumn(N_("Pending"), "holding.pending", _NUMBER),
            ExportColumn(N_("Status"), "status", tones=OTC_TONES),
            ExportColumn(N_("Days Left"), "days_left", _NUMBER),
        ),
        for_customers=False,
    ),
)  # fmt: skip


def detail_tables(
    contents: Contents, *, of_customer: bool = False, translate_headers: bool = False
) -> Iterator[Table]:
    """The console's sheets in its order; a customer's own export has none with other customers."""
    for sheet in DETAIL_SHEETS:
        if sheet.for_customers or not of_customer:
            yield make_table(
                sheet.name, sheet.name, sheet.own, sheet.sources(contents),
                of_customer=of_customer, console=sheet.console, translate_console=translate_headers,
            )  # fmt: skip
