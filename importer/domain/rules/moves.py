"""Update OTC (rule 13)."""

from __future__ import annotations

from importer.base.texts import N_
from importer.domain.entities import Subscription
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code
from importer.domain.requests import UpdateOtc
from importer.domain.rules.handing_out import LicenseRequest, hand_out
from importer.domain.rules.subscriptions import HOLDS_NONE_OF
from importer.domain.rules.verdict import Verdict, row_problem, unknown_customer, unknown_otc
from importer.domain.sheets import SHEET_OF


def update_otc(row: UpdateOtc, ledger: Snapshot) -> Verdict:
    """Move the customer's subscription, or every one, from the current OTC to the new."""
    if row.current_otc == row.new_otc:
        return Verdict(problems=[row_problem(
            row, "new_otc", Code.SAME_OTC, N_("The current and the new OTC are both {otc}."),
            N_("Write the OTC to move to in the {column} column."),
            otc=row.new_otc, column=SHEET_OF[UpdateOtc].column("new_otc"),
        )])  # fmt: skip
    verdict = Verdict()
    for field, code in (("current_otc", row.current_otc), ("new_otc", row.new_otc)):
        if code not in ledger.otcs:
            verdict.problems.append(unknown_otc(row, field, ledger))
    customer = None if row.customer is None else ledger.customer(row.customer)
    if row.customer is not None and customer is None:
        verdict.problems.append(unknown_customer(row, ledger))
    if verdict.problems:
        return verdict
    if customer is None:
        moving = ledger.subscriptions_of(row.current_otc)
        moved_already = ledger.used[row.new_otc] > 0
    else:
        subscription = ledger.subscription(customer, row.current_otc)
        moving = [] if subscription is None else [subscription]
        moved_already = ledger.subscription(customer, row.new_otc) is not None
    if moving:
        _move(verdict, row, moving, ledger)
    elif not moved_already:
        verdict.problems.append(row_problem(
            row, "current_otc", Code.NO_SUCH_SUBSCRIPTION,
            N_("Nobody holds licences of {otc}.") if customer is None else HOLDS_NONE_OF,
            N_("Correct {column} or the customer's name, or delete the row."),
            customer=customer and customer.name, otc=row.current_otc,
            column=SHEET_OF[UpdateOtc].column("current_otc"),
        ))  # fmt: skip
    return verdict


def _move(verdict: Verdict, row: UpdateOtc, moving: list[Subscription], ledger: Snapshot) -> None:
    new = ledger.otcs[row.new_otc]
    held = sum(leaving.licenses for leaving in moving)
    holder = ledger.customers[moving[0].customer] if len(moving) == 1 else None
    whole = holder is not None and holder.holds_whole_otcs
    # Nobody loses licences by a move, so whoever gets a whole OTC asks for no less than it holds.
    asked = max(new.total, held) if whole else held
    hand_out(verdict, ledger, LicenseRequest(row, new, asked, holder, "new_otc", "new_otc", None))
    if row.customer is None and not verdict.refused:
        verdict.problems.append(row_problem(
            row, "customer", Code.MOVES_EVERYONE,
            N_("The row moves every customer of {current} to {new}. Customers: {customers}; "
               "licences: {licenses}."),
            N_("To move only one, write its name in the {column} column."), current=row.current_otc,
            new=new.code, customers=len(moving), licenses=held,
            column=SHEET_OF[UpdateOtc].column("customer"),
        ))  # fmt: skip
    for leaving in moving:
        joined = ledger.subscription(ledger.customers[leaving.customer], new.code)
        had = joined.licenses if joined is not None else 0
        licenses = new.total if whole else had + leaving.licenses
        arriving = Subscription(leaving.customer, new.code, licenses)
        verdict.changes += (
            Change(None, leaving, None, row.place),
            Change(ChangeKind.SUBSCRIPTION_MOVED, joined, arriving, row.place),
        )
