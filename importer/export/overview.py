"""OTCs and customers with a row each, for formats that people only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from importer.base.texts import N_, _
from importer.domain.contents import Contents, CustomerHolding
from importer.export.book import CellFormat, Table
from importer.export.columns import ExportColumn, make_table
from importer.export.rows import OtcRow, balance_of
from importer.export.words import OTC_TONES, STATE_TONES, manager_words, state_words

_NUMBER = CellFormat.NUMBER
_OTC_LICENSES = (
    ExportColumn(N_("Total"), "otc.total", _NUMBER),
    ExportColumn(N_("Used"), "balance.used", _NUMBER),
    ExportColumn(N_("Pending"), "balance.pending", _NUMBER),
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
    columns = (
        ExportColumn(N_("OTC"), "otc.code"),
        ExportColumn(N_("Company"), "otc.company"),
        *((ExportColumn(N_("Licences"), "balance.used", _NUMBER),) if of_customer
          else _OTC_LICENSES),
        ExportColumn(N_("Status"), "balance.status", tones=OTC_TONES),
        ExportColumn(N_("Expiry Date"), "otc.expiry_date", CellFormat.DATE),
        ExportColumn(N_("Days Left"), "balance.days_left", _NUMBER),
        ExportColumn(N_("Dedicated To"), "balance.dedicated_to"),
    )  # fmt: skip
    rows = (OtcRow(holding.otc, balance_of(holding, contents.today)) for holding in contents.otcs)
    return make_table("otcs", _(N_("OTCs")), columns, rows)


def customers(contents: Contents) -> Table:
    """The customers by name, with what they hold."""
    return make_table("customers", _(N_("Customers")), _CUSTOMER_COLUMNS, _customer_rows(contents))


class _CustomerRow(NamedTuple):
    holding: CustomerHolding
    managed_by: str
    state: str
    otcs: str


def _customer_rows(contents: Contents) -> Iterator[_CustomerRow]:
    managers, states = manager_words(), state_words()
    for holding in contents.customers:
        yield _CustomerRow(
            holding,
            managers[holding.customer.managed_by],
            states[holding.customer.status],
            ", ".join(f"{held.otc} ({held.licenses})" for held in holding.subscriptions),
        )
