"""Suggest the OTC or customer that was probably meant. Suggestions are never applied."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from importer.base.similarity import similar_codes, similar_names
from importer.base.texts import N_, text
from importer.domain.planning.scope import Scope
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Problem
from importer.domain.requests import AddOtc
from importer.workbook.checking.check import CheckedWorkbook


def mistyped_otcs(checked: CheckedWorkbook) -> set[str]:
    """The values of the bad cells of `checked` that should hold a known OTC."""
    return {problem.value or "" for problem in checked.problems if _is_mistyped(problem, checked)}


def snapshot_of_nothing(named: Scope, today: dt.date) -> Snapshot:
    """The snapshot if there is no ledger: only names like those that the workbook itself adds."""
    added = named.added_customers
    near = similar_names(named.customers - added.keys(), added.keys())
    unknown = named.otcs - named.added_otcs | named.mistyped_otcs
    return Snapshot(
        today,
        nearest_otc=similar_codes(unknown, named.added_otcs),
        nearest_customer={key: added[name] for key, name in near.items()},
    )


def with_suggestion(problem: Problem, checked: CheckedWorkbook, snapshot: Snapshot) -> Problem:
    """`problem`, with the known OTC that was probably meant if it is about a mistyped one."""
    near = snapshot.nearest_otc.get(problem.value or "")
    if near is None or not _is_mistyped(problem, checked):
        return problem
    return replace(problem, fix=text(N_("Did you mean {near}?"), near=near))


def _is_mistyped(problem: Problem, checked: CheckedWorkbook) -> bool:
    """True if a bad OTC may be a known one, mistyped: not on Add OTC, and without a suggestion."""
    if problem.code is not Code.BAD_OTC or "near" in problem.fix.facts:
        return False
    return not any(
        sheet.place.name == problem.sheet and sheet.sheet and sheet.sheet.request is AddOtc
        for sheet in checked.sheets
    )
