"""OTCs and customers with a row each, for formats that people only read."""

from __future__ import annotations

from importer.base.texts import N_, _
from importer.domain.contents import Contents
from importer.export.book import Column, Shown, Table
from importer.export.sheets import (
    OTC_TONES,
    STATE_TONES,
    STATES,
    STATUS_WORDS,
    manager_words,
    translated_tones,
)


def otcs(contents: Contents, *, of_customer: bool = False) -> Table:
    """The OTCs by code; in a customer's own export, how many licences it holds of each."""
    licences = [Column("Licences", _(N_("Licences")), Shown.NUMBER)]
    if not of_customer:
        licences = [
            Column("Total", _(N_("Total")), Shown.NUMBER),
            Column("Used", _(N_("Used")), Shown.NUMBER),
            Column("Pending", _(N_("Pending")), Shown.NUMBER),
        ]
    columns = (
        Column("OTC", _(N_("OTC"))),
        Column("Company", _(N_("Company"))),
        *licences,
        Column("Status", _(N_("Status")), tones=translated_tones(STATUS_WORDS, OTC_TONES)),
        Column("Expiry Date", _(N_("Expiry Date")), Shown.DATE),
        Column("Days Left", _(N_("Days Left")), Shown.NUMBER),
        Column("Dedicated To", _(N_("Dedicated To"))),
    )
    rows = [
        (
            one.otc.code, one.otc.company,
            *((one.used,) if of_customer else (one.otc.total, one.used, one.pending)),
            _(STATUS_WORDS[one.status(contents.today)]), one.otc.expiry_date,
            one.days_left(contents.today), one.dedicated_to,
        )
        for one in contents.otcs
    ]  # fmt: skip
    return Table("otcs", _(N_("OTCs")), columns, rows)


def customers(contents: Contents) -> Table:
    """The customers by name, with what they hold."""
    columns = (
        Column("Customer", _(N_("Customer"))),
        Column("Licences", _(N_("Licences")), Shown.NUMBER),
        Column("Devices", _(N_("Devices with Avira")), Shown.NUMBER),
        Column("Managed By", _(N_("Managed By"))),
        Column("Status", _(N_("Status")), tones=translated_tones(STATES, STATE_TONES)),
        Column("OTCs", _(N_("OTCs"))),
        Column("Email", _(N_("Email"))),
    )
    managers = manager_words()
    states = {one: _(word) for one, word in STATES.items()}
    rows = [
        (
            one.customer.name, one.licenses, one.installed,
            managers[one.customer.managed_by], states[one.customer.status],
            ", ".join(f"{held.otc} ({held.licenses})" for held in one.subscriptions),
            one.customer.email,
        )
        for one in contents.customers
    ]  # fmt: skip
    return Table("customers", _(N_("Customers")), columns, rows)
