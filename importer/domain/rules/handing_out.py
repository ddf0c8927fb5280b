"""Hand out licences of an OTC to a customer (rules 8, 9 and 10)."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from importer.base.texts import N_, Text, text
from importer.domain.entities import Customer, Otc
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.requests import EditOtc
from importer.domain.rules.verdict import Verdict
from importer.domain.sheets import SHEET_OF

SOON = dt.timedelta(days=30)
"""The console's "to renew within 30 days"."""


class LicenseRequest(NamedTuple):
    """A row's request for `licenses` more of `otc`, for one customer (None: for several at once).

    `otc_cell` and `number_cell` are the fields that state it, `stated` is the value of the latter,
    and `most` the largest number that would fit there (None: it holds no number).
    """

    place: Place
    otc: Otc
    licenses: int
    to: Customer | None
    otc_cell: str
    number_cell: str
    stated: object
    most: int | None


def hand_out(verdict: Verdict, ledger: Snapshot, wanted: LicenseRequest) -> None:
    """Add to `verdict` the licences requested, and the problems that stand against it."""
    otc, to, problems = wanted.otc, wanted.to, verdict.problems
    verdict.requested.append((otc.code, wanted.licenses))
    if otc.expired(ledger.today):
        problems.append(_otc_expired(wanted))
    elif otc.expiry_date is not None and otc.expiry_date <= ledger.today + SOON:
        problems.append(_expires_soon(wanted, otc.expiry_date, ledger.today))
    owner = ledger.dedicated_to(otc)
    pending = ledger.pending(otc)
    if owner is not None and (to is None or owner.id != to.id):
        problems.append(_otc_dedicated(wanted, owner))
    elif to is not None and to.holds_whole_otcs and not wanted.licenses == otc.total == pending:
        problems.append(dedicated_needs_all(wanted, pending))
    elif wanted.licenses > pending:
        problems.append(_overallocation(wanted, pending))


def requested_in_all(problem: Problem, requested: dict[str, int]) -> Problem:
    """`problem` with the number that all rows of the workbook ask for, known after the last."""
    if problem.code is not Code.OVERALLOCATION:
        return problem
    facts = problem.message.facts
    message = Text(
        problem.message.template, {**facts, "requested": requested[str(facts["otc"])]}
    )  # fmt: skip
    return Problem(
        problem.code, message, problem.fix, problem.sheet, problem.row,
        problem.column, problem.header, problem.cell, problem.value,
    )  # fmt: skip


def _overallocation(wanted: LicenseRequest, pending: int) -> Problem:
    otc, licenses = wanted.otc, wanted.licenses
    return problem_at(
        wanted.place, wanted.number_cell, Code.OVERALLOCATION,
        text(N_("OTC {otc} has {total} licences: {used} used, {pending} pending. This row asks "
                "for {licenses}, {short} too many. All rows of the workbook together ask for "
                "{requested}."),
             otc=otc.code, total=otc.total, used=otc.total - pending, pending=pending,
             licenses=licenses, short=licenses - pending, requested=licenses),
        _fix_overallocation(wanted),
        wanted.stated,
    )  # fmt: skip


def _fix_overallocation(wanted: LicenseRequest) -> Text:
    if not wanted.most:
        return text(N_("Use another OTC, or raise the total on the {sheet} sheet, which must come "
                       "before this one."), sheet=SHEET_OF[EditOtc])  # fmt: skip
    return text(N_("Write {most} or fewer, use another OTC, or raise the total on the {sheet} "
                   "sheet, which must come before this one."),
                most=wanted.most, sheet=SHEET_OF[EditOtc])  # fmt: skip


def _otc_expired(wanted: LicenseRequest) -> Problem:
    otc = wanted.otc
    return problem_at(
        wanted.place, wanted.otc_cell, Code.OTC_EXPIRED,
        text(N_("OTC {otc} expired on {expiry_date}."), otc=otc.code, expiry_date=otc.expiry_date),
        text(N_("Use another OTC. If this one was renewed, correct its expiry date on the {sheet} "
                "sheet, which must come before this one."), sheet=SHEET_OF[EditOtc]),
        otc.code,
    )  # fmt: skip


def _expires_soon(wanted: LicenseRequest, expiry_date: dt.date, today: dt.date) -> Problem:
    return problem_at(
        wanted.place, wanted.otc_cell, Code.EXPIRES_SOON,
        text(N_("OTC {otc} expires on {expiry_date}; days left: {days}."), otc=wanted.otc.code,
             expiry_date=expiry_date, days=(expiry_date - today).days),
        text(N_("Consider renewing it.")),
        wanted.otc.code,
    )  # fmt: skip


def _otc_dedicated(wanted: LicenseRequest, owner: Customer) -> Problem:
    code = wanted.otc.code
    return problem_at(
        wanted.place, wanted.otc_cell, Code.OTC_DEDICATED,
        text(N_("OTC {otc} is dedicated to {owner}."), otc=code, owner=owner.name),
        text(N_("Use another OTC.")),
        code,
    )  # fmt: skip


def dedicated_needs_all(wanted: LicenseRequest, pending: int, fix: Text | None = None) -> Problem:
    """A customer that manages itself asks for less than a whole OTC."""
    otc = wanted.otc
    return problem_at(
        wanted.place, wanted.number_cell, Code.DEDICATED_NEEDS_ALL,
        text(N_("A customer that manages itself needs a whole OTC that nobody else uses. {otc} has "
                "{total} licences: {used} used, {pending} pending. This row asks for {licenses}."),
             otc=otc.code, total=otc.total, used=otc.total - pending, pending=pending,
             licenses=wanted.licenses),
        fix or text(N_("Use an OTC whose licences are all pending, and leave the number blank.")),
        wanted.stated,
    )  # fmt: skip
