"""Hand out licences of an OTC to a customer (rules 8, 9, 10 and 13)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from importer.base.texts import N_, Text
from importer.domain.entities import Customer, Otc
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Problem
from importer.domain.record import Record
from importer.domain.requests import EditOtc, Request, UpdateOtc
from importer.domain.rules.verdict import Verdict, row_problem
from importer.domain.sheets import SHEET_OF

SOON = dt.timedelta(days=30)
"""The console's "to renew within 30 days"."""


class LicenseRequest(Record):
    """A row's request for `licenses` more of `otc`, for one customer (None: for several at once).

    `otc_cell` and `number_cell` are fields of the row; `most` is the largest number that the
    latter may hold, if any.
    """

    row: Request
    otc: Otc
    licenses: int
    to: Customer | None
    otc_cell: str
    number_cell: str
    most: int | None

    def balance(self, pending: int) -> dict[str, object]:
        """The OTC's figures and the licences wanted, for sentences."""
        total = self.otc.total
        return {"otc": self.otc.code, "total": total, "used": total - pending, "pending": pending,
                "licenses": self.licenses}  # fmt: skip


def hand_out(verdict: Verdict, ledger: Snapshot, wanted: LicenseRequest) -> None:
    """Add to `verdict` the licences requested, and the problems that stand against it."""
    otc, to, row, cell = wanted.otc, wanted.to, wanted.row, wanted.otc_cell
    problems = verdict.problems
    verdict.requested.append((otc.code, wanted.licenses))
    if otc.expired(ledger.today):
        problems.append(row_problem(
            row, cell, Code.OTC_EXPIRED, N_("OTC {otc} expired on {expiry_date}."),
            N_("Use another OTC. If this one was renewed, correct its expiry date on the {sheet} "
               "sheet, which must come before this one."),
            otc=otc.code, expiry_date=otc.expiry_date, sheet=SHEET_OF[EditOtc],
        ))  # fmt: skip
    elif otc.expiry_date is not None and otc.expiry_date <= ledger.today + SOON:
        problems.append(row_problem(
            row, cell, Code.EXPIRES_SOON, N_("OTC {otc} expires on {expiry_date}; days left: "
            "{days}."), N_("Consider renewing it."),
            otc=otc.code, expiry_date=otc.expiry_date, days=(otc.expiry_date - ledger.today).days,
        ))  # fmt: skip
    owner = ledger.dedicated_to(otc)
    pending = ledger.pending(otc)
    if owner is not None and (to is None or owner.id != to.id):
        problems.append(row_problem(
            row, cell, Code.OTC_DEDICATED, N_("OTC {otc} is dedicated to {owner}."),
            N_("Use another OTC."), otc=otc.code, owner=owner.name,
        ))  # fmt: skip
    elif to is not None and to.holds_whole_otcs and isinstance(row, UpdateOtc):
        if pending < otc.total:
            problems.append(dedicated_needs_all(wanted, pending, _MOVE_TO_A_WHOLE_OTC))
        if wanted.licenses > pending:
            problems.append(_overallocation(wanted, pending, _MOVE_TO_A_WHOLE_OTC))
    elif to is not None and to.holds_whole_otcs and not wanted.licenses == otc.total == pending:
        problems.append(dedicated_needs_all(wanted, pending))
    elif wanted.licenses > pending:
        problems.append(_overallocation(wanted, pending))


def requested_in_all(problem: Problem, requested: dict[str, int]) -> Problem:
    """`problem` with the number that all rows of the workbook ask for, known after the last."""
    if problem.code is not Code.OVERALLOCATION:
        return problem
    facts = dict(problem.message.facts)
    facts["requested"] = requested[str(facts["otc"])]
    return replace(problem, message=Text(problem.message.template, facts))


_MOVE_TO_A_WHOLE_OTC = N_(
    "Use an OTC that nobody else uses, with at least as many licences as the customer has now: it "
    "manages itself, and loses none by a move."
)


def _overallocation(wanted: LicenseRequest, pending: int, fix: str | None = None) -> Problem:
    if fix is None:
        fix = N_("Use another OTC, or raise the total on the {sheet} sheet, which must come before "
                 "this one.")  # fmt: skip
    if wanted.most:
        fix = N_("Write {most} or fewer, use another OTC, or raise the total on the {sheet} sheet, "
                 "which must come before this one.")  # fmt: skip
    return row_problem(
        wanted.row, wanted.number_cell, Code.OVERALLOCATION,
        N_("OTC {otc} has {total} licences: {used} used, {pending} pending. This row asks for "
           "{licenses}, {short} too many. All rows of the workbook together ask for {requested}."),
        fix, short=wanted.licenses - pending, requested=wanted.licenses, most=wanted.most,
        sheet=SHEET_OF[EditOtc], **wanted.balance(pending),
    )  # fmt: skip


def dedicated_needs_all(wanted: LicenseRequest, pending: int, fix: str | None = None) -> Problem:
    """A customer that manages itself asks for less than a whole OTC."""
    return row_problem(
        wanted.row, wanted.number_cell, Code.DEDICATED_NEEDS_ALL,
        N_("A customer that manages itself needs a whole OTC that nobody else uses. {otc} has "
           "{total} licences: {used} used, {pending} pending. This row asks for {licenses}."),
        fix or N_("Use an OTC whose licences are all pending, and leave the number blank."),
        sheet=SHEET_OF[EditOtc], **wanted.balance(pending),
    )  # fmt: skip
