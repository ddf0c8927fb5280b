"""Conditions of a ledger that somebody should look at, though no rule refuses them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from importer.base.texts import N_, Text, first_of, text
from importer.domain.contents import Contents, CustomerHolding
from importer.domain.entities import Status
from importer.domain.names import accentless_key
from importer.domain.planning.scope import email_key
from importer.domain.problems import DescribedCode
from importer.domain.requests import DisableCustomer, EditCustomer, EditOtc, RecordDevice, UpdateOtc
from importer.domain.sheets import SHEET_OF

_DISABLED = Status.DISABLED  # to look it up takes Python 3.11 longer than all else of a customer
NAMED = 5
"""How many customers a finding names; of more, it says how many more there are."""


class FindingKind(DescribedCode):
    """The kinds of finding, as scripts read them."""

    EXPIRED_IN_USE = "expired-in-use", N_("Expired but in use")
    FULL = "full", N_("Full")
    DISABLED_WITH_LICENSES = "disabled-with-licenses", N_("Disabled with licences")
    MORE_DEVICES = "more-devices-than-licenses", N_("More devices than licences")
    SHARED_EMAIL = "shared-email", N_("Shared email")
    SIMILAR_NAMES = "similar-names", N_("Similar names")


class Finding(NamedTuple):
    """One thing found: of which OTC or customer (the other is None), and what to do."""

    kind: FindingKind
    otc: str | None
    customer: str | None
    message: Text
    fix: Text


def findings(contents: Contents) -> list[Finding]:
    """All of them: by kind, the worst first; each kind by the OTC's code or the customer's name."""
    return [finding for found in _FINDERS for finding in found(contents)]


def _expired_in_use(contents: Contents) -> Iterator[Finding]:
    for one in contents.otcs:
        if one.used and one.otc.expired(contents.today):
            yield Finding(
                FindingKind.EXPIRED_IN_USE, one.otc.code, None,
                text(N_("It expired on {expiry_date}. Used licences: {used} of {total}."),
                     expiry_date=one.otc.expiry_date, used=one.used, total=one.otc.total),
                text(N_("Renew it and correct its expiry date on the {edit} sheet, or move its "
                        "customers to another OTC on the {move} sheet."),
                     edit=SHEET_OF[EditOtc], move=SHEET_OF[UpdateOtc]),
            )  # fmt: skip


def _full(contents: Contents) -> Iterator[Finding]:
    for one in contents.otcs:
        if one.pending:
            continue
        fix = text(N_("Before more licences are needed, top it up on the {sheet} sheet or buy "
                      "another OTC."), sheet=SHEET_OF[EditOtc])  # fmt: skip
        if one.dedicated_to is not None:
            fix = text(N_("It is dedicated to {customer}. If that customer needs more licences, "
                          "top it up on the {sheet} sheet."), customer=one.dedicated_to,
                       sheet=SHEET_OF[EditOtc])  # fmt: skip
        yield Finding(
            FindingKind.FULL, one.otc.code, None,
            text(N_("All of its {total} licences are used."), total=one.otc.total), fix,
        )  # fmt: skip


def _disabled_with_licenses(contents: Contents) -> Iterator[Finding]:
    disable = SHEET_OF[DisableCustomer]
    release = disable.column("release")
    for one in contents.customers:
        if one.customer.status is _DISABLED and one.subscriptions:
            yield Finding(
                FindingKind.DISABLED_WITH_LICENSES, None, one.customer.name,
                text(N_("It is disabled but still holds licences: {licenses}."),
                     licenses=one.licenses),
                text(N_("If it will not come back, write {yes} in the {column} column of the "
                        "{sheet} sheet."), yes=text(N_("Yes")), column=release, sheet=disable),
            )  # fmt: skip


def _more_devices(contents: Contents) -> Iterator[Finding]:
    sheet = SHEET_OF[RecordDevice]
    column = sheet.column("avira_uninstalled")
    for one in contents.customers:
        if one.devices and one.installed > one.licenses:
            fix = N_("Give it more licences, or fill in {column} on the {sheet} sheet for devices "
                     "that no longer run Avira.")  # fmt: skip
            if one.customer.status is Status.DISABLED:
                fix = N_("It is disabled and gets no more licences. Uninstall Avira there, and "
                         "fill in {column} on the {sheet} sheet.")  # fmt: skip
            yield Finding(
                FindingKind.MORE_DEVICES, None, one.customer.name,
                text(N_("Devices with Avira: {installed}; licences: {licenses}."),
                     installed=one.installed, licenses=one.licenses),
                text(fix, column=column, sheet=sheet),
            )  # fmt: skip


def _shared_emails(contents: Contents) -> Iterator[Finding]:
    for several in _alike(contents, _email_key):
        first = several[0].customer
        yield Finding(
            FindingKind.SHARED_EMAIL, None, first.name,
            text(N_("{email} is the email of {customers}."),
                 email=first.email, customers=_names(several)),
            text(N_("If they are the same customer, disable one and release its licences. If not, "
                    "give each its own email on the {sheet} sheet."), sheet=SHEET_OF[EditCustomer]),
        )  # fmt: skip


def _email_key(one: CustomerHolding) -> str | None:
    return email_key(one.customer.email) if one.customer.email else None


def _similar_names(contents: Contents) -> Iterator[Finding]:
    for several in _alike(contents, lambda one: accentless_key(one.customer.name)):
        yield Finding(
            FindingKind.SIMILAR_NAMES, None, several[0].customer.name,
            text(N_("Only accents, quotation marks or dashes distinguish {customers}."),
                 customers=_names(several)),
            text(N_("If they are the same customer, disable one and release its licences. If not, "
                    "give one a distinct {column} on the {sheet} sheet."),
                 column=SHEET_OF[EditCustomer].column("new_name"), sheet=SHEET_OF[EditCustomer]),
        )  # fmt: skip


def _alike(
    contents: Contents, key: Callable[[CustomerHolding], str | None]
) -> Iterator[Sequence[CustomerHolding]]:
    """The customers that share a key with others, in the order of the first of them."""
    keys = [key(one) for one in contents.customers]
    shared = {found for found, count in Counter(keys).items() if found and count > 1}
    by_key: dict[str, list[CustomerHolding]] = defaultdict(list)
    if shared:
        for found, one in zip(keys, contents.customers, strict=True):
            if found in shared:
                by_key[found].append(one)
    return iter(by_key.values())


def _names(several: Sequence[CustomerHolding]) -> list[str]:
    return first_of([one.customer.name for one in several], NAMED)


_FINDERS = (
    _expired_in_use, _more_devices, _disabled_with_licenses, _full, _shared_emails, _similar_names,
)  # fmt: skip
