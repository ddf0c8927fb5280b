"""`avira-importer show`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from importer.base.errors import MisuseError
from importer.base.texts import N_, _, text
from importer.cli.job import as_of_option, job_of, note_nothing_applied
from importer.cli.options import Common, common_options
from importer.cli.output import say, say_json, table
from importer.cli.translated import Command, Group

if TYPE_CHECKING:
    from importer.domain.contents import CustomerHolding, OtcHolding


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
    from importer.pipeline import export as exporting

    wanted = None if code is None else normalise_otc(code) or ""  # the code of none
    contents = exporting.otcs(job_of(common), wanted, as_of)
    _note(common, contents.batch, as_of)
    found = contents.otcs
    if code is not None and not found:
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
        held = [(one.customer.name, one.licenses) for one in contents.customers]
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
    from importer.messages.change_text import value_words
    from importer.pipeline import export as exporting

    contents, unknown = exporting.customers(job_of(common), name, as_of)
    _note(common, contents.batch, as_of)
    if unknown is not None:
        raise unknown
    found = contents.customers
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
    from importer.pipeline import export as exporting

    figures, batch = exporting.figures(job_of(common), as_of)
    _note(common, batch, as_of)
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


def _note(common: Common, batch: int, as_of: dt.date | int | None) -> None:
    """A word about the ledger where no batch was applied to it by then."""
    if batch == 0:
        note_nothing_applied(common, as_of)


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
