"""`avira-importer show`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from importer.cli.job import as_of_option, job_of, note_nothing_applied
from importer.cli.options import Common, common_options
from importer.cli.output import say, say_json, table
from importer.cli.translated import Command, Group
from importer.errors import MisuseError
from importer.texts import N_, _, text

if TYPE_CHECKING:
    from importer.domain.contents import Contents, CustomerHolding, OtcHolding


@click.group(
    cls=Group,
    help=N_("Show what the ledger holds.")
    + "\n\n\b\n  avira-importer show otcs\n  avira-importer show customers --json",
)
def show() -> None:
    """The group of what can be shown."""


@show.command(
    cls=Command,
    help=N_("The OTCs with their licences; one of them with its customers.")
    + "\n\n\b\n  avira-importer show otcs\n  avira-importer show otcs ABCDE-12345-FGHIJ-67890",
)
@click.argument("code", required=False)
@as_of_option
@common_options
def otcs(common: Common, code: str | None, as_of: dt.date | int | None) -> None:
    """All OTCs, or the one that `code` means."""
    from importer.domain.otc_code import normalise_otc

    contents = _contents(common, as_of)
    found = list(contents.otcs)
    if code is not None:
        wanted = normalise_otc(code)
        found = [holding for holding in found if holding.otc.code == wanted]
        if not found:
            raise MisuseError(text(N_("The ledger has no OTC {otc}."), otc=code))
    if common.json:
        say_json([_otc_json(holding) for holding in found])
        return
    say(
        table(
            [_(N_("OTC")), _(N_("Company")), _(N_("Total")), _(N_("Used")), _(N_("Pending")),
             _(N_("Expiry Date")), _(N_("Dedicated To"))],
            [
                (one.otc.code, one.otc.company, one.otc.total, one.used, one.pending,
                 one.otc.expiry_date, one.dedicated_to)
                for one in found
            ],
        )
    )  # fmt: skip
    if code is not None:
        held = [
            (customer.customer.name, one.licenses)
            for customer in contents.customers
            for one in customer.subscriptions
            if one.otc == found[0].otc.code
        ]
        say(["", *table([_(N_("Customer")), _(N_("Licences"))], held)])


@show.command(
    cls=Command,
    help=N_("The customers with their subscriptions; or one of them.")
    + '\n\n\b\n  avira-importer show customers\n  avira-importer show customers "Clinica Norte"',
)
@click.argument("name", required=False)
@as_of_option
@common_options
def customers(common: Common, name: str | None, as_of: dt.date | int | None) -> None:
    """All customers, or the one of that name, however it is spelt."""
    from importer.domain.names import name_key
    from importer.exporting import no_such_customer
    from importer.words import value_words

    contents = _contents(common, as_of)
    found = list(contents.customers)
    if name is not None:
        found = [one for one in found if name_key(one.customer.name) == name_key(name)]
        if not found:
            raise no_such_customer(name, contents)
    if common.json:
        say_json([_customer_json(holding) for holding in found])
        return
    say(
        table(
            [_(N_("Customer")), _(N_("Managed By")), _(N_("Status")), _(N_("Licences")),
             _(N_("Subscriptions"))],
            [
                (one.customer.name, value_words("managed_by", one.customer.managed_by),
                 value_words("status", one.customer.status), one.licenses,
                 ", ".join(f"{held.otc} ({held.licenses})" for held in one.subscriptions))
                for one in found
            ],
        )
    )  # fmt: skip


@show.command(
    cls=Command,
    help=N_("The figures of the whole ledger.")
    + "\n\n\b\n  avira-importer show summary"
    + "\n  avira-importer show summary --as-of 2026-06-30",
)
@as_of_option
@common_options
def summary(common: Common, as_of: dt.date | int | None) -> None:
    """Totals, and what expires."""
    figures = _contents(common, as_of).figures()
    if common.json:
        say_json(figures._asdict())
        return
    labels = {
        "otcs": N_("OTCs"),
        "customers": N_("Customers"),
        "total": N_("Total licences"),
        "used": N_("Used licences"),
        "pending": N_("Pending licences"),
        "expired": N_("Expired OTCs"),
        "renew_within_30_days": N_("OTCs to renew within 30 days"),
    }
    width = max(len(_(label)) for label in labels.values())
    say(f"{_(label):<{width}}  {getattr(figures, key):>9}" for key, label in labels.items())


def _contents(common: Common, as_of: dt.date | int | None) -> Contents:
    """What the account's ledger holds; a word about it where that is nothing at all."""
    from importer import exporting

    contents = exporting.contents(job_of(common), as_of)
    if contents.batch == 0:
        note_nothing_applied(common, as_of)
    return contents


def _otc_json(holding: OtcHolding) -> dict[str, Any]:
    otc = holding.otc
    return {
        "otc": otc.code,
        "email": otc.email,
        "company": otc.company,
        "description": otc.description,
        "total": otc.total,
        "used": holding.used,
        "pending": holding.pending,
        "purchase_date": otc.purchase_date,
        "expiry_date": otc.expiry_date,
        "product_id": otc.product_id,
        "runtime": otc.runtime,
        "dedicated_to": holding.dedicated_to,
    }


def _customer_json(holding: CustomerHolding) -> dict[str, Any]:
    customer = holding.customer
    return {
        "name": customer.name,
        "managed_by": customer.managed_by,
        "status": customer.status,
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "subscriptions": [
            {"otc": one.otc, "licenses": one.licenses} for one in holding.subscriptions
        ],
        "devices": holding.installed,
    }
