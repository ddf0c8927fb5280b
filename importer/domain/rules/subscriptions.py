"""Add Avira Subscription, and the licences of Edit Customer (rules 8 to 12)."""

from __future__ import annotations

from msgspec.structs import replace

from importer.base.texts import N_, text
from importer.domain.entities import Customer, Otc, Status, Subscription
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Problem, problem_at
from importer.domain.requests import AddCustomer, AddSubscription, EditCustomer
from importer.domain.rules.handing_out import LicenseRequest, dedicated_needs_all, hand_out
from importer.domain.rules.verdict import (
    Verdict,
    duplicate_row,
    gets_no_more,
    missing_value,
    row_problem,
    unknown_customer,
    unknown_otc,
)
from importer.domain.sheets import SHEET_OF


def add_subscription(row: AddSubscription, ledger: Snapshot) -> Verdict:
    """Give the customer licences out of an OTC that it holds none of."""
    customer = ledger.customer(row.customer)
    otc = ledger.otcs.get(row.otc)
    verdict = Verdict()
    if customer is None:
        verdict.problems.append(unknown_customer(row, ledger))
    if otc is None:
        verdict.problems.append(unknown_otc(row, "otc", ledger))
    if customer is None or otc is None:
        return verdict
    if row.licenses is None and not customer.holds_whole_otcs:
        message = text(N_("The number of licences is missing."))
        verdict.problems.append(missing_value(row, "licenses", message))
        return verdict
    subscription = ledger.subscription(customer, otc.code)
    if subscription is not None:
        creator = ledger.creators.get((customer.id, otc.code))
        if creator is not None:
            fix = N_("Delete one of the two rows, or write the sum of both in one.")
            name = [customer.name, row.otc]
            verdict.problems.append(duplicate_row(row, "otc", name, creator, fix))
        elif row.licenses not in (None, subscription.licenses):
            verdict.problems.append(row_problem(
                row, "licenses", Code.ALREADY_EXISTS,
                N_("{customer} already holds {licenses} licences of {otc}; the row says {stated}."),
                N_("To change the number, move the row to the {sheet} sheet."), otc=row.otc,
                customer=customer.name, licenses=subscription.licenses, stated=row.licenses,
                sheet=SHEET_OF[EditCustomer],
            ))  # fmt: skip
        return verdict
    if customer.status is Status.DISABLED:
        verdict.problems.append(_customer_disabled(row, customer))
    subscribe(verdict, ledger, row, otc, customer)
    return verdict


def subscribe(
    verdict: Verdict, ledger: Snapshot, row: AddCustomer | AddSubscription, otc: Otc,
    customer: Customer,
) -> None:  # fmt: skip
    """Give `customer` its first licences of `otc`, all of them where the row states no number."""
    if row.licenses is None:
        wanted = LicenseRequest(row, otc, otc.total, customer, "otc", "otc", None)
    else:
        most = ledger.pending(otc)
        wanted = LicenseRequest(row, otc, row.licenses, customer, "otc", "licenses", most)
    hand_out(verdict, ledger, wanted)
    added = Subscription(customer.id, otc.code, wanted.licenses)
    verdict.changes.append(Change(ChangeKind.SUBSCRIPTION_ADDED, None, added, row.place))


def edit_licenses(
    verdict: Verdict, row: EditCustomer, customer: Customer, ledger: Snapshot
) -> None:  # fmt: skip
    """Set the licences of the subscription that the row means, 0 cancelling it."""
    if row.otc is not None and row.otc not in ledger.otcs:
        verdict.problems.append(unknown_otc(row, "otc", ledger))
        return
    if row.licenses is None:
        if row.otc is not None:
            message = text(N_("The row names an OTC but no number of licences."))
            verdict.problems.append(missing_value(row, "licenses", message))
        return
    before = _subscription_meant(verdict, row, customer, ledger)
    if before is None or row.licenses == before.licenses:
        return
    if row.licenses == 0:
        verdict.changes.append(Change(ChangeKind.SUBSCRIPTION_CANCELLED, before, None, row.place))
        return
    otc = ledger.otcs[before.otc]
    more = row.licenses - before.licenses
    otc_cell = "licenses" if row.otc is None else "otc"
    most = before.licenses + ledger.pending(otc)
    wanted = LicenseRequest(row, otc, more, customer, otc_cell, "licenses", most)
    if customer.holds_whole_otcs:
        whole = replace(wanted, licenses=row.licenses)
        fix = N_("To change the number, change the OTC's total on the {sheet} sheet. 0 cancels "
                 "the subscription.")  # fmt: skip
        verdict.problems.append(dedicated_needs_all(whole, ledger.pending(otc), fix))
    elif more > 0:
        if customer.status is Status.DISABLED:
            verdict.problems.append(_customer_disabled(row, customer))
        hand_out(verdict, ledger, wanted)
    after = replace(before, licenses=row.licenses)
    verdict.changes.append(Change(ChangeKind.SUBSCRIPTION_EDITED, before, after, row.place))


def _subscription_meant(
    verdict: Verdict, row: EditCustomer, customer: Customer, ledger: Snapshot
) -> Subscription | None:
    """The subscription that the row means; None without a problem where it asks for 0 of none."""
    if row.otc is None:
        field, message = "licenses", N_("{customer} holds no licences.")
        subscriptions = ledger.subscriptions(customer)
    else:
        field, message = "otc", HOLDS_NONE_OF
        subscription = ledger.subscription(customer, row.otc)
        subscriptions = () if subscription is None else (subscription,)
    if len(subscriptions) > 1:
        verdict.problems.append(row_problem(
            row, "otc", Code.WHICH_OTC, N_("{customer} holds licences of several OTCs: {otcs}."),
            N_("Write the OTC that you mean in the {column} column."), customer=customer.name,
            otcs=[f"{held.otc} ({held.licenses})" for held in subscriptions],
            column=SHEET_OF[EditCustomer].column("otc"),
        ))  # fmt: skip
        return None
    if not subscriptions and row.licenses:
        verdict.problems.append(row_problem(
            row, field, Code.NO_SUCH_SUBSCRIPTION, message,
            N_("To give it licences, move the row to the {sheet} sheet."),
            customer=customer.name, otc=row.otc, sheet=SHEET_OF[AddSubscription],
        ))  # fmt: skip
    return subscriptions[0] if subscriptions else None


HOLDS_NONE_OF = N_("{customer} holds no licences of {otc}.")


def _customer_disabled(row: AddSubscription | EditCustomer, customer: Customer) -> Problem:
    fix = text(N_("Enable it with another workbook first."))
    return problem_at(
        row.place, "customer", Code.CUSTOMER_DISABLED, gets_no_more(customer), fix, row.customer
    )  # fmt: skip
