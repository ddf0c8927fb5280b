"""Suggest what a single row cannot know; suggestions are never applied.

These are the OTC or customer that was probably meant, and the refused row that would have added it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence, Set
from dataclasses import replace

from importer.base.similarity import similar_codes, similar_names
from importer.base.texts import N_, Text, text
from importer.domain.names import name_key
from importer.domain.otc_code import normalise_otc
from importer.domain.planning.scope import Scope
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Problem, Severity
from importer.domain.requests import AddCustomer, AddOtc, Request
from importer.domain.sheets import SHEET_OF
from importer.workbook.cell import cell_text
from importer.workbook.checking.check import CheckedWorkbook, cells_of

Row = tuple[str, int]
"""A row by its sheet and number."""

_LONG = 15
"""Characters of a code from which on another one that differs little is probably the same."""

_WOULD_HAVE_ADDED = (
    N_("Row {row} of {sheet}, which would have added it, was refused. Fix that row first."),
    N_("{fix} Row {row} of {sheet}, which would have added it, was refused as well."),
)
_MAY_HAVE_ADDED = (
    N_("Row {row} of {sheet}, which was probably meant to add it, was refused. Fix that row "
       "first."),
    N_("{fix} Row {row} of {sheet}, which was probably meant to add it, was refused as well."),
)  # fmt: skip
"""The fix of a row, and that of one whose own code is bad too."""
_MISSING: dict[type[Request], Collection[Code]] = {
    AddOtc: {Code.UNKNOWN_OTC, Code.BAD_OTC}, AddCustomer: {Code.UNKNOWN_CUSTOMER},
}  # fmt: skip
"""The problems of rows that miss what a request adds, which the first column of its sheet names."""


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


def with_refused_rows(
    problems: Sequence[Problem], checked: CheckedWorkbook, rejected: Set[Row]
) -> list[Problem]:
    """`problems`; those about an unknown OTC or customer name the row above that would add it.

    Where a code or name cannot be read, here or there, one that is the same or similar counts.
    """
    order = {sheet.place.name: index for index, sheet in enumerate(checked.sheets)}
    bad_cells = {(problem.sheet, problem.row, problem.column) for problem in checked.problems
                 if problem.severity is Severity.ERROR}  # fmt: skip
    replaced: dict[Problem, Problem] = {}
    for request, codes in _MISSING.items():
        column = SHEET_OF[request].columns[0]
        adding = [at.without_totals() for at in checked.sheets
                  if at.sheet is SHEET_OF[request] and column.field in at.columns]  # fmt: skip
        names = {sheet.place.name for sheet in adding}
        missing = {problem: _key(request, problem.value or "") for problem in problems
                   if problem.code in codes and problem.sheet not in names}  # fmt: skip
        if not missing:
            continue
        refused: dict[str, Row] = {}
        unreadable: set[str] = set()
        for sheet in adding:
            for row, cell in zip(sheet.rows.numbers, cells_of(sheet, column), strict=True):
                here = sheet.place.name, row
                if cell is not None and here in rejected:
                    key = _key(request, cell_text(cell))
                    refused.setdefault(key, here)
                    if (*here, column.header) in bad_cells:
                        unreadable.add(key)
        similar = _similar(request, set(missing.values()) - refused.keys(), unreadable)
        for problem, key in missing.items():
            is_bad_too = problem.code is Code.BAD_OTC
            fixes, at = _WOULD_HAVE_ADDED, refused.get(key)
            if key in similar and not (is_bad_too and "near" in problem.fix.facts):
                fixes, at = _MAY_HAVE_ADDED, refused[similar[key]]
            # A row below is of no use to this one.
            if at and (order[at[0]], at[1]) <= (order[problem.sheet or ""], problem.row or 0):
                facts: dict[str, object] = {"sheet": at[0], "row": at[1]}
                if is_bad_too:
                    facts = {**problem.fix.facts, "fix": problem.fix, **facts}
                replaced[problem] = replace(problem, fix=Text(fixes[is_bad_too], facts))
    return [replaced.get(problem, problem) for problem in problems]


def _key(request: type[Request], typed: str) -> str:
    """What a person typed, in the form in which it is compared."""
    if request is AddCustomer:
        return name_key(typed)
    return normalise_otc(typed) or "".join(typed.upper().split())


def _similar(request: type[Request], unknown: set[str], unreadable: set[str]) -> dict[str, str]:
    """The unreadable code or name that each of `unknown` resembles, if one does."""
    if request is AddCustomer:
        return similar_names(unknown, unreadable)
    return similar_codes(unknown, {code for code in unreadable if len(code) >= _LONG})
