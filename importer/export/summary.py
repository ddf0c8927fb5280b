"""The Summary: the origin of the export, its figures, and tables with a chart each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from heapq import nsmallest
from typing import NamedTuple

from importer.base.texts import N_, _, text
from importer.domain.contents import Contents
from importer.export.book import Block, CellFormat, Summary, SummaryLine
from importer.export.columns import ExportColumn, make_table
from importer.export.movements import MOVEMENTS
from importer.workbook.labels import SUMMARY

FULLEST = 20
LARGEST = 10
"""How many OTCs and customers are drawn: the labels of more could not be read."""
MONTHS = 12
ACCOUNT, HASH = N_("Account"), N_("Ledger hash")
RENEWALS = (30, 60, 90)
"""Periods in days for which the OTCs to renew are counted."""

_OTC = ExportColumn(N_("OTC"), "otc.code", key="otc")
_CUSTOMER = ExportColumn(N_("Customer"), "customer.name", key="customer")
_MONTH = ExportColumn(N_("Month"), "name", key="month")
_USED = ExportColumn(N_("Used"), "used", CellFormat.NUMBER, key="used")
_PENDING = ExportColumn(N_("Pending"), "pending", CellFormat.NUMBER, key="pending")
_LICENSES = ExportColumn(N_("Licences"), "licenses", CellFormat.NUMBER, key="licenses")


def summary(
    contents: Contents, newest: int | None = None, *, of_customer: bool = False
) -> Summary:  # fmt: skip
    """The first sheet; a customer's own has nothing about other customers.

    It says that the export has only the `newest` movements, if it has not all.
    """
    at = contents.at if contents.at.tzinfo is None else contents.at.astimezone(dt.UTC)
    at = at.replace(microsecond=0, tzinfo=None)
    origin = [
        SummaryLine("account", _(ACCOUNT), contents.account, CellFormat.TEXT),
        SummaryLine("as_of", _("As of (UTC)"), at, CellFormat.INSTANT),
        SummaryLine("batch", _("Last batch"), contents.batch),
        SummaryLine("head", _(HASH), contents.head or None, CellFormat.TEXT),
    ]
    if newest is not None:
        limited = text(N_("Only the newest {newest} changes. For all: avira-importer export "
                          "--movements all"),
                       newest=newest)  # fmt: skip
        origin.append(SummaryLine("movements", _(MOVEMENTS), str(limited), CellFormat.TEXT))
    if not of_customer:
        blocks = [_fullest(contents), _expiring(contents), _largest(contents)]
        return Summary(_(SUMMARY), _("Avira licences"), origin, _figures(contents), blocks)
    [holding] = contents.customers
    name = holding.customer.name
    heading = str(text(N_("Avira licences of {customer}"), customer=name))
    origin.insert(1, SummaryLine("customer", _("Customer"), name, CellFormat.TEXT))
    figures = [
        SummaryLine("otcs", _("OTCs"), len(contents.otcs)),
        SummaryLine("licenses", _("Licences"), holding.licenses),
        _installed(contents),
        *_expiries(contents),
    ]
    blocks = [_by_otc(contents), _expiring(contents, of_customer=True)]
    return Summary(_(SUMMARY), heading, origin, figures, blocks)


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


def _installed(contents: Contents) -> SummaryLine:
    installed = sum(holding.installed for holding in contents.customers)
    return SummaryLine("devices", _("Devices with Avira"), installed)


def _expiries(contents: Contents) -> list[SummaryLine]:
    in_use = sum(otc.used > 0 and otc.otc.expired(contents.today) for otc in contents.otcs)
    lines = [SummaryLine("expired_in_use", _("Expired OTCs in use"), in_use)]
    for days in RENEWALS:
        label = str(text(N_("OTCs to renew within {days} days"), days=days))
        to_renew = contents.to_renew(dt.timedelta(days))
        lines.append(SummaryLine(f"renew_within_{days}_days", label, to_renew))
    return lines


def _fullest(contents: Contents) -> Block:
    """Used and pending of the OTCs with the largest share used; of these, the largest first."""
    ranked = sorted(
        contents.otcs,
        key=lambda holding: (-holding.used / holding.otc.total, -holding.used, holding.otc.code),
    )[:FULLEST]
    title, columns = _("The fullest OTCs"), (_OTC, _USED, _PENDING)
    return Block(make_table("fullest_otcs", title, columns, ranked), "stacked bar")


def _by_otc(contents: Contents) -> Block:
    """The licences that a customer holds of each OTC, the most first."""
    ranked = sorted(contents.otcs, key=lambda holding: (-holding.used, holding.otc.code))[:FULLEST]
    columns = _OTC, _LICENSES._replace(value="used")
    return Block(make_table("licenses_by_otc", _("Licences by OTC"), columns, ranked), "bar")


def _largest(contents: Contents) -> Block:
    ranked = nsmallest(
        LARGEST,
        (holding for holding in contents.customers if holding.subscriptions),
        key=lambda holding: (-holding.licenses, holding.customer.name),
    )
    title, columns = _("The largest customers"), (_CUSTOMER, _LICENSES)
    return Block(make_table("largest_customers", title, columns, ranked), "bar")


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
    title, columns = _("Licences expiring by month"), (_MONTH, _LICENSES)
    return Block(make_table("expiring_by_month", title, columns, months), "column")
