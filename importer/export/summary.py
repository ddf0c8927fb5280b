"""The Summary: of what and when the export is, the figures, and tables with a chart each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest

from importer.base.texts import N_, _, text
from importer.domain.contents import Contents, OtcHolding
from importer.export.book import Block, Column, Line, Row, Shown, Summary, Table
from importer.workbook.labels import SUMMARY

FULLEST = 20
LARGEST = 10
"""How many OTCs and customers are drawn: the labels of more could not be read."""
MONTHS = 12
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
        origin.insert(1, Line("customer", _("Customer"), name, Shown.TEXT))
    return Summary(_(SUMMARY), heading, origin, figures, blocks)


def _origin(contents: Contents) -> list[Line]:
    at = contents.at if contents.at.tzinfo is None else contents.at.astimezone(dt.UTC)
    return [
        Line("account", _("Account"), contents.account, Shown.TEXT),
        Line("as_of", _("As of (UTC)"), at.replace(microsecond=0, tzinfo=None), Shown.INSTANT),
        Line("batch", _("Last batch"), contents.batch),
        Line("head", _("Ledger hash"), contents.head or None, Shown.TEXT),
    ]


def _figures(contents: Contents) -> list[Line]:
    figures = contents.figures()
    in_use = figures.used / figures.total if figures.total else 0.0
    return [
        Line("otcs", _("OTCs"), figures.otcs),
        Line("customers", _("Customers"), figures.customers),
        Line("total", _("Total licences"), figures.total),
        Line("used", _("Used licences"), figures.used),
        Line("pending", _("Pending licences"), figures.pending),
        Line("in_use", _("Licences in use"), in_use, Shown.PERCENT),
        _installed(contents),
        Line("expired", _("Expired OTCs"), figures.expired),
        *_expiries(contents),
    ]


def _customer_figures(contents: Contents) -> list[Line]:
    [ours] = contents.customers
    return [
        Line("otcs", _("OTCs"), len(contents.otcs)),
        Line("licenses", _("Licences"), ours.licenses),
        _installed(contents),
        *_expiries(contents),
    ]


def _installed(contents: Contents) -> Line:
    installed = sum(one.installed for one in contents.customers)
    return Line("devices", _("Devices with Avira"), installed)


def _expiries(contents: Contents) -> list[Line]:
    in_use = sum(one.used > 0 and one.otc.expired(contents.today) for one in contents.otcs)
    found = [Line("expired_in_use", _("Expired OTCs in use"), in_use)]
    for days in RENEWALS:
        label = str(text(N_("OTCs to renew within {days} days"), days=days))
        to_renew = contents.to_renew(dt.timedelta(days))
        found.append(Line(f"renew_within_{days}_days", label, to_renew))
    return found


def _fullest(contents: Contents) -> Block:
    """Used and pending of the OTCs with the largest share used; of these, the largest first."""
    ranked = sorted(
        contents.otcs, key=lambda one: (-one.used / one.otc.total, -one.used, one.otc.code)
    )
    return _block(
        "fullest_otcs", _("The fullest OTCs"), "stacked bar",
        [_label("otc", _("OTC")), _number("used", _("Used")), _number("pending", _("Pending"))],
        ((one.otc.code, one.used, one.pending) for one in ranked[:FULLEST]),
    )  # fmt: skip


def _held(contents: Contents) -> Block:
    """What a customer holds of each OTC, the most first."""
    ranked = sorted(contents.otcs, key=lambda one: (-one.used, one.otc.code))
    return _block(
        "licenses_by_otc", _("Licences by OTC"), "bar",
        [_label("otc", _("OTC")), _number("licenses", _("Licences"))],
        ((one.otc.code, one.used) for one in ranked[:FULLEST]),
    )  # fmt: skip


def _largest(contents: Contents) -> Block:
    ranked = nsmallest(
        LARGEST,
        (one for one in contents.customers if one.subscriptions),
        key=lambda one: (-one.licenses, one.customer.name),
    )
    return _block(
        "largest_customers", _("The largest customers"), "bar",
        [_label("customer", _("Customer")), _number("licenses", _("Licences"))],
        ((one.customer.name, one.licenses) for one in ranked),
    )  # fmt: skip


def _expiring(contents: Contents, *, of_customer: bool = False) -> Block:
    """The licences of the OTCs that expire in each of the next 12 months.

    The first is the month of `contents.today`, and whole: what expired earlier in it counts.
    """

    def licenses_of(one: OtcHolding) -> int:
        return one.used if of_customer else one.otc.total

    licenses = Counter[str]()
    for holding in contents.otcs:
        if holding.otc.expiry_date is not None:
            licenses[holding.otc.expiry_date.isoformat()[:7]] += licenses_of(holding)
    first = contents.today.year * 12 + contents.today.month - 1
    months = [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, first + MONTHS)]
    return _block(
        "expiring_by_month", _("Licences expiring by month"), "column",
        [_label("month", _("Month")), _number("licenses", _("Licences"))],
        ((month, licenses[month]) for month in months),
    )  # fmt: skip


def _block(key: str, heading: str, chart: str, columns: list[Column], rows: Iterable[Row]) -> Block:
    return Block(Table(key, heading, tuple(columns), list(rows)), chart)  # type: ignore[arg-type]


def _label(key: str, header: str) -> Column:
    return Column(key, header)


def _number(key: str, header: str) -> Column:
    return Column(key, header, Shown.NUMBER)
