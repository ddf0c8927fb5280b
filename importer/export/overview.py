"""OTCs and customers with a row each, for formats that people only read."""

from __future__ import annotations

from importer.base.texts import N_, _
from importer.domain.contents import Contents, CustomerHolding
from importer.domain.record import Record
from importer.export.book import CellFormat, Table
from importer.export.columns import ExportColumn, make_table
from importer.export.rows import OtcRow
from importer.export.words import OTC_TONES, STATE_TONES, manager_words, otc_status, state_words

ROW_LIMIT = 5_000
"""The rows of a table that are put on a page: a telephone cannot show many more."""

_NUMBER = CellFormat.NUMBER
_OTC_LICENSES = (
    ExportColumn(N_("Total"), "holding.otc.total", _NUMBER),
    ExportColumn(N_("Used"), "holding.used", _NUMBER),
    ExportColumn(N_("Pending"), "holding.pending", _NUMBER),
)
_CUSTOMER_COLUMNS = (
    ExportColumn(N_("Customer"), "holding.customer.name"),
    ExportColumn(N_("Licences"), "holding.licenses", _NUMBER),
    ExportColumn(N_("Devices with Avira"), "holding.installed", _NUMBER),
    ExportColumn(N_("Managed By"), "managed_by"),
    ExportColumn(N_("Status"), "state", tones=STATE_TONES),
    ExportColumn(N_("OTCs"), "otcs"),
    ExportColumn(N_("Email"), "holding.customer.email"),
)


def otcs(contents: Contents, *, of_customer: bool = False) -> Table:
    """The OTCs by code; in a customer's own export, how many licences it holds of each."""
    own_licenses = (ExportColumn(N_("Licences"), "holding.used", _NUMBER),)
    columns = (
        ExportColumn(N_("OTC"), "holding.otc.code"),
        ExportColumn(N_("Company"), "holding.otc.company"),
        *(own_licenses if of_customer else _OTC_LICENSES),
        ExportColumn(N_("Status"), "status", tones=OTC_TONES),
        ExportColumn(N_("Expiry Date"), "holding.otc.expiry_date", CellFormat.DATE),
        ExportColumn(N_("Days Left"), "days_left", _NUMBER),
        ExportColumn(N_("Dedicated To"), "holding.dedicated_to"),
    )
    today = contents.today
    rows = (
        OtcRow(otc, otc_status(otc, today), otc.days_left(today))
        for otc in contents.otcs[:ROW_LIMIT]
    )
    return make_table("otcs", _(N_("OTCs")), columns, rows, count=len(contents.otcs))


class _CustomerRow(Record):
    holding: CustomerHolding
    managed_by: str
    state: str
    otcs: str


def customers(contents: Contents) -> Table:
    """The customers by name, with what they hold."""
    managers, states = manager_words(), state_words()
    rows = (
        _CustomerRow(
            holding,
            managers[holding.customer.managed_by],
            states[holding.customer.status],
            ", ".join(f"{held.otc} ({held.licenses})" for held in holding.subscriptions),
        )
        for holding in contents.customers[:ROW_LIMIT]
    )
    title, count = _(N_("Customers")), len(contents.customers)
    return make_table("customers", title, _CUSTOMER_COLUMNS, rows, count=count)
