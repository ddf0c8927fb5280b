"""The Summary: of what and when the export is, the figures, and tables with a chart each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from heapq import nsmallest
from typing import NamedTuple

from importer.base.texts import N_, _, text
from importer.domain.contents import Contents
from importer.export.book import Block, CellFormat, Summary, SummaryLine
from importer.export.columns import ExportColumn, make_table
from importer.workbook.labels import SUMMARY

FULLEST = 20
LARGEST = 10
"""How many OTCs and customers are drawn: the labels of more could not be read."""
MONTHS = 12
_NUMBER = CellFormat.NUMBER
RENEWALS = (30, 60, 90)
"""Within how many days OTCs are to be renewed."""


def summary(contents: Contents, *, of_customer: bool = False) -> Summary:
    """What the first sheet says; a customer's own says nothing of other customers."""
    name = contents.customers[0].customer.name if of_customer else None
    heading = _("Avira licences")
    if name is not None:
        heading = str(text(N_("Avira licences of {customer}"), customer=name))
    if of_customer:
        figures = _customer_figures(contents)
        blocks = [_held(contents), _expiring(contents, of_customer=True)]
    else:
        figures = _figures(contents)
        blocks = [_fullest(contents), _expiring(contents), _largest(contents)]
    origin = _origin(contents)
    if name is not None:
        origin.insert(1, SummaryLine("customer", _("Customer"), name, CellFormat.TEXT))
    return Summary(_(SUMMARY), heading, origin, figures, blocks)


def _origin(contents: Contents) -> list[SummaryLine]:
    at = contents.at if contents.at.tzinfo is None else contents.at.astimezone(dt.UTC)
    return [
        SummaryLine("account", _("Account"), contents.account, CellFormat.TEXT),
        SummaryLine(
            "as_of", _("As of (UTC)"), at.replace(microsecond=0, tzinfo=None), CellFormat.INSTANT
        ),
        SummaryLine("batch", _("Last batch"), contents.batch),
        SummaryLine("head", _("Ledger hash"), contents.head or None, CellFormat.TEXT),
    ]


def _figures(contents: Contents) -> list[SummaryLine]:
    figures = contents.figures()
    in_use = figures.used / figures.total if figures.total else 0.0
    return [
        SummaryLine("otcs", _("OTCs"), figures.otcs),
        SummaryLine("customers", _("Customers"), figures.customers),
        SummaryLine("total", _("Total licences"), figures.total),
        SummaryLine("used", _("Used licences"), figures.used),
        SummaryLine("pending", _("Pending licences"), figures.pending),
        SummaryLine("in_use", _("Licences in use"), in_use, CellFormat.PERCENT),
        _installed(contents),
        SummaryLine("expired", _("Expired OTCs"), figures.expired),
        *_expiries(contents),
    ]


def _customer_figures(contents: Contents) -> list[SummaryLine]:
    [ours] = contents.customers
    return [
        SummaryLine("otcs", _("OTCs"), len(contents.otcs)),
        SummaryLine("licenses", _("Licences"), ours.licenses),
        _installed(contents),
        *_expiries(contents),
    ]


def _installed(contents: Contents) -> SummaryLine:
    installed = sum(one.installed for one in contents.customers)
    return SummaryLine("devices", _("Devices with Avira"), installed)


def _expiries(contents: Contents) -> list[SummaryLine]:
    in_use = sum(one.used > 0 and one.otc.expired(contents.today) for one in contents.otcs)
    found = [SummaryLine("expired_in_use", _("Expired OTCs in use"), in_use)]
    for days in RENEWALS:
        label = str(text(N_("OTCs to renew within {days} days"), days=days))
        to_renew = contents.to_renew(dt.timedelta(days))
        found.append(SummaryLine(f"renew_within_{days}_days", label, to_renew))
    return found


def _fullest(contents: Contents) -> Block:
    """Used and pending of the OTCs with the largest share used; of these, the largest first."""
    ranked = sorted(
        contents.otcs,
        key=lambda holding: (-holding.used / holding.otc.total, -holding.used, holding.otc.code),
    )
    columns = (
        ExportColumn(N_("OTC"), "otc.code", key="otc"),
        ExportColumn(N_("Used"), "used", _NUMBER, key="used"),
        ExportColumn(N_("Pending"), "pending", _NUMBER, key="pending"),
    )
    table = make_table("fullest_otcs", _("The fullest OTCs"), columns, ranked[:FULLEST])
    return Block(table, "stacked bar")


def _held(contents: Contents) -> Block:
    """The licences that a customer holds of each OTC, the most first."""
    ranked = sorted(contents.otcs, key=lambda holding: (-holding.used, holding.otc.code))
    columns = (
        ExportColumn(N_("OTC"), "otc.code", key="otc"),
        ExportColumn(N_("Licences"), "used", _NUMBER, key="licenses"),
    )
    table = make_table("licenses_by_otc", _("Licences by OTC"), columns, ranked[:FULLEST])
    return Block(table, "bar")


def _largest(contents: Contents) -> Block:
    ranked = nsmallest(
        LARGEST,
        (holding for holding in contents.customers if holding.subscriptions),
        key=lambda holding: (-holding.licenses, holding.customer.name),
    )
    columns = (
        ExportColumn(N_("Customer"), "customer.name", key="customer"),
        ExportColumn(N_("Licences"), "licenses", _NUMBER, key="licenses"),
    )
    return Block(
        make_table("largest_customers", _("The largest customers"), columns, ranked), "bar"
    )


class _Month(NamedTuple):
    name: str
    licenses: int


def _expiring(contents: Contents, *, of_customer: bool = False) -> Block:
    """The licences of the OTCs that expire in each of the next 12 months.

    The first is the whole month of `contents.today`, including what has expired earlier in it.
    """
    licenses = Counter[str]()
    for holding in contents.otcs:
        if holding.otc.expiry_date is not None:
            month = holding.otc.expiry_date.isoformat()[:7]
            licenses[month] += holding.used if of_customer else holding.otc.total
    first = contents.today.year * 12 + contents.today.month - 1
    names = [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, first + MONTHS)]
    months = [_Month(name, licenses[name]) for name in names]
    columns = (
        ExportColumn(N_("Month"), "name", key="month"),
        ExportColumn(N_("Licences"), "licenses", _NUMBER, key="licenses"),
    )
    table = make_table("expiring_by_month", _("Licences expiring by month"), columns, months)
    return Block(table, "column")
