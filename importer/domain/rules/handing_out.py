"""Whether licences of an OTC may be handed out to a customer (rules 8, 9 and 10)."""

from __future__ import annotations

import datetime as dt

from importer.domain.entities import Customer, Otc
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.rules.verdict import Verdict
from importer.domain.snapshot import Snapshot
from importer.texts import N_, Text, text

SOON = dt.timedelta(days=30)
"""The console's "to renew within 30 days"."""


def hand_out(
    verdict: Verdict,
    ledger: Snapshot,
    place: Place,
    field: str,
    otc: Otc,
    asked: int,
    to: Customer | None,
) -> None:
    """Say in `verdict` what stands against `to` (None: several) getting `asked` more of `otc`.

    `field` is the column whose cell asks. The licences count as asked whatever is said.
    """
    verdict.asked.append((otc.code, asked))
    problems = verdict.problems
    if otc.expired(ledger.today):
        problems.append(_otc_expired(place, field, otc))
    elif otc.expiry_date is not None and otc.expiry_date <= ledger.today + SOON:
        problems.append(_expires_soon(place, field, otc, ledger))
    owner = ledger.dedicated_to(otc)
    pending = ledger.pending(otc)
    if owner is not None and (to is None or owner.id != to.id):
        problems.append(_otc_dedicated(place, field, otc, owner))
    elif to is not None and to.holds_whole_otcs and not asked == otc.total == pending:
        problems.append(dedicated_needs_all(place, field, otc, asked, ledger))
    elif asked > pending:
        problems.append(_overallocation(place, field, otc, asked, ledger))


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


def _overallocation(
    place: Place, field: str, otc: Otc, asked: int, ledger: Snapshot
) -> Problem:  # fmt: skip
    pending = ledger.pending(otc)
    return problem_at(
        place, field, Code.OVERALLOCATION,
        text(N_("OTC {otc} has {total} licences, {used} used and {pending} pending; this row asks "
                "{asked}, {short} too many. All rows of the workbook together ask {requested}."),
             otc=otc.code, total=otc.total, used=otc.total - pending, pending=pending,
             asked=asked, short=asked - pending, requested=asked),
        text(N_("Ask {pending} or fewer, use another OTC, or raise the total on a sheet Edit OTC "
                "further left."), pending=pending),
        asked,
    )  # fmt: skip


def _otc_expired(place: Place, field: str, otc: Otc) -> Problem:
    return problem_at(
        place, field, Code.OTC_EXPIRED,
        text(N_("OTC {otc} expired on {expiry_date}."), otc=otc.code, expiry_date=otc.expiry_date),
        text(N_("Use another OTC, or after a renewal correct the expiry date on a sheet Edit OTC "
                "further left.")),
        otc.code,
    )  # fmt: skip


def _expires_soon(place: Place, field: str, otc: Otc, ledger: Snapshot) -> Problem:
    assert otc.expiry_date is not None
    return problem_at(
        place, field, Code.EXPIRES_SOON,
        text(N_("OTC {otc} expires on {expiry_date}; days left: {days}."), otc=otc.code,
             expiry_date=otc.expiry_date, days=(otc.expiry_date - ledger.today).days),
        text(N_("Think of renewing it.")),
        otc.code,
    )  # fmt: skip


def _otc_dedicated(place: Place, field: str, otc: Otc, owner: Customer) -> Problem:
    return problem_at(
        place, field, Code.OTC_DEDICATED,
        text(N_("The whole OTC {otc} is dedicated to {owner}."), otc=otc.code, owner=owner.name),
        text(N_("Use another OTC.")),
        otc.code,
    )  # fmt: skip


def dedicated_needs_all(
    place: Place, field: str, otc: Otc, asked: int, ledger: Snapshot
) -> Problem:  # fmt: skip
    """A customer that manages itself asks for other than a whole OTC."""
    pending = ledger.pending(otc)
    return problem_at(
        place, field, Code.DEDICATED_NEEDS_ALL,
        text(N_("A customer that manages itself takes a whole OTC that nobody else uses: {otc} has "
                "{total} licences, {used} used and {pending} pending; this row asks {asked}."),
             otc=otc.code, total=otc.total, used=otc.total - pending, pending=pending,
             asked=asked),
        text(N_("Name an OTC that is wholly pending, and leave No of Licenses blank.")),
        asked,
    )  # fmt: skip
