"""Whether licences of an OTC may be handed out to a customer (rules 8, 9 and 10)."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from importer.base.texts import N_, Text, text
from importer.domain.entities import Customer, Otc
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.rules.verdict import Verdict

SOON = dt.timedelta(days=30)
"""The console's "to renew within 30 days"."""


class LicenseRequest(NamedTuple):
    """A row that asks for `licenses` more of `otc` for one customer (None: for several at once).

    `otc_cell` and `number_cell` are the columns that say so, `stated` what the latter holds, and
    `most` the largest number that would fit there (None: no number stands there).
    """

    place: Place
    otc: Otc
    licenses: int
    to: Customer | None
    otc_cell: str
    number_cell: str
    stated: object
    most: int | None


def hand_out(verdict: Verdict, ledger: Snapshot, asking: LicenseRequest) -> None:
    """Say in `verdict` what stands against it. The licences count as asked whatever is said."""
    otc, to, problems = asking.otc, asking.to, verdict.problems
    verdict.asked.append((otc.code, asking.licenses))
    if otc.expired(ledger.today):
        problems.append(_otc_expired(asking))
    elif otc.expiry_date is not None and otc.expiry_date <= ledger.today + SOON:
        problems.append(_expires_soon(asking, otc.expiry_date, ledger.today))
    owner = ledger.dedicated_to(otc)
    pending = ledger.pending(otc)
    if owner is not None and (to is None or owner.id != to.id):
        problems.append(_otc_dedicated(asking, owner))
    elif to is not None and to.holds_whole_otcs and not asking.licenses == otc.total == pending:
        problems.append(dedicated_needs_all(asking, pending))
    elif asking.licenses > pending:
        problems.append(_overallocation(asking, pending))


def requested_in_all(problem: Problem, requested: dict[str, int]) -> Problem:
    """`problem` with what all rows of the workbook ask, which is known once all were seen."""
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


def _overallocation(asking: LicenseRequest, pending: int) -> Problem:
    otc, asked = asking.otc, asking.licenses
    return problem_at(
        asking.place, asking.number_cell, Code.OVERALLOCATION,
        text(N_("OTC {otc} has {total} licences, {used} used and {pending} pending; this row asks "
                "for {asked}, {short} too many. All rows of the workbook together ask for "
                "{requested}."),
             otc=otc.code, total=otc.total, used=otc.total - pending, pending=pending,
             asked=asked, short=asked - pending, requested=asked),
        _fix_overallocation(asking),
        asking.stated,
    )  # fmt: skip


def _fix_overallocation(asking: LicenseRequest) -> Text:
    if not asking.most:
        return text(N_("Use another OTC, or raise the total on a sheet Edit OTC further left."))
    return text(N_("Write {most} or fewer, use another OTC, or raise the total on a sheet "
                   "Edit OTC further left."), most=asking.most)  # fmt: skip


def _otc_expired(asking: LicenseRequest) -> Problem:
    otc = asking.otc
    return problem_at(
        asking.place, asking.otc_cell, Code.OTC_EXPIRED,
        text(N_("OTC {otc} expired on {expiry_date}."), otc=otc.code, expiry_date=otc.expiry_date),
        text(N_("Use another OTC, or after a renewal correct the expiry date on a sheet Edit OTC "
                "further left.")),
        otc.code,
    )  # fmt: skip


def _expires_soon(asking: LicenseRequest, expiry_date: dt.date, today: dt.date) -> Problem:
    return problem_at(
        asking.place, asking.otc_cell, Code.EXPIRES_SOON,
        text(N_("OTC {otc} expires on {expiry_date}; days left: {days}."), otc=asking.otc.code,
             expiry_date=expiry_date, days=(expiry_date - today).days),
        text(N_("Think of renewing it.")),
        asking.otc.code,
    )  # fmt: skip


def _otc_dedicated(asking: LicenseRequest, owner: Customer) -> Problem:
    code = asking.otc.code
    return problem_at(
        asking.place, asking.otc_cell, Code.OTC_DEDICATED,
        text(N_("The whole OTC {otc} is dedicated to {owner}."), otc=code, owner=owner.name),
        text(N_("Use another OTC.")),
        code,
    )  # fmt: skip


def dedicated_needs_all(asking: LicenseRequest, pending: int, fix: Text | None = None) -> Problem:
    """A customer that manages itself asks for other than a whole OTC."""
    otc = asking.otc
    return problem_at(
        asking.place, asking.number_cell, Code.DEDICATED_NEEDS_ALL,
        text(N_("A customer that manages itself takes a whole OTC that nobody else uses: {otc} has "
                "{total} licences, {used} used and {pending} pending; this row asks for {asked}."),
             otc=otc.code, total=otc.total, used=otc.total - pending, pending=pending,
             asked=asking.licenses),
        fix or text(N_("Name an OTC that is wholly pending, and no other number than its total.")),
        asking.stated,
    )  # fmt: skip
