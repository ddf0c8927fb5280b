"""Add OTC and Edit OTC (rules 5, 6 and 11)."""

from __future__ import annotations

from msgspec.structs import astuple, replace

from importer.base.texts import N_
from importer.domain.entities import Otc
from importer.domain.invariants import TOTAL_TOO_LOW, balance_facts
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Problem
from importer.domain.requests import AddOtc, EditOtc
from importer.domain.rules.verdict import (
    Verdict,
    differences,
    duplicate_row,
    row_problem,
    stated,
    unknown_otc,
)
from importer.domain.sheets import SHEET_OF

DETAILS = tuple(field for field in Otc.__struct_fields__ if field != "code")


def add_otc(row: AddOtc, ledger: Snapshot) -> Verdict:
    """Add the OTC, unless it exists."""
    known = ledger.otcs.get(row.otc)
    if known is None:
        added = Otc(*astuple(row)[1:])
        return Verdict(
            [Change(ChangeKind.OTC_ADDED, None, added, row.place)],
            _similar_company(row, row.company, ledger),
        )
    creator = ledger.creators.get(row.otc)
    if creator is not None:
        return Verdict(problems=[duplicate_row(row, "otc", row.otc, creator)])
    different = [] if astuple(row)[1:] == astuple(known) else differences(row, known, DETAILS)
    if not different:
        return Verdict()
    problem = row_problem(
        row, "otc", Code.ALREADY_EXISTS,
        N_("OTC {otc} already exists with other values: {differences}."),
        N_("To change it, move the row to the {sheet} sheet. To keep it, delete the row."),
        otc=row.otc, differences=different, sheet=SHEET_OF[EditOtc],
    )  # fmt: skip
    return Verdict(problems=[problem])


def edit_otc(row: EditOtc, ledger: Snapshot) -> Verdict:
    """Give the OTC its new details; the customer it is dedicated to gets its new total."""
    known = ledger.otcs.get(row.otc)
    if known is None:
        return Verdict(problems=[unknown_otc(row, "otc", ledger)])
    edited = replace(known, **stated(row, DETAILS))
    if edited == known:
        return Verdict()
    verdict = Verdict([Change(ChangeKind.OTC_EDITED, known, edited, row.place)])
    if row.company is not None and edited.company != known.company:
        verdict.problems += _similar_company(row, row.company, ledger)
    if edited.total != known.total:
        holder = ledger.dedicated_to(known)
        if holder is not None:
            [before] = ledger.subscriptions_of(known.code)
            after = replace(before, licenses=edited.total)
            verdict.changes.append(Change(ChangeKind.SUBSCRIPTION_EDITED, before, after, row.place))
        elif edited.total < ledger.used[known.code]:
            holders = [
                (ledger.customers[held.customer].name, held.licenses)
                for held in ledger.subscriptions_of(known.code)
            ]
            verdict.problems.append(row_problem(
                row, "total", Code.TOTAL_BELOW_USED, TOTAL_TOO_LOW,
                N_("Write {used} or more, or release licences with another workbook first."),
                **balance_facts(edited, holders),
            ))  # fmt: skip
    return verdict


def _similar_company(row: AddOtc | EditOtc, company: str, ledger: Snapshot) -> list[Problem]:
    return [
        row_problem(
            row, "company", Code.SIMILAR_NAME,
            N_("Company {name} differs from {other} only in accents, quotation marks or dashes."),
            N_("If they are the same company, write the name the same way."),
            name=company, other=other,
        )
        for other in ledger.companies_like(company)
    ]  # fmt: skip
