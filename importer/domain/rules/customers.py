"""Add, Edit, Disable and Enable Customer (rules 5, 6, 10, 12 and 14)."""

from __future__ import annotations

from msgspec.structs import replace

from importer.base.texts import N_, Text, text
from importer.domain import requests as ask
from importer.domain.entities import Customer, Status
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Problem
from importer.domain.rules.subscriptions import edit_licenses, subscribe
from importer.domain.rules.verdict import (
    Verdict,
    differences,
    duplicate_row,
    row_problem,
    unknown_customer,
    unknown_otc,
)
from importer.domain.sheets import SHEET_OF

PERSON = ("email", "first_name", "last_name")


def add_customer(row: ask.AddCustomer, ledger: Snapshot) -> Verdict:
    """Add the customer with its first subscription, unless it exists."""
    otc = ledger.otcs.get(row.otc)
    verdict = Verdict()
    if otc is None:
        verdict.problems.append(unknown_otc(row, "otc", ledger))
    known = ledger.customer(row.customer)
    if known is not None:
        creator = ledger.creators.get(known.id)
        if creator is not None:
            fix = N_("Delete one of the two rows. If the customer needs the licences of both, move "
                     "this row to the {other_sheet} sheet.")  # fmt: skip
            problem = duplicate_row(row, "customer", row.customer, creator, fix,
                                    other_sheet=SHEET_OF[ask.AddSubscription])  # fmt: skip
            verdict.problems.append(problem)
        elif different := _differs(row, known, ledger):
            verdict.problems.append(row_problem(
                row, "customer", Code.ALREADY_EXISTS,
                N_("Customer {customer} already exists with other values: {differences}."),
                N_("Change it on the {edit} sheet, give it another OTC on the {subscribe} sheet, "
                   "or write another name."),
                customer=known.name, differences=different, edit=SHEET_OF[ask.EditCustomer],
                subscribe=SHEET_OF[ask.AddSubscription],
            ))  # fmt: skip
        return verdict
    added = Customer(
        ledger.last_customer + 1, row.customer, row.managed_by,
        Status.ACTIVE, row.email, row.first_name, row.last_name,
    )  # fmt: skip
    verdict.problems += _email_in_use(row, added, ledger)
    verdict.changes.append(Change(ChangeKind.CUSTOMER_ADDED, None, added, row.place))
    if otc is not None:
        subscribe(verdict, ledger, row, otc, added)
    verdict.problems += _similar_name(row, "customer", row.customer, ledger)
    return verdict


def edit_customer(row: ask.EditCustomer, ledger: Snapshot) -> Verdict:
    """Give the customer its new details and licences, all of them or none."""
    known = ledger.customer(row.customer)
    if known is None:
        if row.new_name is None or ledger.customer(row.new_name) is None:
            return Verdict(problems=[unknown_customer(row, ledger)])
        renamed = edit_customer(replace(row, customer=row.new_name, new_name=None), ledger)
        if not renamed.changes and not renamed.problems:
            return Verdict()  # it was renamed already, and the rest is so as well
        return Verdict(problems=[unknown_customer(row, ledger, row.new_name)])
    edited = replace(
        known,
        name=row.new_name or known.name,
        email=row.email or known.email,
        first_name=row.first_name or known.first_name,
        last_name=row.last_name or known.last_name,
    )
    verdict = Verdict()
    if edited != known:
        verdict.changes.append(Change(ChangeKind.CUSTOMER_EDITED, known, edited, row.place))
    if edited.name != known.name:
        other = ledger.customer(edited.name)
        if other is not None and other.id != known.id:
            verdict.problems.append(row_problem(
                row, "new_name", Code.ALREADY_EXISTS, N_("Another customer is already named "
                "{other}."), N_("Write another name."), other=other.name,
            ))  # fmt: skip
        verdict.problems += _similar_name(row, "new_name", edited.name, ledger, but=known.name)
    if edited.email != known.email:
        verdict.problems += _email_in_use(row, edited, ledger)
    edit_licenses(verdict, row, known, ledger)
    return verdict


def disable_customer(row: ask.DisableCustomer, ledger: Snapshot) -> Verdict:
    """Disable the customer, and cancel its subscriptions where the row releases them."""
    known = ledger.customer(row.customer)
    if known is None:
        return Verdict(problems=[unknown_customer(row, ledger)])
    verdict = Verdict()
    if known.status is not Status.DISABLED:
        disabled = replace(known, status=Status.DISABLED, disabled_reason=row.reason)
        verdict.changes.append(Change(ChangeKind.CUSTOMER_DISABLED, known, disabled, row.place))
    subscriptions = ledger.subscriptions(known) if row.release else ()
    if subscriptions and not verdict.changes and row.reason not in (None, known.disabled_reason):
        again = replace(known, disabled_reason=row.reason)
        verdict.changes.append(Change(ChangeKind.CUSTOMER_EDITED, known, again, row.place))
    for subscription in subscriptions:
        cancelled = Change(ChangeKind.SUBSCRIPTION_CANCELLED, subscription, None, row.place)
        verdict.changes.append(cancelled)
    return verdict


def enable_customer(row: ask.EnableCustomer, ledger: Snapshot) -> Verdict:
    """Let the customer get licences again."""
    known = ledger.customer(row.customer)
    if known is None:
        return Verdict(problems=[unknown_customer(row, ledger)])
    if known.status is Status.ACTIVE:
        return Verdict()
    enabled = replace(known, status=Status.ACTIVE, disabled_reason=None)
    return Verdict([Change(ChangeKind.CUSTOMER_ENABLED, known, enabled, row.place)])


def _differs(row: ask.AddCustomer, known: Customer, ledger: Snapshot) -> list[Text]:
    different = differences(row, known, ("managed_by", *PERSON))
    subscription = ledger.subscription(known, row.otc)
    if subscription is None:
        different.append(text(N_("it holds no licences of {otc}"), otc=row.otc))
    elif row.licenses not in (None, subscription.licenses):
        different.append(text(
            N_("it holds {held} licences of {otc}, but the row says {stated}"),
            held=subscription.licenses, otc=row.otc, stated=row.licenses,
        ))  # fmt: skip
    return different


def _email_in_use(
    row: ask.AddCustomer | ask.EditCustomer, customer: Customer, ledger: Snapshot
) -> list[Problem]:
    if not customer.holds_whole_otcs or customer.email is None:
        return []
    return [
        row_problem(
            row, "email", Code.EMAIL_IN_USE,
            N_("{email} is the email of {other}, which also manages itself."),
            N_("Write an email that no other customer uses."),
            email=customer.email, other=other.name,
        )
        for other in ledger.self_managed_with_email(customer.email)
        if other.id != customer.id
    ]  # fmt: skip


def _similar_name(
    row: ask.AddCustomer | ask.EditCustomer, field: str, name: str, ledger: Snapshot, but: str = ""
) -> list[Problem]:
    return [
        row_problem(
            row, field, Code.SIMILAR_NAME,
            N_("{name} differs from customer {other} only in accents, quotation marks or dashes."),
            N_("If they are the same customer, write the name the same way."),
            name=name, other=other,
        )
        for other in ledger.similar_names(name)
        if other != but
    ]  # fmt: skip
