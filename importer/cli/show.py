"""`avira-importer show`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from importer.base.errors import MisuseError
from importer.base.texts import N_, _, text
from importer.cli.options import CommonOptions, as_of_option, common_options
from importer.cli.output import print_json, print_lines, table
from importer.cli.translated import Group, argument, command, with_examples

if TYPE_CHECKING:
    from importer.domain.contents import CustomerHolding, OtcHolding


_SUMMARY = {
    "otcs": N_("OTCs"),
    "customers": N_("Customers"),
    "total": N_("Total licences"),
    "used": N_("Used licences"),
    "pending": N_("Pending licences"),
    "expired": N_("Expired OTCs"),
    "renew_within_30_days": N_("OTCs to renew within 30 days"),
}


@click.group(
    cls=Group,
    help=with_examples(N_("Show what the ledger holds."), "show otcs", "show customers --json"),
)
def show() -> None:
    """The group of these commands."""


@command(
    N_("Show the OTCs with their licences, or one OTC with its customers."),
    "show otcs",
    "show otcs ABCDE-12345-FGHIJ-67890",
    group=show,
)
@argument("code", required=False)
@as_of_option
@common_options
def otcs(options: CommonOptions, code: str | None, as_of: dt.date | int | None) -> None:
    """Print all OTCs, or the one with `code`."""
    from importer.domain.otc_code import normalise_otc
    from importer.pipeline import show as pipeline

    wanted = None if code is None else normalise_otc(code) or ""  # no OTC has an empty code
    contents = pipeline.otcs(options.job(), wanted, as_of)
    options.note_if_empty(contents.batch, as_of)
    if code is not None and not contents.otcs:
        raise MisuseError(text(N_("The ledger has no OTC {otc}."), otc=code))
    if options.json:
        print_json([otc_json(holding) for holding in contents.otcs])
        return
    headers = [_(N_("OTC")), _(N_("Company")), _(N_("Total")), _(N_("Used")), _(N_("Pending")),
               _(N_("Expiry Date")), _(N_("Dedicated To"))]  # fmt: skip
    rows = [
        (holding.otc.code, holding.otc.company, holding.otc.total, holding.used, holding.pending,
         holding.otc.expiry_date, holding.dedicated_to)
        for holding in contents.otcs
    ]  # fmt: skip
    print_lines(table(headers, rows))
    if code is not None:
        customers = [(holding.customer.name, holding.licenses) for holding in contents.customers]
        print_lines(["", *table([_(N_("Customer")), _(N_("Licences"))], customers)])


@command(
    N_("Show the customers with their subscriptions, or one customer."),
    "show customers",
    'show customers "Clinica Norte"',
    group=show,
)
@argument("name", required=False)
@as_of_option
@common_options
def customers(options: CommonOptions, name: str | None, as_of: dt.date | int | None) -> None:
    """Print all customers, or the one with that name."""
    from importer.messages.change_text import value_words
    from importer.pipeline import show as pipeline

    contents, unknown = pipeline.customers(options.job(), name, as_of)
    options.note_if_empty(contents.batch, as_of)
    if unknown is not None:
        raise unknown
    if options.json:
        print_json([_customer_json(holding) for holding in contents.customers])
        return
    headers = [_(N_("Customer")), _(N_("Managed By")), _(N_("Status")), _(N_("Licences")),
               _(N_("Subscriptions"))]  # fmt: skip
    rows = [
        (holding.customer.name, value_words("managed_by", holding.customer.managed_by),
         value_words("status", holding.customer.status), holding.licenses,
         ", ".join(f"{part.otc} ({part.licenses})" for part in holding.subscriptions))
        for holding in contents.customers
    ]  # fmt: skip
    print_lines(table(headers, rows))


@command(
    N_("Show the totals of the ledger."),
    "show summary",
    "show summary --as-of 2026-06-30",
    group=show,
)
@as_of_option
@common_options
def summary(options: CommonOptions, as_of: dt.date | int | None) -> None:
    """Print totals, and what expires."""
    from importer.pipeline import show as pipeline

    figures, batch = pipeline.figures(options.job(), as_of)
    options.note_if_empty(batch, as_of)
    if options.json:
        print_json(figures._asdict())
        return
    labels = {key: _(label) for key, label in _SUMMARY.items()}
    width = max(map(len, labels.values()))
    print_lines(f"{label:<{width}}  {getattr(figures, key):>9}" for key, label in labels.items())


def otc_json(holding: OtcHolding) -> dict[str, Any]:
    """An OTC of `show otcs --json`."""
    otc = holding.otc
    return {
        "otc": otc.code, "email": otc.email, "company": otc.company,
        "description": otc.description, "total": otc.total, "used": holding.used,
        "pending": holding.pending, "purchase_date": otc.purchase_date,
        "expiry_date": otc.expiry_date, "product_id": otc.product_id, "runtime": otc.runtime,
        "dedicated_to": holding.dedicated_to,
    }  # fmt: skip


def _customer_json(holding: CustomerHolding) -> dict[str, Any]:
    customer = holding.customer
    subscriptions = [{"otc": part.otc, "licenses": part.licenses} for part in holding.subscriptions]
    return {
        "name": customer.name, "managed_by": customer.managed_by, "status": customer.status,
        "email": customer.email, "first_name": customer.first_name,
        "last_name": customer.last_name, "subscriptions": subscriptions,
        "devices": holding.installed,
    }  # fmt: skip
