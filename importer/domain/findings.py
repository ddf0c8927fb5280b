"""Conditions of a ledger that deserve attention, though no rule refuses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from importer.base.texts import N_, Text, first_of, text
from importer.domain.contents import Contents
from importer.domain.entities import Customer, Otc, Status
from importer.domain.invariants import sharing
from importer.domain.names import accentless_key
from importer.domain.planning.scope import email_key
from importer.domain.problems import DescribedCode
from importer.domain.requests import DisableCustomer, EditCustomer, EditOtc, RecordDevice, UpdateOtc
from importer.domain.sheets import SHEET_OF

MOST_NAMED = 5
"""How many customers a finding names before it only counts the rest."""


class FindingKind(DescribedCode):
    """The kinds of finding."""

    EXPIRED_IN_USE = "expired-in-use", N_("Expired but in use")
    FULL = "full", N_("Full")
    DISABLED_WITH_LICENSES = "disabled-with-licenses", N_("Disabled with licences")
    MORE_DEVICES = "more-devices-than-licenses", N_("More devices than licences")
    SHARED_EMAIL = "shared-email", N_("Shared email")
    SIMILAR_NAMES = "similar-names", N_("Similar names")


class Finding(NamedTuple):
    """A condition of an OTC or of a customer (the other is None), and what to do about it."""

    kind: FindingKind
    otc: str | None
    customer: str | None
    message: Text
    fix: Text


def findings(contents: Contents) -> list[Finding]:
    """All findings: by kind, the worst first; each kind by OTC code or customer name."""
    return [finding for finder in _FINDERS for finding in finder(contents)]


def _finding(
    kind: FindingKind, subject: Otc | Customer, message: str, fix: str, /, **facts: object
) -> Finding:
    otc = subject.code if isinstance(subject, Otc) else None
    customer = subject.name if isinstance(subject, Customer) else None
    return Finding(kind, otc, customer, Text(message, facts), Text(fix, facts))


def _expired_in_use(contents: Contents) -> Iterator[Finding]:
    for holding in contents.otcs:
        otc, used = holding.otc, holding.used
        if used and otc.expired(contents.today):
            yield _finding(
                FindingKind.EXPIRED_IN_USE, otc,
                N_("It expired on {expiry_date}. Used licences: {used} of {total}."),
                N_("Renew it and correct its expiry date on the {edit} sheet, or move its "
                   "customers to another OTC on the {move} sheet."),
                expiry_date=otc.expiry_date, used=used, total=otc.total,
                edit=SHEET_OF[EditOtc], move=SHEET_OF[UpdateOtc],
            )  # fmt: skip


def _full(contents: Contents) -> Iterator[Finding]:
    for holding in contents.otcs:
        if holding.pending:
            continue
        fix = N_("Before more licences are needed, top it up on the {sheet} sheet or buy another "
                 "OTC.")  # fmt: skip
        if holding.dedicated_to is not None:
            fix = N_("It is dedicated to {customer}. If that customer needs more licences, top it "
                     "up on the {sheet} sheet.")  # fmt: skip
        yield _finding(
            FindingKind.FULL, holding.otc, N_("All of its {total} licences are used."), fix,
            total=holding.otc.total, customer=holding.dedicated_to, sheet=SHEET_OF[EditOtc],
        )  # fmt: skip


def _disabled_with_licenses(contents: Contents) -> Iterator[Finding]:
    sheet = SHEET_OF[DisableCustomer]
    for holding in contents.customers:
        if holding.customer.status is Status.DISABLED and holding.subscriptions:
            yield _finding(
                FindingKind.DISABLED_WITH_LICENSES, holding.customer,
                N_("It is disabled but still holds licences: {licenses}."),
                N_("If it will not come back, write {yes} in the {column} column of the {sheet} "
                   "sheet."),
                licenses=holding.licenses, yes=text(N_("Yes")), column=sheet.column("release"),
                sheet=sheet,
            )  # fmt: skip


def _more_devices(contents: Contents) -> Iterator[Finding]:
    sheet = SHEET_OF[RecordDevice]
    for holding in contents.customers:
        if holding.devices and holding.installed > holding.licenses:
            fix = N_("Give it more licences, or fill in {column} on the {sheet} sheet for devices "
                     "that no longer run Avira.")  # fmt: skip
            if holding.customer.status is Status.DISABLED:
                fix = N_("It is disabled and gets no more licences. Uninstall Avira there, and "
                         "fill in {column} on the {sheet} sheet.")  # fmt: skip
            yield _finding(
                FindingKind.MORE_DEVICES, holding.customer,
                N_("Devices with Avira: {installed}; licences: {licenses}."), fix,
                installed=holding.installed, licenses=holding.licenses,
                column=sheet.column("avira_uninstalled"), sheet=sheet,
            )  # fmt: skip


def _shared_emails(contents: Contents) -> Iterator[Finding]:
    customers = [holding.customer for holding in contents.customers]
    for several in sharing(customers, lambda own: email_key(own.email) if own.email else None):
        yield _finding(
            FindingKind.SHARED_EMAIL, several[0], N_("{email} is the email of {customers}."),
            N_("If they are the same customer, disable one and release its licences. If not, give "
               "each its own email on the {sheet} sheet."),
            email=several[0].email, customers=_names(several), sheet=SHEET_OF[EditCustomer],
        )  # fmt: skip


def _similar_names(contents: Contents) -> Iterator[Finding]:
    sheet = SHEET_OF[EditCustomer]
    customers = [holding.customer for holding in contents.customers]
    for several in sharing(customers, lambda own: accentless_key(own.name)):
        yield _finding(
            FindingKind.SIMILAR_NAMES, several[0],
            N_("Only accents, quotation marks or dashes distinguish {customers}."),
            N_("If they are the same customer, disable one and release its licences. If not, give "
               "one a distinct {column} on the {sheet} sheet."),
            customers=_names(several), column=sheet.column("new_name"), sheet=sheet,
        )  # fmt: skip


def _names(several: Sequence[Customer]) -> list[str]:
    return first_of([customer.name for customer in several], MOST_NAMED)


_FINDERS = (
    _expired_in_use, _more_devices, _disabled_with_licenses, _full, _shared_emails, _similar_names,
)  # fmt: skip
